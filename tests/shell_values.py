#!/usr/bin/env python3
"""Captured values through sh and bash: the commands of a fix are run with a stub that prints its arguments.
Each value is one argument, as it was in the log, and no option; or it was not put in.

By default 20,000 values; --values asks for more."""
import argparse, json, os, pathlib, random, re, subprocess, sys, tempfile

import hostile

PIECES = ("'", '"', "`", "\\", "\\\\", "\\'", '\\"', "$", "$(x)", "`x`", "${IFS}", "$0", "$$", "$'x'", '$"x"', "$((1))", ";", ";;", "&", "&&", "|", "||", "|&",
          "(", ")", "{", "}", "{a,b}", "[", "]", "[a-z]", "*", "?", "**", "~", "~root", "~+", "!", "!!", "!x", "#", " # ", "%", "^", "=", "a=b", "+", ",", ":", "@",
          "-", "--", "-rf", "--help", " -x", "<", ">", ">>", "<<E", "<<<x", "<(x)", ">(x)", "2>&1", "&>x", " ", "  ", "\t", "a", "b", "x y", "é", "漢", "\u00a0", "\u2028",
          "\u202e", "\x01", "\x7f", "\\n", "\\x27", "\\047", "\\u0027", "%27", "''", '""', "'\\''", "EOF", "then", "do", "done", "fi", "esac", "in", "/", "/etc/passwd", "../..",
          "redacted", "{{v0}}", "<v0>", "if", "time", "A=1", "x\x1b[2J", "１", "＇", "\u2018", "\u02bc")
CAPTURES, RULES = 50, 100
# A capture at %d; every place that a value may stand in.
COMMANDS = ("argv a {{v%d}} b", "argv --at={{v%d}}", "argv x{{v%d}}y", "argv \"q q\" {{v%d}} 'q q'", "argv $(printf x) {{v%d}}", "A={{v%d}} argv b",
            "argv {{v%d}} | cat_", "true && argv {{v%d}}", "argv \\\n     {{v%d}}", "argv {{v%d}} # a comment, isn't it")
# A value here would not be an argument, or its quotes would not quote.
REFUSED = ("argv `printf %%s {{v%d}}`", "argv ${{v%d}}", "{{v%d}} a", "argv a > {{v%d}}", "cat_ <<E\n   {{v%d}}\n   E")
STUB = """exec 3>&1
argv() { printf '%s\\0' "$@" "${A-}" >&3; printf '\\1\\0' >&3; A=; }
cat_() { :; }
"""


def values(rng, count):
    fixed = [a + b for a in PIECES for b in ("", *PIECES)]
    while True:
        if fixed:
            value = fixed.pop()
        else:
            value = "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 9)))
        value = re.sub(r"~(?=\d|end)", "-", value)
        if value.strip():
            yield value
            count -= 1
        if not count:
            return


def arguments(shell, script, folder):
    """The arguments of each call of the stub, in their order."""
    done = subprocess.run(["/bin/" + shell, "-s"], input=(STUB + script).encode(), capture_output=True, cwd=folder, timeout=300, check=False,
                          env={"PATH": "/nonexistent", "HOME": "/root", "LC_ALL": "C.UTF-8"})
    calls = done.stdout.split(b"\1\0")
    return [call.decode("utf-8", "replace").split("\0")[:-1] for call in calls[:-1]], done.stderr.decode()


def commands_of(solution):
    return "\n".join(re.findall(r"^ *```bash\n(.*?)^ *```", solution, re.M | re.S))


def expected(command, word):
    """The arguments of one of COMMANDS with its value, and A of the environment."""
    if command.startswith("A="):
        return ["b", word]
    fixed = {0: ["a", word, "b"], 1: ["--at=" + word], 2: [f"x{word}y"], 3: ["q q", word, "q q"], 4: ["x", word]}
    return fixed.get(COMMANDS.index(command), [word]) + [""]


def check_batch(logfix, folder, rules, batch, claims):
    with pathlib.Path(folder, "a.log").open("w") as log:
        for n in range(RULES):
            of_rule = batch[n * CAPTURES:(n + 1) * CAPTURES]
            log.write(json.dumps({"level": "error", "msg": hostile.message(n, [v.encode() for v in of_rule]).decode()}) + "\n")
    printed = hostile.run(logfix, folder, "--rules", rules, "--no-redact", "--format", "json", "a.log").stdout
    findings = {f["rule"]: f for f in json.loads(printed)["findings"]}
    claims.hold(len(findings) == RULES, "all values are captured", len(findings))
    put_in = 0
    for shell in ("sh", "bash"):
        order, script = sorted(findings), ""
        for rule in order:
            script += commands_of(findings[rule]["fix"]["solution"])
        calls, errors = arguments(shell, script, pathlib.Path(folder, "empty"))
        claims.hold(not errors, f"{shell} is content", errors[:300])
        wanted = len(order) * CAPTURES
        claims.hold(len(calls) == wanted, f"{shell} sees as many commands as there are", f"{len(calls)} of {wanted}")
        for at, call in enumerate(calls[:wanted]):
            rule, capture = order[at // CAPTURES], at % CAPTURES
            value = findings[rule]["variants"][0]["captures"][f"v{capture}"]
            command = COMMANDS[capture % len(COMMANDS)]
            is_value, is_missing = call == expected(command, value), call == expected(command, f"<v{capture}>")
            put_in += is_value
            claims.hold(is_value or is_missing, f"{shell}: {command} has the same arguments", f"{value!r} gives {call}")
            claims.hold(not (is_value and value.startswith("-")), f"{shell}: no option", repr(value))
        left = os.listdir(pathlib.Path(folder, "empty"))
        claims.hold(not left, f"{shell} writes no file", left)
    return put_in


def check_refused(logfix, claims):
    """Where a value could not be one argument, it isn't put in, unless it needs no quotes."""
    with tempfile.TemporaryDirectory() as folder:
        block = "\n".join("   " + command.replace("%d", "0").replace("%%", "%") for command in REFUSED)
        rules = hostile.write_rules(folder, 1, 1, solution=f"1. Run:\n   ```bash\n{block}\n   ```")
        for value in ("a b", "a'b", "$(x)", "`x`", "word"):
            done = hostile.run(logfix, folder, "--rules", rules, "--format", "json", stdin=b"ERROR " + hostile.message(0, [value.encode()]))
            solution = json.loads(done.stdout)["findings"][0]["fix"]["solution"]
            seen = [line for line in commands_of(solution).splitlines() if value in line.replace("printf", "")]
            allowed = 3 if value == "word" else 0  # in backticks, behind a dollar, in the heredoc
            claims.hold(len(seen) == allowed, "no value where it could do harm", f"{value}: {seen}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--values", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261123)
    options = parser.parse_args()
    logfix, claims = os.path.abspath(options.logfix), hostile.Claims()
    all_values = list(values(random.Random(options.seed), options.values))
    put_in, size = 0, RULES * CAPTURES
    with tempfile.TemporaryDirectory() as folder:
        block = "\n".join("   " + COMMANDS[i % len(COMMANDS)] % i for i in range(CAPTURES))
        rules = hostile.write_rules(folder, RULES, CAPTURES, solution=f"1. Run:\n   ```bash\n{block}\n   ```")
        pathlib.Path(folder, "empty").mkdir()
        for begin in range(0, len(all_values), size):
            batch = all_values[begin:begin + size]
            put_in += check_batch(logfix, folder, rules, batch + ["x"] * (size - len(batch)), claims)
    claims.hold(put_in > len(all_values) / 2, "most values are put in", put_in)
    check_refused(logfix, claims)
    print(f"{len(all_values)} values through two shells, {put_in / 2:.0f} of them put in")
    return claims.end("arguments")


if __name__ == "__main__":
    sys.exit(main())
