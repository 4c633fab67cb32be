//! Which states of an item follow which (`x-trueup-next`).

use std::collections::BTreeMap;

use serde_json::Value;

/// The states that may follow each state. A state without successors is final.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Next(BTreeMap<String, Vec<String>>);

impl Next {
    /// The name of the extension.
    pub const KEYWORD: &'static str = "x-trueup-next";

    /// Reads the value of the extension. Returns `None` if it is not valid.
    pub(in crate::contract) fn read(value: &Value) -> Option<Self> {
        let states = value.as_object()?.iter().map(|(state, next)| {
            let next = next.as_array()?.iter();
            let next: Option<Vec<String>> = next.map(|s| s.as_str().map(str::to_owned)).collect();
            Some((state.clone(), next?))
        });
        states.collect::<Option<_>>().map(Self)
    }

    /// Whether one state is the other, or comes before it, with others between them or not. Of a
    /// state that the contract does not name nothing is known.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        if !self.is_known(from) || !self.is_known(to) {
            return true;
        }
        let mut reached = vec![from];
        let mut looked = 0;
        while let Some(state) = reached.get(looked).copied() {
            if state == to {
                return true;
            }
            for next in self.0.get(state).into_iter().flatten() {
                if !reached.contains(&next.as_str()) {
                    reached.push(next);
                }
            }
            looked += 1;
        }
        false
    }

    /// Whether a state has no successors.
    pub fn is_final(&self, state: &str) -> bool {
        self.is_known(state) && self.0.get(state).is_none_or(Vec::is_empty)
    }

    /// The states without successors, each once.
    pub fn last(&self) -> Vec<&str> {
        let mut last: Vec<&str> = self.all().filter(|state| self.is_final(state)).collect();
        last.sort_unstable();
        last.dedup();
        last
    }

    /// The states that may follow a state, that one included.
    pub fn allowed_after(&self, state: &str) -> Vec<String> {
        let next = self.0.get(state).into_iter().flatten();
        let all = [state].into_iter().chain(next.map(String::as_str));
        all.map(str::to_owned).collect()
    }

    fn is_known(&self, state: &str) -> bool {
        self.all().any(|known| known == state)
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let names = self
            .0
            .iter()
            .flat_map(|(state, next)| [state].into_iter().chain(next));
        names.map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn states_lead_forward() {
        let next = json!({"queued": ["building"], "building": ["done", "failed"]});
        let next = Next::read(&next).unwrap();
        assert!(next.leads("queued", "queued") && next.leads("queued", "failed"));
        assert!(!next.leads("done", "building") && !next.leads("done", "failed"));
        assert!(next.leads("done", "unheard-of"));
        assert_eq!(next.last(), ["done", "failed"]);
        assert!(!next.is_final("queued") && !next.is_final("unheard-of"));
        assert_eq!(next.allowed_after("queued"), ["queued", "building"]);
        assert_eq!(Next::read(&json!({"a": "b"})), None);
    }
}
