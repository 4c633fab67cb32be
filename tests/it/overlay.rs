//! A document that an overlay extends.

use trueup::contract::build;
use trueup::spec::{Files, load};

#[test]
fn an_overlay_is_read_with_the_document_that_it_extends() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("overlays")).unwrap();
    for (name, text) in [
        (
            "api.yaml",
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             responses: {'200': {description: d}}\n",
        ),
        (
            "overlays/more.yaml",
            "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nextends: ../api.yaml\nactions:\n\
             - target: $.paths\n  update: {/b: {}}\n- {target: \"$.paths['/b']\", copy: \
             \"$.paths['/a']\"}\n",
        ),
        ("lost.yaml", "overlay: 1.1.0\nactions: []\n"),
        (
            "far.yaml",
            "overlay: 1.1.0\nextends: https://example.com/a.yaml\n",
        ),
        ("gone.yaml", "overlay: 1.1.0\nextends: gone/api.yaml\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let files = Files::Disk(folder.path().to_owned());
    let contract = build(load(&files, "overlays/more.yaml", &[]).unwrap()).unwrap();
    assert_eq!(contract.operations.len(), 2);
    for (name, words) in [
        ("lost.yaml", "extends"),
        ("far.yaml", "far.yaml:2 /extends"),
        ("gone.yaml", "gone/api.yaml"),
    ] {
        let error = load(&files, name, &[]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
