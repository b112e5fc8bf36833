#!/usr/bin/env python3
"""`logfix watch`: findings as they come, through rotation and over restarts; SIGHUP loads the rules anew if they have
no mistake, SIGTERM ends it, and a sweep beside it finds the lock taken."""
import argparse, os, pathlib, signal, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_histories import HEAD, RULE

LIMIT = 20  # seconds; far more than is needed


class Watch:
    def __init__(self, logfix, folder):
        self.out, self.error = pathlib.Path(folder, "out"), pathlib.Path(folder, "error")
        self.process = subprocess.Popen(
            [logfix, "watch", "--rules", f"{folder}/rules", "--state", f"{folder}/state", "--interval", "0.1", f"{folder}/logs"],
            stdout=self.out.open("wb"), stderr=self.error.open("wb"))

    def shows(self, text, where=None, times=1):
        end = time.monotonic() + LIMIT
        while (where or self.out).read_text().count(text) < times and time.monotonic() < end:
            time.sleep(0.02)
        return (where or self.out).read_text().count(text) >= times

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)


def claims(logfix, folder):
    logs, rules = pathlib.Path(folder, "logs"), pathlib.Path(folder, "rules")
    logs.mkdir()
    rules.mkdir()
    (rules / "planted.md").write_text(RULE)
    log = logs / "api.log"
    log.write_bytes(HEAD + b"planted error id=1;\n")
    watch = Watch(logfix, folder)
    yield "what is there is told of", watch.shows("A planted error")
    sweep = subprocess.run([logfix, "sweep", "--state", f"{folder}/state", str(logs)], capture_output=True)
    yield "a sweep beside it exits with 75", sweep.returncode == 75
    for number in range(2, 11):
        with log.open("ab") as file:
            file.write(HEAD + b"planted error id=%d;\n" % number)
    yield "and that it goes on", watch.shows("10 × planted so far")
    log.rename(logs / "api.log.1")
    log.write_bytes(HEAD + b"another error id=11;\n")
    (rules / "broken.md").write_text(RULE.replace("severity: error", "severity: awful"))
    watch.process.send_signal(signal.SIGHUP)
    yield "rules with a mistake are not taken", watch.shows("those from before stay", watch.error)
    (rules / "broken.md").unlink()
    (rules / "another.md").write_text(RULE.replace("planted error", "another error").replace("A planted", "Another"))
    watch.process.send_signal(signal.SIGHUP)
    yield "rules without are", watch.shows("2 rules are loaded", watch.error)
    with log.open("ab") as file:
        file.write(HEAD + b"another error id=12;\n")
    yield "and found", watch.shows("ERROR another")
    yield "SIGTERM ends it", watch.end() == 0
    with log.open("ab") as file:
        file.write(HEAD + b"planted error id=13;\n")
    watch = Watch(logfix, folder)
    yield "the next one goes on where it was", watch.shows("api.log:3")
    time.sleep(0.5)
    watch.end()
    database = sqlite3.connect(f"{folder}/state/state.db")
    counts = dict(database.execute("SELECT captures, sum(count) FROM variants WHERE night > 0 AND rule = 'planted' GROUP BY captures"))
    yield f"each record is counted once: {counts}", counts == {f"id={n}": 1 for n in [*range(1, 11), 13]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    with tempfile.TemporaryDirectory() as folder:
        results = list(claims(os.path.abspath(parser.parse_args().logfix), folder))
    for claim, holds in results:
        if not holds:
            print(f"does not hold: {claim}")
    print(f"{sum(bool(holds) for _, holds in results)} of {len(results)} hold")
    return 0 if all(holds for _, holds in results) else 1


sys.exit(main())
