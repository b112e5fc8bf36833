#!/usr/bin/env python3
"""Runs the command-line cases of tests/golden: text files with sections `--- name`.

why     what the case shows            stdout  expected lines; a line `…` stands for any lines
args    arguments, shell-quoted;       stderr  the same
        $GOLDEN is the folder golden
stdin   standard input                 exit    expected exit code (default 0)
file N  a file N in the work folder    json    lines `path == value` on the parsed output
env     lines NAME=value               shell   instead of args: a bash script that calls $LOGFIX

A JSON document on standard output is validated against docs/logfix-1.schema.json as well.

--approve writes what a case printed into its sections `stdout` and `stderr`, but for those with a
line `…`: look at the difference before you commit it. Words behind the options choose cases.
"""
import argparse, json, os, pathlib, re, shlex, subprocess, sys, tempfile

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMA = json.loads((HERE.parent / "docs" / "logfix-1.schema.json").read_text())


def sections(text):
    parts = re.split(r"^--- (.*)\n", text, flags=re.M)
    return [(parts[i].strip(), parts[i + 1]) for i in range(1, len(parts), 2)]


def differs(name, expected, actual):
    pattern = "".join(r"(?:.*\n)*" if line == "…\n" else re.escape(line)
                      for line in expected.splitlines(keepends=True))
    return [] if re.fullmatch(pattern, actual) else [f"{name} is\n{actual}\nnot\n{expected}"]


def look_up(document, path):
    for step in path.split("."):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def check_json(expected, actual):
    try:
        document = json.loads(actual)
    except json.JSONDecodeError as error:
        yield f"no JSON: {error}"
        return
    for line in filter(None, expected.splitlines()):
        path, value = line.split(" == ", 1)
        found = look_up(document, path.removeprefix("count "))
        if path.startswith("count "):
            found = len(found)
        if found != json.loads(value):
            yield f"{path} is {json.dumps(found)}, not {value}"


def execute(parts, logfix):
    given = dict(parts)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in parts:
            if name.startswith("file "):
                path = pathlib.Path(folder, name[5:])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        environment = {"HOME": folder, "TZ": "UTC", "LC_ALL": "C", "PATH": os.environ["PATH"],
                       "LOGFIX": logfix}
        environment |= dict(line.split("=", 1) for line in given.get("env", "").splitlines())
        if "shell" in given:
            command = ["bash", "-c", given["shell"]]
        else:
            environment.pop("LOGFIX")
            command = [logfix, *shlex.split(given.get("args", "").replace("$GOLDEN", str(HERE / "golden")))]
        return subprocess.run(command, cwd=folder, env=environment, input=given.get("stdin", ""), text=True,
                              capture_output=True, timeout=60)


def approve(case, logfix):
    parts = sections(case.read_text())
    done = execute(parts, logfix)
    for i, (name, text) in enumerate(parts):
        if name in ("stdout", "stderr") and "…\n" not in text.splitlines(keepends=True):
            parts[i] = (name, getattr(done, name))
    case.write_text("".join(f"--- {name}\n{text}" for name, text in parts))


def run(case, logfix):
    parts = sections(case.read_text())
    given = dict(parts)
    done = execute(parts, logfix)
    mistakes = []
    if done.returncode != int(given.get("exit", "0")):
        mistakes.append(f"exit is {done.returncode}; stderr: {done.stderr}")
    for stream in ("stdout", "stderr"):
        if stream in given:
            mistakes += differs(stream, given[stream], getattr(done, stream))
    if done.stdout.startswith("{"):
        mistakes += [f"not by the schema: {error.json_path}: {error.message}" for error in
                     jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(done.stdout))]
    if "json" in given:
        mistakes += check_json(given["json"], done.stdout)
    return mistakes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--approve", action="store_true")
    parser.add_argument("words", nargs="*", help="only cases whose path holds one of them")
    options = parser.parse_args()
    logfix = os.path.abspath(options.logfix)
    failed = 0
    cases = [case for case in sorted(HERE.glob("golden/**/*.test"))
             if not options.words or any(word in str(case) for word in options.words)]
    for case in cases:
        if options.approve:
            approve(case, logfix)
        mistakes = run(case, logfix)
        failed += bool(mistakes)
        for mistake in mistakes:
            print(f"{case.relative_to(HERE)}: {mistake}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


sys.exit(main())
