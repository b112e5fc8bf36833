"""Rule sets of any size for the benchmark: the rules of rules/, and made-up ones in their likeness."""
import pathlib, random, re

ROOT = pathlib.Path(__file__).parent.parent
SUBJECTS = ("connection pool", "export queue", "session store", "upload bucket", "token verifier", "geo index",
            "search shard", "mail relay", "rate limiter", "feature flag", "audit stream", "cache node",
            "payment gateway", "schema registry", "tile server", "report worker")
FAULTS = ("could not acquire lease", "rejected the handshake", "dropped its quorum", "exceeded its backlog",
          "returned a stale revision", "lost its leader", "refused to rebalance", "has no healthy replica",
          "failed its checksum", "timed out while draining", "is out of descriptors", "cannot parse the manifest")
TAILS = ("on shard <shard:int>", "for tenant <tenant:word>", "at <host:host>:<port:port>", "in region <region:word>",
         "after <n:int> attempts", "with code <code:int>", "while reading <path:path>")
TYPES = {"int": r"[-+]?[0-9]+", "port": r"[0-9]{1,5}", "rest": r".+", "word": r"[A-Za-z0-9_.-]+",
         "host": r"[A-Za-z0-9_.:-]+", "path": r"[^\s\"'`:,;]+"}
VALUES = {"int": "17", "port": "8443", "word": "blue", "host": "db.example.com", "path": "/srv/data.bin"}


def made_up(number, rng):
    """A rule with one template, whose text no other rule has."""
    template = (f"{rng.choice(SUBJECTS)} {rng.choice(FAULTS)} {rng.choice(TAILS)} "
                f"(E{number:05}{rng.choice('KQXZ')})")
    example = re.sub(r"<\w+:(\w+)>", lambda m: VALUES[m[1]], template)
    return f"""---
severity: error
applies-to: [benchmark]
---
# Benchmark fault {number}

**Error Message**:
```
{template}
```

**Cause**: Made up for the benchmark.

**Solution**:
1. Nothing:
   ```bash
   true
   ```

**Prevention**: None.

**Seen as**:
```example
{example}
```
"""


def make(folder, count, seed):
    """Writes `count` rules below `folder`: as many of rules/ as fit, then made-up ones."""
    rng = random.Random(seed)
    real = sorted((ROOT / "rules").rglob("*.md"), key=lambda path: path.name)
    for old in folder.rglob("*.md"):
        old.unlink()
    for path in real[:count]:
        to = folder / path.relative_to(ROOT / "rules")
        to.parent.mkdir(parents=True, exist_ok=True)
        # What it explains may be left out.
        to.write_text(re.sub(r"^explains: \[[^\]]*\]\n", "", path.read_text(), flags=re.M))
    to = folder / "application"
    to.mkdir(parents=True, exist_ok=True)
    for number in range(len(real), count):
        (to / f"zz-made-up-{number:05}.md").write_text(made_up(number, rng))


def regex_of(template):
    out = ""
    for part in re.split(r"(<_>|<…>|<\.\.\.>|<[a-z][a-z0-9_]*(?::[a-z]+)?>)", template.replace("\n", " ")):
        if part == "<_>":
            out += r"\s+"
        elif part in ("<…>", "<...>"):
            out += ".*"
        elif re.fullmatch(r"<[a-z][a-z0-9_]*(:[a-z]+)?>", part):
            out += TYPES.get(part[1:-1].partition(":")[2], r"\S.*?")
        else:
            out += re.sub(r"([.^$*+?{}\[\]|()\\])", r"\\\1", part.replace("\\<", "<"))
    return out


def signatures(folder):
    """(regex, longest literal or None) of all signatures, for the peers."""
    found = []
    for path in sorted(folder.rglob("*.md"), key=lambda path: path.name):
        part = re.search(r"\*\*Error Message\*\*:\n(.*?)\n\*\*", path.read_text(), re.S)[1]
        for kind, block in re.findall(r"^```(\w*)\n(.*?)\n```", part, re.M | re.S):
            if kind == "regex":
                found.append((re.sub(r"\(\?P<\w+>", "(?:", block), None))
            else:
                literals = re.split(r"<_>|<…>|<\.\.\.>|<[a-z][a-z0-9_]*(?::[a-z]+)?>", block.replace("\n", " "))
                found.append((regex_of(block), max(literals, key=len).replace("\\<", "<")))
    return found
