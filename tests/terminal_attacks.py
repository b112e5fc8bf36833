#!/usr/bin/env python3
"""Escape sequences, control, bidirectional and invisible characters in every field that a log, a file name or
a file of settings has: in no format does one come out, on standard output or standard error."""
import argparse, io, json, os, pathlib, re, sys, tarfile, tempfile, unicodedata

import hostile

ESC = b"\x1b"
OWN_COLORS = re.compile(rb"\x1b\[(?:0|1|2|4|31|33|34|36|1;31|1;4;31)m")
# Shown as nothing, though of no category of format characters.
INVISIBLE = {0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180f, 0x3164, 0xffa0, 0x2065,
             *range(0xfe00, 0xfe10), *range(0xe0000, 0xe1000)}
HARMFUL = {chr(code) for code in range(0x110000) if chr(code) != "\n" and (
    code in INVISIBLE or unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Cs") or code & 0xfffe == 0xfffe)}


def harm_in(output, has_colors=False):
    """The first harmful piece of an output; None if it is clean."""
    if has_colors:
        output = OWN_COLORS.sub(b"", output)
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8: {output[error.start - 30:error.end + 10]!r}"
    harm = HARMFUL.intersection(text)
    at = min(map(text.index, harm)) if harm else 0
    return repr(text[max(0, at - 40):at + 20]) if harm else None


def utf8(*codes):
    return "".join(map(chr, codes)).encode("utf-8", "surrogatepass")


def attacks():
    """Bytes without a line feed."""
    csi = [b"2J", b"1;1H", b"10A", b"3B", b"99C", b"99D", b"K", b"1K", b"2K", b"8m", b"31m", b"0;5m", b"?25l", b"?1049h",
           b"?2004h", b"6n", b"5n", b"c", b">c", b"18t", b"21t", b"20t", b"r", b"3;5r", b"s", b"u", b"4h", b"20h", b"!p",
           b"2 q", b"@", b"L", b"M", b"P", b"X", b"S", b"T", b"Z", b"b", b"d", b"g", b"i", b"5i", b"?5i", b"q", b"38;2;1;2;3m",
           b"38:2::1:2:3m", b"=5u", b">4;2m", b"?996n", b"", b"1", b";;;;;m", b"9" * 300 + b"m", b"31\x18m", b"3\x0a1m".replace(b"\n", b"\r")]
    osc = [b"0;title", b"1;icon", b"2;title", b"4;1;?", b"7;file://h/x", b"8;;http://evil.example/", b"9;note", b"10;?", b"11;?", b"12;red",
           b"52;c;cm0gLXJm", b"52;p;?", b"104", b"133;A", b"777;notify;a;b", b"1337;File=inline=1:AAAA", b"1337;SetMark", b"50;x", b"L;x", b""]
    strings = [b"P1$r0m", b"P+q544e", b"P0;1|17/ab", b"Pq#0;2;0;0;0", b"_Gf=24;AAAA", b"_x", b"^private", b"Xsos"]
    singles = [b"c", b"7", b"8", b"D", b"E", b"H", b"M", b"Z", b"N", b"O", b"=", b">", b"#8", b"#3", b"(B", b"(0", b")0", b"%G", b"%@",
               b" F", b"n", b"o", b"|", b"}", b"~", b"6", b"9", b"\\", b"l", b"k\x1b\\", b"ktitle\x1b\\"]
    out = [ESC + b"[" + x for x in csi] + [b"\x9b" + x for x in csi[:24]] + [b"\xc2\x9b" + x for x in csi[:24]]
    for end in (b"\x07", ESC + b"\\", b"\x9c", b"\xc2\x9c"):
        out += [ESC + b"]" + x + end for x in osc]
    out += [b"\x9d" + x + b"\x9c" for x in osc] + [b"\xc2\x9d" + x + b"\xc2\x9c" for x in osc]
    out += [ESC + x + ESC + b"\\" for x in strings]
    out += [intro + b"x\x9c" for intro in (b"\x90", b"\x98", b"\x9e", b"\x9f", b"\xc2\x90", b"\xc2\x98", b"\xc2\x9e", b"\xc2\x9f")]
    out += [ESC + x for x in singles]
    out += [bytes([c]) for c in range(1, 32) if c != 10] + [b"\0", b"\x7f"]
    out += [bytes([c]) for c in range(0x80, 0xa0)] + [utf8(c) for c in range(0x80, 0xa0)]
    out += [b"real\rfake", b"real\x1b[2K\rfake", b"secret\b\b\b\b\b\bpublic", b"a\x0bb\x0cc", b"\r\r\r", ESC * 40, ESC]
    out += [utf8(c) for c in (0x61c, 0x200e, 0x200f, *range(0x202a, 0x202f), *range(0x2066, 0x206a))]
    out += [utf8(0x202e) + b"gnp.exe" + utf8(0x202c), utf8(0x2067) + b"x" + utf8(0x2069)]
    out += [utf8(c) for c in (0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x2060,
                              0x2061, 0x2062, 0x2063, 0x2064, 0x206a, 0x206f, 0x3164, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0x110bd,
                              0x1bca0, 0x1d173, 0x1d17a, 0x600, 0x6dd, 0x70f, 0x8e2)]
    out += [utf8(c) for c in (0xe0001, 0xe0020, 0xe0041, 0xe007f, 0xe0100, 0xe01ef, 0xfe00, 0xfe0e, 0xfe0f)]
    out += [utf8(*(0xe0000 + ord(c) for c in "ignore all")), utf8(0x1f3f4, 0xe0067, 0xe0062, 0xe007f)]
    out += [utf8(c) for c in (0xd800, 0xdfff, 0xfffe, 0xffff, 0x1ffff, 0xfdd0)] + [utf8(0xd83d, 0xde00)]
    # ESC and what else is longer than it must be, cut short, or beyond Unicode.
    out += [b"\xc0\x9b[2J", b"\xe0\x80\x9b[2J", b"\xf0\x80\x80\x9b[2J", b"\xc1\x9b", b"\xe2\x80", b"\xf0\x9f\x98", b"\xff", b"\xfe\xff",
            b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x80\xae\xe2", b"\xc2", b"\xc2\x1b[2J", b"\xe2\x1b]0;x\x07", b"\xf0\x9f\x1b[2J"]
    # Escapes within what is taken off or decoded.
    out += [b"\x1b[3\x1b[31m1m", b"\x1b[\x1b[0m2J", b"\x1b\x1b[0m[2J", b"\x1b[31m\x1b]0;x\x07\x1b[0m", b"\x1b[0", b"\\u001b[2J", b"\\x1b[2J",
            b"\\033[2J", b"%1b[2J", b"\\\\u001b]0;x\\\\u0007", b"\x1b[31mred", b"\x1b]8;;x\x1b\\l\x1b]8;;\x1b\\"]
    return list(dict.fromkeys(out))


def json_text(attack):
    """As the text of a JSON string: every byte that may not stand there as an escape."""
    text = attack.decode("utf-8", "surrogateescape")
    out = "".join(f"\\u{ord(c):04x}" if ord(c) < 0x20 or c in '"\\' or 0xd800 <= ord(c) < 0xdc00 else c for c in text)
    return out.encode("utf-8", "surrogateescape")


def message(number, attack):
    return hostile.message(number, [b"x%sx" % attack])


def without_feeds(attack):
    return attack.replace(b"\0", b"").replace(b"\n", b"")


# A line by number and attack, each with the attack in another field.
CARRIERS = {
    "message": lambda n, a: b"2026-11-23T02:14:07Z ERROR before %s %s after %s" % (a, message(n, a), a),
    "head": lambda n, a: b"%s ERROR %s" % (a, hostile.message(n, [b"x"])),
    "JSON value": lambda n, a: b'{"level":"error","msg":"%s %s","other":"%s"}' % (json_text(a), json_text(message(n, a)), json_text(a)),
    "JSON key": lambda n, a: b'{"level":"error","%s":"%s","%s":{"%s":1}}' % (json_text(a), json_text(message(n, a)), json_text(a), json_text(a)),
    "raw JSON": lambda n, a: b'{"level":"error","msg":"%s %s"}' % (a, message(n, a)),
    "fields": lambda n, a: b'{"level":"%s error","logger":"%s","service":"%s","container_name":"%s","pod":"%s","time":"%s","exception":"%s"}' % (
        *[json_text(a)] * 6, json_text(message(n, a))),
    "Compose": lambda n, a: b"%sapi-1  | ERROR %s" % (a, message(n, a)),
    "Docker": lambda n, a: b'{"log":"ERROR %s\\n","stream":"stderr","attrs":{"tag":"%s","service":"%s"},"time":"2026-11-23T02:14:07.1Z"}' % (
        json_text(message(n, a)), json_text(a), json_text(a)),
    "service": lambda n, a: b'{"level":"error","service":{"name":"%s"},"kubernetes":{"pod_name":"%s","container_name":"%s"},"log":"%s"}' % (
        *[json_text(a)] * 3, json_text(message(n, a))),
    "syslog": lambda n, a: b"<11>1 2026-11-23T02:14:07Z h%s app%s - - - %s" % (a, a, message(n, a)),
    "journal": lambda n, a: b'{"__REALTIME_TIMESTAMP":"1764000000000000","PRIORITY":"3","_HOSTNAME":"%s","SYSLOG_IDENTIFIER":"%s","MESSAGE":%s}' % (
        json_text(a), json_text(a), json.dumps(list(message(n, a))).encode()),
    "unknown": lambda n, a: b"2026-11-23T02:14:07Z ERROR nobody knows %s %d things" % (a, n),
    "unknown JSON": lambda n, a: b'{"level":"error","msg":"nobody knows %s","service":"%s","%s":"%d"}' % (json_text(a), json_text(a), json_text(a), n),
}


class Suite:
    def __init__(self, logfix, folder):
        self.logfix, self.folder, self.claims = logfix, pathlib.Path(folder), hostile.Claims()

    def clean(self, what, *args, stdin=b"", colors=False):
        """Runs it and holds both of its outputs clean."""
        done = hostile.run(self.logfix, self.folder, *args, stdin=stdin)
        for stream, output in (("stdout", done.stdout), ("stderr", done.stderr)):
            harm = harm_in(output, colors)
            self.claims.hold(harm is None, f"{what}: {stream} is clean", harm)
        return done

    def logs(self, attacks):
        """Every attack in every field of a line, in every format; a run has the lines of some carriers."""
        rules = hostile.write_rules(self.folder, len(attacks))
        for field, carrier in CARRIERS.items():
            log = self.folder / "a.log"
            log.write_bytes(b"\n".join(carrier(n, attack).replace(b"\n", b"") for n, attack in enumerate(attacks)) + b"\n")
            for name, args in hostile.FORMATS.items():
                for color in {"text": ("always", "never"), "brief": ("always",), "full": ("always",)}.get(name, ("never",)):
                    done = self.clean(f"{field} as {name}", "--rules", rules, "--color", color, *args, "a.log", colors=color == "always")
                    if name == "json" and "unknown" not in field:
                        found = len(json.loads(done.stdout)["findings"])
                        self.claims.hold(found > len(attacks) * 0.7, f"{field}: the attacks are found", f"{found} of {len(attacks)}")
        self.clean("live", "--rules", rules, stdin=log.read_bytes())
        for command in ("explain", "backtest"):
            self.clean(command, command, "--rules", rules, "a.log")
        self.clean("rules new", "rules", "new", "--from", "a.log")

    def names(self, attacks):
        """Attacks as names of files, of folders and of members of an archive, there or not."""
        folder = self.folder / "names"
        folder.mkdir()
        line = b"ERROR " + hostile.message(0, [b"x"]) + b"\nERROR nobody knows this\n"
        names = [os.fsdecode(b"n%d" % n + without_feeds(a).replace(b"/", b"_")[:100]) for n, a in enumerate(attacks)]
        archive = tarfile.open(self.folder / "all.tar", "w", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape")
        for name in names:
            (folder / name).write_bytes(line)
            member = tarfile.TarInfo("in/" + name)
            member.size = len(line)
            archive.addfile(member, io.BytesIO(line))
        archive.close()
        rules = self.folder / "rules"
        for format, args in hostile.FORMATS.items():
            self.clean(f"file names as {format}", "--rules", rules, *args, "-r", "names")
            done = self.clean(f"member names as {format}", "--rules", rules, *args, "all.tar")
            if format == "json":
                self.claims.hold(json.loads(done.stdout)["findings"][0]["count"] == len(names), "all members are read", done.stderr[:300])
        absent = [os.path.join("absent", name) for name in names]
        self.clean("absent files", *absent)
        self.clean("absent files to explain", "explain", *absent)
        self.clean("absent rules", *(word for name in absent[:60] for word in ("--rules", name)), "a.log")
        for name in names:
            (folder / name).unlink()
            (folder / name).mkdir()
        self.clean("folders that are no logs", *(os.path.join("names", name) for name in names))

    def options(self, attacks):
        """Attacks as values of options, and in files that options name."""
        values = [os.fsdecode(without_feeds(a)) for a in attacks]
        some = [value for value in values[::19] if value] + values[-12:]
        for value in some:
            for option in ("only", "since", "format", "accepted"):
                self.clean(f"--{option}", f"--{option}={value}", "a.log")
        self.clean("--only and --skip", "--rules", "rules", *(f"--{option}={value}" for option in ("only", "skip") for value in values), "a.log")
        for value in some[:20]:
            self.clean("unknown option", f"--x{value}", "a.log")
            self.clean("rules show", "rules", "show", value)
            self.clean("rules new", "rules", "new", "--from", value + ":3")
            done = hostile.run(self.logfix, self.folder, "a.log", **{"LOGFIX_FAIL_ON": value})
            self.claims.hold(harm_in(done.stderr) is None, "environment: stderr is clean", harm_in(done.stderr))

    def files(self, attacks):
        """Accepted findings, settings and rules that hold attacks."""
        accepted = self.folder / "accepted.yaml"
        good = []
        for n, attack in enumerate(attacks):
            quoted = b'"%s"' % attack.decode("utf-8", "replace").encode("unicode_escape").replace(b'"', b'\\"')
            good.append(b"- rule: attack-%05d\n  reason: %s\n  owner: %s\n  expires: %s\n" % (
                n, quoted, quoted, b"2020-01-01" if n % 2 else b"2099-12-31"))
        log = self.folder / "b.log"
        log.write_bytes(b"".join(b"ERROR %s\n" % hostile.message(n, [b"x"]) for n in range(len(attacks))))
        accepted.write_bytes(b"".join(good))
        for name, args in hostile.FORMATS.items():
            done = self.clean(f"accepted findings as {name}", "--rules", "rules", "--accepted", accepted, *args, "b.log")
            self.claims.hold(done.returncode == 0, "accepted findings are taken", done.stderr[:500])
        for n, attack in enumerate(attacks[::9]):
            quoted = b'"%s"' % attack.decode("utf-8", "replace").encode("unicode_escape").replace(b'"', b'\\"')
            accepted.write_bytes(b"- rule: %s\n  %s: 1\n  reason: r\n  expires: %s\n  owner: %s\n" % (quoted, quoted, quoted, attack))
            self.clean("mistakes in accepted findings", "--accepted", accepted, "b.log")
            settings = self.folder / ".config/logfix"
            settings.mkdir(parents=True, exist_ok=True)
            (settings / "logfix.conf").write_bytes(b"fail-on = %s\n%s = 1\n" % (attack, attack))
            self.clean("mistakes in settings", "b.log")
            (settings / "logfix.conf").unlink()
            bad = self.folder / "bad/database"
            bad.mkdir(parents=True, exist_ok=True)
            (bad / "a.md").write_bytes(b"---\nseverity: %s\nexplains: [%s]\n%s: 1\n---\n# T %s\n\n**Error Message**:\n```\n%s <v:%s>\n```\n\n"
                                       b"**Cause**: {{%s}}\n\n**%s**: x\n" % ((quoted,) * 3 + (attack,) * 5))
            self.clean("mistakes in rules", "rules", "check", "bad")
            self.clean("rules with mistakes", "--rules", "bad", "b.log")
            (bad / "a.md").write_bytes(b"---\nseverity: error\n---\n# T %s\n\n**Error Message**:\n```\nATTACK-00000 <v>%s ~end~\n```\n\n**Cause**: c %s\n\n"
                                       b"**Solution**: s `%s`\n\n**Prevention**: [p](http://%s)\n\n**Seen as**:\n```example\nx\n```\n" % ((attack,) * 5))
            for command in (["rules", "list"], ["rules", "show", "a"], ["book"], ["rules", "test"]):
                self.clean(" ".join(command) + " of rules", *command, "--rules" if command[-1] != "test" else "bad", *(["bad"] if command[-1] != "test" else []))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = os.path.abspath(parser.parse_args().logfix)
    all_attacks = attacks()
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(logfix, folder)
        suite.logs(all_attacks)
        suite.names(all_attacks)
        suite.options(all_attacks)
        suite.files(all_attacks)
        suite.claims.hold(len(all_attacks) >= 300, "there are 300 attacks", str(len(all_attacks)))
    print(f"{len(all_attacks)} attacks")
    return suite.claims.end("outputs")


if __name__ == "__main__":
    sys.exit(main())
