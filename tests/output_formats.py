#!/usr/bin/env python3
"""Each format by its own schema or parser, for a bad night, for hostile lines, and for nothing at all: JSON Lines and
SARIF by JSON Schema, JUnit by XML Schema, Prometheus by its client's parser, annotations by GitHub's grammar and
limits, HTML by what it may refer to, tickets by the limits of those who take them."""
import argparse, json, os, pathlib, re, sys, tempfile

import jsonschema
from lxml import etree
import html5_parser
from prometheus_client.parser import text_string_to_metric_families

import bad_night, hostile, terminal_attacks

HERE = pathlib.Path(__file__).parent
DOCS = HERE.parent / "docs"
LIMITS = {"github": 65_536, "gitlab": 1_048_576, "jira": 32_767, "slack": 4_000}
SHARE = re.compile(r"\d+ \\?% of \d+ error records explained")


def schema(path):
    document = json.loads(path.read_text())
    documents = {p.name: json.loads(p.read_text()) for p in DOCS.glob("logfix-1*.schema.json")}
    resolver = jsonschema.RefResolver(document.get("$id", ""), document, store=documents)
    return jsonschema.Draft202012Validator(document, resolver=resolver)


def mistakes_by(validator, document):
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)][:3]


def json_lines(text, report):
    validator = schema(DOCS / "logfix-1-lines.schema.json")
    documents = [json.loads(line) for line in text.splitlines()]
    for document in documents:
        yield from mistakes_by(validator, document)
    kinds = [d["kind"] for d in documents]
    if kinds[-1:] != ["stats"] or kinds.count("stats") != 1:
        yield "the counters are not the last line"
    if kinds.count("occurrence") != report["stats"]["matches"]:
        yield f"{kinds.count('occurrence')} occurrences, not {report['stats']['matches']}"
    if kinds.count("unknown") != sum(u["count"] for u in report["unknowns"]):
        yield "unknown errors are missing"


def document(text, report):
    yield from mistakes_by(schema(DOCS / "logfix-1.schema.json"), json.loads(text))


def sarif(text, report):
    log = json.loads(text)
    yield from mistakes_by(schema(HERE / "schemas/sarif-2.1.0.json"), log)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        if "ruleIndex" in result and rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"ruleIndex of {result['ruleId']} is another rule's"
    if len(run["results"]) != len(report["findings"]) + len(report["unknowns"]):
        yield "a result is missing"
    if not 0 <= run["properties"]["percentExplained"] <= 100:
        yield "no share of explained records"


def junit(text, report):
    validator = etree.XMLSchema(etree.parse(str(HERE / "schemas/junit.xsd")))
    suites = etree.fromstring(text.encode())
    if not validator.validate(suites):
        yield str(validator.error_log)[:300]
    cases, failures = suites.findall(".//testcase"), suites.findall(".//failure")
    if (len(cases), len(failures)) != (int(suites.get("tests")), int(suites.get("failures"))):
        yield "the counts are wrong"
    if not SHARE.search(text):
        yield "no share of explained records"


def github(text, report):
    command = re.compile(r"::(error|warning|notice) ((?:file|line|title)=[^,:\r\n]*(?:,(?:file|line|title)=[^,:\r\n]*)*)::([^\r\n]*)")
    counts = {"error": 0, "warning": 0, "notice": 0}
    for line in text.splitlines():
        if not line.startswith("::"):
            continue
        found = command.fullmatch(line)
        if not found:
            yield f"no annotation: {line[:200]}"
            continue
        counts[found[1]] += 1
        if re.search(r"%(?!25|0A|0D|3A|2C)", found[2] + found[3]):
            yield f"a percent sign as it is: {line[:200]}"
        if len(line) > 4096:
            yield f"an annotation of {len(line)} bytes"
    if max(counts.values()) > 10:
        yield f"more than ten of a kind: {counts}"
    if not SHARE.search(text.replace("%25", "%")):
        yield "no share of explained records"


def prometheus(text, report):
    families = {family.name: family for family in text_string_to_metric_families(text)}
    occurrences = {s.labels["rule"]: s.value for s in families["logfix_occurrences"].samples}
    if occurrences != {f["rule"]: f["count"] for f in report["findings"]}:
        yield "other occurrences than found"
    ratio = families["logfix_explained_ratio"].samples[0].value
    if not 0 <= ratio <= 1:
        yield f"a share of {ratio}"
    if any(family.type != "gauge" or not family.documentation for family in families.values()):
        yield "a family without its type or help"
    samples = [(s.name, tuple(sorted(s.labels.items()))) for family in families.values() for s in family.samples]
    if len(samples) != len(set(samples)):
        yield "a sample is there twice"


def html(text, report):
    page = html5_parser.parse(text.encode(), namespace_elements=False)
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("script", "img", "iframe", "link", "object", "embed", "base", "form", "video", "audio", "source", "use", "image"):
            yield f"an element {element.tag}"
        for name, value in element.attrib.items():
            if name in ("src", "srcset", "style", "background", "action") or name.startswith("on"):
                yield f"an attribute {name} of {element.tag}"
            if name == "href" and not (element.tag == "a" and re.match(r"https?://|mailto:|#", value)):
                yield f"a reference to {value}"
    if re.search(r"url\(|@import", text.split("</style>")[0]):
        yield "a style from elsewhere"
    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    if len(ids) != len(set(ids)):
        yield "an id is there twice"
    if set(re.findall(r'href="#([^"]*)"', text)) - set(ids):
        yield "a link within the page leads nowhere"
    if not SHARE.search(text):
        yield "no share of explained records"


def plain(text, report):
    if not SHARE.search(text):
        yield "no share of explained records"


CHECKS = {"json": document, "jsonl": json_lines, "sarif": sarif, "junit": junit, "github": github, "prometheus": prometheus, "html": html,
          "markdown": plain, "jira": plain, "text": plain, "brief": plain, "full": plain}


def tickets(logfix, folder, args, name, claims):
    """A ticket fits, ends with whole sections, and says what it lacks."""
    for system, limit in LIMITS.items():
        text = hostile.run(logfix, folder, *args, "--format", "markdown", "--ticket", system, "--max-bytes", system).stdout
        claims.hold(len(text) <= limit, f"{system}'s limit", f"{name}: {len(text)} bytes")
        whole = hostile.run(logfix, folder, *args, "--format", "markdown", "--ticket", system).stdout
        says_so = b"Left out to fit" in text
        claims.hold(says_so == (text != whole), f"{system}'s ticket says what is left out", name)
        claims.hold(text.count(b"\n```") % 2 == 0 and text.count(b"{noformat}") % 2 == 0, f"{system}'s ticket has whole sections", name)
    for limit in range(200, 9000, 411):
        text = hostile.run(logfix, folder, *args, "--format", "markdown", "--max-bytes", str(limit)).stdout
        claims.hold(len(text) <= limit, "any limit is kept", f"{name}: {len(text)} of {limit} bytes")


def logs():
    night, _ = bad_night.night(1, 3000)
    attacks = terminal_attacks.attacks()
    lines = [carrier(n, attack).replace(b"\n", b"") for n, attack in enumerate(attacks) for carrier in terminal_attacks.CARRIERS.values()]
    return {"a bad night": night.encode(), "unknown errors": b"".join(b"2026-11-23T02:14:07Z ERROR %s is wrong: '%d'\n" % (w, n) for n, w in enumerate((b"this", b"that") * 9)),
            "hostile lines": b"\n".join(lines) + b"\n", "nothing": b"", "health": b"all is well\n"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix, claims = os.path.abspath(parser.parse_args().logfix), hostile.Claims()
    with tempfile.TemporaryDirectory() as folder:
        rules = hostile.write_rules(folder, 200)
        for name, log in logs().items():
            pathlib.Path(folder, "a b%.log").write_bytes(log)
            args = ["a b%.log"] + (["--rules", rules] if name == "hostile lines" else [])
            report = json.loads(hostile.run(logfix, folder, *args, "--format", "json").stdout)
            for format, check in CHECKS.items():
                printed = hostile.run(logfix, folder, *args, *hostile.FORMATS[format]).stdout.decode()
                mistakes = list(check(printed, report))
                claims.hold(not mistakes, f"{format} is valid", f"{name}: {mistakes[:3]}")
            tickets(logfix, folder, args, name, claims)
    return claims.end("outputs")


if __name__ == "__main__":
    sys.exit(main())
