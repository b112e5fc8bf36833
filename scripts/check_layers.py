#!/usr/bin/env python3
"""Fails if a room of src/ includes what it must not know: the table below, and third-party headers
outside their room."""
import pathlib, re, sys

SRC = pathlib.Path(__file__).parent.parent / "src"
ROOMS = {
    "base": set(), "cli": {"base"}, "source": {"base"}, "envelope": {"base"},
    "record": {"base", "envelope"}, "ruleset": {"base"}, "match": {"base", "record", "ruleset"},
    "findings": {"base", "record", "ruleset", "match"}, "report": {"base", "findings", "ruleset"},
    "sweep": {"base", "source", "envelope", "findings", "ruleset"},
}
PIPELINE = ("", "commands")  # they know all rooms
ONLY_IN = {"simdjson": {"envelope"}, "re2/": {"match"}, "CLI/": {"cli"}, "boost/": {"cli"}, "yaml-cpp": {"ruleset"},
           "archive": {"source"}, "zlib": {"source"}, "md4c": {"ruleset", "report"}, "spdlog": {""},
           "sqlite3": {"sweep"}}
# Where the bytes of log text may be looked at: see base/log_text.h.
UNTRUSTED = {"match", "findings", ""}
UNTRUSTED_FILES = {"base/log_text.h", "report/escape.cpp", "report/fix_text.cpp", "sweep/state.cpp"}

mistakes = []
for path in sorted(SRC.rglob("*")):
    if path.suffix not in (".h", ".cpp"):
        continue
    room = path.parent.name if path.parent != SRC else ""
    if room in PIPELINE:
        room = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        own = re.match(r'#include "(\w+)/', line)
        if room and own and own[1] != room and own[1] not in ROOMS[room]:
            mistakes.append(f"{path}:{number}: {room}/ must not know {own[1]}/")
        for header, homes in ONLY_IN.items():
            if line.startswith(f"#include <{header}") and room not in homes:
                mistakes.append(f"{path}:{number}: <{header}…> belongs to {' and '.join(homes) or 'main'}")
        if ".untrusted()" in line and room not in UNTRUSTED and str(path.relative_to(SRC)) not in UNTRUSTED_FILES:
            mistakes.append(f"{path}:{number}: log text leaves by report/escape.h only")
print("\n".join(mistakes) or "the rooms know only what feeds them")
sys.exit(bool(mistakes))
