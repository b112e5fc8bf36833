#!/usr/bin/env python3
"""Breaks the code on purpose, one small change at a time, and sees whether the test named for it fails.

tests/mutations.txt lists the changes. Each is made in a copy of the sources (build/mutations), which is built and
tested by its named test; that test must pass on the unbroken copy. Takes some minutes; exits with 1 if a change
was not noticed.

    tests/mutations.py [--jobs N] [PART OF A TITLE…]
"""
import argparse, dataclasses, pathlib, shutil, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutations"
BUILD = COPY / "build" / "release"


@dataclasses.dataclass
class Mutation:
    title: str
    file: str = ""
    before: str = ""
    after: str = ""
    test: str = ""

    def apply(self, text):
        if text.count(self.before) != 1:
            sys.exit(f"{self.title}: {self.file} has this {text.count(self.before)} times:\n{self.before}")
        return text.replace(self.before, self.after)


def read_mutations(text):
    mutations = []
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if line.startswith("#") or not line.strip():
            continue
        if key == "==":
            mutations.append(Mutation(value))
        elif key == "in":
            mutations[-1].file = value
        elif key == "-":
            mutations[-1].before += value + "\n"
        elif key == "+":
            mutations[-1].after += value + "\n"
        elif key == "by":
            mutations[-1].test = value
        else:
            sys.exit(f"mutations.txt: what is this? {line}")
    for mutation in mutations:
        if not (mutation.file and mutation.before and mutation.test):
            sys.exit(f"mutations.txt: {mutation.title}: needs a file, what is there now, and a test")
    return mutations


def target_of(test):
    if test.startswith("unit_"):
        return "test_" + test.removeprefix("unit_")
    if test.startswith("fuzz_replay_"):
        return test.replace("fuzz_replay", "fuzz")
    return "bench_linear" if test == "linear" else "logfix"


def build(jobs, targets):
    return subprocess.run(["cmake", "--build", BUILD, "-j", str(jobs), "--target", *targets], capture_output=True, text=True, check=False)


def passes(test):
    return subprocess.run(["ctest", "--test-dir", BUILD, "-R", f"^{test}$", "--no-tests=error"], capture_output=True, check=False).returncode == 0


def copy_sources():
    """As git knows them; what did not change keeps its time, so that it is not built again."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True).stdout.split(b"\0")[:-1]
    for name in (raw.decode() for raw in names):
        source, target = ROOT / name, COPY / name
        if not source.exists() or (target.exists() and target.read_bytes() == source.read_bytes()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2, help="of the compiler (default: 2)")
    parser.add_argument("titles", nargs="*", help="only these")
    args = parser.parse_args()
    mutations = [m for m in read_mutations((ROOT / "tests" / "mutations.txt").read_text())
                 if not args.titles or any(part in m.title for part in args.titles)]
    copy_sources()
    for mutation in mutations:
        mutation.apply((COPY / mutation.file).read_text())
    subprocess.run(["cmake", "--preset", "release"], cwd=COPY, stdout=subprocess.DEVNULL, check=True)
    tests = sorted({mutation.test for mutation in mutations})
    if (built := build(args.jobs, sorted({"logfix"} | {target_of(test) for test in tests}))).returncode:
        sys.exit(built.stdout[-2000:])
    if failing := [test for test in tests if not passes(test)]:
        sys.exit(f"fails on the unbroken code: {', '.join(failing)}")
    missed = 0
    print("| what was broken | where | noticed by |\n|---|---|---|", flush=True)
    for mutation in mutations:
        path = COPY / mutation.file
        whole = path.read_text()
        path.write_text(mutation.apply(whole))
        built = build(args.jobs, sorted({"logfix", target_of(mutation.test)}))
        noticed = built.returncode == 0 and not passes(mutation.test)
        verdict = f"`{mutation.test}`" if noticed else "NOTHING" if built.returncode == 0 else "THE COMPILER"
        print(f"| {mutation.title} | `{mutation.file}` | {verdict} |", flush=True)
        missed += not noticed
        path.write_text(whole)
        time.sleep(1)  # file times are compared in seconds by some file systems
    print(f"{len(mutations)} mutations, {missed} not noticed", file=sys.stderr)
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
