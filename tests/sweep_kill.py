#!/usr/bin/env python3
"""A sweep that is killed at any point loses nothing and counts nothing twice, and its database is whole.

It is killed with SIGKILL at moments spread over its run, and at the n-th write, fsync, ftruncate, unlink or rename; then
a sweep that nobody kills goes on with it. Each planted record must be counted once, and be in the report."""
import argparse, json, os, pathlib, random, shutil, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_histories import HEAD, RULE

CALLS = "write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename"


class Host:
    def __init__(self, logfix, folder, rng):
        self.logfix, self.rng = logfix, rng
        self.folder = pathlib.Path(folder)
        self.logs, self.state = self.folder / "logs", self.folder / "state"
        self.logs.mkdir()
        (self.folder / "rules").mkdir()
        (self.folder / "rules" / "planted.md").write_text(RULE)
        self.planted = 0

    def grow(self):
        """Appends to some logs, begins some, and leaves an open end now and then."""
        for number in range(12):
            with open(self.logs / f"app-{'abcdefghijkl'[number]}.log", "ab") as log:
                for _ in range(self.rng.randrange(40)):
                    self.planted += 1
                    log.write(HEAD + b"planted error id=%d;\n" % self.planted)
                    if self.rng.random() < 0.3:
                        log.write(b'Traceback (most recent call last):\n  File "app.py", line 3\nValueError: no\n')

    def command(self):
        return [self.logfix, "sweep", "--rules", self.folder / "rules", "--state", self.state, "--settle", "0.01", "--format", "json", self.logs]

    def sweep(self):
        return subprocess.run(self.command(), capture_output=True, timeout=60)

    def problems(self, done):
        if done.returncode != 0:
            return [f"the sweep after it exited with {done.returncode}: {done.stderr.decode()}"]
        database = sqlite3.connect(self.state / "state.db")
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        counts = {int(captures.removeprefix("id=")): count for captures, count in database.execute(
            "SELECT captures, sum(count) FROM variants WHERE night > 0 GROUP BY captures")}
        total = database.execute("SELECT sum(count) FROM findings WHERE night > 0").fetchone()[0] or 0
        database.close()
        problems = [] if whole == "ok" else [f"the database: {whole}"]
        missing = set(range(1, self.planted + 1)) - counts.keys()
        if missing:
            problems.append(f"lost {sorted(missing)}")
        if total != self.planted or any(count != 1 for count in counts.values()):
            problems.append(f"{total} counted of {self.planted}: {[number for number, count in counts.items() if count != 1]}")
        return problems

    def rows(self):
        """What one night may hold: its report tells of no more than a thousand variants."""
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.rmtree(self.logs)
        self.logs.mkdir()
        self.planted = 0


def kill_after(host, seconds):
    process = subprocess.Popen(host.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode == -9


def kill_at_call(host, number):
    done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={number}",
                           *host.command()], capture_output=True)
    return done.returncode in (-9, 137)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--kills", type=int, default=30, help="of each kind")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--where", help="a folder of the file system to use")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    rng = random.Random(seed)
    failed, killed = [], {"by time": 0, "at a call": 0}
    with tempfile.TemporaryDirectory(dir=options.where) as folder:
        host = Host(os.path.abspath(options.logfix), folder, rng)
        host.grow()
        begin = time.monotonic()
        host.sweep()
        length = time.monotonic() - begin
        tries = 0
        while min(killed.values()) < options.kills and tries < 20 * options.kills:
            tries += 1
            if tries % 6 == 0:
                host.rows()
            host.grow()
            kind = "by time" if killed["by time"] <= killed["at a call"] else "at a call"
            was_killed = kill_after(host, rng.uniform(0, length)) if kind == "by time" else kill_at_call(host, rng.randrange(1, 120))
            killed[kind] += was_killed
            problems = host.problems(host.sweep())
            failed += [f"after kill {tries} ({kind}): {problem}" for problem in problems]
            if problems:
                host.rows()
    print("\n".join(failed[:20]))
    print(f"seed {seed}: killed {killed['by time']} times by time, {killed['at a call']} at a call; {len(failed)} problems")
    return 1 if failed or min(killed.values()) < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
