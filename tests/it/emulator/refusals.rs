//! What is refused, and how.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use trueup::contract::When;

use crate::emulator::client::{Api, FORM, SECRET, USER, shipped, sid, start, text};

const NO_VERSION: &str = "At least one Function Version or Asset Version is required for Build";

#[test]
fn what_the_contract_forbids_is_refused() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let long = "x".repeat(256);
    let services: [&[(&str, &str)]; 8] = [
        &[],
        &[("UniqueName", "a")],
        &[("FriendlyName", "a")],
        &[("UniqueName", ""), ("FriendlyName", "a")],
        &[("UniqueName", "under_score"), ("FriendlyName", "a")],
        &[("UniqueName", &long[..51]), ("FriendlyName", "a")],
        &[("UniqueName", "a"), ("FriendlyName", &long)],
        &[
            ("UniqueName", "a"),
            ("FriendlyName", "a"),
            ("UiEditable", "maybe"),
        ],
    ];
    for form in services {
        let message = api.post("/v1/Services", form).error(400, 20001);
        assert!(!message.is_empty());
    }
    api.send("POST", "/v1/Services", &[], b"").error(400, 20001);
    let service = api.service("a");
    let taken = [("UniqueName", "a"), ("FriendlyName", "other")];
    api.post("/v1/Services", &taken).error(409, 20409);
    assert_eq!(api.walk("/v1/Services", || ()).len(), 1);

    let base = format!("/v1/Services/{}", sid(&service));
    let asset = api
        .post(&format!("{base}/Assets"), &[("FriendlyName", "f")])
        .json(201);
    let versions = format!("{base}/Assets/{}/Versions", sid(&asset));
    for fields in [
        &[("Path", "/a")][..],
        &[("Visibility", "public")],
        &[("Path", "/a"), ("Visibility", "PUBLIC")],
        &[("Path", &long), ("Visibility", "public")],
    ] {
        api.upload(&versions, fields, b"").error(400, 20001);
    }
    let broken = [("Content-Type", "multipart/form-data; boundary=x")];
    for body in [&b"--x\r\n"[..], b"nothing", b"--x\r\n\r\n\r\n--x--"] {
        api.send("POST", &versions, &broken, body).error(400, 20001);
    }
    let json_type = [("Content-Type", "application/json")];
    api.send("POST", "/v1/Services", &json_type, b"{}")
        .error(415, 20001);
    for body in [
        "UniqueName=%zz&FriendlyName=a",
        "UniqueName=%ff&FriendlyName=a",
        "FriendlyName=%",
    ] {
        let kind = [("Content-Type", FORM)];
        api.send("POST", "/v1/Services", &kind, body.as_bytes())
            .error(400, 20001);
    }
    for size in ["0", "1001", "-1", "x", "1.5"] {
        api.get(&format!("/v1/Services?PageSize={size}"))
            .error(400, 20007);
    }
    api.get("/v1/Services?Page=-1").error(400, 20001);
    api.get("/v1/Services?PageToken=PTx").error(400, 21481);
    api.get("/v1/Services?PageSize=%q").error(400, 20001);
    let unknown = [
        ("UniqueName", "b"),
        ("FriendlyName", "c"),
        ("Unknown", "d"),
        ("UiEditable[]", "e"),
    ];
    api.post("/v1/Services", &unknown).json(201);
}

#[test]
fn builds_of_the_wrong_things_are_refused() {
    let emulator = start(Duration::from_secs(3600));
    let api = Api::new(emulator.url());
    api.service("a");
    api.service("b");
    let (asset, first) = api.version("a", "Assets", "/a");
    let versions = format!("/v1/Services/a/Assets/{}/Versions", sid(&asset));
    let fields = [("Path", "/a2"), ("Visibility", "private")];
    let second = api.upload(&versions, &fields, b"2").json(201);
    let (_, same_path) = api.version("a", "Assets", "/a");
    let (_, function) = api.version("a", "Functions", "/a");
    let (_, foreign) = api.version("b", "Assets", "/b");
    let refused = |form: &[(&str, &str)]| api.post("/v1/Services/a/Builds", form).error(400, 20001);
    assert_eq!(refused(&[]), NO_VERSION);
    assert_eq!(
        refused(&[("Runtime", "node20"), ("Dependencies", "[]")]),
        NO_VERSION
    );
    let empty = api.send("POST", "/v1/Services/a/Builds", &[], b"");
    assert_eq!(empty.error(400, 20001), NO_VERSION);
    let unknown = format!("ZN{}", "0".repeat(32));
    for sid in [
        sid(&foreign),
        sid(&function),
        &unknown,
        "ZN1",
        "",
        sid(&asset),
    ] {
        refused(&[("AssetVersions", sid)]);
    }
    refused(&[("FunctionVersions", sid(&first))]);
    let both = refused(&[
        ("AssetVersions", sid(&first)),
        ("AssetVersions", sid(&second)),
    ]);
    assert_eq!(
        both,
        format!(
            "Different Asset Versions for same Asset. Conflicting SIDs: {} and {}.",
            sid(&first),
            sid(&second)
        )
    );
    refused(&[
        ("AssetVersions", sid(&first)),
        ("AssetVersions", sid(&same_path)),
    ]);
    let good = ("AssetVersions", sid(&first));
    let runtime = refused(&[good, ("Runtime", "node9")]);
    assert_eq!(runtime, "unsupported runtime: node9");
    for wrong in ["x", "{}", "[1]", r#"[{"name":"a"}]"#] {
        refused(&[good, ("Dependencies", wrong)]);
    }
    assert!(api.walk("/v1/Services/a/Builds", || ()).is_empty());

    let build = api.post("/v1/Services/a/Builds", &[good]).json(201);
    assert_eq!(build["runtime"], "node22");
    assert_eq!(build["dependencies"], json!([]));
    assert_eq!(build["function_versions"], json!([]));
    assert_eq!(api.get(text(&build, "url")).json(200), build);
    assert_eq!(api.delete(text(&build, "url")).status, 204);
    assert_eq!(api.delete(text(&asset, "url")).status, 204);
}

#[test]
fn nobody_gets_in_without_the_right_credentials() {
    let emulator = start(Duration::ZERO);
    let contract = shipped();
    let mut api = Api::new(emulator.url());
    let basic = |text: &str| Some(format!("Basic {}", STANDARD.encode(text)));
    for authorization in [
        None,
        basic(&format!("{USER}:wrong")),
        basic(&format!("wrong:{SECRET}")),
        basic(&format!("{USER}:{SECRET}x")),
        basic(":"),
        basic(USER),
        Some("Basic !".to_owned()),
        Some(format!("Bearer {SECRET}")),
    ] {
        api.authorization = authorization;
        for operation in contract.operations.iter() {
            let promised = operation.errors.iter().any(|e| e.when == When::Credentials);
            assert!(promised, "{}", operation.id);
            let path = operation.path.expand(|_| Some("x".into())).unwrap();
            let answer = api.send(&operation.method, &path, &[], b"");
            answer.error(401, 20003);
            assert!(
                answer
                    .header("www-authenticate")
                    .starts_with("Basic realm=\"")
            );
        }
    }
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    api.service("a");
    let asset = api
        .post("/v1/Services/a/Assets", &[("FriendlyName", "x")])
        .json(201);
    let versions = format!("/v1/Services/a/Assets/{}/Versions", sid(&asset));
    let fields = [("Path", "/big"), ("Visibility", "public")];
    let most = 30 * 1024 * 1024;
    api.upload(&versions, &fields, &vec![b'x'; most - 1000])
        .json(201);
    api.upload(&versions, &fields, &vec![0; most])
        .error(413, 20001);
    assert_eq!(api.walk(&versions, || ()).len(), 1);
}
