#!/usr/bin/env python3
"""The reference of the options in docs/deployment.md is that of the program, each file that the documentation names is
there, the manifests are YAML, and the units are what systemd expects (if systemd-analyze is there). --write writes the
reference."""
import argparse, os, pathlib, re, shutil, subprocess, sys, tempfile

import yaml

ROOT = pathlib.Path(__file__).parent.parent
BEGIN, END = "<!-- made by tests/docs.py --write -->\n", "<!-- end -->"


def reference(logfix, write):
    path = ROOT / "docs" / "deployment.md"
    before, rest = path.read_text().split(BEGIN)
    old, after = rest.split(END)
    new = subprocess.run([logfix, "--option-reference"], capture_output=True, text=True, check=True, env={}).stdout
    if write:
        path.write_text(before + BEGIN + new + END + after)
        return
    if old != new:
        yield "the options in docs/deployment.md are not those of the program: tests/docs.py --write"


def links():
    for document in [ROOT / "README.md", ROOT / "HACKING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in target and not (document.parent / target).exists():
                yield f"{document.name} links to {target}, which is not there"


def manifests():
    for path in (ROOT / "deploy").glob("*.yaml"):
        for document in yaml.safe_load_all(path.read_text()):
            if not {"apiVersion", "kind", "metadata", "spec"} - {"spec"} <= document.keys():
                yield f"{path.name}: a document without apiVersion, kind or metadata"


def units(logfix):
    if not shutil.which("systemd-analyze"):
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for path in [*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.timer")]:
            paths.append(pathlib.Path(folder, path.name))
            paths[-1].write_text(path.read_text().replace("/usr/local/bin/logfix", logfix))
        done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
        yield from (f"a unit: {line}" for line in done.stderr.splitlines() if "logfix" in line and "Unit configuration has" not in line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    logfix = os.path.abspath(options.logfix)
    mistakes = [*reference(logfix, options.write), *links(), *manifests(), *units(logfix)]
    print("\n".join(mistakes) or "the documentation is as the program is")
    return 1 if mistakes else 0


sys.exit(main())
