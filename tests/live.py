#!/usr/bin/env python3
"""Live input: what is found is shown while the input goes on, on standard input and in followed
files, through rename, truncation and absence; SIGINT ends with the summary."""
import argparse, os, pathlib, signal, subprocess, sys, tempfile, threading, time

LIMIT = 20  # seconds; far more than is needed, so that a slow machine is no failure
HEALTHY = b'api-1  | INFO:     192.0.2.7:1 - "GET /healthz HTTP/1.1" 200 OK\n'


def error(table):
    return f'db-1  | ERROR:    relation "{table}" does not exist\n'.encode()


class Run:
    """A running logfix whose output is collected on the side."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.output = b""
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while piece := os.read(self.process.stdout.fileno(), 65536):
            self.output += piece

    def shows(self, text, meanwhile=lambda: None):
        """Whether `text` is printed while `meanwhile` is done again and again."""
        end = time.monotonic() + LIMIT
        while text not in self.output and time.monotonic() < end:
            meanwhile()
            time.sleep(0.02)
        return text in self.output

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        self.process.wait(LIMIT)
        self.reader.join()


def busy_input(logfix):
    run = Run(logfix, stdin=subprocess.PIPE)

    def write(text):
        run.process.stdin.write(text)
        run.process.stdin.flush()

    write(HEALTHY + error("a"))
    yield "a finding is shown while another container goes on writing", run.shows(
        b"postgres-undefined-table", lambda: write(HEALTHY))
    write(b'api-1  | INFO:     192.0.2.7:1 - "GET /orders HTTP/1.1" 500 Internal Server Error\n')
    yield "a symptom of what was shown names it", run.shows(b"explained by postgres-undefined-table")
    yield "and has no fix of its own", run.output.count(b"Cause\n") == 1
    write(b'db-1  | FATAL:  password authentication failed for user "app"\n')
    yield "a finding is shown in a silence", run.shows(b"postgres-invalid-password")
    run.end()
    yield "SIGINT ends with the summary", run.process.returncode == 0 and b" lines, " in run.output
    summary = run.output.split(b"\nIn all\n")[-1]
    yield "which has causes above their symptoms", 0 < summary.find(b"postgres-undefined-table") < summary.find(b"http-access-5xx")


def followed_file(logfix):
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "api.log")
        log.write_bytes(HEALTHY)
        run = Run(logfix, "-f", str(log))
        with log.open("ab") as file:
            file.write(error("a"))
        yield "an appended line is read", run.shows(b"postgres-undefined-table")
        log.rename(log.with_suffix(".1"))
        time.sleep(0.3)
        log.write_bytes(b'db-1  | FATAL:  password authentication failed for user "app"\n')
        yield "the new file of the name is read", run.shows(b"postgres-invalid-password")
        log.write_bytes(b'FATAL:  role "x" does not exist\n')
        yield "a truncated file is read from its begin", run.shows(b"postgres-role-does-not-exist")
        run.end(signal.SIGTERM)
        yield "SIGTERM ends with the summary", b" lines, " in run.output


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = os.path.abspath(parser.parse_args().logfix)
    results = [*busy_input(logfix), *followed_file(logfix)]
    for claim, holds in results:
        print("ok  " if holds else "FAIL", claim)
    failed = sum(not holds for _, holds in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
