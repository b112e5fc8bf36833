#!/usr/bin/env python3
"""The line that tells how far a long scan is: on a terminal only, after a while, and gone at the end. Exits with 77
where no terminal is to be had."""
import argparse, json, os, pathlib, re, subprocess, sys, tempfile, threading, time

LIMIT = 30  # seconds; far more than is needed, so that a slow machine is no failure
FIRST = 2   # seconds that a scan takes before the line comes
ERROR = b'ERROR:    relation "orders" does not exist\n'
LINE = rb"\d+ MB, \d+ MB/s, \d+ match(?:es)? so far"
CLEAR = rb"\r\x1b\[K"


class Scan:
    """A scan of a named pipe, so that it goes on until end(); its standard error is a terminal or a pipe."""

    def __init__(self, logfix, folder, name, terminal):
        fifo = pathlib.Path(folder, name)
        os.mkfifo(fifo)
        self.told, self.begin = b"", time.monotonic()
        self.read_end, write_end = os.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen([logfix, "--format", "json", fifo], stdout=subprocess.PIPE, stderr=write_end)
        os.close(write_end)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.log = fifo.open("wb", buffering=0)

    def read(self):
        try:
            while piece := os.read(self.read_end, 4096):
                self.told += piece
        except OSError:  # how the terminal of a process that is gone ends
            pass

    def shows(self, pattern):
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.told) and time.monotonic() < end:
            time.sleep(0.02)
        return re.search(pattern, self.told) is not None

    def end(self):
        """The report."""
        self.log.close()
        report, _ = self.process.communicate(timeout=LIMIT)
        self.reader.join()
        os.close(self.read_end)
        return json.loads(report)


def claims(logfix, folder):
    quiet = Scan(logfix, folder, "quiet", terminal=False)
    shown = Scan(logfix, folder, "shown", terminal=True)
    for scan in (quiet, shown):
        scan.log.write(ERROR + ERROR)
    yield "a scan that takes long tells how far it is", shown.shows(rb"0 MB, 0 MB/s, 1 match so far")  # the other may go on
    yield "not at once", time.monotonic() - shown.begin >= FIRST
    told = len(shown.told)
    shown.log.write(b"healthy\n" * 200_000)
    yield "and again as it goes on", shown.shows(rb"2 MB, \d+ MB/s, 2 matches so far") and len(shown.told) > told
    report = shown.end()
    yield "each line stands in the place of the one before, and at the end there is none", re.fullmatch(
        rb"(?:%s%s)+%s" % (CLEAR, LINE, CLEAR), shown.told) is not None
    yield "the report has nothing of it", report["findings"][0]["count"] == 2
    yield "what is no terminal is not told", quiet.end()["findings"][0]["count"] == 2 and quiet.told == b""
    begin = time.monotonic()
    short = Scan(logfix, folder, "short", terminal=True)
    short.log.write(ERROR)
    found = short.end()["findings"][0]["count"]
    yield "a scan that is soon done tells nothing", found == 1 and (short.told == b"" or time.monotonic() - begin >= FIRST)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = os.path.abspath(parser.parse_args().logfix)
    try:
        for end in os.openpty():
            os.close(end)
    except OSError as error:
        print("there is no terminal:", error)
        return 77
    with tempfile.TemporaryDirectory() as folder:
        results = list(claims(logfix, folder))
    for claim, holds in results:
        print("ok  " if holds else "FAIL", claim)
    failed = sum(not holds for _, holds in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
