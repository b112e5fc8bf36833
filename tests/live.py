#!/usr/bin/env python3
"""Live input: what is found is shown while the input goes on, on standard input and in followed
files, through rename, truncation and absence; SIGINT and SIGTERM end with the summary."""
import argparse, os, pathlib, signal, subprocess, sys, tempfile, threading, time

LIMIT = 20  # seconds; far more than is needed, so that a slow machine is no failure
HEALTHY = b'api-1  | INFO:     192.0.2.7:1 - "GET /healthz HTTP/1.1" 200 OK\n'


def error(table):
    return f'db-1  | ERROR:    relation "{table}" does not exist\n'.encode()


class Run:
    """A running logfix whose output is collected on the side."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.output = self.error = b""
        self.readers = [threading.Thread(target=self.read, args=which) for which in
                        (("output", self.process.stdout), ("error", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def read(self, name, pipe):
        while piece := os.read(pipe.fileno(), 65536):
            setattr(self, name, getattr(self, name) + piece)

    def shows(self, text, meanwhile=lambda: None):
        """Whether `text` is printed while `meanwhile` is done again and again."""
        end = time.monotonic() + LIMIT
        while text not in self.output and time.monotonic() < end:
            meanwhile()
            time.sleep(0.02)
        return text in self.output

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        self.wait()

    def wait(self):
        try:
            self.process.wait(LIMIT)
        finally:
            self.process.kill()
            for reader in self.readers:
                reader.join()


def append(path, text):
    with path.open("ab") as file:
        file.write(text)


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
        log, absent = pathlib.Path(folder, "api.log"), pathlib.Path(folder, "web.log")
        log.write_bytes(HEALTHY)
        run = Run(logfix, "--follow", "--fail-on", "error", str(log), str(absent))
        append(log, error("a"))
        yield "an appended line is read", run.shows(b"postgres-undefined-table")
        old, new = log.with_suffix(".old"), log.with_suffix(".new")
        new.write_bytes(b' up\ndb-1  | FATAL:  password authentication failed for user "app"\n')
        log.rename(old)
        append(old, b"ERROR:    function last_words(integer) does not exist\nFATAL:  the database system is starting")
        new.rename(log)
        yield "the new file of the name is read", run.shows(b"postgres-invalid-password")
        yield "after the last that was written to the old one", run.shows(b"last_words")
        log.write_bytes(b'FATAL:  role "x" does not exist\n')
        yield "a truncated file is read from its begin", run.shows(b"postgres-role-does-not-exist")
        absent.write_bytes(b'FATAL:  database "shop" does not exist\n')
        yield "a file that was not there is read once it is", run.shows(b"postgres-invalid-catalog-name")
        for number in range(2, 11):
            append(absent, b'FATAL:  database "shop%d" does not exist\n' % number)
        yield "what comes again is counted, not told again", run.shows(
            b"10 \xc3\x97 postgres-invalid-catalog-name so far") and run.output.count(b"postgres-invalid-catalog-name  ") == 1
        run.end(signal.SIGTERM)
        yield "SIGTERM ends with the summary", b"\nIn all\n" in run.output and b" lines, " in run.output
        yield "and the exit code of --fail-on", run.process.returncode == 1
        yield "half a line does not go on in another file", b"starting up" not in run.output
        yield "nothing went wrong", run.error == b""


def never_there(logfix):
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "api.log")
        log.write_bytes(error("a"))
        run = Run(logfix, "--follow", f"{folder}/never.log", str(log))
        yield "a file that is not there keeps no other waiting", run.shows(b"postgres-undefined-table")
        yield "and is waited for", run.process.poll() is None
        run.end(signal.SIGINT)
        yield "SIGINT ends that", run.process.returncode == 0 and b"1 lines, " in run.output
    with tempfile.TemporaryDirectory() as folder:
        run = Run(logfix, "--follow", folder)
        run.wait()
        yield "a folder can't be followed, and it says so", run.process.returncode == 3 and b"is a directory" in run.error


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    logfix = os.path.abspath(parser.parse_args().logfix)
    results = [*busy_input(logfix), *followed_file(logfix), *never_there(logfix)]
    for claim, holds in results:
        print("ok  " if holds else "FAIL", claim)
    failed = sum(not holds for _, holds in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
