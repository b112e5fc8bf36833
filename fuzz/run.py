#!/usr/bin/env python3
"""Runs the targets of `make fuzz` in turn, two at a time, and prints a table: executions, their speed, what the
corpus grew to, what was found. What is found lies in build/fuzz/findings/<target>-…; the corpus that grew in
build/fuzz/corpus, and is gone on with the next time. Exits with 1 if anything was found."""
import argparse, concurrent.futures, pathlib, re, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "fuzz"
TARGETS = sorted(path.stem for path in HERE.glob("*.cpp") if path.stem not in ("fuzz", "replay"))
SECONDS_PER_INPUT, MIB, LONGEST = 10, 2048, 4096


def run(target, seconds):
    """One row of the table."""
    grown, findings = BUILD / "corpus" / target, BUILD / "findings"
    grown.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    prefix = f"{findings}/{target}-"
    before = set(findings.glob(f"{target}-*"))
    log = BUILD / f"{target}.log"
    with log.open("w") as out:
        subprocess.run([BUILD / "fuzz" / f"fuzz_{target}", f"-max_total_time={seconds}", f"-timeout={SECONDS_PER_INPUT}",
                        f"-rss_limit_mb={MIB}", f"-max_len={LONGEST}", f"-artifact_prefix={prefix}", "-print_final_stats=1",
                        "-close_fd_mask=1", grown, HERE / "corpus" / target], stdout=out, stderr=subprocess.STDOUT, check=False)
    text = log.read_text(errors="replace")
    figure = lambda pattern: (re.findall(pattern, text) or ["?"])[-1]
    return {"target": target, "executions": figure(r"number_of_executed_units: (\d+)"), "exec/s": figure(r"average_exec_per_sec: +(\d+)"),
            "edges": figure(r"cov: (\d+)"), "corpus": figure(r"corp: (\d+)"), "peak MiB": figure(r"peak_rss_mb: +(\d+)"),
            "findings": ", ".join(sorted(path.name for path in set(findings.glob(f"{target}-*")) - before)) or "none"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="of each target (default: 10)")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="targets at a time")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"default: all of {', '.join(TARGETS)}")
    args = parser.parse_args()
    targets = args.targets or TARGETS
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        rows = list(pool.map(lambda target: run(target, round(args.minutes * 60)), targets))
    print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |")
    return any(row["findings"] != "none" or row["executions"] == "?" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
