//! The file of known deviations. Every mistake in it is found before the first request.

use std::collections::HashSet;

use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use super::list::{Deviation, Deviations};
use crate::outcome::CheckId;
use crate::place::pointer;
use crate::spec::{Cursor, Files, LoadError, Source, nearest};

/// Where the file lists them.
const LIST: &str = "/deviations";

/// Reads a file of deviations. If the names of all cases are not known, every name is
/// accepted.
///
/// # Errors
/// Returns all mistakes of the file.
pub fn load(files: &Files, name: &str, cases: Option<&[&str]>) -> Result<Deviations, LoadError> {
    let (source, root) = Source::read(files, name)?;
    let mut cursor = Cursor::new(&source, &root);
    cursor.object("", &["deviations"]);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for index in 0..cursor.list(LIST).len() {
        let place = pointer::join(LIST, &index.to_string());
        let Some(deviation) = entry(&mut cursor, &place, cases) else {
            continue;
        };
        if !seen.insert((deviation.case.clone(), deviation.check)) {
            cursor.mistake(
                &place,
                format!(
                    "the deviation `{}` of {} is listed twice",
                    deviation.check, deviation.case
                ),
                "remove one of the two",
            );
        }
        found.push(deviation);
    }
    if cursor.problems.is_empty() {
        Ok(Deviations(found))
    } else {
        Err(LoadError {
            problems: cursor.problems,
        })
    }
}

fn entry(cursor: &mut Cursor<'_>, place: &str, cases: Option<&[&str]>) -> Option<Deviation> {
    cursor.object(place, &["case", "check", "reason", "until"])?;
    let case = match cases {
        Some(cases) => name(cursor, place, "case", cases),
        None => text(cursor, place, "case"),
    };
    let checks = CheckId::ALL
        .into_iter()
        .filter(|check| check.can_be_known());
    let checks: Vec<&str> = checks.map(CheckId::as_str).collect();
    let check = name(cursor, place, "check", &checks);
    let reason = text(cursor, place, "reason");
    let expired = expiry(cursor, &pointer::join(place, "until"));
    Some(Deviation {
        case: case?,
        check: check?.parse().ok()?,
        reason: reason?,
        expired: expired.ok()?,
        place: cursor.source.place(place),
    })
}

fn text(cursor: &mut Cursor<'_>, place: &str, member: &str) -> Option<String> {
    let at = pointer::join(place, member);
    if cursor.get(&at).is_none() {
        cursor.mistake(
            place,
            format!("the deviation has no `{member}`"),
            "a deviation needs `case`, `check` and `reason`",
        );
        return None;
    }
    cursor.text(&at).map(str::to_owned)
}

/// A text that is one of the known names.
fn name(cursor: &mut Cursor<'_>, place: &str, member: &str, known: &[&str]) -> Option<String> {
    let name = text(cursor, place, member)?;
    if known.contains(&name.as_str()) {
        return Some(name);
    }
    let remedy = nearest(&name, known.iter().copied()).unwrap_or_else(|| match member {
        "case" => "`trueup list` prints the names of the cases".to_owned(),
        _ => format!("the known ones are {}", known.join(", ")),
    });
    let at = pointer::join(place, member);
    cursor.mistake(&at, format!("there is no {member} `{name}`"), remedy);
    None
}

/// The last day, if it is over.
///
/// # Errors
/// Returns an error if the value is not a date; the mistake has been recorded by then.
fn expiry(cursor: &mut Cursor<'_>, place: &str) -> Result<Option<String>, ()> {
    if cursor.get(place).is_none() {
        return Ok(None);
    }
    let text = cursor.text(place).ok_or(())?;
    let Ok(day) = Date::parse(text, &Iso8601::DATE) else {
        cursor.mistake(
            place,
            format!("`{text}` is not a date"),
            "write the last day on which the deviation is accepted: 2030-12-31",
        );
        return Err(());
    };
    let is_over = day < OffsetDateTime::now_utc().date();
    Ok(is_over.then(|| text.to_owned()))
}
