#!/usr/bin/env python3
"""Rules, settings and files of accepted findings that are made to cost much: each is loaded or refused within
two seconds and 256 MiB, with a mistake that names file and rule; never a crash. A regex whose automaton outgrows
the memory that RE2 gives it still finds what it must: never a silent "no match"."""
import argparse, json, os, pathlib, random, resource, subprocess, sys, tempfile

SECONDS, MIB = 2, 256
RULE = """---
severity: error
{keys}---
# A rule

**Error Message**:
```{kind}
{signature}
```

**Cause**: It is so.

**Solution**: Mend it{fix}.

**Prevention**: None.

**Seen as**:
```example
{example}
```
"""


def rule(signature="it is broken <x>", kind="", keys="", example="it is broken 1", fix=""):
    return RULE.format(signature=signature, kind=kind, keys=keys, example=example, fix=fix)


def regex(signature):
    return {"a.md": rule(signature, "regex")}


def entries(count):
    return "# Book\n\n" + "".join(f"## Entry\n\n**Error Message**: `upstream number {n} is gone`\n\n**Solution**: Mend.\n\n" for n in range(count))


def laughs(levels=30):
    """Each level names the one below nine times."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def flow_laughs(levels=30):
    """The same where no `: ` stands before an anchor."""
    return "applies-to:\n  - &a0 [x, x]\n" + "".join(f"  - &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, levels))


def rule_cases():
    """Name, files below rules/application."""
    for name, signature in {
        "nested repeats": "abcd((((((((a{1,30}){1,30}){1,30}){1,30}){1,30}){1,30}){1,30}){1,30})",
        "nested stars": "abcd((((((a*)*)*)*)*)*)*x", "a thousand of any letter": r"abcd\pL{1000}",
        "a thousand optional letters": r"abcd(?i:\pL{0,1000})\pL{0,1000}", "huge class": "abcd[" + "".join(map(chr, range(0x100, 0x3000))) + "]{1,900}",
        "many classes": "abcd" + r"[^\x00-\x10\pL]" * 5000, "100,000 parentheses": "abcd" + "(" * 100_000 + "a" + ")" * 100_000,
        "100,000 alternatives": "abcd(" + "|".join(f"word{n}" for n in range(100_000)) + ")", "100,000 groups": "abcd" + "(a)?" * 100_000,
        "a long counted dot": "abcd.{1000}.{1000}.{1000}.{1000}.{1000}", "unions of repeats": "abcd(?:" + "|".join(["(?:a?){900}"] * 200) + ")",
        "many atoms": "(?:" + "|".join(f"[a-z]{{2}}{n:03}" for n in range(999)) + ")", "a product of atoms": "[abcdefgh]xyz[abcdefgh]" * 40,
    }.items():
        yield name, regex(signature)
    yield "100,000 captures", {"a.md": rule("it " + " ".join(f"<v{n}>x" for n in range(100_000)))}
    yield "100,000 gaps", {"a.md": rule("it " + "<…>x" * 100_000)}
    yield "100,000 unclosed captures", {"a.md": rule("it is " + "<" * 100_000)}
    yield "a megabyte of one literal", {"a.md": rule("it is " + "x" * 1_000_000)}
    yield "100,000 signatures", {"a.md": rule("it is broken <x>\n```\n```\n" + "".join(f"broken is number {n}\n```\n```\n" for n in range(100_000)) + "last of them")}
    yield "100,000 examples", {"a.md": rule(example="it is broken 1\n```\n" + "```example\nit is broken 2\n```\n" * 100_000 + "```example\nit is broken 3")}
    yield "100,000 placeholders", {"a.md": rule(fix="{{x}} and {{y}}" * 100_000)}
    yield "100,000 rules", {f"{n}.md": rule(f"it is broken number {n} <x>", example=f"it is broken number {n} 1") for n in range(100_000)}
    yield "9,900 rules", {f"{n}.md": rule(f"it is broken number {n} <x>", example=f"it is broken number {n} 1") for n in range(9_900)}
    yield "400 large regexes", {f"{n}.md": rule(f"it is broken {n} [a-z]{{900}}[^0-9]{{900}}", "regex") for n in range(400)}
    yield "400 refused regexes", {f"{n}.md": rule(f"it is broken {n} \\pL{{900}}\\pL{{900}}", "regex") for n in range(400)}
    yield "a runbook of 100,000 entries", {"book.md": entries(100_000)}
    yield "a runbook of 8,000 entries", {"book.md": entries(8_000)}
    yield "100 MB", {"a.md": rule() + "x" * 100_000_000}
    yield "100 MB of lines", {"a.md": rule() + "x\n" * 50_000_000}
    yield "7 MB of line ends", {"a.md": rule().replace("\n", "\r\n") + "\r\n" * 3_500_000}
    yield "7 MB of headings", {"book.md": "# x\n" * 1_750_000}
    yield "7 MB of parts", {"a.md": rule() + "**Cause**: x\n" * 500_000}
    yield "7 MB of unknown parts", {"a.md": rule() + "**Why**: x\n" * 600_000}
    yield "7 MB of comments", {"book.md": entries(2) + "<!-- x --> y\n" * 500_000}
    yield "7 MB of brackets", {"book.md": entries(1) + "[" * 7_000_000}
    yield "7 MB of quotes", {"book.md": entries(1) + ">" * 7_000_000}
    yield "7 MB of backticks", {"book.md": entries(1) + "".join("`" * (n % 300) + " " for n in range(46_000))}
    yield "7 MB of table", {"book.md": entries(1) + "|x" * 3_000 + "|\n" + "|-" * 3_000 + "|\n" + "|\n" * 2_000_000}
    yield "100,000 levels of list", {"book.md": entries(1) + "".join("- " * min(n, 500) + "x\n" for n in range(7_000))}
    yield "YAML 100,000 deep", {"a.md": rule(keys="when: " + "[" * 100_000 + "]" * 100_000 + "\n")}
    yield "YAML maps 100,000 deep", {"a.md": rule(keys="when: " + "{a: " * 100_000 + "}" * 100_000 + "\n")}
    yield "YAML dashes 100,000 deep", {"a.md": rule(keys="explains:\n  " + "- " * 100_000 + "x\n")}
    yield "anchors", {"a.md": rule(keys=laughs())}
    yield "anchors in a list", {"a.md": rule(keys=flow_laughs())}
    yield "anchors that name themselves", {"a.md": rule(keys="applies-to: [&a [*a]]\n")}
    yield "a merge key", {"a.md": rule(keys="x: {<<: {severity: error}}\n")}
    yield "a megabyte of keys", {"a.md": rule(keys="".join(f"k{n}: x\n" for n in range(100_000)))}
    yield "a megabyte of one list", {"a.md": rule(keys="applies-to: [" + "a, " * 400_000 + "b]\n")}
    yield "100,000 vetoes", {"a.md": rule(keys="unless: [" + ", ".join(f"not number {n}" for n in range(100_000)) + "]\n")}
    yield "a circle of explains", {f"r{n}.md": rule(f"it is broken r{n} <x>", keys=f"fallback: true\nexplains: [r{(n + 1) % 2000}]\n", example=f"it is broken r{n} 1") for n in range(2000)}
    yield "all explain all", {f"r{n}.md": rule(f"it is broken r{n} <x>", keys="fallback: true\nexplains: [" + ", ".join(f"r{m}" for m in range(300) if m != n) + "]\n", example=f"it is broken r{n} 1") for n in range(300)}
    yield "NUL and bad UTF-8", {"a.md": rule("it is \0 broken \udcff <x>", example="it is \0 broken \udcff 1")}
    yield "a link to itself", {"a.md": rule(), "b.md": None}


def hungry_cases():
    """Name, signature, one line that it matches; of the same length, one that it does not."""
    noise = "".join(random.Random(1).choices("ab", k=1 << 18))
    tail = "a" + "b" * 18 + "c"
    for name, middle in {"2^19 states": "[ab]*a[ab]{18}c", "2^19 states, and a group for each": "(?:(a)|(b))*a[ab]{18}c",
                         "2^30 states from both ends": "[ab]*a[ab]{18}c|[ab]*b[ab]{30}d"}.items():
        yield name, f"broken(?:{middle})(?P<x>[0-9]+)", f"broken{noise}{tail}1", f"broken{noise}{tail.replace('c', 'e')}1"


def other_cases():
    """Name, arguments, files, what a mistake names."""
    entry = "- rule: postgres-undefined-table\n  reason: known\n  owner: db\n  expires: 2026-12-31\n"
    for name, text in {"100 MB": "x" * 100_000_000, "a megabyte of entries": entry * 11_000, "depth 100,000": "[" * 100_000, "anchors": laughs(),
                       "anchors in a list": "- &a [x, x]\n" + "".join(f"- &a{n} [*a{n - 1 if n else ''}, *a{n - 1 if n else ''}]\n" for n in range(30)),
                       "a long pattern of stars": entry + '  captures: {relation: "' + "*a" * 400_000 + '"}\n', "bad UTF-8": "- \udcff\0\n"}.items():
        yield f"accepted: {name}", ["--accepted", "accepted.yaml"], {"accepted.yaml": text}, "accepted.yaml"
    for name, text in {"100 MB": "#" * 100_000_000, "60 KB of settings": "format=json\n" * 5_000, "a megabyte of settings": "format=json\n" * 80_000, "60 KB of unknown ones": "".join(f"s{n}=x\n" for n in range(7_000)),
                       "a megabyte of one line": "format=" + "x" * 900_000, "no settings": "\0\udcff[[[=\n", "a section": "[x]\nformat=json\n"}.items():
        yield f"settings: {name}", [], {"logfix/logfix.conf": text}, "logfix.conf"
    yield "rules that never end", ["--rules", "/dev/zero"], {}, "/dev/zero"
    yield "accepted findings that never end", ["--accepted", "/dev/zero"], {}, "/dev/zero"


def limited():
    """Sanitizers need address space; the peak is measured anyway."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * 4, SECONDS * 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Run:
    """The program with a measured time and peak."""

    def __init__(self, logfix, folder, *args, **environment):
        with open(pathlib.Path(folder, "stderr"), "wb+") as err, open(pathlib.Path(folder, "stdout"), "wb+") as out:
            process = subprocess.Popen([logfix, *args], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=limited,
                                       env={"HOME": str(folder), "TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin", **environment})
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = 0
            self.seconds, self.mib = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
            self.exit = os.waitstatus_to_exitcode(status)
            err.seek(0)
            self.stderr = err.read(1 << 20).decode(errors="replace")


def write(folder, files):
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (folder / name).symlink_to(name)
        else:
            (folder / name).write_text(text, errors="surrogateescape")


def fault(run, file):
    """What is wrong with a run, or nothing. A mistake names the file."""
    if run.exit not in (0, 2):
        return f"exit {run.exit}"
    if run.exit == 2 and file not in run.stderr.split("error:")[0]:
        return f"the mistake doesn't name {file}"
    if run.seconds > SECONDS:
        return f"{run.seconds:.1f} s"
    if run.mib > MIB:
        return f"{run.mib:.0f} MiB"
    return None


def report(name, wrong, run, is_verbose):
    if wrong or is_verbose:
        print(f"{'FAIL' if wrong else 'ok  '} {name}: {wrong or ''} exit {run.exit}, {run.seconds:.2f} s, {run.mib:.0f} MiB\n     {run.stderr[:160]!r}")


def cases():
    """Name, files, arguments, what a mistake names, how many records are found (None: any)."""
    log = {"a.log": "ERROR it is broken 1\n"}
    for name, files in rule_cases():
        yield name, log | {f"rules/application/{file}": text for file, text in files.items()}, ["--rules", "rules"], "rules/", None
    for name, signature, matching, other in hungry_cases():
        files = {"rules/application/a.md": rule(signature, "regex", example=matching), "a.log": f"{other}\n{matching}\n{other}\n"}
        for path in ([], ["--slow"]):
            yield " ".join([name, *path]), files, ["--format", "json", "--rules", "rules", *path], "rules/", 1
    for name, arguments, files, file in other_cases():
        yield name, log | files, arguments, file, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--only", default="", help="cases whose names hold this")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    logfix, failed, count, worst = str(pathlib.Path(args.logfix).resolve()), 0, 0, [0, 0]
    with tempfile.TemporaryDirectory() as temporary:
        for name, files, arguments, named, records in cases():
            if args.only not in name:
                continue
            folder = pathlib.Path(temporary, f"case{count}")
            write(folder, files)
            run = Run(logfix, folder, *arguments, "a.log", XDG_CONFIG_HOME=str(folder))
            wrong = fault(run, named)
            if not wrong and records is not None:
                found = [finding["count"] for finding in json.loads((folder / "stdout").read_bytes())["findings"]]
                wrong = None if found == [records] else f"found {found}"
            count += 1
            failed += wrong is not None
            report(name, wrong, run, args.verbose)
            worst = [max(worst[0], run.seconds), max(worst[1], run.mib)]
    print(f"hostile rules: {count} cases, {failed} failed; at most {worst[0]:.2f} s and {worst[1]:.0f} MiB")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
