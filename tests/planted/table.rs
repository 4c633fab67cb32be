//! The whole table: every fault, every way.

#![expect(
    clippy::disallowed_methods,
    reason = "whoever starts it says what it shall do"
)]
#![expect(clippy::print_stdout, reason = "the table is for somebody to read")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::plant::{Class, Plant, Way};
use crate::plants;
use crate::rig::Rig;

/// Faults that are judged at the same time.
const THREADS: usize = 2;
/// Names the faults to be judged, by a part of their names; all where it is not set.
const ONLY: &str = "TRUEUP_PLANTED";

/// A fault that was judged.
struct Judged<'a> {
    plant: &'a Plant,
    found: Option<String>,
}

/// Judges all faults in all ways, prints the table, and insists that it is what the rows say.
pub(crate) fn print() {
    let only = std::env::var(ONLY).unwrap_or_default();
    let plants: Vec<Plant> = plants::all()
        .into_iter()
        .filter(|plant| plant.name.contains(&only))
        .collect();
    let mut wrong = Vec::new();
    for way in Way::ALL {
        let Some(judged) = judge_all(way, &plants) else {
            println!("\n{way}: skipped, the published document is not there");
            continue;
        };
        print_shares(way, &judged);
        for Judged { plant, found } in &judged {
            match (plant.missed(way), found) {
                (None, None) => wrong.push(format!("{way}: {plant:?} is missed")),
                (Some(_), Some(found)) => {
                    wrong.push(format!("{way}: {plant:?} is found: {found}"));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn judge_all(way: Way, plants: &[Plant]) -> Option<Vec<Judged<'_>>> {
    let next = AtomicUsize::new(0);
    let judged = Mutex::new(Vec::new());
    let rigs: Option<Vec<Rig>> = (0..THREADS).map(|_| Rig::start(way, None)).collect();
    let rigs = rigs?;
    for rig in &rigs {
        if way == Way::Published {
            println!("\n{way}, without a fault: {:#?}", rig.usual());
        } else {
            rig.is_right();
        }
    }
    std::thread::scope(|scope| {
        let (next, judged) = (&next, &judged);
        for rig in rigs {
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(plant) = plants.get(index) else {
                        break;
                    };
                    let run = rig.judge(plant);
                    println!(
                        "{way} | {:?} | {} | {} | {} requests, {:.2} s",
                        plant.class,
                        plant.name,
                        run.found.as_deref().unwrap_or("-"),
                        run.requests,
                        run.seconds
                    );
                    let mut judged = judged.lock().unwrap_or_else(PoisonError::into_inner);
                    judged.push(Judged {
                        plant,
                        found: run.found,
                    });
                }
            });
        }
    });
    Some(judged.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn print_shares(way: Way, judged: &[Judged<'_>]) {
    println!("\n{way}:");
    let share = |name: &str, is: &dyn Fn(&Judged<'_>) -> bool| {
        let all = judged.iter().filter(|judged| is(judged));
        let (found, missed): (Vec<_>, Vec<_>) = all.partition(|judged| judged.found.is_some());
        let count = found.len() + missed.len();
        println!("  {name:<10} {:>4} of {count:>4}", found.len());
    };
    for class in Class::ALL {
        share(&format!("{class:?}"), &|judged| judged.plant.class == class);
    }
    share("all", &|_| true);
    for Judged { plant, .. } in judged.iter().filter(|judged| judged.found.is_none()) {
        let reason = plant.missed(way).unwrap_or("?");
        println!("  missed: {plant:?}: {reason}");
    }
}
