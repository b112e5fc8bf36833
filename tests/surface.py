#!/usr/bin/env python3
"""What logfix may ask of the system: a scan reads files and writes its report, no more. Each of its system
calls is held to a list, for each format, over plain, compressed and broken logs. And what it does when the
system gives less: little memory, few descriptors, a full disk, a reader that stalls or leaves. And how the
binary is hardened."""
import argparse, json, os, pathlib, re, resource, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).parent.parent
# No socket, no other program, nothing that changes a file; openat() is looked at closely.
ALLOWED = set("""access arch_prctl brk clone clone3 close dup dup3 exit exit_group execve fadvise64 fcntl fstat futex
    getdents64 getrandom gettid getpid ioctl lseek lstat madvise membarrier mmap mprotect mremap munmap newfstatat openat
    pipe2 poll ppoll pread64 prlimit64 read readlink readlinkat readv restart_syscall rseq rt_sigaction rt_sigprocmask
    rt_sigreturn sched_getaffinity sched_yield set_robust_list set_tid_address sigaltstack stat statfs sysinfo tgkill
    uname write writev clock_nanosleep nanosleep""".split())
FORMATS = ["text", "json", "jsonl", "markdown", "html", "sarif", "junit", "github", "prometheus"]
FORMAT_RUNS = [["--format", name] for name in FORMATS] + [["explain"], ["rules", "list"]]
MIB = 1 << 20


class Claims:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def hold(self, is_true, *what):
        self.passed += bool(is_true)
        self.failed += not is_true
        if not is_true:
            print("FAILED:", *what)


def system_calls(trace):
    """(name, the rest of the line) of each call."""
    for line in trace.splitlines():
        if found := re.match(r"(?:\d+ +)?(\w+)\((.*)", line):
            yield found[1], found[2]


def check_calls(logfix, claims, folder):
    import gzip
    logs = sorted(str(path) for path in (ROOT / "samples").glob("*.log"))
    packed = folder / "packed.log.gz"
    packed.write_bytes(gzip.compress(pathlib.Path(logs[0]).read_bytes()))
    broken = folder / "broken.log"
    broken.write_bytes(b'{"log":"\x00\xff{"level":"error"\n' * 50 + os.urandom(5000))
    for arguments in FORMAT_RUNS:
        files = [] if arguments[0] == "rules" else [*logs, str(packed), str(broken), str(folder / "missing.log")]
        trace = folder / "trace"
        done = subprocess.run(["strace", "-f", "-qq", "-o", trace, logfix, *arguments, *files], capture_output=True)
        text = trace.read_text(errors="replace")
        claims.hold(done.returncode in (0, 1, 3), arguments, done.returncode, done.stderr[-300:])
        calls = list(system_calls(text))
        claims.hold(len(calls) > 50, "the trace holds calls", arguments, len(calls))
        for name, rest in calls:
            claims.hold(name in ALLOWED, arguments, "calls", name, rest[:100])
            if name == "openat":
                claims.hold("O_RDONLY" in rest and "O_CREAT" not in rest, arguments, "opens", rest[:150])
        claims.hold(sum(name == "execve" for name, _ in calls) == 1, arguments, "runs a program")


def run(logfix, arguments, log=None, limits=(), **more):
    def limit():
        for kind, most in limits:
            resource.setrlimit(kind, (most, most))
    return subprocess.run([logfix, *arguments], stdin=subprocess.DEVNULL if log is None else log, capture_output=True,
                          preexec_fn=limit, **more)


def check_limits(logfix, claims, folder):
    line = 'ERROR:    password authentication failed for user "app"\n'
    log = folder / "big.log"
    log.write_text(("INFO:     all is well, nothing to see\n" * 999 + line) * 300)
    done = run(logfix, ["--format", "json", str(log)], limits=[(resource.RLIMIT_AS, 256 * MIB)])
    claims.hold(done.returncode == 0 and json.loads(done.stdout)["stats"]["matches"] == 300, "256 MiB of addresses", done)
    done = run(logfix, ["--format", "json", *[str(log)] * 3], limits=[(resource.RLIMIT_NOFILE, 8)])
    claims.hold(done.returncode == 0 and json.loads(done.stdout)["stats"]["matches"] == 900, "8 descriptors", done.stderr)
    for name in FORMATS:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([logfix, "--format", name, str(log)], stdout=full, stderr=subprocess.PIPE)
        claims.hold(done.returncode == 2 and b"No space left" in done.stderr, name, "on a full disk", done)
        reader = subprocess.Popen([logfix, "--format", name, str(log), str(log)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        reader.stdout.close()
        error = reader.stderr.read()
        claims.hold(reader.wait() in (0, 141, -13) and not error, name, "on a closed pipe", reader.returncode, error)


def peak_kib(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def check_stall(logfix, claims, seconds):
    """Nobody reads for a while; memory stays what it was, and nothing is lost."""
    line = b'{"level":"error","msg":"password authentication failed for user \\"u%07d\\""}\n'
    child = subprocess.Popen([logfix, "--format", "jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.set_blocking(child.stdin.fileno(), False)
    written, end, rest = 0, time.monotonic() + seconds, b""
    while time.monotonic() < end:
        rest = rest or b"".join(line % (written + i) for i in range(100))
        try:
            sent = os.write(child.stdin.fileno(), rest)
            rest = rest[sent:]
            written += 100 if not rest else 0
        except BlockingIOError:
            time.sleep(.05)
    stalled = peak_kib(child.pid)
    claims.hold(stalled < 64 * 1024, "stalled: peak of", stalled, "KiB")
    os.set_blocking(child.stdin.fileno(), True)
    if rest:
        import threading
        threading.Thread(target=lambda: (child.stdin.write(rest), child.stdin.close())).start()
        written += 100
    else:
        child.stdin.close()
    out = child.stdout.read()
    claims.hold(child.wait() == 0 and out.count(b"postgres-invalid-password") >= written > 0, "stalled: all lines come", written)


def check_binary(logfix, claims):
    read = lambda *options: subprocess.run(["readelf", "-W", *options, logfix], capture_output=True, text=True).stdout
    claims.hold("Position-Independent" in read("-h") or "DYN" in read("-h"), "position-independent")
    claims.hold("NOW" in read("-d"), "relocations are bound at the start")
    segments = read("-l")
    claims.hold("GNU_RELRO" in segments, "relocations are read-only")
    stack = re.search(r"GNU_STACK.*", segments)[0]
    claims.hold("RWE" not in stack, "the stack runs no code", stack)
    symbols = read("--dyn-syms")
    claims.hold("__stack_chk_fail" in symbols, "stack protector")
    claims.hold(re.search(r"__\w+_chk", symbols.replace("__stack_chk_fail", "")), "fortified calls")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--stall", type=float, default=3, help="seconds that nobody reads")
    options = parser.parse_args()
    logfix, claims = os.path.abspath(options.logfix), Claims()
    with tempfile.TemporaryDirectory() as folder:
        check_calls(logfix, claims, pathlib.Path(folder))
        check_limits(logfix, claims, pathlib.Path(folder))
    check_stall(logfix, claims, options.stall)
    check_binary(logfix, claims)
    print(f"{claims.passed} passed, {claims.failed} failed")
    return 1 if claims.failed else 0


sys.exit(main())
