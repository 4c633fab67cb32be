//! How much of a contract a run has exercised.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// One kind of promise. What is counted on one axis is never added to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Documented statuses.
    Statuses,
    /// Media types of requests and responses.
    MediaTypes,
    /// Parameters, and properties of request bodies.
    Parameters,
    /// Both sides of their bounds.
    Bounds,
    /// Values of enums, sent and received.
    EnumValues,
    /// Properties of responses.
    Properties,
    /// Promised errors.
    Errors,
    /// Laws that the contract gives ground for.
    Laws,
}

impl Axis {
    /// All axes.
    pub const ALL: [Self; 8] = [
        Self::Statuses,
        Self::MediaTypes,
        Self::Parameters,
        Self::Bounds,
        Self::EnumValues,
        Self::Properties,
        Self::Errors,
        Self::Laws,
    ];
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Statuses => "statuses",
            Self::MediaTypes => "media-types",
            Self::Parameters => "parameters",
            Self::Bounds => "bounds",
            Self::EnumValues => "enum-values",
            Self::Properties => "properties",
            Self::Errors => "errors",
            Self::Laws => "laws",
        })
    }
}

/// A text that is not the name of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAxis(String);

impl fmt::Display for UnknownAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Axis::ALL.map(|axis| format!("`{axis}`")).join(", ");
        write!(f, "`{}` is not an axis; expected one of {names}", self.0)
    }
}

impl std::error::Error for UnknownAxis {}

impl FromStr for Axis {
    type Err = UnknownAxis;

    fn from_str(text: &str) -> Result<Self, UnknownAxis> {
        let found = Self::ALL.into_iter().find(|axis| axis.to_string() == text);
        found.ok_or_else(|| UnknownAxis(text.to_owned()))
    }
}

/// One thing that the contract promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// What it is: `404`, `PageSize maximum 1000 broken`, `200 /meta/url`.
    pub name: String,
    /// Whether a request or an answer had it.
    pub exercised: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What was exercised of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationCoverage {
    /// `operationId`.
    pub operation: String,
    /// Number of its answers that were judged.
    pub answers: usize,
    /// The promises of each axis that has any.
    #[serde(flatten)]
    pub axes: BTreeMap<Axis, Vec<Covered>>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// What was exercised.
    pub exercised: usize,
    /// What there is.
    pub total: usize,
}

/// What was exercised of a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The operations in the order of the document.
    pub operations: Vec<OperationCoverage>,
}

impl Share {
    /// In percent; whole where there is nothing.
    #[expect(
        clippy::cast_precision_loss,
        reason = "no document has so many promises"
    )]
    pub fn percent(self) -> f64 {
        if self.total == 0 {
            return 100.0;
        }
        self.exercised as f64 * 100.0 / self.total as f64
    }
}

impl Coverage {
    /// What was exercised on an axis over all operations.
    pub fn share(&self, axis: Axis) -> Share {
        let mut share = Share::default();
        for operation in &self.operations {
            let promises = operation.axes.get(&axis).map_or(&[][..], Vec::as_slice);
            share.total += promises.len();
            share.exercised += promises.iter().filter(|p| p.exercised).count();
        }
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_names() {
        for axis in Axis::ALL {
            assert_eq!(axis.to_string().parse(), Ok(axis));
        }
        let error = "status".parse::<Axis>().unwrap_err().to_string();
        assert!(error.contains("`statuses`"), "{error}");
    }

    #[test]
    fn an_empty_axis_is_whole() {
        let coverage = Coverage::default();
        assert!((coverage.share(Axis::Errors).percent() - 100.0).abs() < 1e-9);
    }
}
