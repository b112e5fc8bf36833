#!/usr/bin/env python3
"""Validates the front matter of every rule against docs/rule-front-matter.schema.json, and sees that the
schema refuses what `logfix rules check` refuses."""
import argparse, json, pathlib, subprocess, sys, tempfile

import jsonschema, yaml

ROOT = pathlib.Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "rule-front-matter.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# A line of front matter that is wrong, each in its own way.
WRONG = ["severity: bad", "colour: red", "applies-to: redis", "explains: {a: b}", "fallback: perhaps", "when: [level]",
         "references: [docs.acme.org]", "unless: text"]


def front_matter(text):
    return yaml.safe_load(text.split("\n---\n", 1)[0].removeprefix("---\n"))


def mistakes_of(name, data):
    return [f"{name}: {error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def is_refused(logfix, line):
    """Whether `rules check` tells an error in the front matter that holds the line."""
    severity = "" if line.startswith("severity") else "severity: error\n"
    with tempfile.TemporaryDirectory() as folder:
        rule = pathlib.Path(folder, "network", "x.md")
        rule.parent.mkdir()
        rule.write_text(f"---\n{severity}{line}\n---\n# X\n\n**Seen as**:\n```example\nx\n```\n")
        done = subprocess.run([logfix, "rules", "check", folder], capture_output=True, text=True, check=False)
    return any(code in done.stderr for code in ("E007", "E008", "E405")), severity + line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = parser.parse_args().logfix
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    rules = sorted((ROOT / "rules").glob("*/*.md"))
    mistakes = [m for rule in rules for m in mistakes_of(rule.relative_to(ROOT), front_matter(rule.read_text()))]
    for line in WRONG:
        refused, text = is_refused(logfix, line)
        by_schema = bool(mistakes_of("", yaml.safe_load(text)))
        if not by_schema or (not refused and not line.startswith("references")):
            mistakes.append(f"`{line}`: the schema {'refuses' if by_schema else 'takes'} it, check {'refuses' if refused else 'takes'} it")
    print("\n".join(mistakes) or f"{len(rules)} front matters are as the schema says")
    return 1 if mistakes or not rules else 0


sys.exit(main())
