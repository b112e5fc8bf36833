#!/usr/bin/env python3
"""A healthy log of 100,000 lines gives no finding and no unknown error, in each shape."""
import argparse, json, pathlib, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import corpus  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--logfix", required=True)
logfix = parser.parse_args().logfix
failed = 0
for shape, size in (("ndjson", 34_000_000), ("docker", 44_000_000), ("text", 9_000_000)):
    with tempfile.NamedTemporaryFile() as log:
        corpus.make(log.name, size, 0, 7, shape)
        out = subprocess.run([logfix, "--format", "json", "--fail-on", "info", log.name],
                             capture_output=True, check=False)
    report = json.loads(out.stdout)
    print(f"{shape}: {report['stats']['lines']} lines, {len(report['findings'])} findings, "
          f"{len(report['unknowns'])} unknowns, exit {out.returncode}")
    failed += (out.returncode != 0 or bool(report["findings"]) or bool(report["unknowns"]) or
               report["stats"]["lines"] < 100_000)
sys.exit(1 if failed else 0)
