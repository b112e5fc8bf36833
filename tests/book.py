#!/usr/bin/env python3
"""The book that `logfix book` binds is a rule set itself: TROUBLESHOOTING.md finds what rules/ finds, on every
sample, and on all examples and near misses of the rules."""
import argparse, json, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).parent.parent
HEALTHY = 'INFO:     127.0.0.1:41010 - "GET /healthz HTTP/1.1" 200 OK\n'
BLOCK = re.compile(r"^(`{3,})(?:example|near-miss)\b[^\n]*\n(.*?)^\1$", re.M | re.S)


def findings(logfix, rules, log):
    """What is found, without the fix: a default of a placeholder is not in the book."""
    done = subprocess.run([logfix, "--rules", rules, "--format", "json", log], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    for finding in report["findings"]:
        del finding["fix"]
    del report["rule_set"]
    return report


def examples(rules):
    blocks = [match[2] for rule in sorted(rules.glob("*/*.md")) for match in BLOCK.finditer(rule.read_text())]
    return HEALTHY + HEALTHY.join(blocks) + HEALTHY


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = parser.parse_args().logfix
    rules = ROOT / "rules"
    with tempfile.TemporaryDirectory() as folder:
        book = pathlib.Path(folder, "TROUBLESHOOTING.md")
        book.write_text(subprocess.run([logfix, "book", "--rules", rules], capture_output=True, text=True, check=True).stdout)
        log = pathlib.Path(folder, "examples.log")
        log.write_text(examples(rules))
        failed = 0
        for path in [log, *sorted((ROOT / "samples").iterdir())]:
            by_rules, by_book = findings(logfix, rules, path), findings(logfix, book, path)
            if by_rules != by_book or not by_rules["findings"]:
                failed += 1
                print(f"{path.name}: the book finds otherwise")
                for a, b in zip(by_rules["findings"], by_book["findings"]):
                    if a != b:
                        print(f"  rules: {json.dumps(a)[:600]}\n  book:  {json.dumps(b)[:600]}")
                        break
            else:
                print(f"{path.name}: {len(by_rules['findings'])} findings, the same")
    return 1 if failed else 0


sys.exit(main())
