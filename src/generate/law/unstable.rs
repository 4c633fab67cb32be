//! Which properties of an item change by themselves, told by their names.

use crate::contract::snake_case;

/// Words of properties that a read, or time, may change.
const MOVING: [&str; 29] = [
    "accessed",
    "seen",
    "viewed",
    "visited",
    "used",
    "login",
    "activity",
    "views",
    "hits",
    "visits",
    "count",
    "counter",
    "total",
    "age",
    "ttl",
    "remaining",
    "elapsed",
    "expires",
    "expiry",
    "uptime",
    "now",
    "token",
    "signature",
    "nonce",
    "etag",
    // Shown once, and masked from then on.
    "secret",
    "password",
    "passphrase",
    "credential",
];
/// Keys that are shown once too.
const KEYS: [&str; 3] = ["api_key", "access_key", "private_key"];
/// Words of properties that tell how far the work on an item has come.
const WORK: [&str; 8] = [
    "status", "state", "phase", "progress", "percent", "stage", "health", "ready",
];
/// Words of properties that move with such work.
const WITH_WORK: [&str; 11] = [
    "updated",
    "modified",
    "changed",
    "started",
    "finished",
    "completed",
    "ended",
    "result",
    "error",
    "version",
    "revision",
];

/// Names of properties that may differ between two reads though nobody has changed the item.
pub(super) fn names(all: &[&str]) -> Vec<String> {
    let has = |name: &str, words: &[&str]| {
        snake_case(name)
            .split('_')
            .any(|word| words.contains(&word))
    };
    let works = all.iter().any(|name| has(name, &WORK));
    let moves = |name: &&&str| {
        is_key(name) || has(name, &MOVING) || has(name, &WORK) || works && has(name, &WITH_WORK)
    };
    all.iter()
        .filter(moves)
        .map(|&name| name.to_owned())
        .collect()
}

fn is_key(name: &str) -> bool {
    let words = snake_case(name);
    KEYS.iter().any(|key| words.contains(key))
}

/// Whether a property in snake case is a time of creation.
pub(super) fn is_creation(words: &str) -> bool {
    let mut words = words.split('_');
    words.any(|word| word == "created" || word == "creation")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_move_and_names_do_not() {
        let names = [
            "lastSeenAt",
            "viewCount",
            "discount",
            "last_name",
            "account",
            "updatedAt",
        ];
        assert_eq!(super::names(&names), ["lastSeenAt", "viewCount"]);
    }

    #[test]
    fn work_moves_more() {
        assert_eq!(
            names(&["status", "updated_at", "title"]),
            ["status", "updated_at"]
        );
    }

    #[test]
    fn times_of_creation() {
        assert!(is_creation("date_created") && is_creation("created_at"));
        assert!(!is_creation("date_updated"));
    }
}
