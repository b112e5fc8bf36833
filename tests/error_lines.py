#!/usr/bin/env python3
"""The lines of error_lines.txt, among healthy ones and in each wrapping: the fast path must take each
that the slow path counts as an error record. Rules are few, so that the slow path is quick."""
import argparse, concurrent.futures, json, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).parent
HEALTHY = 'INFO:     127.0.0.1:41010 - "GET /healthz HTTP/1.1" 200 OK\n'


def docker(line):
    encoded = json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-11-23T02:14:07.1Z"}, separators=(",", ":"))
    return encoded.replace("<", "\\u003c").replace(">", "\\u003e")


WRAPPINGS = {
    "plain": lambda line: line,
    "Compose": lambda line: "api-1  | " + line,
    "CRI": lambda line: "2026-11-23T02:14:07.123456789Z stderr F " + line,
    "Docker": docker,
    "Docker, spaced": lambda line: json.dumps({"log": line + "\n", "stream": "stderr"}),
    "Docker around JSON": lambda line: docker(json.dumps({"message": line})),
    "journal": lambda line: json.dumps({"MESSAGE": line, "PRIORITY": "6", "_PID": "1"}),
    "journal, as bytes": lambda line: json.dumps({"MESSAGE": list(line.encode()), "PRIORITY": "6"}),
    "message": lambda line: json.dumps({"level": "info", "msg": line}),
    "escaped": lambda line: json.dumps({"msg": 0})[:-2] + '"' + "".join(f"\\u{ord(c):04x}" for c in line) + '"}',
    "coloured": lambda line: f"\x1b[31m{line[:3]}\x1b[0m{line[3:]}",
    "CRLF": lambda line: line + "\r",
    "time": lambda line: "2026-11-23T02:14:07.123456789Z " + line,
    "journalctl": lambda line: "Nov 23 10:00:00 web app[12]: " + line,
}


def error_records(logfix, log, *mode):
    done = subprocess.run([logfix, *mode, "--rules", HERE / "golden" / "small-rules", "--format", "json"],
                          input=log.encode(), capture_output=True, check=True)
    return json.loads(done.stdout)["stats"]["error_records"]


def check(logfix, line, name):
    log = HEALTHY * 2 + WRAPPINGS[name](line) + "\n" + HEALTHY * 2
    fast, slow = error_records(logfix, log), error_records(logfix, log, "--slow")
    if fast != slow:
        return f"{name}: {line}: {fast} error records, and {slow} by the slow path"
    return None if slow or name != "plain" else f"no error: {line}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logfix", required=True)
    logfix = parser.parse_args().logfix
    lines = [line for line in (HERE / "error_lines.txt").read_text().splitlines() if not line.startswith("#")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda pair: check(logfix, *pair), [(l, n) for l in lines for n in WRAPPINGS]))
    mistakes = [mistake for mistake in found if mistake]
    print("\n".join(mistakes))
    print(f"{len(found) - len(mistakes)} passed, {len(mistakes)} failed")
    return 1 if mistakes else 0


sys.exit(main())
