#!/usr/bin/env python3
"""Measures logfix against its peers on generated logs, in turn, in one run, and prints ratios.

A ratio is the median of the ratios within a round: both commands then ran within seconds of each
other, so that a shared machine's ups and downs cancel out. The counts are compared as well: rg
counts lines that a pattern matches, logfix occurrences; the slow path must agree with the fast one.
"""
import argparse, datetime, json, os, pathlib, re, statistics, subprocess, sys, time

HERE = pathlib.Path(__file__).parent

SLOW_BYTES = 10 << 20
TYPES = {"int": r"[-+]?[0-9]+", "port": r"[0-9]{1,5}", "rest": r".+"}


def pattern_of(template):
    parts = re.split(r"(<_>|<…>|<\.\.\.>|<[a-z][a-z0-9_]*(?::[a-z]+)?>)", template.replace("\n", " "))
    out = ""
    for part in parts:
        if part == "<_>":
            out += r"\s+"
        elif part in ("<…>", "<...>"):
            out += ".*"
        elif re.fullmatch(r"<[a-z][a-z0-9_]*(:[a-z]+)?>", part):
            out += TYPES.get(part[1:-1].partition(":")[2], r"\S.*?")
        else:
            out += re.escape(part.replace("\\<", "<")).replace(r"\ ", " ")
    return out


def peer_patterns():
    """The signatures of all rules as regular expressions for rg; those that rg refuses
    (over several lines) are left out."""
    found = []
    for path in sorted((HERE.parent / "rules").rglob("*.md")):
        part = re.search(r"\*\*Error Message\*\*:\n(.*?)\n\*\*", path.read_text(), re.S)[1]
        for kind, block in re.findall(r"^```(\w*)\n(.*?)\n```", part, re.M | re.S):
            regex = block if kind == "regex" else pattern_of(block)
            regex = re.sub(r"\(\?P<\w+>", "(?:", regex)
            if subprocess.run(["rg", "-q", "-e", regex], input="", text=True,
                              stderr=subprocess.DEVNULL).returncode == 1:
                found.append(regex)
    return found


def measure(command, stdin=None):
    """Seconds, peak bytes and standard output of one run."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command} failed with {child.returncode}")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024, out


def twin(command, text):
    begin = time.perf_counter()
    out = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=False).stdout
    return time.perf_counter() - begin, out


def count_of(name, out):
    if name.startswith("logfix"):
        return json.loads(out)["stats"]["matches"]
    return int(out.split()[0] or 0) if out.split() else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logfix", default="build/release/logfix")
    parser.add_argument("--size", type=int, default=1000, help="MB per corpus")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shapes", nargs="+", default=["ndjson", "docker", "text"])
    parser.add_argument("--rates", nargs="+", type=float, default=[0, .001, .05])
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/bench"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    patterns = options.work / "patterns.txt"
    patterns.write_text("\n".join(peer_patterns()) + "\n")
    rules = sum(1 for _ in (HERE.parent / "rules").rglob("*.md"))
    lines = [f"logfix against its peers, {datetime.date.today()}",
             f"{rules} rules; {options.size} MB a corpus, seed {options.seed}; {options.rounds} rounds; "
             f"{os.cpu_count()} CPUs", "",
             f"{'corpus':14} {'command':16} {'seconds':>8} {'GB/s':>6} {'× wc -l':>8} {'spread':>13} "
             f"{'peak MB':>8} {'count':>9}"]
    print("\n".join(lines))
    for shape in options.shapes:
        for rate in options.rates:
            path = options.work / f"{shape}-{rate}-{options.size}-{options.seed}.log"
            if not path.exists():
                # In a process of its own: a child's peak memory counts from the parent's.
                subprocess.run([sys.executable, HERE / "corpus.py", path, str(options.size * 1_000_000),
                                str(rate), str(options.seed), shape], check=True)
            size = path.stat().st_size
            scan = [options.logfix, "--format", "json"]
            commands = {"wc -l": ["wc", "-l", str(path)], "logfix": [*scan, str(path)],
                        "rg -c -f": ["rg", "-c", "-f", str(patterns), str(path)]}
            subprocess.run(["cat", path], stdout=subprocess.DEVNULL)  # into the cache
            rounds = {name: [] for name in commands}
            for i in range(options.rounds):
                for name, command in commands.items():
                    if name == "rg -c -f" and i > 0:
                        continue  # far slower than what it is compared with: once will do
                    rounds[name].append(measure(command))
            for name, runs in rounds.items():
                ratios = [run[0] / rounds["wc -l"][i][0] for i, run in enumerate(runs)]
                seconds = statistics.median(run[0] for run in runs)
                lines.append(f"{shape + ' ' + format(rate, '.1%'):14} {name:16} {seconds:8.3f} {size / seconds / 1e9:6.2f} "
                             f"{statistics.median(ratios):8.2f} {min(ratios):6.2f}–{max(ratios):5.2f} "
                             f"{max(run[1] for run in runs) / 1e6:8.1f} {count_of(name, runs[0][2]):9}")
                print(lines[-1], flush=True)
            with open(path, "rb") as log:  # the slow twin is slow: it gets the head
                head = log.read(SLOW_BYTES).rpartition(b"\n")[0] + b"\n"
            fast, slow = (twin(scan + more, head) for more in ([], ["--slow"]))
            lines.append(f"{'':14} {'logfix --slow':16} {slow[0]:8.3f} {len(head) / slow[0] / 1e9:6.2f} "
                         f"(on the first {len(head) >> 20} MB, {slow[0] / fast[0]:.0f} times the fast path's time)")
            if fast[1] != slow[1]:
                lines.append(f"{path.name}: THE FAST PATH AND THE SLOW ONE DIFFER")
            print(*lines[-2 if "DIFFER" in lines[-1] else -1:], sep="\n")
    result = HERE / "runs" / f"{datetime.date.today()}.txt"
    result.parent.mkdir(exist_ok=True)
    result.write_text("\n".join(lines) + "\n")
    print(f"written to {result}")
    return any("DIFFER" in line for line in lines)


sys.exit(main())
