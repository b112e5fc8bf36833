"""What the tests of the border share: rules that capture whatever a log holds, so that a thousand attacks
go through the whole program in one run, and the ways in which it prints."""
import pathlib, subprocess

FORMATS = {
    "text": ["--format", "text"], "brief": ["--brief"], "full": ["--full"], "json": ["--format", "json"],
    "jsonl": ["--format", "jsonl"], "markdown": ["--format", "markdown"],
    "jira": ["--format", "markdown", "--ticket", "jira"], "html": ["--format", "html"],
    "sarif": ["--format", "sarif"], "junit": ["--format", "junit"], "github": ["--format", "github"],
    "prometheus": ["--format", "prometheus"],
}
RULE = """---
severity: {severity}
---
# Attack {number}

**Error Message**:
```
ATTACK-{number:05d}{signature} ~end~
```

**Cause**: {cause}

**Solution**:
{solution}

**Prevention**: None.

**Seen as**:
```example
ATTACK-{number:05d}{example} ~end~
```
"""
SEVERITIES = ("critical", "error", "warning", "info")


def around(values):
    """The values of a line, each behind a mark that none of them holds."""
    return b"".join(b" ~%d~%s" % (i, value) for i, value in enumerate(values))


def message(number, values):
    """What rule `number` matches, its captures v0, v1, … being the values."""
    return b"ATTACK-%05d%s ~end~" % (number, around(values))


def write_rules(folder, count, captures=1, cause="{{v0}} is bad.", solution="1. Look at {{v0}}."):
    """A rule for each number below `count`, with so many captures."""
    rules = pathlib.Path(folder, "rules", "application")
    rules.mkdir(parents=True, exist_ok=True)
    signature = around([b"<v%d>" % i for i in range(captures)]).decode()
    example = around([b"x"] * captures).decode()
    for number in range(count):
        (rules / f"attack-{number:05d}.md").write_text(RULE.format(
            number=number, severity=SEVERITIES[number % 4], signature=signature, cause=cause, solution=solution,
            example=example))
    return rules.parent


def run(logfix, folder, *args, stdin=b"", **environment):
    """stdout and stderr, as bytes."""
    return subprocess.run([logfix, *args], cwd=folder, input=stdin, capture_output=True, timeout=300, check=False,
                          env={"HOME": str(folder), "TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin", **environment})


class Claims:
    """Counts what holds and prints what doesn't, up to a few lines of each claim."""

    def __init__(self):
        self.checked, self.failed = 0, {}

    def hold(self, holds, claim, detail=""):
        self.checked += 1
        if holds:
            return
        self.failed[claim] = self.failed.get(claim, 0) + 1
        if self.failed[claim] <= 5:
            print(f"FAIL {claim}: {detail}")

    def end(self, what):
        print(f"{what}: {self.checked} checked, {sum(self.failed.values())} failed")
        return 1 if self.failed or not self.checked else 0
