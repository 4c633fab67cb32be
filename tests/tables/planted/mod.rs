//! What is found of servers that are wrong on purpose: with the contract alone, with the shipped
//! fixtures too, and with the document as it is published. For each fault the rows say whether it
//! is found, and where it is not, why.

mod misses;
pub(crate) mod plant;
pub(crate) mod plants;
pub(crate) mod rig;
mod table;
mod unpromised;

use libtest_mimic::Trial;

use self::misses::MISSES;
use self::table::Tables as Rows;
use self::unpromised::UNPROMISED;

/// The tables of this folder.
#[derive(Default)]
pub(crate) struct Tables(Rows);

impl Tables {
    /// A test for each row, and some for all of them.
    pub(crate) fn trials(&self) -> Vec<Trial> {
        let mut trials = self.0.trials();
        let about_all: [(&str, fn()); 2] = [
            ("there_are_many_faults_of_each_class", there_are_many),
            ("each_miss_names_a_fault", each_miss_names_a_fault),
        ];
        trials.extend(about_all.map(|(name, test)| {
            Trial::test(format!("planted::{name}"), move || {
                test();
                Ok(())
            })
        }));
        trials
    }

    /// How many faults were found, for the complete tables that were run.
    pub(crate) fn print_shares(&self) {
        self.0.print_shares();
    }
}

fn there_are_many() {
    let plants = plants::all();
    assert!(plants.len() >= 120, "{}", plants.len());
    assert!(plants.iter().filter(|plant| plant.is_quick).count() > 20);
    for plant in &plants {
        let same = plants.iter().filter(|other| other.name == plant.name);
        assert_eq!(same.count(), 1, "{plant:?}");
        assert!(
            plant::contract().operation(plant.operation).is_some(),
            "{plant:?}"
        );
    }
}

fn each_miss_names_a_fault() {
    let plants = plants::all();
    let published = UNPROMISED
        .iter()
        .flat_map(|(reason, names)| names.iter().map(move |name| (name, reason)));
    let others = MISSES.iter().map(|(_, name, reason)| (name, reason));
    for (name, reason) in others.chain(published) {
        assert!(
            plants.iter().any(|plant| plant.name == *name),
            "{name}: {reason}"
        );
    }
}
