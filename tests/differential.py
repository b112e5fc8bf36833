#!/usr/bin/env python3
"""The fast path against its slow twin: both must print the same JSON for every log below samples/,
the same log in other wrappings (Docker json-file, Compose, the application's own JSON as different
encoders write it), cut at its head, and handed over in pieces of random size. What the rules find
must not depend on the encoder either. Further folders of logs can be named."""
import argparse, json, pathlib, random, subprocess, sys

HERE = pathlib.Path(__file__).parent


def escaper(chars="", ascii_only=False, slash=False, everything=False):
    """An encoder of JSON strings that writes `chars` as \\u00XX."""
    def encode(text):
        out = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        if everything:
            return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 65536 else c for c in text) + '"'
        for char in chars:
            out = out.replace(char, f"\\u{ord(char):04X}" if char in "'+`" else f"\\u{ord(char):04x}")
        return '"' + (out.replace("/", "\\/") if slash else out) + '"'
    return encode


ENCODERS = {
    "Go": escaper("<>&\u2028\u2029"),
    ".NET": escaper("<>&'+`", ascii_only=True),
    "Gson": escaper("<>&='"),
    "PHP": escaper(ascii_only=True, slash=True),
    "Python": escaper(ascii_only=True),
    "all escaped": escaper(everything=True),
}


def docker(lines):
    encode = ENCODERS["Go"]
    return [f'{{"log":{encode(line)[:-1]}\\n","stream":"stderr","time":"2026-11-23T02:14:07.1Z"}}'
            for line in lines]


def compose(lines):
    return [f"api-1  | {line}" for line in lines]


def own_json(encode):
    return lambda lines: [f'{{"level":"error","msg":{encode(line)}}}' for line in lines if line]


def run(logfix, text, rng, *options):
    child = subprocess.Popen([logfix, "--format", "json", *options], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    at = 0
    while at < len(text):
        size = rng.choice([1, 17, 4096, 70_000, 1 << 20])
        child.stdin.write(text[at:at + size])
        child.stdin.flush()
        at += size
    return child.communicate(timeout=120)[0]


def counts(report):
    return {f["rule"]: f["count"] for f in json.loads(report)["findings"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    wrappings = {"plain": list, "docker": docker, "compose": compose,
                 **{f"JSON by {name}": own_json(encode) for name, encode in ENCODERS.items()}}
    passed, mistakes = 0, []
    for folder in [HERE.parent / "samples", *options.folders]:
        for path in sorted(folder.rglob("*.log")):
            lines = path.read_bytes().decode("utf-8", "replace").split("\n")
            cut = rng.randrange(len(lines))
            by_encoder = {}
            for name, wrap in wrappings.items():
                text = "\n".join(wrap(lines[0 if name == "plain" else cut:])).encode()
                fast, slow = (run(options.logfix, text, rng, *more) for more in ((), ("--slow",)))
                passed += fast == slow
                if fast != slow:
                    mistakes.append(f"{path} as {name} from line {cut + 1}: fast and slow differ")
                if name.startswith("JSON"):
                    by_encoder[name] = counts(slow)
            if len({json.dumps(c) for c in by_encoder.values()}) > 1:
                mistakes.append(f"{path} from line {cut + 1}: encoders differ: {by_encoder}")
    print(*mistakes, f"{passed} passed, {len(mistakes)} failed (--seed {options.seed})", sep="\n")
    return 1 if mistakes or not passed else 0


sys.exit(main())
