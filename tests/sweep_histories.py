#!/usr/bin/env python3
"""Random histories of logs and their rotation, swept at random steps, against a reference reader.

Each record has a number of its own. What the reference reader says must be counted: each record that stood
in the logs in whole lines when a sweep looked at them. Each must be counted once, no other one, and none
twice. A failing history is told with its seed; --seed N runs that one, -v tells its steps."""
import argparse, concurrent.futures, glob, gzip, os, pathlib, random, shutil, sqlite3, subprocess, sys, tempfile

RULE = """---
severity: error
---
# A planted error

**Error Message**:
```
planted error id=<id:int>;
```

**Cause**: It was planted.

**Solution**: None is needed.

**Prevention**: None is needed.

**Seen as**:
```example id=7
ERROR planted error id=7;
```
"""
HEALTHY = b"2026-11-23 22:10:04,120 INFO [app] 192.0.2.7 GET /healthz 200"
CLOCK = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
BANNER = b"2026-11-23 22:10:04,120 INFO [app] starting\n2026-11-23 22:10:04,120 INFO [app] reading its settings\n"
HEAD = b"2026-11-23 22:10:04,120 ERROR [app] "
KINDS = ("plain", "docker", "cri")


def clock_at(when, zone):
    """The environment in which a program takes `when` (see faketime) for the time, and files keep theirs."""
    return {"LD_PRELOAD": CLOCK, "NO_FAKE_STAT": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME": when, "TZ": zone,
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


class Log:
    """What a writer does: whole and half records, in the format of its runtime."""

    def __init__(self, rng, kind, ids, whole):
        self.rng, self.kind, self.ids, self.whole, self.rest = rng, kind, ids, whole, b""

    def wrap(self, text, stream=b"stderr", part=False):
        if self.kind == "docker":
            return b'{"log":"' + text + (b"" if part else b"\\n") + b'","stream":"' + stream + b'","time":"2026-11-23T22:10:04.1Z"}\n'
        if self.kind == "cri":
            return b"2026-11-23T22:10:04.1Z " + stream + (b" P " if part else b" F ") + text + b"\n"
        return text + b"\n"

    def record(self):
        """The lines of a record. A number stands in one of them, or in one that its runtime split."""
        number = next(self.ids)
        lines, needed = self.shape(number)
        if needed:
            self.whole[number] = b"".join(needed)
        return lines

    def shape(self, id):
        number = b"%d" % id
        shape = self.rng.random()
        stream = self.rng.choice([b"stdout", b"stderr"])
        error = HEAD + b"planted error id=" + number + b";"
        if shape < 0.35:
            lines = [self.wrap(error, stream)]
            return lines, lines
        if shape < 0.5:
            return [self.wrap(HEALTHY, stream)] * self.rng.randrange(1, 9), []
        if shape < 0.7 or self.kind == "plain":  # a number in the head, in a line in between, or at the end
            lines = [HEAD + b"in request", b"Traceback (most recent call last):", b'  File \\"app.py\\", line 3',
                     b"ValueError: no"]
            if self.kind == "plain":
                lines[2] = b'  File "app.py", line 3'
            at = self.rng.choice([0, 2, 3])
            lines[at] += b" planted error id=" + number + b";"
            lines = [self.wrap(line, stream) for line in lines]
            return lines, lines[at:at + 1]
        if self.kind == "docker":  # Docker cuts at 16 KiB
            text = HEAD + b"x" * (16384 - len(HEAD) - self.rng.randrange(3, 20)) + b" planted error id=" + number + b";"
            lines = [self.wrap(text[:16384], stream, True), self.wrap(text[16384:], stream)]
            return lines, lines
        cut = self.rng.randrange(1, len(error))
        lines = [self.wrap(error[:cut], stream, True), self.wrap(error[cut:], stream)]
        return lines, lines

    def some(self):
        """Bytes to append: the rest of what was begun, and often not all of what comes next."""
        text = self.rest + b"".join(line for _ in range(self.rng.randrange(1, 5)) for line in self.record())
        cut = len(text)
        shape = self.rng.random()
        if shape < 0.2:
            cut = self.rng.randrange(len(text))
        elif shape < 0.35:  # between two lines
            cut = text.rfind(b"\n", 0, len(text) - 1) + 1
        self.rest = text[cut:]
        return text[:cut]


class History:
    def __init__(self, seed, logfix, folder, steps, verbose):
        self.seed, self.rng = seed, random.Random(seed)
        self.logfix, self.folder, self.steps, self.verbose = logfix, pathlib.Path(folder), steps, verbose
        self.logs, self.away = self.folder / "logs", self.folder / "away"
        self.logs.mkdir()
        self.away.mkdir()
        (self.folder / "rules").mkdir()
        (self.folder / "rules" / "planted.md").write_text(RULE)
        self.ids = iter(range(1, 1_000_000))
        self.names = ["api.log", "db.log"]
        self.writers = {}  # name: (writer, open file)
        self.after = []    # the second half of what takes two steps
        self.must, self.sweeps, self.copying = set(), 0, set()
        self.hidden, self.missed = set(), set()  # logs that are away, and those that the last sweep did not see for that
        self.whole = {}    # of each number the lines that must be there to be told of it
        for name in self.names:
            self.begin(name)

    def tell(self, *words):
        if self.verbose:
            print(" ", *words)

    def begin(self, name):
        log = Log(self.rng, self.rng.choice(KINDS), self.ids, self.whole)
        if name in self.writers:
            self.writers[name][1].close()
        # Two logs of one program begin the same.
        file = open(self.logs / name, "ab", buffering=0)
        if self.rng.random() < 0.8:
            file.write(BANNER)
        self.writers[name] = (log, file)

    def rotated(self, name):
        return sorted(path for path in self.logs.iterdir() if path.name.startswith(name + ".") or path.name.startswith(name + "-"))

    def rotated_name(self, name):
        return self.logs / (f"{name}.{self.rng.randrange(1, 9)}" if self.rng.random() < 0.6 else f"{name}-202611{self.rng.randrange(10, 30)}")

    def append(self, name):
        log, file = self.writers[name]
        file.write(log.some())

    def rename(self, name):
        """The chain of names, or one of them; the writer goes on with the old file for a while, or begins a new one."""
        path = self.rotated_name(name)
        if path.exists() or not (self.logs / name).exists():
            return
        (self.logs / name).rename(path)
        if self.rng.random() < 0.3:
            self.append(name)
        if self.rng.random() < 0.2:
            self.after.append(lambda: self.reopen(name))
        else:
            self.reopen(name)

    def reopen(self, name):
        log, file = self.writers[name]
        file.write(log.rest)  # a writer ends its line before it opens another file
        log.rest = b""
        self.begin(name)

    def shift(self, name):
        taken = self.rotated(name)
        if taken:
            path, to = self.rng.choice(taken), self.rotated_name(name)
            to = to.with_name(to.name + (".gz" if path.suffix == ".gz" else ""))
            if not to.exists():
                path.rename(to)

    def copytruncate(self, name):
        path = self.rotated_name(name)
        if path.exists() or not (self.logs / name).exists():
            return
        if self.rng.random() < 0.2:  # the copy is still being made
            whole = (self.logs / name).read_bytes()
            path.write_bytes(whole[:self.rng.randrange(len(whole) + 1)])
            self.copying.add(name)
            self.after.append(lambda: self.copy(name, path, True))
        else:
            self.copy(name, path, self.rng.random() < 0.3)

    def copy(self, name, path, is_slow):
        shutil.copyfile(self.logs / name, path)
        if is_slow:
            self.copying.add(name)
            self.after.append(lambda: self.truncate(name))
        else:
            self.truncate(name)

    def truncate(self, name):
        self.copying.discard(name)
        if (self.logs / name).exists():
            os.truncate(self.logs / name, 0)
            log, file = self.writers[name]
            if os.fstat(file.fileno()).st_ino == os.stat(self.logs / name).st_ino and self.rng.random() < 0.7:
                file.write(BANNER)

    def compress(self, name):
        taken = [path for path in self.rotated(name) if path.suffix != ".gz" and not path.with_name(path.name + ".gz").exists()]
        if not taken or self.writers[name][0].rest or self.after:  # gzip is for logs that nobody writes to
            return
        path = self.rng.choice(taken)
        packed = gzip.compress(path.read_bytes())
        if self.rng.random() < 0.2:  # not done yet
            path.with_name(path.name + ".gz").write_bytes(packed[:self.rng.randrange(len(packed))])
            self.after.append(lambda: self.compressed(path, packed))
        else:
            self.compressed(path, packed)

    def compressed(self, path, packed):
        if path.exists():
            path.with_name(path.name + ".gz").write_bytes(packed)
            if self.rng.random() < 0.2:
                self.after.append(lambda: path.unlink(missing_ok=True))
            else:
                path.unlink()
        else:
            path.with_name(path.name + ".gz").unlink(missing_ok=True)

    def remove(self, name):
        taken = self.rotated(name)
        if taken and not self.after:
            self.rng.choice(taken).unlink()

    def recreate(self, name):
        """A new file, mostly with the inode of the old one."""
        (self.logs / name).unlink(missing_ok=True)
        self.writers[name][0].rest = b""
        self.begin(name)
        if self.rng.random() < 0.5:
            self.append(name)

    def overgrow(self, name):
        """Truncated and grown beyond where it was, between two sweeps."""
        size = (self.logs / name).stat().st_size if (self.logs / name).exists() else 0
        self.truncate(name)
        while (self.logs / name).exists() and (self.logs / name).stat().st_size <= size and size < 200_000:
            before = (self.logs / name).stat().st_size
            self.append(name)
            if (self.logs / name).stat().st_size == before:
                break

    def hide(self, name):
        path = self.logs / name
        if path.exists() and name not in self.hidden:
            path.rename(self.away / name)
            self.hidden.add(name)
            self.after.append(lambda: self.show(name))

    def show(self, name):
        if name not in self.hidden:
            return
        self.hidden.remove(name)
        if (self.logs / name).exists():
            (self.away / name).unlink()
        else:
            (self.away / name).rename(self.logs / name)

    def link(self, name):
        taken = self.rotated(name)
        if taken:
            to = self.rotated_name(name)
            to = to.with_name(to.name + (".gz" if taken[0].suffix == ".gz" else ""))
            if not to.exists():
                os.link(taken[0], to)

    def touch(self, name):
        for path in self.logs.iterdir():
            if self.rng.random() < 0.5:
                when = self.rng.randrange(2 * 10**9)
                os.utime(path, (when, when))

    def clock(self):
        """In some histories no two sweeps agree on the year, nor on the zone."""
        if not CLOCK or self.seed % 3:
            return {}
        return clock_at(f"{self.rng.randrange(-3650, 3650):+d}d", self.rng.choice(["UTC", "Asia/Kathmandu", "America/New_York"]))

    def sweep(self, name=None, settle=None):
        # A message that its runtime split outlives one sweep without its log.
        for name in self.names:
            if name in self.missed:
                self.show(name)
        self.missed = set(self.hidden)
        # The reference reader: what stands there in whole lines, of a packed log all.
        for path in self.logs.iterdir():
            text = path.read_bytes()
            if path.suffix == ".gz":
                try:
                    text = gzip.decompress(text)
                except (EOFError, gzip.BadGzipFile):
                    continue
            else:
                text = text[:text.rfind(b"\n") + 1]
            self.must |= {number for number, lines in self.whole.items() if number not in self.must and lines in text}
        settle = settle or self.rng.choice(["0", "0", "0.001"])
        done = subprocess.run([self.logfix, "sweep", "--rules", self.folder / "rules", "--state", self.folder / "state", "--settle", settle,
                               "--keep", "36500", self.logs], capture_output=True, env={"PATH": os.environ["PATH"], **self.clock()})
        self.sweeps += 1
        self.tell("sweep", settle, "->", done.returncode, done.stderr.decode().strip())
        if done.returncode not in (0, 3) or (done.returncode == 3 and b"truncated gzip" not in done.stderr):
            raise AssertionError(f"exit {done.returncode}: {done.stderr.decode()}")

    def run(self):
        steps = [self.append] * 9 + [self.sweep] * 6 + [
            self.rename, self.rename, self.copytruncate, self.copytruncate, self.compress, self.compress, self.shift, self.remove,
            self.recreate, self.overgrow, self.hide, self.link, self.touch]
        for number in range(self.steps):
            if self.after and self.rng.random() < 0.5:
                self.tell(number, "the rest of what was begun")
                self.after.pop(0)()
            step, name = self.rng.choice(steps), self.rng.choice(self.names)
            self.tell(number, step.__name__, name)
            # Nobody takes a log away while a copy of it is being made.
            if name not in self.copying or step in (self.append, self.sweep, self.shift, self.touch):
                step(name)
        while self.after:
            self.after.pop(0)()
        for _ in range(3):
            self.sweep(settle="0")
        return self.verdict()

    def verdict(self):
        database = sqlite3.connect(self.folder / "state" / "state.db")
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        counts = {}
        # What is below zero waits at the end of a log: a message whose parts have not all come.
        for captures, count in database.execute("SELECT captures, sum(count) FROM variants WHERE rule = 'planted' GROUP BY captures"):
            counts[int(captures.removeprefix("id="))] = count
        database.close()
        problems = [] if whole == "ok" else [f"the database: {whole}"]
        lost = sorted(self.must - counts.keys())
        double = sorted(number for number, count in counts.items() if count > 1)
        problems += [f"lost {lost}"] if lost else []
        problems += [f"counted twice {double}"] if double else []
        return problems, len(self.must), self.sweeps


def run(arguments):
    seed, logfix, steps, where, verbose = arguments
    with tempfile.TemporaryDirectory(dir=where) as folder:
        try:
            return seed, *History(seed, logfix, folder, steps, verbose).run()
        except AssertionError as failure:
            return seed, [str(failure)], 0, 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--histories", type=int, default=60)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seed", type=int, help="run this one only")
    parser.add_argument("--first", type=int, default=None, help="the first seed (default: by chance)")
    parser.add_argument("--where", help="a folder of the file system to use (default: mostly memory, which is quick; a disk gives inodes again)")
    parser.add_argument("-v", action="store_true", dest="verbose")
    options = parser.parse_args()
    first = random.SystemRandom().randrange(10**6) if options.first is None else options.first
    seeds = range(first, first + options.histories) if options.seed is None else [options.seed]
    work = [(seed, os.path.abspath(options.logfix), options.steps, options.where or (QUICK if seed % 6 else None), options.verbose) for seed in seeds]
    failed = records = sweeps = 0
    with concurrent.futures.ProcessPoolExecutor(1 if options.seed is not None else 2) as pool:
        for seed, problems, counted, swept in pool.map(run, work):
            records, sweeps, failed = records + counted, sweeps + swept, failed + bool(problems)
            for problem in problems:
                print(f"seed {seed}: {problem}")
    print(f"{len(work)} histories of {options.steps} steps, seeds {seeds[0]} to {seeds[-1]}: {records} records, {sweeps} sweeps{', some with wrong clocks' if CLOCK else ''}, {failed} histories failed")
    return 1 if failed or not records else 0


if __name__ == "__main__":
    sys.exit(main())
