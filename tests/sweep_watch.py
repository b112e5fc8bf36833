#!/usr/bin/env python3
"""`logfix watch`: findings as they come, through rotation and over restarts; SIGHUP loads the rules anew if they have
no mistake, SIGTERM ends it, and a sweep beside it finds the lock taken."""
import argparse, gzip, os, pathlib, signal, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_histories import CLOCK, HEAD, RULE, clock_at

LIMIT = 20  # seconds; far more than is needed


class Watch:
    def __init__(self, logfix, folder, *more, **environment):
        self.out, self.error = pathlib.Path(folder, "out"), pathlib.Path(folder, "error")
        self.process = subprocess.Popen(
            [logfix, "watch", "--rules", f"{folder}/rules", "--state", f"{folder}/state", "--interval", "0.1", *more, f"{folder}/logs"],
            stdout=self.out.open("wb"), stderr=self.error.open("wb"), env={**os.environ, **environment})

    def shows(self, text, where=None, times=1):
        end = time.monotonic() + LIMIT
        while (where or self.out).read_text().count(text) < times and time.monotonic() < end:
            time.sleep(0.02)
        return (where or self.out).read_text().count(text) >= times

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)


def furnish(folder):
    """A folder of logs with one error, and one of rules that know it."""
    logs, rules = pathlib.Path(folder, "logs"), pathlib.Path(folder, "rules")
    logs.mkdir()
    rules.mkdir()
    (rules / "planted.md").write_text(RULE)
    (logs / "api.log").write_bytes(HEAD + b"planted error id=1;\n")
    return logs, rules, logs / "api.log"


def claims(logfix, folder):
    logs, rules, log = furnish(folder)
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


def midnight(logfix, folder):
    """A day is a night of the history; with the next one, each finding is told of anew."""
    logs, _, log = furnish(folder)
    (logs / "cut.log.gz").write_bytes(gzip.compress(HEAD + b"planted error id=9;\n")[:-6])
    watch = Watch(logfix, folder, "--brief", **clock_at("@2026-11-23 23:59:57", "UTC"))
    yield "what is there is told of in brief", watch.shows("1 × ERROR planted")
    yield "and what can't be read", watch.shows("cut.log.gz: truncated gzip data", watch.error)
    yield "in the history the day is one night", ends_night(folder, 1)
    with log.open("ab") as file:
        file.write(HEAD + b"planted error id=2;\n")
    yield "the next day tells of it anew", watch.shows("1 × ERROR planted", times=2)
    yield "SIGTERM ends it", watch.end() == 0
    yield "what can't be read is told of once", watch.error.read_text().count("cut.log.gz") == 1


def ends_night(folder, night):
    end = time.monotonic() + LIMIT
    with sqlite3.connect(f"{folder}/state/state.db", timeout=LIMIT) as database:
        while time.monotonic() < end:
            if database.execute("SELECT 1 FROM nights WHERE id = ? AND reported = 1", (night,)).fetchone():
                return True
            time.sleep(0.05)
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix, results = os.path.abspath(parser.parse_args().logfix), []
    for scenario in (claims, midnight) if CLOCK else (claims,):
        with tempfile.TemporaryDirectory() as folder:
            results += scenario(logfix, folder)
    for claim, holds in results:
        if not holds:
            print(f"does not hold: {claim}")
    print(f"{sum(bool(holds) for _, holds in results)} of {len(results)} hold")
    return 0 if all(holds for _, holds in results) else 1


sys.exit(main())
