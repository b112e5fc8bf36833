#!/usr/bin/env python3
"""Memory stays bounded whatever comes in: an endless line, thousands of open stack traces and of containers,
compressed files that blow up. What is planted in them is found.

By default some dozens of megabytes; --full takes 4 GiB of each."""
import argparse, gzip, json, os, pathlib, subprocess, sys, tempfile, threading

MIB = 1 << 20
LIMIT, FLAT = 64, 8  # MiB: of any run; what a longer input of the same kind may add
NEEDLE = b'ERROR: relation "needle%d" does not exist '


def endless_line(size):
    """Needles at the begin, around each cut of a megabyte, at the end."""
    yield NEEDLE % 0
    done, number = len(NEEDLE), 1
    while done < size:
        yield b"x" * (MIB - 20) + b" " + NEEDLE % number
        done += MIB
        number += 1
    yield b"\n"


def open_traces(count):
    """Stack traces of so many containers, none of them ended."""
    for line in (b"Traceback (most recent call last):", b'  File "/app/a.py", line 3, in f'):
        for n in range(count):
            yield b"service-%d  | %s\n" % (n, line)
    yield NEEDLE % 0 + b"\n"


def open_parts(count):
    """Parts of split messages, whose last part never comes."""
    for n in range(count):
        yield b"service-%d  | 2026-11-23T02:14:07.1Z stdout P %s\n" % (n, b"x" * 200)
    yield NEEDLE % 0 + b"\n"


def many_lines(size):
    line = b"2026-11-23 10:00:00 INFO fine %s\n" % (b"y" * 60)
    block = line * (MIB // len(line))
    for _ in range(size // len(block) + 1):
        yield block
    yield NEEDLE % 0 + b"\n"


def gzipped(pieces, path):
    with gzip.open(path, "wb", compresslevel=6) as out:
        for piece in pieces:
            out.write(piece)


def run(logfix, folder, pieces=None, file=None):
    """Peak in MiB, the needles found, the report."""
    with open(pathlib.Path(folder, "out.json"), "wb+") as out:
        process = subprocess.Popen([logfix, "--format", "json", *([file] if file else [])], cwd=folder, stdin=subprocess.PIPE, stdout=out,
                                   stderr=subprocess.DEVNULL, env={"HOME": str(folder), "TZ": "UTC", "LC_ALL": "C"})

        def feed():
            try:
                for piece in pieces or ():
                    process.stdin.write(piece)
                process.stdin.close()
            except BrokenPipeError:
                pass

        thread = threading.Thread(target=feed)
        thread.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        thread.join()
        out.seek(0)
        report = json.load(out)
    needles = [f["count"] for f in report["findings"] if f["rule"] == "postgres-undefined-table"]
    return usage.ru_maxrss / 1024, sum(needles), report["stats"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    logfix, failed, full = str(pathlib.Path(args.logfix).resolve()), [], args.full
    size, streams = (4096 * MIB, 100_000) if full else (48 * MIB, 20_000)

    def check(name, measured, needles, below=LIMIT):
        peak, found, stats = measured
        print(f"{name}: {peak:.1f} MiB, {found} needles, {stats['bytes'] / MIB:.0f} MiB read")
        if peak > below:
            failed.append(f"{name}: more than {below:.0f} MiB")
        if found < needles:
            failed.append(f"{name}: {found} of {needles} needles")
        return peak

    with tempfile.TemporaryDirectory() as folder:
        small = check("lines, 8 MiB", run(logfix, folder, many_lines(8 * MIB)), 1)
        check("lines", run(logfix, folder, many_lines(size)), 1, min(LIMIT, small + FLAT))
        line = check("an endless line, 8 MiB", run(logfix, folder, endless_line(8 * MIB)), 8)
        check("an endless line", run(logfix, folder, endless_line(size)), size // MIB, min(LIMIT, line + FLAT))
        for name, make in (("open traces", open_traces), ("open parts", open_parts)):
            few = check(f"{name}, {streams // 10:,}", run(logfix, folder, make(streams // 10)), 1)
            check(f"{name}, {streams:,}", run(logfix, folder, make(streams)), 1, min(LIMIT, few + FLAT))
        bomb = pathlib.Path(folder, "bomb.gz")
        gzipped((b"\0" * MIB for _ in range(size // MIB)), bomb)
        check("a gzip bomb of one line", run(logfix, folder, file="bomb.gz"), 0)
        gzipped(many_lines(size), bomb)
        check("a gzip bomb of lines", run(logfix, folder, file="bomb.gz"), 1)
        gzipped([bomb.read_bytes()], pathlib.Path(folder, "inner.gz"))
        check("a bomb in a bomb", run(logfix, folder, file="inner.gz"), 0)
    for wrong in failed:
        print("FAIL", wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
