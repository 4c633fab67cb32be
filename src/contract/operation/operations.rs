//! The operations of a contract. A document may have thousands, of which a run uses a few: each is
//! read on demand.

use std::ops::Index;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use foldhash::HashMap;

use super::Operation;
use super::outline::{Common, Outline};
use super::path::PathTemplate;
use crate::contract::reader::Reader;
use crate::spec::{Document, Level, Problem};

/// Operations for which another thread is worth its start.
const SHARE: usize = 64;

/// The operations of a contract, in document order.
#[derive(Debug)]
pub struct Operations {
    document: Arc<Document>,
    common: Common,
    all: Vec<Entry>,
    by_id: HashMap<String, usize>,
    /// The operations on a path, by its shape.
    by_shape: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Entry {
    outline: Outline,
    read: OnceLock<Operation>,
    /// What was noticed in it so far.
    problems: Mutex<Vec<Problem>>,
}

impl Entry {
    fn problems(&self) -> MutexGuard<'_, Vec<Problem>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, problems: &[Problem]) {
        let mut known = self.problems();
        for problem in problems {
            if !known.contains(problem) {
                known.push(problem.clone());
            }
        }
    }
}

impl Operations {
    pub(in crate::contract) fn new(
        document: Arc<Document>,
        common: Common,
        outlines: Vec<Outline>,
    ) -> Self {
        let mut by_id = HashMap::default();
        let mut by_shape: HashMap<String, Vec<usize>> = HashMap::default();
        for (index, outline) in outlines.iter().enumerate() {
            by_id.insert(outline.id.clone(), index);
            let same = by_shape.entry(outline.path.shape()).or_default();
            same.push(index);
        }
        let entry = |outline| Entry {
            outline,
            read: OnceLock::new(),
            problems: Mutex::default(),
        };
        Self {
            document,
            common,
            all: outlines.into_iter().map(entry).collect(),
            by_id,
            by_shape,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Reads all of them, on as many cores as that is worth.
    pub(in crate::contract) fn read_all(&self) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.len().div_ceil(cores).max(SHARE);
        let read = |entries: &[Entry]| {
            for entry in entries {
                self.read(entry);
            }
        };
        let (own, others) = self.all.split_at(share.min(self.len()));
        std::thread::scope(|scope| {
            for others in others.chunks(share) {
                scope.spawn(move || read(others));
            }
            read(own);
        });
    }

    /// All of them, read.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> + Clone {
        (0..self.len()).map(|index| &self[index])
    }

    /// The outlines of all of them, without reading any operation.
    pub fn outlines(&self) -> impl Iterator<Item = &Outline> {
        self.all.iter().map(|entry| &entry.outline)
    }

    /// The one with this `operationId`.
    pub fn get(&self, id: &str) -> Option<&Operation> {
        self.position(id).map(|index| &self[index])
    }

    /// The index of the one with this `operationId`.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The one with a method on a path of the same shape; the first of several.
    pub fn on(&self, method: &str, path: &PathTemplate) -> Option<&Operation> {
        let mut same = self.by_shape.get(&path.shape())?.iter();
        same.find(|index| self.all[**index].outline.method == method)
            .map(|index| &self[*index])
    }

    /// What was noticed in those that were read so far.
    pub(in crate::contract) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for entry in &self.all {
            for problem in entry.problems().iter() {
                // What operations share is read with each of them.
                if !problems.contains(problem) {
                    problems.push(problem.clone());
                }
            }
        }
        problems
    }

    /// Notes what was noticed in an operation.
    pub(in crate::contract) fn note(&self, id: &str, problems: &[Problem]) {
        if let Some(index) = self.position(id) {
            self.all[index].note(problems);
        }
    }

    /// Why an operation cannot be used, as far as that is known: it was read, and its schemas were
    /// compiled.
    pub fn faults(&self, id: &str) -> Vec<Problem> {
        let Some(index) = self.position(id) else {
            return Vec::new();
        };
        let problems = self.all[index].problems();
        let errors = problems.iter().filter(|p| p.level == Level::Error);
        errors.cloned().collect()
    }

    /// The same in one line.
    pub fn obstacle(&self, id: &str) -> Option<String> {
        let faults = self.faults(id);
        let first = faults.first()?;
        let more = match faults.len() - 1 {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        Some(format!(
            "the operation `{id}` is not tested: {} ({}){more}",
            first.message, first.place
        ))
    }

    fn read<'a>(&'a self, entry: &'a Entry) -> &'a Operation {
        entry.read.get_or_init(|| {
            let mut reader = Reader::new(&self.document);
            let operation = reader.operation(&entry.outline, &self.common);
            entry.note(&reader.problems);
            operation
        })
    }
}

impl Index<usize> for Operations {
    type Output = Operation;

    fn index(&self, index: usize) -> &Operation {
        self.read(&self.all[index])
    }
}
