//! Whether a text has a format, by the grammars of the standards.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::schema::Pattern;

/// Whether a text has a format. A format that is not known demands nothing.
pub(super) fn holds(format: &str, text: &str) -> bool {
    match format {
        "date-time" => split_time(text).is_some_and(|(day, time)| date(day) && full_time(time)),
        "date-time-local" => split_time(text).is_some_and(|(day, rest)| date(day) && time(rest)),
        "date" => date(text),
        "time" => full_time(text),
        "time-local" => time(text),
        "duration" => duration(text),
        "http-date" => http_date(text),
        "email" => email(text, true),
        "idn-email" => email(text, false),
        "hostname" => hostname(text, true),
        "idn-hostname" => hostname(text, false),
        "ipv4" => ipv4(text),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "uri" => uri(text, true).is_some_and(|has_scheme| has_scheme),
        "uri-reference" => uri(text, true).is_some(),
        "iri" => uri(text, false).is_some_and(|has_scheme| has_scheme),
        "iri-reference" => uri(text, false).is_some(),
        "uri-template" => uri_template(text),
        "uuid" => uuid(text),
        "json-pointer" => json_pointer(text),
        "relative-json-pointer" => relative_json_pointer(text),
        "regex" => Pattern::is_strict(text),
        "byte" => base64(text, *b"+/", true),
        "base64url" => base64(text, *b"-_", false),
        "char" => text.chars().count() == 1,
        _ => true,
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn split_time(text: &str) -> Option<(&str, &str)> {
    let (day, rest) = text.split_at_checked(10)?;
    Some((day, rest.strip_prefix(['T', 't'])?))
}

/// `full-date` (RFC 3339 section 5.6).
fn date(text: &str) -> bool {
    let read = || {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = digits(parts.next()?, 2)?;
        let day = digits(parts.next()?, 2)?;
        if parts.next().is_some() {
            return None;
        }
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        Some((1..=longest).contains(&day))
    };
    read() == Some(true)
}

/// Hour, minute and second of a `partial-time`.
fn clock(text: &str) -> Option<(u32, u32, u32)> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if fraction.is_some_and(|fraction| !is_number(fraction)) {
        return None;
    }
    let mut parts = whole.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = digits(parts.next()?, 2).filter(|second| *second <= 60)?;
    parts.next().is_none().then_some((hour, minute, second))
}

/// `partial-time` without a leap second, which only an offset can place.
fn time(text: &str) -> bool {
    clock(text).is_some_and(|(_, _, second)| second < 60)
}

/// `full-time`: a leap second is one in UTC.
fn full_time(text: &str) -> bool {
    let read = || {
        let (clock_text, offset) = if let Some(rest) = text.strip_suffix(['Z', 'z']) {
            (rest, 0)
        } else {
            let at = text.rfind(['+', '-'])?;
            let (rest, offset) = text.split_at(at);
            let (hours, minutes) = offset[1..].split_once(':')?;
            let hours = digits(hours, 2).filter(|hours| *hours < 24)?;
            let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            (rest, sign * i64::from(hours * 60 + minutes))
        };
        let (hour, minute, second) = clock(clock_text)?;
        let utc = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
        Some(second < 60 || utc == 24 * 60 - 1)
    };
    read() == Some(true)
}

/// `duration` (RFC 3339, Appendix A).
fn duration(text: &str) -> bool {
    /// Whether a text is a row of numbers with units, each unit once and in this order.
    fn row(text: &str, units: &str) -> bool {
        let mut rest = text;
        let mut left = units;
        while !rest.is_empty() {
            let end = rest.find(|letter: char| !letter.is_ascii_digit());
            let Some(end) = end.filter(|end| *end > 0) else {
                return false;
            };
            let unit = rest[end..].chars().next().unwrap_or_default();
            let Some(at) = left.find(unit) else {
                return false;
            };
            // No unit between two that are there may be missing.
            if left.len() < units.len() && at > 0 {
                return false;
            }
            left = &left[at + unit.len_utf8()..];
            rest = &rest[end + unit.len_utf8()..];
        }
        !text.is_empty()
    }
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    match rest.split_once('T') {
        Some((day, time)) => (day.is_empty() || row(day, "YMD")) && row(time, "HMS"),
        None => row(rest, "YMD") || row(rest, "W"),
    }
}

/// `IMF-fixdate` (RFC 9110 section 5.6.7).
fn http_date(text: &str) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let read = || {
        let (weekday, rest) = text.split_once(", ")?;
        let parts: Vec<&str> = rest.split(' ').collect();
        let [day, month, year, clock_text, "GMT"] = parts.as_slice() else {
            return None;
        };
        let number = MONTHS.iter().position(|name| name == month)? + 1;
        digits(day, 2)?;
        digits(year, 4)?;
        let day = date(&format!("{year}-{number:02}-{day}"));
        let (.., second) = clock(clock_text).filter(|_| clock_text.len() == 8)?;
        Some(DAYS.contains(&weekday) && day && second <= 60)
    };
    read() == Some(true)
}

/// `Mailbox` (RFC 5321 section 4.1.2), or with letters of all scripts (RFC 6531).
fn email(text: &str, is_ascii: bool) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let letter = |letter: char| {
        letter.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(letter)
            || (!is_ascii && !letter.is_ascii())
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let good_local = if is_quoted {
        let inner = &local[1..local.len() - 1];
        let mut letters = inner.chars();
        let mut is_good = true;
        while let Some(letter) = letters.next() {
            is_good &= match letter {
                '\\' => letters
                    .next()
                    .is_some_and(|next| (' '..='~').contains(&next)),
                '"' => false,
                other => (' '..='~').contains(&other) || (!is_ascii && !other.is_ascii()),
            };
        }
        is_good
    } else {
        local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(letter))
    };
    let literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let good_domain = match literal {
        Some(address) => match address.strip_prefix("IPv6:") {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => ipv4(address),
        },
        None => hostname(domain, is_ascii),
    };
    good_local && local.len() <= 64 && good_domain
}

/// A name of letters, digits and hyphens (RFC 1123 section 2.1).
fn hostname(text: &str, is_ascii: bool) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| {
                letter.is_ascii_alphanumeric()
                    || letter == '-'
                    || (!is_ascii && letter.is_alphanumeric())
            })
            // Only `xn--` may have two hyphens there (RFC 5891 section 4.2.3.1).
            && (label.get(2..4) != Some("--") || label.to_ascii_lowercase().starts_with("xn--"))
    };
    !text.is_empty() && text.len() <= 253 && text.split('.').all(label)
}

/// Four numbers without zeros before them (RFC 2673 section 3.2).
fn ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// A `URI-reference` (RFC 3986), or an `IRI-reference` (RFC 3987). Returns whether it has a
/// scheme, or `None` if it is neither.
fn uri(text: &str, is_ascii: bool) -> Option<bool> {
    let (rest, fragment) = cut(text, '#');
    let (rest, query) = cut(rest, '?');
    let plain = |letter: char| {
        letter.is_ascii_alphanumeric()
            || "-._~!$&'()*+,;=".contains(letter)
            || (!is_ascii && !letter.is_ascii() && !letter.is_control())
    };
    let all = |text: &str, more: &str| {
        let bytes = text.as_bytes();
        text.char_indices().all(|(at, letter)| {
            let hex = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_hexdigit);
            plain(letter) || more.contains(letter) || (letter == '%' && hex(at + 1) && hex(at + 2))
        })
    };
    let good_tail = |text: Option<&str>| text.is_none_or(|text| all(text, ":@/?"));
    if !good_tail(query) || !good_tail(fragment) {
        return None;
    }
    let scheme = rest.split_once(':').filter(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    });
    let hierarchy = scheme.map_or(rest, |(_, rest)| rest);
    let path = match hierarchy.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
            if !all(user, ":") || !is_host(host, &|text| all(text, "")) {
                return None;
            }
            path
        }
        None => hierarchy,
    };
    // The first segment of a reference without a scheme has no colon.
    let first = path.split('/').next().unwrap_or_default();
    let is_good = all(path, ":@/") && (scheme.is_some() || !first.contains(':'));
    is_good.then_some(scheme.is_some())
}

/// Host and port.
fn is_host(text: &str, is_name: &dyn Fn(&str) -> bool) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, rest)) = rest.split_once(']') else {
                return false;
            };
            let is_address = address.parse::<Ipv6Addr>().is_ok()
                || address.strip_prefix(['v', 'V']).is_some_and(|rest| {
                    rest.split_once('.').is_some_and(|(version, rest)| {
                        !version.is_empty()
                            && version.bytes().all(|byte| byte.is_ascii_hexdigit())
                            && !rest.is_empty()
                    })
                });
            if !is_address {
                return false;
            }
            match rest.strip_prefix(':') {
                Some(port) => ("", port),
                None if rest.is_empty() => ("", ""),
                None => return false,
            }
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    is_name(host) && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// `URI-Template` (RFC 6570).
fn uri_template(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let Some(inner) = rest[start..].strip_prefix('{') else {
            return false;
        };
        let Some((expression, after)) = inner.split_once('}') else {
            return false;
        };
        let names = expression.trim_start_matches(['+', '#', '.', '/', ';', '?', '&']);
        let is_name = |name: &str| {
            let name = name.strip_suffix('*').unwrap_or(name);
            let (name, length) = cut(name, ':');
            let good_length = length.is_none_or(|length| {
                (1..=4).contains(&length.len()) && length.bytes().all(|b| b.is_ascii_digit())
            });
            !name.is_empty()
                && good_length
                && name
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || "_.%".contains(letter))
        };
        if expression.len() > names.len() + 1 || !names.split(',').all(is_name) {
            return false;
        }
        rest = after;
    }
    let literals: String = {
        let mut outside = true;
        text.chars()
            .filter(|letter| {
                match letter {
                    '{' => outside = false,
                    '}' => {
                        outside = true;
                        return false;
                    }
                    _ => {}
                }
                outside
            })
            .collect()
    };
    literals
        .chars()
        .all(|letter| letter > ' ' && !"\"'<>\\^`|".contains(letter) && letter != '\u{7f}')
}

/// Five groups of hexadecimal digits (RFC 9562 section 4).
fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(i, letter)| match i {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

/// RFC 6901 section 3.
fn json_pointer(text: &str) -> bool {
    let is_escaped = text
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && is_escaped
}

/// A number, and `#` or a JSON pointer.
fn relative_json_pointer(text: &str) -> bool {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let good_number = number == "0" || (!number.is_empty() && !number.starts_with('0'));
    good_number && (rest == "#" || json_pointer(rest))
}

/// Base64 with these two letters for 62 and 63 (RFC 4648 sections 4 and 5).
fn base64(text: &str, more: [u8; 2], must_pad: bool) -> bool {
    let letters = text.trim_end_matches('=');
    let padding = text.len() - letters.len();
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        _ if letter == more[0] => Some(62),
        _ if letter == more[1] => Some(63),
        _ => None,
    };
    if !letters.bytes().all(|letter| value(letter).is_some()) {
        return false;
    }
    // The bits of the last letter that belong to no byte are zero.
    let last = letters.bytes().last().and_then(value).unwrap_or_default();
    match letters.len() % 4 {
        0 => padding == 0 || !must_pad,
        2 => last.trailing_zeros() >= 4 && (padding == 2 || !must_pad),
        3 => last.trailing_zeros() >= 2 && (padding == 1 || !must_pad),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A format, texts that have it and texts that have not.
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    );

    const ROWS: &[Row] = &[
        (
            "date-time",
            &[
                "2018-11-10T20:00:00Z",
                "1998-12-31T23:59:60Z",
                "2020-02-29t01:02:03.45+05:30",
            ],
            &[
                "2018-11-10",
                "2019-02-29T00:00:00Z",
                "2018-11-10T20:00:00",
                "1998-12-31T22:59:60Z",
                "",
            ],
        ),
        (
            "date-time-local",
            &["2018-11-10T20:00:00"],
            &["2018-11-10T20:00:00Z"],
        ),
        (
            "date",
            &["2000-02-29"],
            &["1900-02-29", "2000-13-01", "2000-1-1", "2000-01-01-"],
        ),
        (
            "time",
            &["20:00:00Z", "23:59:60Z", "15:59:60-08:00"],
            &["20:00:00", "24:00:00Z", "20:00:60Z"],
        ),
        ("time-local", &["20:00:00.5"], &["20:00:00Z", "20:00:00."]),
        (
            "duration",
            &["P1D", "P1Y2M3DT4H5M6S", "PT1H", "P2W"],
            &["P", "PT", "1D", "P1S", "P1D2W", "P1Y1D", "P-1D"],
        ),
        (
            "http-date",
            &["Sun, 06 Nov 1994 08:49:37 GMT"],
            &["Sunday, 06-Nov-94 08:49:37 GMT", "x"],
        ),
        (
            "email",
            &[
                "a@b",
                "a.b+c@example.com",
                "\"a b\"@example.com",
                "a@[127.0.0.1]",
            ],
            &["a", "@b", "a@", "a..b@c.d", ".a@b.c", "a b@c.d", "ä@b.c"],
        ),
        ("idn-email", &["ä@bücher.example"], &["ä"]),
        (
            "hostname",
            &["a", "example.com", "xn--bcher-kva.example"],
            &["", "-a", "a-", "a_b", "a..b", "ab--c", "bücher"],
        ),
        ("idn-hostname", &["bücher.example"], &["-a"]),
        (
            "ipv4",
            &["127.0.0.1"],
            &["127.0.0", "256.0.0.1", "01.0.0.1"],
        ),
        (
            "ipv6",
            &["::1", "2001:db8::1", "::ffff:1.2.3.4"],
            &["1", ":::", "::1%eth0"],
        ),
        (
            "uri",
            &[
                "http://a/b?c#d",
                "urn:a:b",
                "http://[::1]:80/",
                "mailto:a@b.c",
            ],
            &[
                "/a",
                "a",
                "http://a b/",
                "http://[::1/",
                "http://a/%zz",
                "",
                "http://ä/",
            ],
        ),
        (
            "uri-reference",
            &["/a", "", "a/b:c", "#x"],
            &["a:b c", ":a", "\\a"],
        ),
        ("iri", &["http://bücher.example/ä"], &["/ä"]),
        ("iri-reference", &["/ä"], &["ä b"]),
        (
            "uri-template",
            &["/a/{b}{?c,d*}{e:3}", ""],
            &["{", "}", "{a b}", "a b", "{}"],
        ),
        (
            "uuid",
            &["2eb8aa08-aa98-11ea-b4aa-73b441d16380"],
            &["2eb8aa08aa9811eab4aa73b441d16380", "x"],
        ),
        ("json-pointer", &["", "/a~1b~0"], &["a", "/a~", "/a~2"]),
        (
            "relative-json-pointer",
            &["0", "1/a", "2#"],
            &["", "01", "/a", "-1/a"],
        ),
        ("regex", &["^a+$", "(?<=a)b"], &["(", "[a", "a{", "]"]),
        (
            "byte",
            &["", "YQ==", "YWI=", "YWJj"],
            &["YQ", "YR==", "Y", "YW_j"],
        ),
        ("base64url", &["YQ", "YQ==", "_-8"], &["+/8", "Y"]),
        ("char", &["ä"], &["", "ab"]),
        ("no-such-format", &["anything"], &[]),
    ];

    #[test]
    fn each_format_accepts_and_rejects() {
        for (format, good, bad) in ROWS {
            for text in *good {
                assert!(holds(format, text), "{format} accepts {text:?}");
            }
            for text in *bad {
                assert!(!holds(format, text), "{format} rejects {text:?}");
            }
        }
    }
}
