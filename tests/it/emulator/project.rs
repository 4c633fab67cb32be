//! What a project goes through, from its service to its builds.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trueup::emulator::{Emulator, Settings};

use crate::emulator::client::{
    Api, FORM, SECRET, USER, settings, shipped, sid, start, text, until,
};

#[test]
fn the_life_of_a_project() {
    let emulator = start(Duration::from_millis(300));
    let api = Api::new(emulator.url());
    let service = api.service("my-app");
    let base = format!("{}/v1/Services/{}", emulator.url(), sid(&service));
    assert!(sid(&service).starts_with("ZS") && sid(&service).len() == 34);
    assert_eq!(service["account_sid"], USER);
    assert_eq!(service["include_credentials"], true);
    assert_eq!(service["ui_editable"], false);
    assert_eq!(service["url"], base);
    assert_eq!(service["links"]["builds"], format!("{base}/Builds"));
    assert_eq!(service["date_created"], service["date_updated"]);
    let domain = text(&service, "domain_base")
        .strip_prefix("my-app-")
        .unwrap();
    assert!(domain.len() == 4 && domain.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(api.get(&base).json(200), service);
    assert_eq!(api.get("/v1/Services/my-app").json(200), service);

    let (asset, asset_version) = api.version("my-app", "Assets", "logo.png");
    assert_eq!(
        text(&asset, "url"),
        format!("{base}/Assets/{}", sid(&asset))
    );
    assert_eq!(asset["service_sid"], service["sid"]);
    assert_eq!(asset_version["path"], "/logo.png");
    assert_eq!(asset_version["visibility"], "public");
    assert_eq!(asset_version["asset_sid"], asset["sid"]);
    let (function, version) = api.version(sid(&service), "Functions", "/run");
    let content = api.get(text(&version["links"], "function_version_content"));
    let content = content.json(200);
    assert_eq!(content["content"], "exports.x = 1;");
    assert_eq!(content["sid"], version["sid"]);
    assert_eq!(content["function_sid"], function["sid"]);
    assert_eq!(
        text(&content, "url"),
        format!("{}/Content", text(&version, "url"))
    );

    let build = api
        .post(
            &format!("{base}/Builds"),
            &[
                ("AssetVersions", sid(&asset_version)),
                ("FunctionVersions", sid(&version)),
                (
                    "Dependencies",
                    r#""[{"name":"twilio","version":"3.29.2"}]""#,
                ),
                ("Runtime", "node20"),
            ],
        )
        .json(201);
    assert_eq!(build["status"], "building");
    assert_eq!(build["runtime"], "node20");
    assert_eq!(
        build["dependencies"],
        json!([{"name": "twilio", "version": "3.29.2"}])
    );
    let packed = &build["asset_versions"][0];
    assert_eq!(packed["sid"], asset_version["sid"]);
    assert_eq!(packed["visibility"], "PUBLIC");
    assert!(packed.get("url").is_none() && packed.get("links").is_none());
    assert_eq!(
        build["function_versions"][0]["function_sid"],
        function["sid"]
    );
    let status = text(&build["links"], "build_status").to_owned();
    assert_eq!(api.get(&status).json(200)["status"], "building");
    until(|| (api.get(&status).json(200)["status"] == "completed").then_some(()));
    let done = api.get(text(&build, "url")).json(200);
    assert_eq!(done["status"], "completed");
    assert!(text(&done, "date_updated") >= text(&done, "date_created"));
}

#[test]
fn updates_change_what_they_name() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("my-app");
    let base = text(&service, "url").to_owned();
    let form = [("FriendlyName", "x")];
    let asset = api.post(&format!("{base}/Assets"), &form).json(201);
    let assets = format!("{base}/Assets/{}", sid(&asset));
    let changed = api.post(&assets, &[("FriendlyName", "y z")]).json(200);
    assert_eq!(changed["friendly_name"], "y z");
    assert_eq!(changed["date_created"], asset["date_created"]);
    assert!(text(&changed, "date_updated") >= text(&asset, "date_updated"));
    assert_eq!(
        api.post(&base, &[("UiEditable", "True")]).json(200)["ui_editable"],
        true
    );
    assert_eq!(
        api.send("POST", &base, &[("Content-Type", FORM)], b"")
            .json(200)["ui_editable"],
        true
    );
    let unchanged = api.get("/v1/Services/my-app").json(200);
    assert_eq!(unchanged["friendly_name"], service["friendly_name"]);
    assert_eq!(unchanged["domain_base"], service["domain_base"]);
    api.post(&assets, &[]).error(400, 20001);
}

#[test]
fn what_is_deleted_is_gone_with_all_below() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("my-app");
    let base = text(&service, "url").to_owned();
    let (asset, asset_version) = api.version("my-app", "Assets", "/a");
    let (function, version) = api.version("my-app", "Functions", "/f");
    let form = [
        ("AssetVersions", sid(&asset_version)),
        ("FunctionVersions", sid(&version)),
    ];
    let build = api.post(&format!("{base}/Builds"), &form).json(201);
    let assets = text(&asset, "url").to_owned();
    api.delete(&assets).error(400, 20001);
    api.delete(text(&function, "url")).error(400, 20001);
    let gone = api.delete(text(&build, "url"));
    assert_eq!(
        (gone.status, gone.body.len(), gone.header("content-type")),
        (204, 0, "")
    );
    api.delete(text(&build, "url")).error(404, 20404);
    assert_eq!(api.delete(&assets).status, 204);
    api.get(text(&asset_version, "url")).error(404, 20404);
    assert_eq!(api.delete("/v1/Services/my-app").status, 204);
    let message = api.get(text(&version, "url")).error(404, 20404);
    let path = text(&version, "url").split_once("/v1").unwrap().1;
    assert_eq!(
        message,
        format!("The requested resource {path} was not found")
    );
    assert_ne!(api.service("my-app")["sid"], service["sid"]);
}

#[test]
fn a_build_without_a_wait_is_completed_when_asked_again() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    api.service("a");
    let (_, version) = api.version("a", "Functions", "/a");
    let form = [("FunctionVersions", sid(&version))];
    let build = api.post("/v1/Services/a/Builds", &form).json(201);
    assert_eq!(build["status"], "building");
    let again = api.get(text(&build, "url")).json(200);
    assert_eq!(again["status"], "completed");
    assert_eq!(again["date_updated"], build["date_updated"]);
}

#[test]
fn services_do_not_see_each_other() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let (a, b) = (api.service("a"), api.service("b"));
    let (asset, version) = api.version("a", "Assets", "/a");
    let (asset, version) = (sid(&asset), sid(&version));
    let others = [
        format!("/v1/Services/b/Assets/{asset}"),
        format!("/v1/Services/{}/Assets/{asset}", sid(&b)),
        format!("/v1/Services/a/Functions/{asset}"),
        format!("/v1/Services/{}/Assets/{asset}/Versions/{version}", sid(&b)),
        format!(
            "/v1/Services/{}/Functions/{asset}/Versions/{version}",
            sid(&a)
        ),
        format!("/v1/Services/b/Assets/{asset}/Versions"),
        "/v1/Services/c/Assets".to_owned(),
        format!("/v1/Services/{}", &sid(&a)[..33]),
    ];
    for path in &others {
        api.get(path).error(404, 20404);
    }
    api.delete(&others[0]).error(404, 20404);
    let fields = [("Path", "/b"), ("Visibility", "public")];
    api.upload(&others[5], &fields, b"").error(404, 20404);
    api.post(&others[5], &[]).error(404, 20404);
    assert!(api.walk("/v1/Services/b/Assets", || ()).is_empty());
    assert_eq!(api.walk("/v1/Services/a/Assets", || ()).len(), 1);
    assert_eq!(api.delete("/v1/Services/b").status, 204);
    api.get(&format!("/v1/Services/a/Assets/{asset}")).json(200);
    api.get("/v1/Services/b/Assets").error(404, 20404);
}

#[test]
fn pages_lose_and_repeat_nothing_while_items_are_added() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("a");
    let path = "/v1/Services/a/Assets";
    let add = |i: usize| {
        api.post(path, &[("FriendlyName", &i.to_string())])
            .json(201)
    };
    let mut before: Vec<String> = (0..7).map(|i| sid(&add(i)).to_owned()).collect();
    before.reverse();
    let mut added = 100;
    let seen = api.walk(&format!("{path}?PageSize=2"), || {
        add(added);
        added += 1;
    });
    let seen: Vec<&str> = seen.iter().map(sid).collect();
    assert_eq!(seen, before);

    let list = format!("{}/v1/Services/{}/Assets", emulator.url(), sid(&service));
    let first = api.get(&format!("{path}?PageSize=4&Unknown=1")).json(200);
    let meta = &first["meta"];
    assert_eq!(meta["url"], format!("{list}?PageSize=4&Page=0"));
    assert_eq!(meta["first_page_url"], meta["url"]);
    assert_eq!((&meta["page"], &meta["page_size"]), (&json!(0), &json!(4)));
    assert_eq!(
        (&meta["key"], &meta["previous_page_url"]),
        (&json!("assets"), &Value::Null)
    );
    let next = text(meta, "next_page_url");
    assert!(
        next.starts_with(&format!("{list}?PageSize=4&Page=1&PageToken=PT")),
        "{next}"
    );
    let second = api.get(next).json(200);
    assert_eq!(second["meta"]["page"], 1);
    assert_eq!(second["meta"]["url"], next);
    add(200);
    let back = api
        .get(text(&second["meta"], "previous_page_url"))
        .json(200);
    assert_eq!(back["assets"], first["assets"]);
    assert_eq!(back["meta"]["previous_page_url"], Value::Null);
    assert_eq!(back["meta"]["next_page_url"], meta["next_page_url"]);

    let past = api.get(&format!("{path}?Page=99")).json(200);
    assert_eq!(past["assets"], json!([]));
    assert_eq!(past["meta"]["page_size"], 50);
    assert_eq!(past["meta"]["next_page_url"], Value::Null);
    let token = next.rsplit_once("PageToken=").unwrap().1;
    api.get(&format!("/v1/Services?PageToken={token}"))
        .error(400, 21481);
}

#[test]
fn an_api_key_has_the_account_that_is_fixed() {
    let key = format!("SK{}", "1".repeat(32));
    let settings = Settings {
        user: key.clone(),
        ..settings(Duration::ZERO)
    };
    let emulator = Emulator::start(shipped(), 0, settings).unwrap();
    let mut api = Api::new(emulator.url());
    api.authorization = Some(format!(
        "Basic {}",
        STANDARD.encode(format!("{key}:{SECRET}"))
    ));
    let account = format!("AC{}", "a".repeat(32));
    assert_eq!(api.service("a")["account_sid"], account);
}

#[test]
fn content_comes_back_byte_for_byte() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    api.service("a");
    let function = api
        .post("/v1/Services/a/Functions", &[("FriendlyName", "x")])
        .json(201);
    let versions = format!("/v1/Services/a/Functions/{}/Versions", sid(&function));
    for content in [
        "",
        "\r\n",
        "--y--",
        "a\r\n--y\r\n",
        "ä\u{0}\"\\\t\u{1f600}\n\n",
    ] {
        let fields = [("Path", "/f"), ("Visibility", "private")];
        let version = api.upload(&versions, &fields, content.as_bytes()).json(201);
        let url = format!("{}/Content", text(&version, "url"));
        assert_eq!(api.get(&url).json(200)["content"], content);
    }
}
