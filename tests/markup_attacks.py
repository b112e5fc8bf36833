#!/usr/bin/env python3
"""Attacks on what reads a report: Markdown, HTML, XML, Jira's markup and workflow commands, made from a seed.
Real parsers (cmark-gfm, an HTML5 parser) must see a tree of the shape that a harmless log gives: no link,
image, mention, reference, heading or raw HTML comes from a log.

By default 10,000 attacks; --attacks asks for more, --seed for others."""
import argparse, itertools, json, os, pathlib, random, re, string, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

import html5_parser

import hostile

PAYLOADS = """<script>alert(1)</script>|<img src=x onerror=alert(1)>|<svg/onload=alert(1)>|<a href=javascript:x>y</a>|<b>|</p>|<b|<!-- c -->|-->
<?php x ?>|<![CDATA[x]]>|]]>|<!DOCTYPE x>|<details open ontoggle=x>|<iframe srcdoc=x>|<style>*{color:red}</style>|<base href=//evil.example>
<form action=//evil.example><input>|<math><mi//xlink:href="data:x">|<table><tr><td>|</td></tr></table>|<plaintext>|<xmp>|<noscript><p title="</noscript><img src=x>">
[x](http://evil.example)|![x](http://evil.example/p.png)|[x](javascript:x)|[x]: http://evil.example|[x][x]|<http://evil.example>|http://evil.example/x
https://evil.example/(a)|www.evil.example|x@evil.example|mailto:x@evil.example|ftp://evil.example|@octocat|@org/team|#1|GH-1|org/repo#1|org/repo@abcdef1
0123456789abcdef0123456789abcdef01234567|# heading|###### h|> quote|- item|* item|+ item|1. item|1) item|---|***|___|===|```|~~~|    code|**bold**|__b__|_em_|*e*
~~s~~|[^1]|[^1]: foot|- [x] task|:smile:|$x$|$$x$$|\\(x\\)|&lt;b&gt;|&#60;b&#62;|&#x3c;b&#x3e;|&amp;|&nbsp;|&|{% x %}|{{ x }}|{{v0}}|${x}|$(x)|`x`|``x``|```x```|\\`x|x\\|
::error::x|::set-output name=a::b|##vso[task.setvariable]x|##[error]x|##teamcity[x]|%0A::error::x|::stop-commands::x|{noformat}|{code}|{code:java}|{quote}|{html}|{panel}
{color:red}x{color}|[~user]|[x/http://evil.example]|!img.png!|h1. x|bq. x|----|-- x|{toc}|{*}|{{x}}|+x+|^x^|??x??|\\\\|(!)|:)|~x~""".replace("\n", "|").split("|")
BREAKERS = ["", " ", "`", "``", "```", "````", "`````` ", "~~~", '"', "'", "'\"", ">", '">', "'>", "/>", "-->", "]]>", "?>", "</pre>", "</code></pre>", "</mark>",
            "</title>", "</style>", "</script>", "</textarea>", "</svg>", "</section></main>", "|", "||", " | ", "\\", "\\\\", "\\`", "`\\", "]", ")", "](x)", "](x", "[", "(",
            "{{", "}}", "{", "}", "$", "*", "_", "**", "~", "#", "@", "!", "&", ";", ":", "::", "%", "%0A", "%0D", "- ", "1. ", "> ", "\r", "\t", "\u2028", "\u0085", "\u200b",
            "\u202e", "\u00a0", "{noformat}", "{code}", "\x7f", "\x01", "end~", "/", "//", "=", "==", "?", "\ufeff", "Ｘ", "é", "\ud7ff", "\U0001f600"]
CAUSE = "{{v0}} is bad, **{{v0}}** and [{{v0}} here](https://example.com/a), see [there](https://example.com/{{v0}}/b) or https://example.com/{{v0}} now."
SOLUTION = """1. Look at {{v0}}, `{{v0}}` and <https://example.com/{{v0}}>:
   ```bash
   look {{v0}} --at={{v0}}
   ```
   ```sql
   DROP TABLE {{v0}};
   ```
   ```
   {{v0}}
   ```
2. {{v0}}

   {{v0}}
- {{v0}}

| what | how |
|---|---|
| {{v0}} | `{{v0}}` |

> {{v0}}

{{v0}}"""
HARMLESS = "a b"
RULES, CAPTURES = 1000, 8
OWN_URL = re.compile(r"(https://example\.com/)[\w.%{}-]*")


def attacks(seed, count):
    """Each breaker with each payload, then what chance makes of them; none is a plain word."""
    rng = random.Random(seed)
    pieces = [before + payload + after for before, payload, after in itertools.product(BREAKERS[:12], PAYLOADS, ("", BREAKERS[8]))]
    while len(pieces) < count:
        pieces.append("".join(rng.choice(rng.choice((PAYLOADS, BREAKERS))) for _ in range(rng.randrange(1, 7))))
    rng.shuffle(pieces)
    fit = lambda piece: re.sub(r"~(?=\d|end)", "-", piece).replace("\n", "") + ("" if re.search(r"[^\w\s]", piece) else ".")
    return [fit(piece) for piece in pieces[:count]]


def lines(texts):
    """The texts in messages, so many in each, in names of services, and as unknown errors."""
    for n in range(RULES):
        message = hostile.message(n, [text.encode() for text in texts[n::RULES]]).decode()
        yield json.dumps({"time": "2026-11-23T02:14:07Z", "level": "error", "container_name": f"{n % 40:02}{texts[n]}", "msg": message}, ensure_ascii=False)
    for n, text in enumerate(texts[-300:]):
        word = "".join(string.ascii_lowercase[int(digit)] for digit in str(n))  # digits are masked
        yield json.dumps({"time": "2026-11-23T02:14:07Z", "level": "error", "msg": f"{word} is what nobody knows {text}"}, ensure_ascii=False)


def spread(markdown):
    """Each place of a value with the next of the captures."""
    numbers = itertools.count()
    return re.sub(r"\{\{v0\}\}", lambda _: "{{v%d}}" % (next(numbers) % CAPTURES), markdown)


# --- what the parsers see -------------------------------------------------------------------------

def without_numbers(text):
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", text))


def markdown_shape(markdown, is_xml=False):
    """The tree of a text in GitHub's Markdown; text that is no code with its words."""
    command = ["cmark-gfm", "-t", "xml", "--unsafe", *itertools.chain(*(("-e", e) for e in ("table", "autolink", "strikethrough", "tasklist", "footnotes")))]
    tree = xml.fromstring(subprocess.run(command, input=markdown.encode(), capture_output=True, check=True).stdout)
    shape = []

    def walk(node, depth):
        kind = node.tag.split("}")[-1]
        attributes = {k.split("}")[-1]: v for k, v in node.attrib.items() if k.split("}")[-1] not in ("sourcepos", "space")}
        if kind == "code_block":
            attributes = {"info": attributes.get("info", "")}
        if kind == "link" and "example.com" in attributes.get("destination", ""):
            attributes = {"destination": re.match(r"https://example\.com/(?:a$)?", attributes["destination"])[0]}
        if kind in ("code", "code_block"):
            text = ""
        else:
            text = without_numbers(OWN_URL.sub(r"\1", node.text or "")).strip()
        shape.append((depth, kind, tuple(sorted(attributes.items())), text))
        for child in node:
            walk(child, depth + 1)

    walk(tree, 0)
    # A task that looks checked begins with a line of its own.
    is_lead = lambda at: shape[at][3] == "This:" or (at > 0 and shape[at][1] == "softbreak" and shape[at - 1][3] == "This:")
    return merged([node for at, node in enumerate(shape) if not is_lead(at)])


def merged(shape):
    """Texts in a row as one, so that it doesn't matter how a parser cuts them; soft breaks are blanks."""
    out = []
    for depth, kind, attributes, text in shape:
        if kind == "text" and out and out[-1][:2] == (depth, "text"):
            out[-1] = (depth, kind, attributes, out[-1][3] + text)
        else:
            out.append((depth, kind, attributes, text))
    return out


def html_shape(html):
    """The tree of a page: elements with their attributes, in their order."""
    shape = []

    def walk(node, depth):
        if not isinstance(node.tag, str):
            shape.append((depth, "comment or instruction", (), ""))
            return
        attributes = dict(node.attrib)
        if node.tag in ("rect",):
            attributes = {}
        if node.tag == "a" and attributes.get("href", "").startswith("https://example.com/"):
            attributes["href"] = "https://example.com/"
        shape.append((depth, node.tag, tuple(sorted(attributes.items())), node.text if node.tag in ("style", "title") else ""))
        for child in node:
            walk(child, depth + 1)

    walk(html5_parser.parse(html.encode(), namespace_elements=False), 0)
    return shape


def xml_shape(text):
    return [(node.tag, sorted(k for k in node.attrib)) for node in xml.fromstring(text).iter()]


def jira_shape(text):
    """What has a meaning in Jira's markup and is not escaped, line by line; blocks of {noformat} by their marks."""
    shape, is_code = [], False
    for line in text.split("\n"):
        if line == "{noformat}":
            is_code = not is_code
            shape.append(line)
        elif is_code:
            shape.append("{noformat}" in line.lower())
        else:
            bare = re.sub(r"\\[\W_]|&#92;", "", line)
            shape.append("".join(re.findall(r"[{}\[\]*_\-+^~?|!#\\&@]|^h\d\.|^bq\.|https?:", bare)))
    return shape


def commands(text):
    """Lines that a runner of GitHub, Azure or TeamCity takes for a command."""
    found = []
    for line in text.replace("\r", "\n").split("\n"):
        own = re.match(r"^::(error|warning|notice) (?:file=[^,:\r\n]*,line=\d+,)?title=[^,:\r\n]*::(?:[^%\r\n]|%(?:25|0A|0D|3A|2C))*$", line)
        if own:
            found.append(own[1])
        elif re.match(r"\s*::[a-zA-Z-]+( |::)", line) or re.search(r"##\w*\[", line):
            found.append(line)
    return found


# --- the runs -------------------------------------------------------------------------------------

def outputs(logfix, folder, rules, texts):
    pathlib.Path(folder, "a.log").write_text("\n".join(lines(texts)) + "\n", errors="surrogatepass")
    return {name: hostile.run(logfix, folder, "--rules", rules, "--no-redact", *args, "a.log").stdout.decode()
            for name, args in hostile.FORMATS.items() if name not in ("jsonl", "brief", "full", "prometheus")}


def shapes(printed):
    """Each output as its parser sees it."""
    found = {"markdown": markdown_shape(printed["markdown"]), "html": html_shape(printed["html"]), "junit": xml_shape(printed["junit"]),
             "jira": jira_shape(printed["jira"])}
    report = json.loads(printed["json"])
    for part in ("cause", "solution"):
        found[f"json's {part}s"] = markdown_shape("\n\n---\n\n".join(f["fix"][part] for f in report["findings"]))
    sarif = json.loads(printed["sarif"])
    found["sarif's help"] = markdown_shape("\n\n---\n\n".join(rule["help"]["markdown"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]))
    for name, text in printed.items():
        found[f"commands in {name}"] = commands(text)
    return found


def first_difference(harmless, attacked):
    for at, (a, b) in enumerate(itertools.zip_longest(harmless, attacked)):
        if a != b:
            return f"at {at}: {b} instead of {a}; before it {attacked[max(0, at - 4):at]}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--attacks", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261123)
    options = parser.parse_args()
    logfix, size = os.path.abspath(options.logfix), RULES * CAPTURES
    claims = hostile.Claims()
    all_attacks = attacks(options.seed, options.attacks)
    with tempfile.TemporaryDirectory() as folder:
        rules = hostile.write_rules(folder, RULES, CAPTURES, spread(CAUSE), spread(SOLUTION))
        harmless = shapes(outputs(logfix, folder, rules, [HARMLESS] * size))
        claims.hold(len(harmless["commands in github"]) > 10, "there are commands", harmless["commands in github"])
        for begin in range(0, len(all_attacks), size):
            batch = all_attacks[begin:begin + size]
            found = shapes(outputs(logfix, folder, rules, batch + [HARMLESS] * (size - len(batch))))
            for name, shape in found.items():
                claims.checked += len(batch)
                difference = first_difference(harmless[name], shape)
                claims.hold(difference is None, f"{name} has the shape of the harmless one", difference)
    print(f"{len(all_attacks)} attacks, seed {options.seed}")
    return claims.end("attacks times parsers")


if __name__ == "__main__":
    sys.exit(main())
