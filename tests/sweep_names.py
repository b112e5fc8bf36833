#!/usr/bin/env python3
"""A sweep knows which files are logs, and whose: Docker's containers, Kubernetes' pods and their links, plain folders,
an export of the journal. Secrets are in no file of its state."""
import argparse, json, os, pathlib, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_histories import HEAD, RULE

ID = "0123456789abcdef" * 4


def docker_line(text):
    return json.dumps({"log": text + "\n", "stream": "stderr", "time": "2026-11-23T22:10:04.1Z"}) + "\n"


class Case:
    def __init__(self, logfix, folder):
        self.logfix, self.folder, self.numbers, self.planted = logfix, pathlib.Path(folder), iter(range(1, 1000)), 0
        self.write("rules/planted.md", RULE)

    def write(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def error(self):
        self.planted += 1
        return f"{HEAD.decode()}planted error id={next(self.numbers)};"

    def sweep(self, *paths, more=()):
        done = subprocess.run([self.logfix, "sweep", "--rules", "rules", "--state", "state", "--settle", "0.01", "--format", "json", *more, *paths],
                              cwd=self.folder, capture_output=True, text=True)
        document = json.loads(done.stdout)
        return {service["name"]: service["count"] for finding in document["findings"] for service in finding["services"]}, document


def claims(case):
    case.write(f"docker/containers/{ID}/config.v2.json", json.dumps({"ID": ID, "Name": "/shop-api-1", "Config": {"Env": ["A=1"]}}))
    case.write(f"docker/containers/{ID}/{ID}-json.log", docker_line(case.error()))
    case.write(f"docker/containers/{ID}/{ID}-json.log.1", docker_line(case.error()))
    case.write(f"docker/containers/{ID}/hostname", case.error())
    services, document = case.sweep("docker/containers")
    yield "a container has its name", services == {"shop-api-1": 2}, services
    yield "only its logs are read", document["night"]["files"] == 2, document["night"]

    pods = "var/log/pods/shop_api-7d9f-x2x_01234567-89ab/api"
    case.write(f"{pods}/0.log", f"2026-11-23T22:10:04.1Z stderr F {case.error()}\n")
    case.write(f"{pods}/0.log.20261123-221005", f"2026-11-23T22:10:04.1Z stderr F {case.error()}\n")
    links = case.folder / "var/log/containers"
    links.mkdir()
    os.symlink(f"../pods/shop_api-7d9f-x2x_01234567-89ab/api/0.log", links / f"api-7d9f-x2x_shop_api-{ID}.log")
    services, document = case.sweep("var/log/containers")
    yield "a link of a container has its names", services == {"shop/api-7d9f-x2x/api": 1}, services
    services, document = case.sweep("var/log/pods", "var/log/containers")
    yield "a pod has its names, and is read once", services == {"shop/api-7d9f-x2x/api": 1} and document["night"]["files"] == 2, document["night"]

    for name in ("api.log", "syslog", "api.log.2", "api-20261122.log", "events.jsonl"):
        case.write(f"plain/{name}", case.error() + "\n")
    for name in ("notes.txt", "logo.png", "config.json", ".hidden.log", "catalog"):
        case.write(f"plain/{name}", HEAD.decode() + "planted error id=9999;\n")
    services, document = case.sweep("plain")
    yield "of a plain folder the logs are read", document["night"]["files"] == 5 and sum(services.values()) == 5, document["night"]
    case.write("journal", json.dumps({"MESSAGE": case.error(), "_SYSTEMD_UNIT": "api.service", "PRIORITY": "3"}) + "\n")
    services, document = case.sweep("journal")
    yield "a file is read whatever its name", sum(services.values()) == 1, services

    secret = "hunter" + "2-and-more"
    case.write("plain/secret.log", f"{case.error()} postgresql://app:{secret}@db/shop\n{HEAD.decode()}no rule knows password={secret}\n")
    services, document = case.sweep("plain")
    files = b"".join(path.read_bytes() for path in (case.folder / "state").iterdir())
    yield "a secret is in no report", sum(services.values()) == 1 and secret not in json.dumps(document), document
    yield "nor in the state", secret.encode() not in files and b"[redacted:" in files, ""
    services, document = case.sweep("plain")
    yield "a night without anything says so", not services and document["night"]["gone"], document


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = os.path.abspath(parser.parse_args().logfix)
    with tempfile.TemporaryDirectory() as folder:
        results = list(claims(Case(logfix, folder)))
    for claim, holds, more in results:
        if not holds:
            print(f"does not hold: {claim}: {more}")
    print(f"{sum(bool(holds) for _, holds, _ in results)} of {len(results)} hold")
    return 0 if all(holds for _, holds, _ in results) else 1


sys.exit(main())
