"""The life of a project with the Python library: python.py URL ACCOUNT TOKEN"""

import faulthandler
import json
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import requests
import twilio
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

URL, ACCOUNT, TOKEN = sys.argv[1:]

# Pages could go on for ever.
faulthandler.dump_traceback_later(60, exit=True)


@contextmanager
def step(name):
    try:
        yield
    except BaseException:
        print(f"python {twilio.__version__}: FAILED {name}", flush=True)
        raise
    print(f"python {twilio.__version__}: {name}", flush=True)


def client(token=TOKEN):
    library = Client(ACCOUNT, token)
    library.serverless.base_url = URL
    return library.serverless.v1


def same(seen, expected):
    assert seen == expected, f"{seen!r} is not {expected!r}"


def refused(call, status=None, code=None):
    """The call must be refused, with this status and code where they are known."""
    try:
        call()
    except TwilioRestException as error:
        same((error.status, error.code), (status or error.status, code or error.code))
        assert 400 <= error.status < 500, error
        return error.msg
    raise AssertionError("it was not refused")


def agrees(one, other, *names):
    for name in names:
        same(getattr(one, name), getattr(other, name))


def upload(collection, sid, path, visibility, filename, content, media_type):
    """The library leaves uploads to its users."""
    answer = requests.post(
        f"{URL}/v1/Services/{service.sid}/{collection}/{sid}/Versions",
        auth=(ACCOUNT, TOKEN),
        data={"Path": path, "Visibility": visibility},
        files={"Content": (filename, content, media_type)},
    )
    same(answer.status_code, 201)
    return answer.json()


def finished(build):
    """Polls until the build is done."""
    deadline = time.monotonic() + 30
    seen = []
    while time.monotonic() < deadline:
        seen.append(build.build_status().fetch().status)
        if seen[-1] != "building":
            return seen
        time.sleep(0.2)
    raise AssertionError("the build does not end")


def walked(collection, size):
    """All items, page by page to the end and back to the front."""
    page = collection.page(page_size=size)
    sids, pages = [], []
    while page:
        items = [item.sid for item in page]
        assert len(items) <= size
        sids += items
        pages.append(page)
        page = page.next_page()
    page = pages[-1].previous_page()
    steps_back = 0
    while page:
        steps_back += 1
        page = page.previous_page()
    same(steps_back, len(pages) - 1)
    return sids


serverless = client()
name = f"python-{uuid.uuid4().hex[:12]}"

with step("creates a service"):
    service = serverless.services.create(
        unique_name=name, friendly_name="A ü & b", include_credentials=False
    )
    same(
        (service.unique_name, service.friendly_name, service.account_sid),
        (name, "A ü & b", ACCOUNT),
    )
    same((service.include_credentials, service.ui_editable), (False, False))
    assert isinstance(service.date_created, datetime), service.date_created
    same(service.date_created, service.date_updated)
    same(service.url, f"{URL}/v1/Services/{service.sid}")
    same(sorted(service.links), ["assets", "builds", "environments", "functions"])

with step("finds the service by SID, by name and in the list"):
    for key in (service.sid, name):
        same(serverless.services(key).fetch().sid, service.sid)
    assert service.sid in [item.sid for item in serverless.services.stream(page_size=1)]
    same(len(serverless.services.list(limit=1)), 1)

with step("changes the service"):
    changed = serverless.services(service.sid).update(
        friendly_name="other", ui_editable=True
    )
    same((changed.friendly_name, changed.ui_editable), ("other", True))
    agrees(changed, service, "unique_name", "domain_base", "date_created")
    assert changed.date_updated >= service.date_updated
    agrees(serverless.services(name).update(), changed, "friendly_name", "ui_editable")

with step("is refused a service whose name is taken"):
    refused(lambda: serverless.services.create(unique_name=name, friendly_name="x"))

project = serverless.services(service.sid)

with step("creates assets and functions and walks through them"):
    assets = [project.assets.create(friendly_name=f"asset {i}") for i in range(5)]
    functions = [project.functions.create(friendly_name=f"f {i}") for i in range(3)]
    for collection, created in ((project.assets, assets), (project.functions, functions)):
        expected = sorted(item.sid for item in created)
        for size in (1, 2, 3, 50):
            same(sorted(walked(collection, size)), expected)
        same(sorted(item.sid for item in collection.list(page_size=2)), expected)
        same(len(collection.list(limit=2)), 2)

with step("fetches and renames an asset and a function"):
    for resource, item in (
        (project.assets(assets[0].sid), assets[0]),
        (project.functions(functions[0].sid), functions[0]),
    ):
        agrees(resource.fetch(), item, "sid", "friendly_name", "date_updated", "links")
        same(resource.update(friendly_name="renamed").friendly_name, "renamed")

source = "exports.handler = (c, e, done) =>\r\n\tdone(null, 'ü 漢 😀 \\u0000');\n"

with step("uploads versions"):
    page_version = upload(
        "Assets", assets[0].sid, "/index.html", "public", "a.html", b"<p>", "text/html"
    )
    image_version = upload(
        "Assets", assets[1].sid, "i.png", "private", "i.png", bytes(range(256)), "image/png"
    )
    same((image_version["path"], image_version["visibility"]), ("/i.png", "private"))
    old_version, code_version = (
        upload(
            "Functions",
            functions[0].sid,
            "/hello",
            "protected",
            "hello.js",
            text.encode(),
            "application/javascript",
        )
        for text in ("old", source)
    )

with step("reads versions and source code back"):
    versions = project.functions(functions[0].sid).function_versions
    sids = [old_version["sid"], code_version["sid"]]
    same(sorted(walked(versions, 1)), sorted(sids))
    version = versions(code_version["sid"])
    fetched = version.fetch()
    same((fetched.path, fetched.visibility), ("/hello", "protected"))
    assert isinstance(fetched.date_created, datetime)
    same(version.function_version_content().fetch().content, source)
    asset_versions = project.assets(assets[1].sid).asset_versions
    same(asset_versions(image_version["sid"]).fetch().path, "/i.png")
    same([item.sid for item in asset_versions.list()], [image_version["sid"]])

with step("is refused a build of nothing: 20001"):
    message = refused(lambda: project.builds.create(runtime="node22"), 400, 20001)
    assert message.endswith(
        "At least one Function Version or Asset Version is required for Build"
    ), message

dependencies = [
    {"name": "twilio", "version": "5.0.0"},
    {"name": "@twilio/runtime-handler", "version": "2.0.0"},
]

with step("builds"):
    build = project.builds.create(
        asset_versions=[page_version["sid"], image_version["sid"]],
        function_versions=[code_version["sid"]],
        dependencies=json.dumps(dependencies),
        runtime="node22",
    )
    same((build.status, build.runtime), ("building", "node22"))
    same(
        sorted(item["sid"] for item in build.asset_versions),
        sorted([page_version["sid"], image_version["sid"]]),
    )
    same([item["sid"] for item in build.function_versions], [code_version["sid"]])
    for dependency in dependencies:
        assert dependency in build.dependencies, build.dependencies

environments = project.environments

with step("creates environments"):
    stage = environments.create(unique_name="stage", domain_suffix="st")
    live = environments.create(unique_name="live")
    same((stage.build_sid, live.build_sid), (None, None))
    same((stage.domain_suffix, live.domain_suffix), ("st", None))
    same(stage.domain_name, f"{service.domain_base}-st.twil.io")
    same(live.domain_name, f"{service.domain_base}.twil.io")
    same(sorted(stage.links), ["deployments", "logs", "variables"])
    same(sorted(walked(environments, 1)), sorted([stage.sid, live.sid]))
    for names in (("stage", "x"), ("x", "st")):
        taken = dict(zip(("unique_name", "domain_suffix"), names))
        refused(lambda: environments.create(**taken), 409, 20409)

with step("polls the build to its end"):
    seen = finished(project.builds(build.sid))
    same(seen, ["building"] * (len(seen) - 1) + ["completed"])
    done = project.builds(build.sid).fetch()
    same(done.status, "completed")
    agrees(done, build, "runtime", "dependencies", "date_created", "links")
    second = project.builds.create(function_versions=[old_version["sid"]])
    same(sorted(walked(project.builds, 1)), sorted([build.sid, second.sid]))
    same(finished(project.builds(second.sid))[-1], "completed")


def deployed(environment):
    return environments(environment.sid).fetch().build_sid


with step("deploys, once"):
    deployments = environments(stage.sid).deployments
    first = deployments.create(build_sid=build.sid, is_plugin=False)
    same((first.build_sid, first.environment_sid), (build.sid, stage.sid))
    same(deployed(stage), build.sid)
    message = refused(lambda: deployments.create(build_sid=build.sid), 409, 20409)
    assert "Environment already has requested deployment." in message, message
    agrees(deployments(first.sid).fetch(), first, "sid", "build_sid", "date_created")

with step("promotes, replaces and un-deploys"):
    environments(live.sid).deployments.create(build_sid=deployed(stage))
    same(deployed(live), build.sid)
    deployments.create(build_sid=second.sid)
    same((deployed(stage), deployed(live)), (second.sid, build.sid))
    same(deployments.create().build_sid, None)
    same((deployed(stage), deployed(live)), (None, build.sid))
    refused(deployments.create, 409, 20409)
    same(len(walked(deployments, 2)), 3)
    same(len(environments(live.sid).deployments.list()), 1)

with step("sets, changes and lists variables"):
    variables = environments(stage.sid).variables
    texts = {"ONE": "a=b&c+d %", "TWO": "ü" * 225, "THREE": "v" * 450, "é" * 128: "k"}
    created = {key: variables.create(key=key, value=text) for key, text in texts.items()}
    for key, variable in created.items():
        fetched = variables(variable.sid).fetch()
        same((fetched.key, fetched.value), (key, texts[key]))
    for key, text in (("MORE", "ü" * 226), ("MORE", "v" * 451), ("k" * 129, "x")):
        refused(lambda: variables.create(key=key, value=text), 400, 20001)
    one = variables(created["ONE"].sid).update(value="new")
    same((one.key, one.value), ("ONE", "new"))
    assert one.date_updated >= one.date_created
    same({item.key for item in variables.list(page_size=1)}, set(texts))
    same(environments(live.sid).variables.list(), [])

with step("reads logs, of one function and of a time"):
    logs = environments(live.sid).logs
    same(logs.list(), [])
    written = {}
    for i in range(5):
        function = functions[i % 2].sid
        entry = {"level": "info", "message": f"entry {i}", "function_sid": function}
        answer = requests.post(
            f"{URL}/.trueup/v1/Services/{service.sid}/Environments/{live.sid}/Logs",
            auth=(ACCOUNT, TOKEN),
            json=entry,
        )
        same(answer.status_code, 201)
        written[answer.json()["sid"]] = entry
    same(sorted(walked(logs, 2)), sorted(written))
    for log in logs.list(function_sid=functions[0].sid, page_size=1):
        same(written.pop(log.sid)["function_sid"], functions[0].sid)
        assert isinstance(log.date_created, datetime)
        same(logs(log.sid).fetch().message, log.message)
    same({entry["function_sid"] for entry in written.values()}, {functions[1].sid})
    now, day = datetime.now(timezone.utc), timedelta(days=1)
    same(len(logs.list(start_date=now - day, end_date=now + day)), 5)
    same(logs.list(start_date=now - 3 * day, end_date=now - day), [])

with step("is refused strangers and their credentials: 20404, 20003"):
    for prefix, resource in (
        ("ZS", serverless.services),
        ("ZH", project.assets),
        ("ZH", project.functions),
        ("ZB", project.builds),
        ("ZE", environments),
        ("ZD", deployments),
        ("ZV", variables),
        ("NO", logs),
    ):
        refused(resource(prefix + "0" * 32).fetch, 404, 20404)
    refused(project.assets(functions[0].sid).fetch, 404, 20404)
    refused(client("wrong").services(service.sid).fetch, 401, 20003)
    try:
        client("wrong").services.list()
    except TwilioException as error:
        same(error.args[1].status_code, 401)
    else:
        raise AssertionError("it was not refused")

with step("is refused to delete what is live or built"):
    refused(project.builds(build.sid).delete)
    refused(project.functions(functions[0].sid).delete)
    refused(project.assets(assets[0].sid).delete)
    same(deployed(live), build.sid)

with step("deletes everything"):
    for resource in (
        variables(created["ONE"].sid),
        environments(live.sid),
        environments(stage.sid),
        project.builds(build.sid),
        project.builds(second.sid),
        project.functions(functions[0].sid),
        project.assets(assets[0].sid),
        serverless.services(service.sid),
    ):
        same(resource.delete_with_http_info().status_code, 204)
        refused(resource.fetch, 404, 20404)
    refused(project.assets(assets[1].sid).fetch, 404, 20404)
    refused(serverless.services(name).fetch, 404, 20404)
