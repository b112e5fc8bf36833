#!/usr/bin/env python3
"""A power cut at any moment of a sweep loses nothing that it counted or told, and counts nothing twice.

A sweep runs under strace, which tells each call that changes a file. From that the disk is modelled as POSIX promises
it, and no better: what was written is there for sure once its file was synced, a name once its folder was. At each call
the power is cut: a folder is made of what is sure to be there and of some of the rest (none, all, any writes of it, torn
at sectors, with garbage in the gaps), and a sweep that nobody cuts goes on with it. What was sure at the call before
must be sure still; then each planted record must be counted once.

    call            sure on the disk            may be there as well
    write a, 1      -                           1
    fsync a         1, if the name a is sure    -
    write a, 2      1                           2, or a part of it
"""
import argparse, os, pathlib, random, re, shutil, sqlite3, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sweep_kill import Host

CHANGES = "openat,mkdir,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink"
# Calls that the model has no rule for; a sweep that makes one of its state fails here.
UNKNOWN = "creat,open,writev,pwritev,fallocate,link,linkat,symlink,symlinkat,mkdirat,renameat,renameat2,unlinkat,rmdir,truncate,mmap"
SECTOR = 512
CALL = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
OF_DESCRIPTOR = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")


def unhex(text):
    return bytes.fromhex(text.replace("\\x", ""))


class File:
    def __init__(self):
        self.sure, self.pending = b"", []  # of writes (offset, bytes) and of new lengths (length, None)


def apply(content, change):
    offset, data = change
    if data is None:
        return content[:offset].ljust(offset, b"\0")
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data):]


class Disk:
    """Of what is below `root`: files by number, and what each folder calls them. A folder is one as well."""

    def __init__(self, root):
        self.root = root
        self.files, self.names = [], {}      # as a program sees them
        self.sure_names, self.pending = {}, []  # (path, file or None)

    def load(self):
        """Takes what is there for sure."""
        for path in [self.root, *self.root.rglob("*")] if self.root.exists() else []:
            self.names[str(path)] = len(self.files)
            self.files.append(File())
            if path.is_file():
                self.files[-1].sure = path.read_bytes()
        self.sure_names = dict(self.names)

    def call(self, name, text):
        """True if the call changes something here."""
        texts = [unhex(found) for found in TEXT.findall(text)]
        if name in ("write", "pwrite64", "ftruncate", "fsync", "fdatasync"):
            path = unhex(OF_DESCRIPTOR.match(text)[1]).decode()
            if name in ("fsync", "fdatasync"):
                return self.sync(path)
            if path not in self.names:
                return False
            assert name != "write", f"a write without an offset to {path}"
            offset = int(text.rsplit(",", 1)[1])
            self.files[self.names[path]].pending.append((offset, texts[0] if name == "pwrite64" else None))
            return True
        paths = [os.path.normpath(self.root.parent / found.decode()) for found in texts]
        if not any(self.holds(path) for path in paths):
            return False
        if name == "rename":
            self.name(paths[1], self.names[paths[0]])
            self.name(paths[0], None)
        elif name == "unlink":
            self.name(paths[0], None)
        elif paths[0] in self.names or name == "openat" and "O_CREAT" not in text:
            assert "O_TRUNC" not in text
            return False
        else:
            self.files.append(File())
            self.name(paths[0], len(self.files) - 1)
        return True

    def holds(self, path):
        return path == str(self.root) or path.startswith(f"{self.root}/")

    def name(self, path, file):
        if file is None:
            del self.names[path]
        else:
            self.names[path] = file
        self.pending.append((path, file))

    def sync(self, path):
        if path in self.names:
            file = self.files[self.names[path]]
            for change in file.pending:
                file.sure = apply(file.sure, change)
            file.pending = []
        synced = [change for change in self.pending if os.path.dirname(change[0]) == path]
        self.pending = [change for change in self.pending if change not in synced]
        self.sure_names = named(self.sure_names, synced)
        return path in self.names or bool(synced)

    def sure(self):
        return self.left([], lambda file: file.sure)

    def cut(self, rng):
        """One of the many ways in which it may be found after the power came back."""
        kept = rng.randrange(len(self.pending) + 1)
        how = rng.choice(("all", "none", "some", "torn", "torn"))
        return self.left(self.pending[:kept], lambda file: survived(file, how, rng))

    def left(self, names, content_of):
        found = named(self.sure_names, names)
        return {path: content_of(self.files[file]) for path, file in sorted(found.items())
                if os.path.dirname(path) == str(self.root.parent) or os.path.dirname(path) in found}


def named(names, changes):
    names = dict(names)
    for path, file in changes:
        names.pop(path, None)
        if file is not None:
            names[path] = file
    return names


def survived(file, how, rng):
    """Any part of what was not synced; what lies between may be anything."""
    content = file.sure
    for offset, data in file.pending:
        if how == "none" or how != "all" and rng.random() < 0.5:
            continue
        parts = [(offset, data)]
        if how == "torn" and data is not None:
            cuts = sorted({0, len(data), *range(SECTOR - offset % SECTOR, len(data), SECTOR)})
            parts = [(offset + begin, data[begin:end]) for begin, end in zip(cuts, cuts[1:]) if rng.random() < 0.5]
        for at, part in parts:
            if part is not None and at > len(content):
                content += rng.choice((b"\0", b"\xa5")) * (at - len(content))
            content = apply(content, (at, part))
    return content


def rows(folder, query):
    """None of them if there is no file, no table yet, or damage, of which the sweep that goes on with it will tell."""
    try:
        database = sqlite3.connect(f"file:{folder}/state.db?mode=rw", uri=True)
        return [row[0] for row in database.execute(query)]
    except sqlite3.DatabaseError:
        return []


def counted(folder):
    """The planted records that a state knows of."""
    return set(rows(folder, "SELECT captures FROM variants WHERE night > 0"))


def lay(left, root):
    shutil.rmtree(root, ignore_errors=True)
    for path, content in left.items():
        if path == str(root) or any(other.startswith(f"{path}/") for other in left):
            os.mkdir(path)
        else:
            pathlib.Path(path).write_bytes(content)


def calls_of(host, trace):
    done = subprocess.run(["strace", "-f", "-qq", "-y", "-xx", "-s", str(1 << 24), "-o", trace, "-e", f"trace={CHANGES},{UNKNOWN}", *host.command()],
                          capture_output=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # which can't be done under strace
    assert done.returncode == 0, done.stderr.decode()
    begun = {}
    for line in trace.read_text().splitlines():
        thread = line.split(" ", 1)[0]
        if line.endswith(" <unfinished ...>"):
            begun[thread] = line.removesuffix(" <unfinished ...>")
            continue
        if " resumed>" in line:
            line = begun.pop(thread) + line.split(" resumed>", 1)[1]
        call = CALL.match(line)
        if not call or int(call[3]) < 0:
            continue
        if call[1] in UNKNOWN.split(","):
            is_for_reading = call[1] == "mmap" and "PROT_WRITE" not in line
            assert is_for_reading or str(host.state).encode().hex() not in line.replace("\\x", ""), line
            continue
        yield call[1], call[2]


def night(host, rng, stride):
    """Cuts the power at every `stride`-th change of one sweep; the host goes on as if nothing had been."""
    host.grow()
    disk = Disk(host.state)
    disk.load()
    calls = list(calls_of(host, host.folder / "trace"))
    problems, cuts, told, floor = [], 0, False, set()
    skip = rng.randrange(stride)
    for number, (name, text) in enumerate(calls):
        told = told or name == "write" and text.startswith("1<")
        if not disk.call(name, text):
            continue
        cuts += 1
        if cuts % stride != skip:
            continue
        where = f"call {number} of {len(calls)}, {name}"
        lay(disk.sure(), host.state)
        sure = counted(host.state)
        if floor - sure:
            problems.append(f"{where}: what was sure is not any more: {sorted(floor - sure)}")
        if told and len(sure) != host.planted:
            problems.append(f"{where}: the report told of {host.planted}, {len(sure)} are sure")
        floor = sure
        lay(disk.cut(rng), host.state)
        seen = counted(host.state)
        if floor - seen:
            problems.append(f"{where}: lost {sorted(floor - seen)}")
        problems += [f"{where}: {problem}" for problem in host.problems(host.sweep())]
    lay(disk.sure(), host.state)
    if len(counted(host.state)) != host.planted:
        problems.append(f"after its end {len(counted(host.state))} of {host.planted} are sure")
    if rows(host.state, "SELECT id FROM nights WHERE reported = 0"):
        problems.append("after its end it is not sure that the night was reported")
    return problems, cuts // stride


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--stride", type=int, default=5, help="cut at each so many changes")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    rng = random.Random(seed)
    failed, cuts, nights = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        host = Host(os.path.abspath(options.logfix), os.path.realpath(folder), rng)
        while cuts < options.cuts:
            if nights % 3 == 0:
                host.rows()
            nights += 1
            problems, more = night(host, rng, options.stride)
            cuts += more
            failed += [f"night {nights}: {problem}" for problem in problems]
    print("\n".join(failed[:20]))
    print(f"seed {seed}: {cuts} power cuts in {nights} sweeps; {len(failed)} problems")
    return 1 if failed or not cuts else 0


if __name__ == "__main__":
    sys.exit(main())
