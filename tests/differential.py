#!/usr/bin/env python3
"""The fast path against its slow twin: both must print the same JSON for every log below samples/
and for the same logs in other wrappings (Docker json-file, the Compose prefix), cut at the head at
random lines. Further folders of logs can be named."""
import argparse, json, pathlib, random, subprocess, sys

HERE = pathlib.Path(__file__).parent


def docker(lines):
    return [json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-11-23T02:14:07.1Z"})
            for line in lines]


def compose(lines):
    return [f"api-1  | {line}" for line in lines]


def report(logfix, text, *options):
    done = subprocess.run([logfix, "--format", "json", *options], input=text.encode(),
                          capture_output=True, timeout=120)
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    passed = failed = 0
    for folder in [HERE.parent / "samples", *options.folders]:
        for path in sorted(folder.rglob("*.log")):
            lines = path.read_text(errors="surrogateescape").encode("utf-8", "replace").decode().split("\n")
            for name, wrap in (("plain", list), ("docker", docker), ("compose", compose)):
                cut = rng.randrange(len(lines)) if name != "plain" else 0
                text = "\n".join(wrap(lines[cut:]))
                same = report(options.logfix, text) == report(options.logfix, text, "--slow")
                passed, failed = passed + same, failed + (not same)
                if not same:
                    print(f"{path} as {name} from line {cut + 1}: fast and slow differ")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
