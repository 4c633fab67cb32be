//! The whole table: every fault, every way. It takes minutes:
//! `cargo test --test planted -- --ignored --nocapture --test-threads 1 table`.

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
use crate::unpromised::BY_CHANCE;

/// Faults that are judged at the same time.
const THREADS: usize = 2;
/// Names the faults to be judged, by a part of their names; all where it is not set.
const ONLY: &str = "TRUEUP_PLANTED";

/// A fault that was judged.
struct Judged<'a> {
    plant: &'a Plant,
    found: Option<String>,
}

/// Judges all faults in one way, prints the table, and insists that it is what the rows say.
fn print(way: Way) {
    let only = std::env::var(ONLY).unwrap_or_default();
    let plants: Vec<Plant> = plants::all()
        .into_iter()
        .filter(|plant| plant.name.contains(&only))
        .collect();
    let Some(judged) = judge_all(way, &plants) else {
        println!("{way}: skipped, the published document is not there");
        return;
    };
    print_shares(way, &judged);
    let wrong: Vec<String> = judged.iter().filter_map(|one| surprise(way, one)).collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// What differs from what is said of a fault.
fn surprise(way: Way, Judged { plant, found }: &Judged<'_>) -> Option<String> {
    if way == Way::Published && BY_CHANCE.contains(&plant.name.as_str()) {
        return None;
    }
    match (plant.missed(way), found) {
        (None, None) => Some(format!("{plant:?} is missed")),
        (Some(_), Some(found)) => Some(format!("{plant:?} is found: {found}")),
        _ => None,
    }
}

#[test]
#[ignore = "takes minutes"]
fn contract_alone() {
    print(Way::Bare);
}

#[test]
#[ignore = "takes minutes"]
fn with_fixtures() {
    print(Way::Fixtures);
}

#[test]
#[ignore = "takes minutes"]
fn published_document() {
    print(Way::Published);
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
