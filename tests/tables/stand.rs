//! Faulty servers for another tool, one after the other, on its word.

#![expect(clippy::print_stdout, reason = "another program reads what is printed")]

use std::io::BufRead as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::planted::plant::contract;
use crate::planted::plants;
use crate::planted::rig::{aim, right};
use crate::stage::{SECRET, USER};
use crate::world::server::Server;

/// Writes the document with its overlay applied into a file. Then reads names of faults, one in a
/// line, and puts each into the server, with an empty emulator behind it; an empty line takes the
/// fault away. After each, prints the number of requests since the line before.
pub(crate) fn serve(path: &str) {
    let document = contract().document.root().to_string();
    std::fs::write(path, document).expect("the document can be written");
    let plants = plants::all();
    let server = Server::start().expect("there is a free port");
    let mut requests = Arc::new(AtomicUsize::new(0));
    aim(&server, right(), Arc::clone(&requests));
    let names: Vec<_> = plants
        .iter()
        .map(|plant| json!({ "name": plant.name, "class": format!("{:?}", plant.class) }))
        .collect();
    let user = format!("{USER}:{SECRET}");
    println!(
        "{}",
        json!({ "url": server.url(), "user": user, "faults": names })
    );
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let count = requests.load(Ordering::Relaxed);
        let plant = plants.iter().find(|plant| plant.name == line);
        let fault = plant.map_or_else(right, |plant| (plant.fault)());
        requests = Arc::new(AtomicUsize::new(0));
        aim(&server, fault, Arc::clone(&requests));
        println!("{}", json!({ "fault": line, "requests": count }));
    }
}
