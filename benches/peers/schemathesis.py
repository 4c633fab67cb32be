"""The same faults for trueup and for schemathesis, with the same time for each: who finds what.

How to run it: README.md beside this file.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Stand:
    """The server of `tests/tables`, which takes one fault after the other."""

    def __init__(self, program, document):
        self.process = subprocess.Popen(
            [program, "serve-faults", str(document)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        told = self.read()
        self.url, self.user, self.faults = told["url"], told["user"], told["faults"]

    def read(self):
        for line in self.process.stdout:
            at = line.find("{")
            if at >= 0:
                return json.loads(line[at:])
        raise SystemExit("the stand has ended")

    def put(self, fault):
        """Puts in a fault, none if empty. Returns the requests since the last one."""
        self.process.stdin.write(f"{fault}\n")
        self.process.stdin.flush()
        return self.read()["requests"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def on_one_host(document, url):
    """The document with the server's address in place of all others."""
    content = json.loads(document.read_text())
    content["servers"] = [{"url": url}]
    for item in content["paths"].values():
        item.pop("servers", None)
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("servers", None)
    document.write_text(json.dumps(content))


def run(command, folder, limit, env=None):
    """Runs a command in a folder, for so many seconds at most. Returns how long it took."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=env,
    )
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        # Both report what they have found by then.
        process.send_signal(signal.SIGINT)
        process.wait()
    return time.monotonic() - begin


def failures(value):
    """Operation, check and title of all failures in an event of schemathesis."""
    if isinstance(value, dict):
        if value.get("status") == "failure" and "failure_info" in value:
            failure = value["failure_info"]["failure"]
            yield failure["operation"], value["name"], failure["title"]
        for member in value.values():
            yield from failures(member)
    elif isinstance(value, list):
        for item in value:
            yield from failures(item)


def schemathesis(options, stand, document, seed):
    """What schemathesis finds. Its own start is not counted as time for the fault."""
    report = options.folder / "schemathesis.ndjson"
    report.unlink(missing_ok=True)
    command = [options.schemathesis, "run", str(document), "-u", stand.url]
    command += ["-a", stand.user, "--max-time", str(options.seconds), "--seed", str(seed)]
    command += ["--report", "ndjson", "--report-ndjson-path", str(report)]
    command += ["--generation-database", "none", "--continue-on-failure"]
    run(command, options.folder, options.seconds * 4 + 30)
    found, first, last = set(), None, None
    for line in report.read_text().splitlines() if report.exists() else []:
        event = json.loads(line)
        found.update(failures(event))
        for name, content in event.items():
            if name in ("NonFatalError", "FatalError"):
                found.add(("error", name, str(content.get("label"))))
            if name == "EngineStarted":
                first = content.get("timestamp")
            last = content.get("timestamp") or last
    return found, (last - first) if first and last else 0


def trueup(options, stand, document, seed):
    """What trueup finds with the same document, and nothing else."""
    report = options.folder / "trueup.json"
    report.unlink(missing_ok=True)
    # Beside the document there is no trueup.toml and no fixture.
    config = options.folder / "trueup.toml"
    config.write_text(f"spec = {json.dumps(str(document))}\n")
    command = [options.trueup, "check", "--config", str(config), "--target", stand.url]
    command += ["--generate", "full", "--seed", str(seed), "--timeout", "4"]
    command += ["--report", f"json={report}"]
    env = {**os.environ, "TRUEUP_USER": stand.user}
    seconds = run(command, options.folder, options.seconds, env)
    if not report.exists() or not report.stat().st_size:
        return set(), seconds
    found = set()
    for case in json.loads(report.read_text())["cases"]:
        for finding in case.get("findings", []) + case.get("warnings", []):
            found.add((finding["operation"], finding["check"], finding["message"]))
    return found, seconds


def spread(faults, count):
    """So many of them, from the first to the last."""
    count = min(count, len(faults))
    return [faults[index * len(faults) // count] for index in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stand", required=True, help="test program of tests/tables")
    parser.add_argument("--trueup", required=True, help="trueup, built for release")
    parser.add_argument("--schemathesis", required=True, help="schemathesis")
    parser.add_argument("--faults", type=int, default=48, help="how many")
    parser.add_argument("--seconds", type=int, default=15, help="time for each fault and tool")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder to work in")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.folder = options.folder.resolve()
    options.trueup = Path(options.trueup).resolve()
    options.schemathesis = Path(options.schemathesis).absolute()
    document = options.folder / "document.json"
    stand = Stand(options.stand, document)
    on_one_host(document, stand.url)
    tools = {"trueup": trueup, "schemathesis": schemathesis}
    usual = {name: set() for name in tools}
    for seed in (1, 2, 3):
        for name, tool in tools.items():
            stand.put("")
            found, _ = tool(options, stand, document, seed)
            usual[name] |= found
    for name, findings in usual.items():
        print(f"without a fault, {name} finds {len(findings)}: {sorted(findings)}")
    count = dict.fromkeys(tools, 0)
    classes = {}
    sums = {name: [0, 0.0] for name in tools}
    faults = spread(stand.faults, options.faults)
    for fault in faults:
        row = []
        for name, tool in tools.items():
            stand.put(fault["name"])
            found, seconds = tool(options, stand, document, 1)
            requests = stand.put("")
            is_found = bool(found - usual[name])
            count[name] += is_found
            sums[name][0] += requests
            sums[name][1] += seconds
            shares = classes.setdefault(fault["class"], {})
            shares[name] = shares.get(name, 0) + is_found
            row.append(f"{'found' if is_found else '-':5} {requests:6} {seconds:6.1f} s")
        shares["all"] = shares.get("all", 0) + 1
        print(f"{fault['class']:9} | {' | '.join(row)} | {fault['name']}", flush=True)
    stand.close()
    print(f"\nof {len(faults)} faults:")
    for name, shares in classes.items():
        told = ", ".join(f"{tool} {shares[tool]}" for tool in tools)
        print(f"  {name:9} of {shares['all']}: {told}")
    for name in tools:
        requests, seconds = sums[name]
        rate = requests / seconds if seconds else 0
        print(f"{name}: {count[name]} found, {rate:.0f} requests per second")


if __name__ == "__main__":
    sys.exit(main())
