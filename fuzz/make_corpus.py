#!/usr/bin/env python3
"""Makes the seeds below fuzz/corpus from samples/, the examples of rules/ and a few lines of its own: small
files, the same ones each time. Files named after a fault that they once showed are left alone."""
import bz2, gzip, io, lzma, pathlib, random, re, tarfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LARGEST = 1500


def examples():
    """The example and near-miss blocks of all rules."""
    texts = []
    for path in sorted(ROOT.glob("rules/*/*.md")):
        texts += re.findall(r"```(?:example|near-miss)[^\n]*\n(.*?)\n *```", path.read_text(), re.S)
    return texts


def pieces_of_samples():
    """From each sample, its first lines, and those of its middle."""
    for path in sorted(path for path in ROOT.glob("samples/*") if path.is_file()):
        lines = path.read_bytes().split(b"\n")
        for begin in (0, len(lines) // 2):
            piece = b"\n".join(lines[begin:begin + 6])[:LARGEST]
            if piece:
                yield piece


def write(target, seeds):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("seed-*"):
        old.unlink()
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number:02d}").write_bytes(seed)


def wrapped(text, rng):
    """A text as a runtime has it in its log."""
    lines = text.split("\n")
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") for line in lines]
    return "\n".join(rng.choice((
        lambda: lines,
        lambda: [f"api-1  | {line}" for line in lines],
        lambda: [f"2026-11-23T02:14:07.123456789Z stderr F {line}" for line in lines],
        lambda: [f'{{"log":"{line}\\n","stream":"stderr","time":"2026-11-23T02:14:07.1Z"}}' for line in quoted],
        lambda: [f'{{"level":"error","msg":"{line}"}}' for line in quoted],
    ))()) + "\n"


def tar_of(**files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue().rstrip(b"\0") + bytes(1024)


def main():
    rng = random.Random(20261130)
    texts = examples()
    samples = list(pieces_of_samples())
    pick = lambda count: rng.sample(texts, count)
    log = lambda: "".join(wrapped(text, rng) for text in pick(3)).encode()[:LARGEST]

    write("framing", [b"\x03" + sample for sample in samples[:12]] + [b"\x00" + log() for _ in range(6)] + [b"\xffends in an endless line"])
    plain = b"ERROR a line\nand another\n" * 3
    write("streams", [b"\x00" + data for data in (
        plain, gzip.compress(plain, mtime=0), bz2.compress(plain), lzma.compress(plain), gzip.compress(gzip.compress(plain, mtime=0), mtime=0),
        plain.decode().encode("utf-16"), plain.decode().encode("utf-16-be"), gzip.compress(tar_of(a=plain, b=gzip.compress(plain, mtime=0)), mtime=0),
        b"\xef\xbb\xbf" + plain, gzip.compress(plain, mtime=0)[:-5], gzip.compress(plain, mtime=0) * 2)])
    trace = ('Traceback (most recent call last):\n  File "/app/db.py", line 3, in connect\n'
             'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "app"\n')
    missing = 'psycopg2.errors.UndefinedTable: relation "warehouses" does not exist\nLINE 1: SELECT 1\n'
    write("joins", [b"\x05" + data for data in (
        trace.encode(), (trace + missing).encode(), "".join(wrapped(text, rng) for text in (trace, missing, trace) * 2).encode(),
        b"2026-11-23T02:14:07.1Z stdout P relation \"ware\n2026-11-23T02:14:07.1Z stdout F houses\" does not exist\n",
        b"2026-11-23 10:00:00 UTC [12] ERROR:  relation \"a\" does not exist\n2026-11-23 10:00:00 UTC [12] STATEMENT:  SELECT 1\n\tFROM a\n",
        *(sample for sample in samples[:8]))])
    rules = sorted(ROOT.glob("rules/*/*.md"), key=lambda path: path.stat().st_size)
    small = ROOT / "tests/golden/small-rules"
    own = b"""---
severity: error
ignore-case: true
unless: ["not <this>"]
when: {level: ">=warning", logger: "a.*"}
---
# A rule

**Error Message**:
```
it <v:int> <_> <host:host>:<port:port> \\<x <\xe2\x80\xa6> broke
```
```regex
it (?P<v>\\d+) broke[^\\n]*
```

**Cause**: {{v}}

**Solution**:
```bash
ls {{v|1}}
```

**Prevention**: None.

**Seen as**:
```example v=12
it 12 broke
```
"""
    book = b"# Book\n\n## 1. It is slow\n\n**Error Message**: `upstream timed out (110)` or \"no live upstreams while\"\n\n**Cause**: x\n\n### Fix\n\n```bash\nls <a>\n```\n\n| a | b |\n|---|---|\n| **Issue** | x |\n"
    write("rules", [own, book, *(path.read_bytes() for path in sorted(small.glob("*/*.md"))), *(path.read_bytes() for path in rules[:6]),
                    (ROOT / "TROUBLESHOOTING.md").read_bytes()[:3000]])
    write("templates", [b"\x00" + template.encode() + b"\n====\n" + text.encode() for template, text in (
        ('relation "<relation>" does not exist', 'ERROR: relation "a b" does not exist'),
        ("connect to <host:host>:<port:port>", "connect to [::1]:443, connect to db.x:54a"),
        ("a<…>b<_>c<v:int>", "aaa bb \t\n c-12"), ("x <v:word>.<w:ident>", "x a.b.c x_y"),
        ("open <v:path>: <r:rest>", "open /a/b: no such file\nx"), ("a <x> b <y> c", "a b b c a 1 b 2 c"))])
    words = "\n".join(["password authentication failed", "NOAUTH", "~error", " 500", "exactly fifteen", "~an atom that ignores case", "abc"])
    write("literals", [bytes([n]) + words.encode() + b"\n\n" + text.encode() for n, text in enumerate(
        ("x password authentication failed NOAUTH", "An Atom That Ignores Case ERROR 500", "exactly fifteenabcabc", "abc" * 30))]
        + [b"\x01aaa\naaaa\n~aaaaaaaaaaaaaaaaaa\n\n" + b"a" * 99])
    write("matching", [bytes([number % 16]) + wrapped(text, rng).encode()[:LARGEST] for number, text in enumerate(pick(48))])
    write("redaction", [b"\x00\x09\x00" + text for text in (
        b"connect to postgresql://app:abc12@db:5432/x", b"password=abc next token='a b' {\"secret\": \"x\"}", b"Authorization: Bearer abcdefghijklmnop.qrs",
        b"-----BEGIN PRIVATE KEY-----\nabcd\n-----END PRIVATE KEY-----\n", b"cookie: sid=abcdef123; Path=/", b"Server=db;Password=a b c;Database=x",
        b"GET /?access_token=abc&sig=abc%3D HTTP/1.1", b"eyJhbGciOi.eyJzdWIiOi.c2lnbmF0", b"AUTH \"abc\" login x y app:pw@tcp(db:3306)/o",
        b"{\\\"password\\\":\\\"abc\\\"} [redacted:password] password=[redacted:token]")])
    attacks = (b"<b>x</b>\n[x](http://evil.example)\n![x](y)\n", b"`` ` ``` a\n~~~\n| x |\n", b"\x1b[31mred\x1b]0;t\x07\xc2\x9b\n\xe2\x80\xae\n",
               b"::error::x\n##vso[task]x\n%0A::add-mask::x\n", b"\"'&;$(x)`y`\\\n{{v}}\n", b"www.evil.example @team #1 https://evil.example\n", b"\xff\xfe\x00\n\r\n", b"a b\na\n")
    write("renderers", [bytes([n * 37 % 64]) + attack for n, attack in enumerate(attacks)])
    write("settings", [line + b"\n\n" + variable + b"\n\n" + text for line, variable, text in (
        (b"--format\njson\na.log", b"FAIL_ON=error", b"color=never\n"), (b"rules\ncheck\n--strict\nrules", b"X=1", b"# none\nformat = html\nrules = a\nrules = b\n"),
        (b"explain\na.log\n-j2\n--since=2026-11-23", b"JOBS=0", b"[x]\njobs=many\nbad\n"), (b"--help", b"ZONE=+01:00", b"zone=CET"), (b"book\n--nothing", b"", b"=\n=x\n"))])
    write("accepted", [b"", b"- rule: postgres-undefined-table\n  captures: {relation: \"ware*\"}\n  reason: known\n  owner: db\n  expires: 2026-12-31\n",
                       b"- rule: x\n  nothing: 1\n- 3\n", b"a: b\n", b"- &a [*a]\n", b"[{rule: x, expires: 2026-02-30}]\n"])
    write("times", [b"\x01" + text for text in (
        b"2026-11-23T22:10:04.120Z", b"2026-11-23 22:10:04,120 +0100", b"23/Nov/2026:22:10:04 +0000", b"Nov 23 22:10:04 host app[1]: x", b"Mon Nov 23 22:10:04.120 2026",
        b"1795472000", b"1795472000123456789", b"E1123 23:30:13.548  12 file.go:3] x", b"1:M 23 Nov 2026 10:00:00.123 # x", b"time=2026-11-23T10:00:00Z level=error msg=\"x\"",
        b"192.0.2.7 - - [23/Nov/2026:22:10:04 +0000] \"GET / HTTP/1.1\" 500 1", b"E, [2026-11-23T10:00:00.123456 #12] ERROR -- : x")])
    size = sum(path.stat().st_size for path in (HERE / "corpus").rglob("*") if path.is_file())
    print(f"{size / 1024:.0f} KiB below fuzz/corpus")


main()
