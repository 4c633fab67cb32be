//! The steps of a sequence that its last step needs, and their form in a fixture file.

use serde_json::{Map, Value, json};

use super::{Body, Credentials, Expression, Scenario, Step, Template};
use crate::contract::ExpectedStatus;

/// Names of the captures that a value refers to.
pub fn captures(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let template = Template::parse(text).ok();
            let gaps = template.iter().flat_map(Template::gaps);
            names.extend(gaps.filter_map(|gap| match gap {
                Expression::Capture { name, .. } => Some(name.clone()),
                _ => None,
            }));
        }
        Value::Array(items) => items.iter().for_each(|item| captures(item, names)),
        Value::Object(members) => members.values().for_each(|member| captures(member, names)),
        _ => {}
    }
}

impl Step {
    /// Names of the captures that the step refers to.
    fn captures(&self) -> Vec<String> {
        let mut names = Vec::new();
        let expect = &self.expect;
        let items = expect.items.iter().flat_map(|items| {
            let exactly = items.exactly.iter().flatten();
            exactly.chain(&items.include).chain(&items.exclude)
        });
        let body = match &self.body {
            Some(Body::Value { value, .. }) => Some(value),
            _ => None,
        };
        self.with
            .values()
            .chain(self.parameters.iter().map(|argument| &argument.value))
            .chain(body)
            .chain(&expect.body)
            .chain(expect.same_as.as_ref().map(|same_as| &same_as.body))
            .chain(items)
            .chain(self.until.iter().flat_map(|until| &until.bodies))
            .for_each(|value| captures(value, &mut names));
        if let Some(url) = &self.follow {
            captures(&Value::from(url.as_str()), &mut names);
        }
        names
    }
}

impl Scenario {
    /// The first steps, so many of them, without those that the last of them does not refer to,
    /// directly or through others.
    #[must_use]
    pub fn needed(&self, count: usize) -> Self {
        let steps: Vec<&Step> = self.setup.iter().chain(&self.steps).take(count).collect();
        let mut kept = vec![false; steps.len()];
        let mut wanted: Vec<String> = Vec::new();
        for (i, step) in steps.iter().enumerate().rev() {
            let is_wanted = step.save.as_ref().is_some_and(|save| wanted.contains(save));
            if i + 1 == steps.len() || is_wanted {
                kept[i] = true;
                wanted.extend(step.captures());
            }
        }
        let part = |from: usize, to: usize| {
            (from..to.min(steps.len()))
                .filter(|i| kept[*i])
                .map(|i| steps[i].clone())
                .collect()
        };
        Self {
            setup: part(0, self.setup.len()),
            steps: part(self.setup.len(), steps.len()),
            ..self.clone()
        }
    }

    /// The first steps, so many of them, as a fixture file. Returns `None` if a
    /// fixture cannot express them.
    pub fn fixture(&self, count: usize) -> Option<String> {
        let name = self.name.rsplit("::").next().unwrap_or(&self.name);
        let mut text = format!(
            "scenarios:\n  - name: {}\n    steps:\n",
            name.replace('_', " ")
        );
        for step in self.setup.iter().chain(&self.steps).take(count) {
            text.push_str(&format!("      - {}\n", written(step)?));
        }
        Some(text)
    }
}

/// A step as JSON, which is YAML too.
fn written(step: &Step) -> Option<Value> {
    let mut with = step.with.clone();
    for argument in &step.parameters {
        if with
            .insert(argument.name.clone(), argument.value.clone())
            .is_some()
        {
            return None;
        }
    }
    let mut members = Map::new();
    members.insert("operation".to_owned(), json!(step.operation));
    match &step.body {
        None => {}
        Some(Body::Value { media, value }) => {
            members.insert("media".to_owned(), json!(media));
            members.insert("body".to_owned(), value.clone());
        }
        Some(Body::Absent | Body::Raw { .. }) => return None,
    }
    if !with.is_empty() {
        members.insert("with".to_owned(), Value::Object(with));
    }
    if let Some(url) = &step.follow {
        members.insert("follow".to_owned(), json!(url));
    }
    let mut spoilt = Credentials::SPOILT.iter();
    let credentials = spoilt
        .find(|(_, credentials)| *credentials == step.credentials)
        .map(|(word, _)| *word);
    members.extend(credentials.map(|word| ("credentials".to_owned(), json!(word))));
    if let Some(save) = &step.save {
        members.insert("save".to_owned(), json!(save));
    }
    let mut expect = Map::new();
    match &step.expect.status {
        ExpectedStatus::Success
        | ExpectedStatus::Documented
        | ExpectedStatus::SuccessOrSkip
        | ExpectedStatus::SuccessOrClientError => {}
        ExpectedStatus::Exact(status) => {
            expect.insert("status".to_owned(), json!(status));
        }
        ExpectedStatus::Error(name) => {
            expect.insert("error".to_owned(), json!(name));
        }
        ExpectedStatus::DocumentedClientError | ExpectedStatus::AnyClientError => {
            expect.insert("refused".to_owned(), json!(true));
        }
        ExpectedStatus::NoSuchOperation => return None,
    }
    if let Some(body) = &step.expect.body {
        expect.insert("body".to_owned(), body.clone());
    }
    if !expect.is_empty() {
        members.insert("expect".to_owned(), Value::Object(expect));
    }
    // Only people write the other expectations, and they have them in a fixture already.
    let is_simple = step.method.is_none()
        && step.expect.same_as.is_none()
        && step.expect.items.is_none()
        && step.until.is_none()
        && step.walk.is_none()
        && !step.along
        && step.after.is_none();
    is_simple.then_some(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Origin;
    use crate::place::Place;

    fn step(operation: &str, save: Option<&str>, with: &Value) -> Step {
        let place = Place {
            file: String::new(),
            line: None,
            pointer: String::new(),
        };
        Step {
            with: with.as_object().cloned().unwrap_or_default(),
            save: save.map(str::to_owned),
            ..Step::new(operation, place)
        }
    }

    fn scenario() -> Scenario {
        let mut last = step("GetB", None, &json!({"Id": "{{b.id}}"}));
        last.expect.status = ExpectedStatus::AnyClientError;
        Scenario {
            name: "GetB::a_thing".to_owned(),
            operation: "GetB".to_owned(),
            origin: Origin::Generated { why: String::new() },
            setup: vec![
                step("MakeA", Some("a"), &json!({})),
                step("MakeC", Some("c"), &json!({"A": "{{a.id}}"})),
                step("MakeB", Some("b"), &json!({"A": "{{a.id}}"})),
            ],
            steps: vec![last, step("GetC", None, &json!({"Id": "{{c.id}}"}))],
            shared: 0,
            alone: false,
            skip: None,
        }
    }

    #[test]
    fn only_what_is_referred_to_is_needed() {
        let needed = scenario().needed(4);
        let names: Vec<&str> = needed
            .setup
            .iter()
            .chain(&needed.steps)
            .map(|step| step.operation.as_str())
            .collect();
        assert_eq!(names, ["MakeA", "MakeB", "GetB"]);
    }

    #[test]
    fn steps_are_written_as_a_fixture() {
        let text = scenario().needed(4).fixture(3).unwrap();
        let expected = "scenarios:\n  - name: a thing\n    steps:\n      \
                        - {\"operation\":\"MakeA\",\"save\":\"a\"}\n      \
                        - {\"operation\":\"MakeB\",\"with\":{\"A\":\"{{a.id}}\"},\"save\":\"b\"}\n      \
                        - {\"operation\":\"GetB\",\"with\":{\"Id\":\"{{b.id}}\"},\
                        \"expect\":{\"refused\":true}}\n";
        assert_eq!(text, expected);
    }
}
