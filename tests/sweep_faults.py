#!/usr/bin/env python3
"""What goes wrong under a sweep: system calls that fail, two sweeps at once, a state that is damaged, newer or
on a full disk, a hostile folder. A log that can't be read is named, the others are read, its offset stays, and
the exit code says so; the next sweep counts what is missing, and nothing twice."""
import argparse, errno, gzip, os, pathlib, resource, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_histories import HEAD, QUICK, RULE

FAULTS = {"EIO": ("openat", "read", "pread64", "newfstatat", "fstat", "getdents64"), "EACCES": ("openat",), "ENOENT": ("openat", "newfstatat"),
          "EMFILE": ("openat",), "EINTR": ("read", "pread64", "openat"), "ENOSPC": ("pwrite64", "write", "fdatasync", "fsync")}
results = []


def claim(name, holds, more=""):
    results.append((name, bool(holds)))
    if not holds:
        print(f"does not hold: {name} {more}")


class Host:
    def __init__(self, logfix, folder):
        self.logfix, self.folder = logfix, pathlib.Path(folder)
        self.logs, self.state, self.planted = self.folder / "logs", self.folder / "state", 0
        (self.folder / "rules").mkdir()
        (self.folder / "rules" / "planted.md").write_text(RULE)

    def fresh(self):
        shutil.rmtree(self.logs, ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
        (self.logs / "web").mkdir(parents=True)
        self.planted = 0

    def plant(self, name, count=1):
        with open(self.logs / name, "ab") as log:
            for _ in range(count):
                self.planted += 1
                log.write(HEAD + b"planted error id=%d;\n" % self.planted)

    def command(self, *more):
        return [self.logfix, "sweep", "--rules", self.folder / "rules", "--state", self.state, "--settle", "0.01", *more, self.logs]

    def sweep(self, *more, before=(), **options):
        if "strace" in before:
            options["env"] = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # which can't be done under strace
        return subprocess.run([*before, *self.command(*more)], capture_output=True, text=True, timeout=60, **options)

    def counts(self):
        if not (self.state / "state.db").exists():
            return {}
        database = sqlite3.connect(self.state / "state.db")
        try:
            return {int(captures.removeprefix("id=")): count for captures, count in database.execute(
                "SELECT captures, sum(count) FROM variants WHERE night > 0 GROUP BY captures")}
        except sqlite3.OperationalError:
            return {}
        finally:
            database.close()

    def is_complete(self):
        return self.counts() == {number: 1 for number in range(1, self.planted + 1)}


def failing_calls(host, stride):
    """Each call of a sweep fails once, in turn."""
    for error, calls in FAULTS.items():
        for call in calls:
            for number in range(1, 400, stride):
                host.fresh()
                for name in ("a.log", "web/b.log", "web/c.log"):
                    host.plant(name, 2)
                host.sweep()
                for name in ("a.log", "web/b.log", "web/c.log"):
                    host.plant(name, 2)
                trace = host.folder / "trace"
                # Before the state is opened, a program is loaded and options are read: not what is tested.
                done = host.sweep(before=["strace", "-f", "-qq", "-o", trace, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"])
                text = trace.read_text()
                if "(INJECTED)" not in text:
                    break
                if "SanitizerTool: CHECK failed" in done.stderr:
                    continue  # the sanitizer's own call
                hit = next(line for line in text.splitlines() if "(INJECTED)" in line)
                where = f"{error} at {call} {number}: {hit}"
                is_ours = any(part in hit for part in (str(host.logs), '"a.log"', '"b.log"', '"c.log"', '"web"'))
                before_it = host.counts()
                claim("no call that fails makes the sweep crash", done.returncode in (0, 2, 3, 127), f"{where} -> {done.returncode} {done.stderr}")
                if is_ours and error != "EINTR" and call in ("openat", "newfstatat"):
                    claim("a log or folder that can't be opened is named, and the exit code is 3", done.returncode == 3 and
                          any(name in done.stderr for name in ("a.log", "b.log", "c.log", "web", "logs")), f"{where} -> {done.returncode} {done.stderr}")
                if error == "EINTR" and is_ours:
                    claim("an interrupted call is no failure", done.returncode == 0, f"{where} -> {done.returncode} {done.stderr}")
                if done.returncode == 0:
                    claim("a sweep that says that all is well has counted all", host.is_complete(), f"{where} {before_it}")
                claim("nothing is counted twice", all(count == 1 for count in before_it.values()), f"{where} {before_it}")
                if (host.state / "state.db").exists():
                    after = host.sweep()
                    claim("the next sweep counts what is missing", after.returncode == 0 and host.is_complete(), f"{where}: {after.stderr} {host.counts()}")


def unreadable_log(host):
    host.fresh()
    for name in ("a.log", "web/b.log", "web/c.log"):
        host.plant(name)
    (host.logs / "web" / "b.log.1.gz").write_bytes(gzip.compress(HEAD + b"planted error id=9000;\n")[:-6])
    done = host.sweep()
    claim("a log that is cut off is named", done.returncode == 3 and "b.log.1.gz: truncated gzip data" in done.stderr, done.stderr)
    claim("and in the report", "Could not be read" in done.stdout and "b.log.1.gz" in done.stdout, done.stdout)
    claim("the others are read", host.is_complete())


def two_at_once(host):
    host.fresh()
    for number in range(30):
        host.plant("a.log", 20)
        first, second = (subprocess.Popen(host.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2))
        begin = time.monotonic()
        codes = []
        for process in (first, second):
            process.communicate()
            codes.append(process.returncode)
        claim("of two sweeps one exits with 75, or they were one after the other", sorted(codes) in ([0, 75], [0, 0]), codes)
    claim("nothing is lost or counted twice by two at once", host.is_complete(), host.counts())
    lock = open(host.state / "state.lock", "a")
    import fcntl
    fcntl.flock(lock, fcntl.LOCK_EX)
    begin = time.monotonic()
    done = host.sweep()
    claim("a lock that is held is told at once", done.returncode == 75 and time.monotonic() - begin < 1, done.stderr)
    lock.close()
    claim("a lock of a process that is dead is none", host.sweep().returncode == 0)


def odd_states(host):
    host.fresh()
    host.plant("a.log", 3)
    host.sweep()
    whole = (host.state / "state.db").read_bytes()
    for name, content in (("damaged", whole[:3000] + b"x" * 2000 + whole[5000:]), ("no database", b"x" * len(whole)), ("cut off", whole[:len(whole) // 2 + 100])):
        for file in host.state.glob("state.db*"):
            file.unlink()
        (host.state / "state.db").write_bytes(content)
        done = host.sweep()
        aside = list(host.state.glob("state.db.damaged-*"))
        claim(f"a state that is {name} is set aside, whole", done.returncode == 2 and "damaged" in done.stderr and len(aside) == 1 and
              aside[0].read_bytes() == content, f"{done.returncode} {done.stderr} {aside}")
        done = host.sweep()
        claim(f"after one that is {name} nothing is begun anew", done.returncode == 2 and "--new-state" in done.stderr and not (host.state / "state.db").exists(), done.stderr)
    done = host.sweep("--new-state")
    claim("but if it is said so", done.returncode == 0 and host.is_complete(), done.stderr)
    database = sqlite3.connect(host.state / "state.db")
    database.execute("PRAGMA user_version = 999")
    database.close()
    done = host.sweep()
    claim("a newer state is set aside", done.returncode == 2 and "newer" in done.stderr and list(host.state.glob("state.db.newer-*")), done.stderr)


def full_disk(host):
    host.fresh()
    host.plant("a.log", 3)
    done = subprocess.run(["bash", "-c", '"$@" > /dev/full', "-", *host.command()], capture_output=True, text=True)
    claim("a report that can't be written is told", done.returncode == 2 and "No space left" in done.stderr, done.stderr)
    again = host.sweep()
    claim("and is made again", again.returncode == 0 and "3 times" in again.stdout and host.is_complete(), again.stdout)
    done = host.sweep("--mail-command", "cat > /dev/null; exit 3")
    claim("a mail that can't be sent is told", done.returncode == 2 and "exited with 3" in done.stderr, done.stderr)
    host.plant("a.log", 1)
    mail = host.folder / "mail"
    done = host.sweep("--mail-command", f"cat > {mail}; echo new $SWEEP_NEW still $SWEEP_STILL gone $SWEEP_GONE >> {mail}")
    claim("the mail has the report and its numbers", done.returncode == 0 and "planted" in mail.read_text() and
          mail.read_text().splitlines()[-1].startswith("new "), mail.read_text())
    limited = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
    host.plant("web/b.log", 1)
    done = host.sweep(preexec_fn=limited)
    claim("with few file descriptors it works", done.returncode == 0 and host.is_complete(), done.stderr)
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    host.plant("web/b.log", 200)
    done = host.sweep(preexec_fn=limited)
    claim("a state that can't grow is told", done.returncode == 2, f"{done.returncode} {done.stderr}")
    done = host.sweep()
    claim("and is whole", done.returncode == 0 and host.is_complete(), done.stderr)


def nice(host):
    host.fresh()
    host.plant("a.log", 20_000)
    begin = time.monotonic()
    done = host.sweep("--max-rate", "2M")
    claim("--max-rate bounds what is read", time.monotonic() - begin > (host.logs / "a.log").stat().st_size / (2 << 20) * 0.9, done.stderr)


def told_to_end(host):
    host.fresh()
    host.plant("a.log", 20_000)
    host.plant("web/b.log", 2)
    process = subprocess.Popen(host.command("--max-rate", "1M"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.5)
    process.terminate()
    process.communicate(timeout=60)
    claim("SIGTERM ends a sweep, which is then incomplete", process.returncode == 3, process.returncode)
    host.sweep()
    database = sqlite3.connect(host.state / "state.db")
    counted = database.execute("SELECT sum(count) FROM findings WHERE night > 0").fetchone()[0]
    claim("the next one goes on with it", counted == host.planted, counted)


def hostile_folder(host):
    host.fresh()
    outside = host.folder / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "secret.log").write_bytes(HEAD + b"planted error id=9001;\n")
    host.plant("a.log")
    host.plant("web/name\x1b[31m\nnew line.log")
    host.plant("web/" + "x" * 251 + ".log")
    os.link(host.logs / "a.log", host.logs / "twin.log")
    os.symlink("a.log", host.logs / "inside.log")
    os.symlink(outside / "secret.log", host.logs / "out.log")
    os.symlink(outside, host.logs / "folder")
    os.symlink("loop.log", host.logs / "loop.log")
    os.symlink("web/../../outside/secret.log", host.logs / "dots.log")
    os.mkfifo(host.logs / "pipe.log")
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(host.logs / "s.log"))
    with open(host.logs / "sparse.log", "wb") as sparse:
        sparse.truncate(200 << 30)
    (host.logs / "binary.log").write_bytes(bytes(range(256)) * 8)
    (host.logs / "bomb.log.gz").write_bytes(gzip.compress(b"\0" * (20 << 20)))
    begin = time.monotonic()
    done = host.sweep("--max-file", "10M")
    claim("a hostile folder is swept in no time", time.monotonic() - begin < 10)
    claim("nothing outside is read, nothing twice", host.is_complete(), f"{host.counts()} {done.stderr}")
    claim("what is passed over is named", all(f"{name} {reason}" in done.stdout for name, reason in (
        ("pipe.log", "is a named pipe"), ("s.log", "is a socket"), ("out.log", "is a link that leads outside"), ("sparse.log", "has more"),
        ("dots.log", "is a link that leads outside"), ("binary.log", "is no text"), ("loop.log", "is a link of links"))), done.stdout)
    claim("what unpacks to too much is an error", done.returncode == 3 and "unpacks to more than --max-file" in done.stderr, done.stderr)
    claim("names can't write to the terminal", "\x1b" not in done.stdout + done.stderr and "new line" in done.stdout, done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--stride", type=int, default=19, help="of the calls that fail; 1: all of them")
    parser.add_argument("--where", default=QUICK, help="a folder of the file system to use")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.where) as folder:
        host = Host(os.path.abspath(options.logfix), folder)
        for test in (unreadable_log, two_at_once, odd_states, full_disk, nice, told_to_end, hostile_folder):
            test(host)
        failing_calls(host, options.stride)
    failed = sum(not holds for _, holds in results)
    print(f"{len(results)} claims, {failed} don't hold")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
