#!/usr/bin/env python3
"""Measures sweeps: the first one over many logs, one in which nothing changed, and one in which ten did.

Prints seconds and the ratio to the first sweep. The sweeps do not wait for logs to settle."""
import argparse, pathlib, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).parent.parent
LINE = b"2026-11-23 22:10:04,120 INFO [app] 192.0.2.7 GET /healthz 200\n"
ERROR = b'2026-11-23 22:10:05,120 ERROR [app] relation "t%d" does not exist\n'


def make(folder, files, lines):
    for number in range(files):
        path = folder / f"d{number // 100}" / f"app-{number % 100}.log"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"2026-11-23 22:10:03,120 INFO [app] %d begins\n" % number + LINE * lines + (ERROR % number if number % 10 == 0 else b""))


def sweep(logfix, state, logs):
    begin = time.perf_counter()
    subprocess.run([logfix, "sweep", "--state", state, "--settle", "0", logs], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", default=ROOT / "build" / "release" / "logfix")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=300, help="of each log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--least", type=float, default=0, help="fail if the first sweep takes less than so many times the one with ten changes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        logs, state = pathlib.Path(folder, "logs"), pathlib.Path(folder, "state")
        logs.mkdir()
        make(logs, options.files, options.lines)
        time.sleep(2.5)  # or the files are too new to be trusted
        first = sweep(options.logfix, state, logs)
        print(f"{options.files} logs, the first sweep: {first:.3f} s")
        still, changed = [], []
        for number in range(options.rounds):
            still.append(sweep(options.logfix, state, logs))
            for log in range(10):
                with open(logs / f"d{log}" / "app-5.log", "ab") as file:
                    file.write(ERROR % number)
            changed.append(sweep(options.logfix, state, logs))
        for name, times in (("nothing changed", still), ("ten changed", changed)):
            middle = sorted(times)[len(times) // 2]
            print(f"{name}: {middle:.3f} s (median of {len(times)}, {min(times):.3f} to {max(times):.3f}), the first took {first / middle:.0f} times as long")
        return 1 if first / sorted(changed)[len(changed) // 2] < options.least else 0


if __name__ == "__main__":
    sys.exit(main())
