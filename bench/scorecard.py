#!/usr/bin/env python3
"""logfix beside ripgrep, grep and jq on the tests of docs/reliability.md that they can take: the same bytes,
their way of asking for the same thing. Prints a Markdown table.

    bench/scorecard.py --logfix build/release/logfix [--mib 256]"""
import argparse, gzip, os, pathlib, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import memory, terminal_attacks, ugly_bytes  # noqa: E402

MIB = 1 << 20
NEEDLE = "does not exist"
GOOD = b"ERROR: relation \"good\" does not exist\n"
HOSTILE_RULE = """---
severity: error
---
# A hostile pattern

**Error Message**:
```regex
PATTERN
```

**Cause**: It is hostile.

**Solution**:
1. Write another.

**Prevention**: Look at it.

**Seen as**:
```example
hostile aaay
```
"""


def run(command, data=None, stdout=subprocess.PIPE, limit=120):
    """Seconds, peak in MiB, exit code ("> limit" if it was stopped), output. Children of it are not measured."""
    with tempfile.TemporaryFile() as out:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.PIPE if data else subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   stdout=out if stdout == subprocess.PIPE else stdout, env={**os.environ, "LC_ALL": "C.UTF-8"})
        feeder = os.fork() if data else 0
        if data and feeder == 0:
            try:
                for piece in data:
                    process.stdin.write(piece)
                process.stdin.close()
            except BrokenPipeError:
                pass
            os._exit(0)
        if data:
            process.stdin.close()
        peak, code, status_file = 0, None, pathlib.Path(f"/proc/{process.pid}/status")
        while (code := process.poll()) is None and time.monotonic() - begin < limit:
            # What wait4() tells of the peak is that of this program, if that is higher.
            peak = max([peak, *(int(line.split()[1]) for line in status_file.read_text().splitlines() if line.startswith("VmHWM"))])
            time.sleep(0.001)
        seconds = time.monotonic() - begin
        if code is None:
            process.kill()
            process.wait()
            code = f"> {limit} s"
        if data:
            os.waitpid(feeder, 0)
        out.seek(0)
        return seconds, peak / 1024, code, out.read()


def endless_line(logfix, folder, mib):
    for name, command in {"logfix": [logfix, "--format", "json"], "rg": ["rg", "-c", NEEDLE], "grep": ["grep", "-c", NEEDLE]}.items():
        seconds, peak, code, _ = run(command, memory.endless_line(mib * MIB))
        yield name, f"{peak:.0f} MiB, {mib / seconds:.0f} MiB/s" if isinstance(code, int) else f"{peak:.0f} MiB, {code}"


def gzip_bomb(logfix, folder, mib):
    bomb = folder / "bomb.log.gz"
    memory.gzipped(memory.many_lines(4 * mib * MIB), bomb)
    for name, command in {"logfix": [logfix, bomb], "rg": ["rg", "-z", "-c", NEEDLE, bomb], "grep": ["zgrep", "-c", NEEDLE, bomb]}.items():
        seconds, peak, _, _ = run(command)
        yield name, f"{seconds:.1f} s" + (f", {peak:.0f} MiB" if name == "logfix" else " (gzip is a process beside it)")


def cut_gzip(logfix, folder, mib):
    whole = gzip.compress(GOOD * 1000)
    (folder / "cut.log.gz").write_bytes(whole[:-20])
    for name, command in {"logfix": [logfix], "rg": ["rg", "-z", NEEDLE], "grep": ["zgrep", NEEDLE]}.items():
        _, _, code, out = run([*command, folder / "cut.log.gz"])
        yield name, f"exit {code}, {'finds' if b'good' in out else 'finds nothing'}"


def ugly(logfix, folder, mib):
    log, counts, cases = folder / "a.log", dict.fromkeys(("logfix", "rg", "grep"), 0), 0
    whole = [(data, 0) for _, data in ugly_bytes.file_cases()] + [(line + b"\n" + GOOD, number) for _, number, line in ugly_bytes.line_cases()]
    for data, number in whole:
        log.write_bytes(data)
        cases += 1
        for name, command in {"logfix": [logfix, "--only", "postgres-undefined-table"], "rg": ["rg", NEEDLE], "grep": ["grep", NEEDLE]}.items():
            counts[name] += b"needle%d" % number in run([*command, log])[3].replace(b"\0", b"")
    for name, count in counts.items():
        yield name, f"{count} of {cases}"


def attacks(logfix, folder, mib):
    log, all_attacks = folder / "a.log", terminal_attacks.attacks()
    counts = dict.fromkeys(("logfix", "rg", "grep", "jq"), 0)
    for attack in all_attacks:
        log.write_bytes(b"ERROR: relation \"x" + attack + b"x\" does not exist\n")
        for name, command in {"logfix": [logfix], "rg": ["rg", "-a", NEEDLE], "grep": ["grep", "-a", NEEDLE], "jq": ["jq", "-R", "-r", "."]}.items():
            counts[name] += terminal_attacks.harm_in(run([*command, log])[3]) is not None
    for name, count in counts.items():
        yield name, f"{count} of {len(all_attacks)}"


def hostile_pattern(logfix, folder, mib):
    """Patterns like this one never end for who tries all ways."""
    pattern = r"(?:a+)+(?:a|aa)+[yz]"
    (folder / "rules").mkdir()
    (folder / "rules" / "hostile.md").write_text(HOSTILE_RULE.replace("PATTERN", "hostile " + pattern))
    for name, command in {"logfix": [logfix, "--rules", folder / "rules"], "rg": ["rg", "-c"], "grep": ["grep", "-cE"], "grep -P": ["grep", "-cP"]}.items():
        lines = b"".join(b"hostile " + b"a" * 991 + b"\n" for _ in range((4 << 20) // 1000))
        (folder / "a.log").write_bytes(lines)
        asked = [] if name == "logfix" else ["hostile " + pattern]
        empty = min(run([*command, *asked, os.devnull])[0] for _ in range(9))
        seconds, _, code, _ = min((run([*command, *asked, folder / "a.log"], limit=60) for _ in range(9)), key=lambda tried: tried[0])
        nanoseconds = max(0, seconds - empty) / len(lines) * 1e9
        told = f"{nanoseconds:.0f} ns/byte" if nanoseconds >= 1 else "below 1 ns/byte"
        yield name, told if code in (0, 1) else f"gives up, exit {code}" if isinstance(code, int) else code


def full_disk(logfix, folder, mib):
    (folder / "a.log").write_bytes(GOOD * 1000)
    for name, command in {"logfix": [logfix], "rg": ["rg", NEEDLE], "grep": ["grep", NEEDLE], "jq": ["jq", "-R", "."]}.items():
        with open("/dev/full", "wb") as full:
            code = run([*command, folder / "a.log"], stdout=full)[2]
        ends = os.pipe()
        os.close(ends[0])
        closed = run([*command, folder / "a.log"], stdout=ends[1])[2]
        os.close(ends[1])
        yield name, f"{code}, {'SIGPIPE' if closed == -13 else closed}"


TESTS = {
    "A line that does not end, {mib} MiB on stdin": endless_line,
    "{bomb} MiB of lines in a gzip file": gzip_bomb,
    "A gzip file that was cut": cut_gzip,
    "A needle among ugly bytes (`tests/ugly_bytes.py`) is shown": ugly,
    "Attacks on the terminal that get out": attacks,
    "A hostile pattern, 4 MiB": hostile_pattern,
    "Exit code with a full disk, with a closed pipe": full_disk,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--mib", type=int, default=256, help="of the endless line (default: 256)")
    args = parser.parse_args()
    logfix, columns = str(pathlib.Path(args.logfix).resolve()), ("logfix", "rg", "grep", "grep -P", "jq")
    print("| test | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for title, test in TESTS.items():
        with tempfile.TemporaryDirectory() as folder:
            row = dict(test(logfix, pathlib.Path(folder), args.mib))
        print("| " + title.format(mib=args.mib, bomb=4 * args.mib) + " | " + " | ".join(row.get(name, "") for name in columns) + " |", flush=True)


if __name__ == "__main__":
    main()
