//! What is missed, and why. A fault that is named here and found all the same fails the table, so
//! that it stays true.

use crate::planted::plant::Way;

/// Nothing in a contract tells which field makes an item the same as another.
const TAKEN: &str = "the contract does not say what must differ from item to item";
const RELATED: &str = "the contract does not say that one resource shows in another";
const SECONDS: &str = "times are told to the second, and a case takes less";
const FREE: &str = "for the contract this is a text as any other";

/// Way, fault and reason.
pub(crate) const MISSES: &[(Way, &str, &str)] = &[
    (
        Way::Bare,
        "CreateEnvironment tells another code of a taken name",
        TAKEN,
    ),
    (Way::Bare, "CreateService tells 400 of a taken name", TAKEN),
    (
        Way::Bare,
        "CreateDeployment tells 400 of a repetition",
        TAKEN,
    ),
    (
        Way::Bare,
        "CreateAsset tells 422 of a bad request",
        "of a refusal without a name, the contract promises the class alone",
    ),
    (
        Way::Bare,
        "CreateDeployment takes an unknown build",
        "the contract does not say that what a body names must be there",
    ),
    (Way::Bare, "CreateBuild takes any runtime", FREE),
    (Way::Bare, "CreateService takes a unique name twice", TAKEN),
    (Way::Bare, "UpdateVariable forgets the time", SECONDS),
    (
        Way::Bare,
        "FetchFunctionVersionContent has another last byte",
        RELATED,
    ),
    (
        Way::Bare,
        "FetchFunctionVersionContent is that of another version",
        RELATED,
    ),
    (Way::Bare, "FetchEnvironment never shows a build", RELATED),
    (Way::Bare, "DeleteBuild takes a live one", RELATED),
    (Way::Bare, "ListBuild has the oldest first", SECONDS),
    (
        Way::Bare,
        "ListFunctionVersion has the oldest first",
        SECONDS,
    ),
    (
        Way::Bare,
        "FetchEnvironment shows what runs elsewhere",
        RELATED,
    ),
    (
        Way::Bare,
        "CreateEnvironment keeps names apart in all services together",
        TAKEN,
    ),
    (
        Way::Fixtures,
        "CreateService tells 400 of a taken name",
        "nobody has witnessed the status, so the fixture takes any refusal",
    ),
    (
        Way::Fixtures,
        "CreateAsset tells 422 of a bad request",
        "of a refusal without a name, the contract promises the class alone",
    ),
];
