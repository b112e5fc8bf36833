#!/usr/bin/env python3
"""Bytes that no log should have, around and in a line with a known error: it is found, or one warning is
counted; the good line behind is found always. Fast and slow say the same."""
import argparse, codecs, json, pathlib, sys, tempfile

import hostile

NEEDLE = 'ERROR: relation "needle%d" does not exist'
GOOD = 'ERROR: relation "good" does not exist'
UGLY = {
    "NUL": b"\0", "many NUL": b"\0" * 5000, "lone FF": b"\xff", "lone FE": b"\xfe", "lone continuation": b"\x80\xbf", "overlong slash": b"\xc0\xaf",
    "overlong NUL": b"\xc0\x80", "surrogate": b"\xed\xa0\x80", "beyond Unicode": b"\xf4\x90\x80\x80", "cut UTF-8": b"\xe6\xbc", "BOM": codecs.BOM_UTF8,
    "CR": b"\r", "CRs": b"\r\r\r", "line separator": "\u2028".encode(), "paragraph separator": "\u2029".encode(), "next line": "\u0085".encode(),
    "vertical tab": b"\v", "form feed": b"\f", "backspace": b"\b\b", "escape": b"\x1b", "colour": b"\x1b[31m", "cut colour": b"\x1b[3", "OSC": b"\x1b]0;x\x07",
    "delete": b"\x7f", "C1": b"\x9b31m", "bidi": "\u202e".encode(), "zero width": "\u200b\u200d".encode(), "emoji": "\U0001f600".encode(),
    "all bytes": bytes(b for b in range(256) if b != 10), "unit separator": b"\x1f", "backslashes": b"\\" * 99, "quotes": b'"' * 99, "braces": b"{" * 99,
    "long": b"x" * 70_000, "tabs": b"\t" * 99, "open angle": b"<" * 99, "percent": b"%s%n%00", "latin 1": "é".encode("latin-1"),
}


def docker(line):
    return json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-11-23T02:14:07.1Z"})


def jsons(number):
    """JSON that is none, or says a thing twice."""
    needle = NEEDLE % number
    text = json.dumps({"level": "error", "msg": needle})
    yield "cut JSON", text[:-2].encode()
    yield "JSON without an end", (text[:-1] + ',"a":').encode()
    yield "JSON 100,000 deep", (text[:-1] + ',"a":' + "[" * 100_000 + "]" * 100_000 + "}").encode()
    yield "JSON 100,000 deep, cut", (text[:-1] + ',"a":' + "{\"a\":" * 100_000).encode()
    yield "JSON deep before the message", ('{"a":' + "[" * 2000 + "]" * 2000 + "," + text[1:]).encode()
    yield "a key twice, the first", ('{"msg":' + json.dumps(needle) + ',"level":"error","msg":"fine"}').encode()
    yield "a key twice, the last", ('{"msg":"fine","level":"error","msg":' + json.dumps(needle) + "}").encode()
    yield "a key a thousand times", ("{" + '"msg":"fine",' * 1000 + '"level":"error","msg":' + json.dumps(needle) + "}").encode()
    yield "a huge number", (text[:-1] + ',"n":' + "9" * 5000 + "}").encode()
    yield "a lone surrogate", (text[:-1] + ',"s":"\\ud800"}').encode()
    yield "NaN", (text[:-1] + ',"n":NaN}').encode()
    yield "single quotes", text.replace('"level"', "'level'").encode()
    yield "two documents", (text + text).encode()
    yield "a document and text", (text + " and more").encode()
    yield "BOM before JSON", codecs.BOM_UTF8 + text.encode()
    yield "raw control bytes in a string", text.replace("relation", "\x01relation").encode()
    yield "all escaped", ('{"level":"error","msg":"' + "".join("\\u%04x" % ord(c) for c in needle) + '"}').encode()
    yield "Docker, cut", docker(needle)[:-20].encode()
    yield "Docker, deep", docker(docker(docker(needle))).encode()
    yield "Docker with NUL", docker(needle).encode().replace(b"ERROR", b"ERROR\\u0000")
    yield "a key of 100 KB", (text[:-1] + ',"' + "k" * 100_000 + '":1}').encode()
    yield "100,000 keys", (text[:-1] + "".join(f',"k{n}":1' for n in range(100_000)) + "}").encode()


def line_cases():
    """Name and line, each with a needle of its own number."""
    number = 0
    for name, ugly in UGLY.items():
        for place, make in {"before": lambda n, u: u + b" " + n, "behind": lambda n, u: n + b" " + u, "in a value": lambda n, u: n.replace(b"ERROR: ", b"ERROR: a" + u + b"b "),
                            "in Docker": lambda n, u: docker("@").encode().replace(b"@", u.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b" " + n.replace(b'"', b'\\"')),
                            "in JSON": lambda n, u: b'{"level":"error","a":"' + u + b'","msg":"' + n.replace(b'"', b'\\"') + b'"}'}.items():
            yield f"{name} {place}", number, make((NEEDLE % number).encode(), ugly)
            number += 1
    for index in range(len(list(jsons(0)))):
        name, line = list(jsons(number))[index]
        yield name, number, line
        number += 1


def file_cases():
    """Whole files: encodings and line ends. A needle, and the good line behind it."""
    text = f"INFO fine\n{NEEDLE % 0}\n{GOOD}\nINFO fine\n"
    for name, codec in {"UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be"}.items():
        bom = codecs.BOM_UTF16_LE if codec.endswith("le") else codecs.BOM_UTF16_BE
        yield f"{name} with a mark", bom + text.encode(codec)
        yield f"{name} without", text.encode(codec)
        yield f"{name}, CRLF", bom + text.replace("\n", "\r\n").encode(codec)
        yield f"{name}, an odd byte at the end", bom + text.encode(codec) + b"x"
    yield "CRLF", text.replace("\n", "\r\n").encode()
    yield "CR alone", text.replace("\n", "\r").encode()
    yield "mixed line ends", text.replace("\n", "\r\n", 2).encode()
    yield "BOM", codecs.BOM_UTF8 + text.encode()
    yield "no line feed at the end", text.rstrip().encode()
    yield "NUL at the begin, as a cut file has", b"\0" * 8192 + text.encode()
    yield "a hole of NUL", text.replace("\n", "\n" + "\0" * 4096 + "\n", 1).encode()
    yield "an endless line before", b"x" * 3_000_000 + b"\n" + text.encode()


def relations(report):
    return {dict(v["captures"]).get("relation") for f in report["findings"] for v in f["variants"]}


def scan(logfix, folder, *args):
    return json.loads(hostile.run(logfix, folder, "--format", "json", *args, "a.log").stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logfix", required=True)
    logfix, claims, count, warned = str(pathlib.Path(parser.parse_args().logfix).resolve()), hostile.Claims(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "a.log")
        whole = [(name, data, 0) for name, data in file_cases()]
        whole += [(name, line + b"\n" + GOOD.encode() + b"\n", number) for name, number, line in line_cases()]
        for name, data, number in whole:
            log.write_bytes(data)
            report = scan(logfix, folder)
            found, stats = relations(report), report["stats"]
            is_found = f"needle{number}" in found
            count, warned = count + 1, warned + (not is_found)
            claims.hold(is_found or stats["malformed"] + stats["truncated"] >= 1, "the needle is found, or a warning counted", f"{name}: {sorted(map(str, found))}, {stats}")
            # Without a line feed it is one line, in which a rule counts once.
            claims.hold("good" in found or name == "CR alone", "the next good line is found", f"{name}: {sorted(map(str, found))}")
            slow = scan(logfix, folder, "--slow", "--only", "postgres-undefined-table") if number % 10 == 0 else None
            if slow:
                claims.hold(relations(slow) == relations(scan(logfix, folder, "--only", "postgres-undefined-table")), "fast and slow say the same", name)
    claims.hold(count >= 200, "there are 200 cases", str(count))
    print(f"{count} cases, {warned} of them found by a warning only")
    return claims.end("ugly bytes")


if __name__ == "__main__":
    sys.exit(main())
