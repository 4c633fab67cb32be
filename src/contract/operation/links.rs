//! The operations that links refer to.

use std::collections::HashSet;

use super::Operation;
use super::link::{Link, LinkTarget};
use super::operations::Operations;
use crate::place::pointer;
use crate::spec::{Document, Level, Problem};

impl Link {
    /// The operation among all of a contract.
    pub fn operation<'a>(&self, operations: &'a Operations) -> Option<&'a Operation> {
        match &self.target {
            LinkTarget::Id(id) => operations.get(id),
            LinkTarget::Pointer(place) => {
                let mut outlines = operations.outlines();
                let index = outlines.position(|outline| outline.pointer == *place)?;
                Some(&operations[index])
            }
            LinkTarget::Elsewhere(_) => None,
        }
    }
}

/// Links that refer to operations, or name parameters, that do not exist.
pub(in crate::contract) fn mistakes(document: &Document, operations: &Operations) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut warn = |place: &str, message: String, remedy: &str| {
        problems.push(document.problem(Level::Warning, place, message, remedy));
    };
    let responses = operations.iter().flat_map(|operation| &operation.responses);
    // A response may be shared.
    let mut told = HashSet::new();
    for link in responses.flat_map(|response| &response.links) {
        if !told.insert(link.pointer.as_str()) {
            continue;
        }
        let Some(operation) = link.operation(operations) else {
            if let LinkTarget::Id(to) | LinkTarget::Pointer(to) = &link.target {
                warn(
                    &link.pointer,
                    format!(
                        "the link `{}` refers to `{to}`, which is not an operation",
                        link.name
                    ),
                    "correct its operationId or operationRef",
                );
            }
            continue;
        };
        for parameter in &link.parameters {
            let is_known = operation.parameters.iter().any(|known| {
                known.name == parameter.name
                    && parameter.location.is_none_or(|at| at == known.location)
            });
            if !is_known {
                warn(
                    &pointer::join(&link.pointer, "parameters"),
                    format!(
                        "the link `{}` names the parameter `{}`, which `{}` does not have",
                        link.name, parameter.name, operation.id
                    ),
                    "correct its name",
                );
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::contract::Location;
    use crate::contract::sample;

    #[test]
    fn links_lead_to_operations() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
             responses:\n        '201':\n          description: d\n          links:\n            \
             id: {operationId: get, parameters: {path.id: '$response.body#/id', q.x: 1}}\n            \
             ref: {operationRef: '#/paths/~1a~1%7Bid%7D/get', requestBody: $request.body}\n            \
             far: {operationRef: 'https://example.com/b.yaml#/paths/~1b/get'}\n            \
             lost: {operationId: lost}\n            none: {}\n            \
             shared: {$ref: '#/components/links/shared'}\n  /a/{id}:\n    get:\n      \
             operationId: get\n      parameters:\n      - {name: id, in: path, required: true, \
             schema: {}}\n      responses: {'200': {description: d}}\ncomponents:\n  links:\n    \
             shared: {operationId: get}\n",
        );
        let links = &contract.operations[0].responses[0].links;
        let found: Vec<(&str, Option<&str>)> = links
            .iter()
            .map(|link| {
                let operation = link.operation(&contract.operations);
                (link.name.as_str(), operation.map(|o| o.id.as_str()))
            })
            .collect();
        let get = Some("get");
        assert_eq!(
            found,
            [
                ("id", get),
                ("ref", get),
                ("far", None),
                ("lost", None),
                ("shared", get)
            ]
        );
        let parameter = &links[0].parameters[0];
        assert_eq!(
            (parameter.location, parameter.name.as_str()),
            (Some(Location::Path), "id")
        );
        let problems: Vec<String> = contract
            .problems()
            .iter()
            .map(ToString::to_string)
            .collect();
        for part in ["`q.x`", "`lost`, which", "`none` does not refer"] {
            let told = problems.iter().filter(|p| p.contains(part)).count();
            assert_eq!(told, 1, "{part} in {problems:?}");
        }
    }
}
