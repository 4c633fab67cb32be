//! The tables: every fault, every way, each row a test of its own. The complete ones take long and
//! are ignored unless asked for: `cargo test --test tables -- --ignored planted`.

#![expect(clippy::print_stdout, reason = "the shares are for somebody to read")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Completion, Trial};

use crate::planted::plant::{Class, Plant, Way};
use crate::planted::plants;
use crate::planted::rig::Rig;
use crate::planted::unpromised::BY_CHANCE;
use crate::slug;

/// Text in the names of the cases that find the faults of the quick table.
const QUICK: &str = "Asset::";

/// A fault that was judged.
struct Judged {
    class: Class,
    is_found: bool,
}

/// One table: a way, and the servers that no row uses at the moment.
struct Table {
    way: Way,
    filter: Option<&'static str>,
    idle: Mutex<Vec<Rig>>,
    judged: Mutex<Vec<Judged>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn new(way: Way, filter: Option<&'static str>) -> Arc<Self> {
        Arc::new(Self {
            way,
            filter,
            idle: Mutex::default(),
            judged: Mutex::default(),
        })
    }

    /// A server of this way that nobody uses; none where its document is absent.
    fn rig(&self) -> Option<Rig> {
        let idle = lock(&self.idle).pop();
        idle.or_else(|| {
            let rig = Rig::start(self.way, self.filter)?;
            if self.way != Way::Published {
                rig.is_right();
            }
            Some(rig)
        })
    }

    /// Judges a fault: what is told of it must be what its rows say.
    fn judge(&self, plant: &Plant) -> Result<Completion, libtest_mimic::Failed> {
        let way = self.way;
        if way == Way::Published && BY_CHANCE.contains(&plant.name.as_str()) {
            return Ok(Completion::ignored_with(
                "it is found only while another case makes an item",
            ));
        }
        let Some(rig) = self.rig() else {
            return Ok(Completion::ignored_with("the published document is absent"));
        };
        let run = rig.judge(plant);
        lock(&self.idle).push(rig);
        lock(&self.judged).push(Judged {
            class: plant.class,
            is_found: run.found.is_some(),
        });
        match (plant.missed(way), run.found) {
            (None, None) => Err(format!(
                "{plant:?} is not found in {} requests, {:.2} s",
                run.requests, run.seconds
            )
            .into()),
            (Some(reason), Some(found)) => {
                Err(format!("{plant:?} is found, although {reason}: {found}").into())
            }
            _ => Ok(Completion::Completed),
        }
    }

    fn trial(self: &Arc<Self>, group: &str, plant: Plant) -> Trial {
        let name = format!("planted::{group}::{}", slug(&plant.name));
        let table = Arc::clone(self);
        Trial::ignorable_test(name, move || table.judge(&plant))
    }

    /// How many faults of each class were found.
    fn print_shares(&self) {
        let judged = lock(&self.judged);
        if judged.is_empty() {
            return;
        }
        println!("found, {}:", self.way);
        let share = |name: &str, is: &dyn Fn(&Judged) -> bool| {
            let all = judged.iter().filter(|judged| is(judged));
            let (found, missed): (Vec<_>, Vec<_>) = all.partition(|judged| judged.is_found);
            let count = found.len() + missed.len();
            println!("  {name:<10} {:>4} of {count:>4}", found.len());
        };
        for class in Class::ALL {
            share(&format!("{class:?}"), &|judged| judged.class == class);
        }
        share("all", &|_| true);
    }
}

/// The tables, with what was found.
pub(crate) struct Tables {
    quick: Arc<Table>,
    complete: [(&'static str, Arc<Table>); 3],
}

impl Default for Tables {
    fn default() -> Self {
        let complete = |name, way| (name, Table::new(way, None));
        Self {
            quick: Table::new(Way::Bare, Some(QUICK)),
            complete: [
                complete("contract_alone", Way::Bare),
                complete("with_fixtures", Way::Fixtures),
                complete("published_document", Way::Published),
            ],
        }
    }
}

impl Tables {
    /// A test for each row.
    pub(crate) fn trials(&self) -> Vec<Trial> {
        let quick = plants::all().into_iter().filter(|plant| plant.is_quick);
        let quick = quick.map(|plant| self.quick.trial("quick", plant));
        let complete = self.complete.iter().flat_map(|(group, table)| {
            let plants = plants::all().into_iter();
            plants.map(|plant| table.trial(group, plant).with_ignored_flag(true))
        });
        quick.chain(complete).collect()
    }

    /// How many faults of each class were found, for the complete tables that were run.
    pub(crate) fn print_shares(&self) {
        for (_, table) in &self.complete {
            table.print_shares();
        }
    }
}
