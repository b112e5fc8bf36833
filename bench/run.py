#!/usr/bin/env python3
"""Measures logfix beside its peers on generated logs, in turn, in one run, and prints ratios.

A ratio is that of two commands of one round: they ran within seconds of each other, so that a shared
machine's ups and downs cancel out. Its median and its spread over the rounds are given. The counts are
compared as well: rg counts lines that a pattern matches, logfix occurrences; the slow path must give
the same report as the fast one on the head of each log.

The rule sets are built into binaries of their own (build/bench/logfix-N), as the default one is.
"""
import argparse, datetime, json, os, pathlib, platform, shutil, statistics, subprocess, sys, time

import rulesets

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
SLOW_BYTES = 1 << 20
JQ_BYTES = 50 << 20
LIMITS = ["--regex-size-limit", "4G", "--dfa-size-limit", "4G"]  # or rg refuses thousands of patterns


def run(command, **more):
    """Seconds of wall and processor time, peak bytes and standard output of one run."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command} failed with {child.returncode}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024, "out": out}


def count_of(out):
    if out[:1] == b"{":
        return json.loads(out)["stats"]["matches"]
    return int(out.split()[0]) if out.split() else 0


class Bench:
    def __init__(self, options):
        self.options = options
        self.lines, self.mistakes, self.built = [], [], set()
        self.work = options.work
        self.work.mkdir(parents=True, exist_ok=True)

    def say(self, line=""):
        self.lines.append(line)
        print(line, flush=True)

    def rules(self, count):
        folder = self.work / f"rules-{count}"
        folder.mkdir(exist_ok=True)
        rulesets.make(folder, count, self.options.seed)
        return folder

    def binary(self, count):
        """A logfix with that many rules built in. All are built in one folder, where only the rules change."""
        folder, build, binary = self.rules(count), self.work / "build", self.work / f"logfix-{count}"
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        if count not in self.built:
            subprocess.run(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                            "-DBUILD_TESTING=OFF", f"-DLOGFIX_RULES={folder.resolve()}"], **quiet)
            subprocess.run(["cmake", "--build", build, "--target", "logfix"], **quiet)
            shutil.copy2(build / "logfix", binary)
            self.built.add(count)
        return str(binary)

    def peers(self, count):
        """Pattern files for rg, ugrep: regexes, and the literals that stand for them."""
        regexes, literals = [], []
        for regex, literal in rulesets.signatures(self.work / f"rules-{count}"):
            probe = ["rg", "-q", "-e", regex]
            is_sure = "(E" in (literal or "")  # a made-up one
            if not is_sure and subprocess.run(probe, input=b"", stderr=subprocess.DEVNULL).returncode == 2:
                continue  # over several lines, or not its syntax
            regexes.append(regex)
            if literal:
                literals.append(literal)
        files = self.work / f"regexes-{count}.txt", self.work / f"literals-{count}.txt"
        for file, patterns in zip(files, (regexes, literals)):
            file.write_text("\n".join(patterns) + "\n")
        return map(str, files)

    def log(self, shape, rate, size, rules):
        path = self.work / f"{shape}-{rate}-{size}-{self.options.seed}.log"
        if not path.exists():
            # In a process of its own: a child's peak memory counts from its parent's.
            subprocess.run([sys.executable, HERE / "corpus.py", path, str(size * 1_000_000), str(rate),
                            str(self.options.seed), shape, rules], check=True)
        with open(path, "rb") as log:
            while log.read(1 << 20):  # into the cache
                pass
        return str(path)

    def compare(self, title, commands, size, rounds, base="wc -l", once=()):
        """Runs all commands in turn and prints their ratios to the first."""
        runs = {name: [] for name in commands}
        for i in range(rounds):
            for name, command in commands.items():
                if i > 0 and name in once:
                    continue  # far slower than what it is compared with
                runs[name].append(run(command))
        for name, results in runs.items():
            ratios = [result["wall"] / runs[base][i]["wall"] for i, result in enumerate(results)]
            wall = statistics.median(result["wall"] for result in results)
            cpu = min(result["cpu"] for result in results)
            self.say(f"{title:16} {name:18} {wall:8.3f} {cpu:8.3f} {size / wall / 1e9:6.2f} {statistics.median(ratios):8.2f} "
                     f"{min(ratios):7.2f}–{max(ratios):7.2f} {max(r['peak'] for r in results) / 1e6:8.1f} "
                     f"{count_of(results[0]['out']):9}")
            title = ""
        return runs

    def head(self):
        self.say(f"{'log':16} {'command':18} {'wall s':>8} {'cpu s':>8} {'GB/s':>6} {'× first':>8} {'spread':>15} "
                 f"{'peak MB':>8} {'count':>9}")

    def check_twin(self, logfix, path):
        """The slow path must say the same of the head of a log."""
        head = self.work / "head.log"
        with open(path, "rb") as log:
            head.write_bytes(log.read(SLOW_BYTES).rpartition(b"\n")[0] + b"\n")
        scan = [logfix, "--format", "json", str(head)]
        fast, slow = run(scan), run([*scan, "--slow"])
        self.say(f"{'':16} logfix --slow on {head.stat().st_size / 1e6:.0f} MB: {slow['wall']:.2f} s, "
                 f"{slow['wall'] / fast['wall']:.0f} times the fast path's time, "
                 f"{'the same report' if fast['out'] == slow['out'] else 'A DIFFERENT REPORT'}")
        if fast["out"] != slow["out"]:
            self.mistakes.append(f"{path}: the fast path and the slow one differ")

    def scan_logs(self, count):
        o = self.options
        logfix, rules = self.binary(count), self.work / f"rules-{count}"
        regexes, literals = self.peers(count)
        self.say(f"\n{count} rules, {o.size} MB a log")
        self.head()
        for shape, rate in o.logs:
            path = self.log(shape, rate, o.size, self.work / f"rules-{count}")
            size = os.path.getsize(path)
            scan = [logfix, "--format", "json", path]
            commands = {"wc -l": ["wc", "-l", path], "logfix -j2": [*scan, "-j2"], "logfix -j1": [*scan, "-j1"]}
            slow = []
            if not o.no_peers:
                commands |= {"rg -c -f": ["rg", *LIMITS, "-c", "-f", regexes, path],
                             "rg -c -F -f": ["rg", "-c", "-F", "-f", literals, path]}
                slow = ["rg -c -f", "rg -c -F -f"]
                if shutil.which("ugrep") and not o.quick:
                    commands["ugrep -c -F -f"] = ["ugrep", "-c", "-F", "-f", literals, path]
                    slow.append("ugrep -c -F -f")
            runs = self.compare(f"{shape} {rate:.1%}", commands, size, o.rounds, once=slow)
            if not o.no_peers:
                rg = runs["rg -c -f"][0]["wall"]
                two, one = (statistics.median(r["wall"] for r in runs[f"logfix -j{j}"]) for j in (2, 1))
                self.say(f"{'':16} rg -c -f takes {rg / two:.1f} × logfix -j2, {rg / one:.1f} × logfix -j1")
            self.check_twin(logfix, path)

    def count_rules(self, counts):
        """Nearly the same time, however many rules there are."""
        o = self.options
        binaries = {f"{count} rules": self.binary(count) for count in counts}
        first = f"{counts[0]} rules"
        self.say(f"\nHow the time depends on the number of rules, logfix -j1, {o.size} MB")
        self.head()
        for shape in ("ndjson", "text"):
            path = self.log(shape, .001, o.size, self.work / "rules-1000")
            self.compare(f"{shape} 0.1%", {name: [b, "--format", "json", "-j1", path] for name, b in binaries.items()},
                         os.path.getsize(path), o.rounds, base=first)

    def standard_input(self, count):
        o = self.options
        path = self.log("ndjson", .001, o.size, self.work / f"rules-{count}")
        logfix = self.binary(count)
        self.say("\nStandard input, through cat")
        self.head()
        # A shell that becomes the last command, so that its peak memory is seen.
        piped = lambda command: ["bash", "-c", f"exec {command} < <(cat {path})"]
        runs = self.compare("ndjson 0.1%", {"wc -l": piped("wc -l"), "logfix": piped(f"{logfix} --format json")},
                            os.path.getsize(path), o.rounds)
        self.say(f"{'':16} peak memory {max(r['peak'] for r in runs['logfix']) / 1e6:.1f} MB")

    def start(self, count):
        """Ten lines: the time is that of the start."""
        path = self.work / "ten.log"
        with open(self.log("ndjson", .001, self.options.size, self.work / f"rules-{count}"), "rb") as log:
            path.write_bytes(b"".join(log.readline() for _ in range(10)))
        regexes = str(self.work / f"regexes-{count}.txt")
        if not pathlib.Path(regexes).exists():
            regexes, _ = self.peers(count)
        self.say(f"\nTen lines, {count} rules: start to finish")
        self.head()
        logfix = self.binary(count)
        self.compare("10 lines", {"logfix": [logfix, "--format", "json", str(path)],
                                  "logfix --rules DIR": [logfix, "--format", "json", "--rules",
                                                         str(self.work / f"rules-{count}"), str(path)],
                                  "rg -c -f": ["rg", *LIMITS, "-c", "-f", str(regexes), str(path)]},
                     path.stat().st_size, max(5, self.options.rounds), base="logfix")

    def jq(self, count):
        if not shutil.which("jq"):
            return
        path = self.work / "jq.log"
        with open(self.log("ndjson", .001, self.options.size, self.work / f"rules-{count}"), "rb") as log:
            path.write_bytes(log.read(JQ_BYTES).rpartition(b"\n")[0] + b"\n")
        self.say("\njq '.event' on the head of the JSON log")
        self.head()
        self.compare("ndjson 0.1%", {"logfix -j1": [self.binary(count), "--format", "json", "-j1", str(path)],
                                     "jq .event": ["bash", "-c", f"jq -r .event {path} | wc -l"]},
                     path.stat().st_size, 1, base="logfix -j1")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small logs, few rounds: whether it works")
    parser.add_argument("--size", type=int, help="MB per log (1000; quick: 60)")
    parser.add_argument("--rounds", type=int, help="(5; quick: 2)")
    parser.add_argument("--rules", type=int, default=1000, help="number of rules of the main part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true", help="wc -l only")
    parser.add_argument("--shapes", nargs="+", help="only these logs")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    options.size = options.size or (60 if options.quick else 1000)
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.logs = [("ndjson", .001), ("docker", .001), ("text", .001), ("mixed", 0)]
    if not options.quick:
        options.logs += [("ndjson", 0), ("text", 0), ("mixed", .001), ("ndjson", .05), ("docker", .05), ("text", .05),
                         ("escaped", .001), ("ndjson", 1)]
    if options.shapes:
        options.logs = [(shape, rate) for shape, rate in options.logs if shape in options.shapes]

    bench = Bench(options)
    begin = time.monotonic()
    bench.say(f"logfix beside its peers, {datetime.date.today()}{', quick' if options.quick else ''}")
    bench.say(f"{options.rounds} rounds, seed {options.seed}; {os.cpu_count()} CPUs, {platform.machine()}, "
              f"Linux {platform.release()}")
    bench.scan_logs(options.rules)
    bench.count_rules([200, 1000] if options.quick else [200, 1000, 10000])
    bench.standard_input(options.rules)
    bench.start(options.rules)
    if not options.no_peers:
        bench.jq(options.rules)
    bench.say(f"\nThe run took {time.monotonic() - begin:.0f} s")
    for mistake in bench.mistakes:
        bench.say(f"MISTAKE: {mistake}")
    if not options.quick and not options.shapes:
        result = HERE / "runs" / f"{datetime.date.today()}.txt"
        result.parent.mkdir(exist_ok=True)
        result.write_text("\n".join(bench.lines) + "\n")
        print(f"written to {result}")
    return 1 if bench.mistakes else 0


sys.exit(main())
