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


def docker_split(lines):
    """One long message in parts of 16 KiB, as Docker cuts them, among others."""
    text, out = "\n".join(lines), []
    whole = json.dumps({"level": "error", "msg": "x" * 20_000, "exception": text})
    parts = [whole[i:i + 16384] for i in range(0, len(whole), 16384)]
    for i, part in enumerate(parts):
        end = "\n" if i == len(parts) - 1 else ""
        out.append(json.dumps({"log": part + end, "stream": "stdout", "time": "2026-11-23T02:14:07.1Z"}))
        out.append(json.dumps({"log": "between\n", "stream": "stderr", "time": "2026-11-23T02:14:07.1Z"}))
    return out


def cri(lines):
    return [f"2026-11-23T02:14:07.123456789Z stderr F {line}" for line in lines]


def cri_parts(lines):
    out = []
    for line in lines:
        parts = [line[i:i + 7] for i in range(0, len(line), 7)] or [""]
        out += [f"2026-11-23T02:14:07.123456789+02:00 stdout P {part}" for part in parts[:-1]]
        out.append(f"2026-11-23T02:14:07.123456789+02:00 stdout F {parts[-1]}")
    return out


def prefix(text):
    return lambda lines: [text + line for line in lines]


def journal(lines):
    return [json.dumps({"__REALTIME_TIMESTAMP": "1764000000000000", "PRIORITY": "6", "_HOSTNAME": "h",
                        "SYSLOG_IDENTIFIER": "api", "_PID": "12", "MESSAGE": line}, separators=(",", ":"))
            for line in lines]


def journal_bytes(lines):
    return [json.dumps({"_BOOT_ID": "x", "PRIORITY": "3", "MESSAGE": list(line.encode())},
                       separators=(",", ":")) for line in lines if line]


def otlp(lines):
    """Each line a record of one export request, twenty records a request."""
    out = []
    for i in range(0, len(lines), 20):
        records = [{"timeUnixNano": "1764000000000000000", "severityNumber": 17,
                    "body": {"stringValue": line},
                    "attributes": [{"key": "thread", "value": {"intValue": "1"}}]}
                   for line in lines[i:i + 20] if line]
        out.append(json.dumps({"resourceLogs": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "api"}}]},
            "scopeLogs": [{"scope": {"name": "app"}, "logRecords": records}]}]}))
    return out


def fluent_bit(lines):
    return [json.dumps({"date": 1764000000.5, "log": line, "stream": "stderr",
                        "kubernetes": {"pod_name": "api-1", "container_name": "api"}}) for line in lines]


def vector(lines):
    return [json.dumps({"container_name": "api", "message": line, "source_type": "docker_logs",
                        "stream": "stderr", "timestamp": "2026-11-23T02:14:07.1Z"}) for line in lines]


def utf_8_bom(lines):
    return ["\ufeff" + lines[0], *lines[1:]]


def crlf(lines):
    return [line + "\r" for line in lines]


def coloured(lines):
    return [" ".join(f"\x1b[3{i % 8}m{word}\x1b[0m" if word else ""
                     for i, word in enumerate(line.split(" "))) for line in lines]


WRAPPINGS = {
    "Docker parts": docker_split,
    "CRI": cri,
    "CRI parts": cri_parts,
    "docker logs -t": prefix("2026-11-23T02:14:07.123456789Z "),
    "GitHub Actions": prefix("2026-11-23T02:14:07.1234567Z "),
    "kubectl": prefix("[pod/api-7d9f8b6c5-x2x4z/api] "),
    "stern": prefix("api-7d9f8b6c5-x2x4z api "),
    "RFC 3164": prefix("<30>Nov 23 02:14:07 host api[12]: "),
    "RFC 5424": prefix('<30>1 2026-11-23T02:14:07Z host api 12 - [x@1 a="b\\]"] '),
    "journalctl": prefix("Nov 23 02:14:07 host api[12]: "),
    "journalctl -o json": journal,
    "journalctl, bytes": journal_bytes,
    "OTLP": otlp,
    "Fluent Bit": fluent_bit,
    "Vector": vector,
    "UTF-8 BOM": utf_8_bom,
    "CRLF": crlf,
    "coloured": coloured,
    "Compose of Docker": lambda lines: compose(docker(lines)),
    "CRI of JSON": lambda lines: cri(own_json(ENCODERS["Go"])(lines)),
    "journal of Docker of JSON": lambda lines: journal(docker(own_json(ENCODERS["Python"])(lines))),
}


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
    wrappings = {"plain": list, "docker": docker, "compose": compose, **WRAPPINGS,
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
