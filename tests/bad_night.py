#!/usr/bin/env python3
"""A bad night: twenty faults interleaved in the healthy traffic of seven services, as `docker compose logs -t`
prints it. Every fault is found, with its count, causes stand above their symptoms, and the first screen is
enough to act on: it is kept in bad_night.txt beside this file.

`--log PATH` only writes the log; `--approve` keeps the first screen as it is now."""
import argparse, json, os, pathlib, random, sys, tempfile
from collections import Counter
from datetime import datetime, timedelta

import hostile

BEGIN = datetime(2026, 11, 23, 0, 10)  # until eight in the morning; 21:00:00 in a line becomes its time
SERVICES = ("api", "worker", "db", "redis", "nginx", "collector", "host")
SCREEN = 50  # lines
KEPT = pathlib.Path(__file__).with_suffix(".txt")


def failed_request(error, path="/orders", status="500 Internal Server Error", frames=('  File "/srv/app/api.py", line 31, in orders', "    rows = await load()")):
    """What uvicorn prints of a request that an exception ended."""
    return [("api", [f'INFO:     10.0.3.7:41010 - "GET {path} HTTP/1.1" {status}']),
            ("api", ["ERROR:    Exception in ASGI application", "Traceback (most recent call last):", *frames, error])]


def failed_task(error, name="app.tasks.sync"):
    return [("worker", [f"[2026-11-23 21:00:00,000: ERROR/ForkPoolWorker-2] Task {name}[5f0c1a2b-0000-4000-8000-000000000001] raised unexpected: {error}",
                        "Traceback (most recent call last):", '  File "/srv/app/tasks.py", line 12, in sync', "    run()", error])]


def pg(line):
    return [("db", [f"2026-11-23 21:00:00.000 UTC [77] {line}"])]


def access(status, path="/orders"):
    return [("nginx", [f'10.0.3.7 - - [23/Nov/2026:21:00:00 +0000] "GET {path} HTTP/1.1" {status} 497 "-" "curl/7.88"'])]


def nginx_error(text):
    return [("nginx", [f"2026/11/23 21:00:00 [error] 29#29: *7 {text}, client: 10.0.3.7, server: _, request: \"GET /orders HTTP/1.1\", "
                       'upstream: "http://172.18.0.4:8000/orders", host: "shop.example.com"'])]


# (minute of the night, times, what is printed each time, the rules that each time adds to).
# The first rule named is the fault; it explains those behind it.
FAULTS = (
    (10, 14, pg('FATAL:  password authentication failed for user "app"') +
     failed_request('asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "app"'),
     {"postgres-invalid-password": 2, "http-access-5xx": 1}),
    (35, 6, pg('ERROR:  relation "warehouses" does not exist at character 15') +
     failed_request('sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "warehouses" does not exist', "/warehouses"),
     {"postgres-undefined-table": 2, "http-access-5xx": 1}),
    (60, 9, failed_request("redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.") +
     [("worker", ["[2026-11-23 21:00:00,000: ERROR/MainProcess] consumer: Cannot connect to redis://redis:6379/0: Error 111 connecting to redis:6379. Connection refused.."])],
     {"redis-connection-refused": 1, "celery-broker-connection-refused": 1, "http-access-5xx": 1}),
    (85, 3, [("host", ["kernel: Memory cgroup out of memory: Killed process 8163 (python3) total-vm:85784kB, anon-rss:65280kB, file-rss:5504kB, shmem-rss:0kB, UID:0 pgtables:184kB oom_score_adj:0"]),
             ("api", ["[2026-11-23 21:00:00 +0000] [1] [ERROR] Worker (pid:8163) was sent SIGKILL! Perhaps out of memory?"])] +
     nginx_error("upstream prematurely closed connection while reading response header from upstream") + access(502),
     {"kernel-oom-kill": 1, "gunicorn-worker-sigkill": 1, "nginx-upstream-prematurely-closed": 1, "http-access-5xx": 1}),
    (110, 5, [("host", ["rsyslogd: write error on /var/log/syslog: No space left on device"]),
              ("redis", ["1:M 23 Nov 2026 21:00:00.000 # MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."])],
     {"disk-full": 1, "redis-misconf": 1}),
    (135, 4, failed_task("ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:992)"), {"tls-certificate-expired": 1}),
    (150, 22, [("api", ["2026-11-23 21:00:00,000 WARNING app.auth jwt.exceptions.ExpiredSignatureError: Signature has expired"])] +
     [("api", ['INFO:     10.0.3.7:41010 - "GET /me HTTP/1.1" 401 Unauthorized'])], {"jwt-expired": 1, "http-access-4xx": 1}),
    (170, 7, failed_task("botocore.exceptions.NoCredentialsError: Unable to locate credentials", "app.tasks.export"), {"aws-no-credentials": 1}),
    (190, 5, pg("ERROR:  deadlock detected") + failed_request("asyncpg.exceptions.DeadlockDetectedError: deadlock detected"), {"postgres-deadlock-detected": 2, "http-access-5xx": 1}),
    (210, 11, failed_request("sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00"),
     {"sqlalchemy-queuepool-timeout": 1, "http-access-5xx": 1}),
    (230, 3, failed_request("OSError: [Errno 24] Too many open files: '/srv/app/static/logo.png'", "/logo"), {"too-many-open-files": 1, "http-access-5xx": 1}),
    (250, 16, [("api", ["2026-11-23 21:00:00,000 ERROR opentelemetry.exporter.otlp.proto.grpc.exporter Failed to export traces to collector:4317, error code: StatusCode.UNAVAILABLE"])],
     {"otlp-export-unavailable": 1}),
    (270, 8, nginx_error("upstream timed out (110: Connection timed out) while reading response header from upstream") + access(504), {"nginx-upstream-timeout": 1, "http-access-5xx": 1}),
    (290, 4, failed_task("socket.gaierror: [Errno -2] Name or service not known", "app.tasks.mail"), {"dns-resolution-failed": 1}),
    (310, 2, [("worker", ["[2026-11-23 21:00:00,000: ERROR/MainProcess] Task handler raised error: TimeLimitExceeded(300)"])], {"celery-time-limit-exceeded": 1}),
    (330, 6, pg('ERROR:  duplicate key value violates unique constraint "users_email_key"') +
     failed_request('asyncpg.exceptions.UniqueViolationError: duplicate key value violates unique constraint "users_email_key"', "/users"),
     {"postgres-unique-violation": 2, "http-access-5xx": 1}),
    (350, 2, [("worker", ["Traceback (most recent call last):", '  File "/srv/app/worker.py", line 3, in <module>', "    import pandas", "ModuleNotFoundError: No module named 'pandas'"])],
     {"python-module-not-found": 1}),
    (370, 5, failed_request("redis.exceptions.OutOfMemoryError: OOM command not allowed when used memory > 'maxmemory'."), {"redis-oom": 1, "http-access-5xx": 1}),
    (390, 4, [("host", ['dockerd: time="2026-11-23T21:00:00Z" level=warning msg="Health check for container 0123456789ab error: context deadline exceeded"'])], {"container-unhealthy": 1}),
    (410, 3, [("collector", ['{"level":"error","ts":"2026-11-23T21:00:00Z","caller":"exporterhelper/queue_sender.go:128","msg":"Exporting failed. Dropping data.","error":"sending queue is full","dropped_items":512}'])],
     {"otel-collector-queue-full": 1}),
)


def healthy(rng):
    number = rng.randrange(1, 10**6)
    hexes = f"{rng.getrandbits(128):032x}"
    return rng.choice((
        ("api", f'INFO:     10.0.{number % 250}.7:{number % 60000 + 1024} - "GET /orders/{number} HTTP/1.1" 200 OK'),
        ("api", f'{{"level":"info","logger":"app.orders","message":"order {number} stored","trace_id":"{hexes}"}}'),
        ("worker", f"[2026-11-23 21:00:00,000: INFO/ForkPoolWorker-1] Task app.tasks.sync[{hexes[:8]}-{hexes[8:12]}-4{hexes[13:16]}-a{hexes[17:20]}-{hexes[20:]}] succeeded in 0.{number}s: None"),
        ("db", f"2026-11-23 21:00:00.000 UTC [{number % 900}] LOG:  checkpoint complete: wrote {number % 9000} buffers (0.4%); 0 WAL file(s) added, 0 removed, 1 recycled"),
        ("redis", f"1:M 23 Nov 2026 21:00:00.000 * Background saving started by pid {number % 9000}"),
        ("nginx", f'10.0.3.{number % 250} - - [23/Nov/2026:21:00:00 +0000] "GET /static/{hexes[:8]}.js HTTP/1.1" 200 {number} "-" "Mozilla/5.0"'),
        ("collector", f'{{"level":"info","ts":"2026-11-23T21:00:00Z","msg":"Traces","resource spans":1,"spans":{number % 500}}}'),
        ("host", f"dockerd: time=\"2026-11-23T21:00:00Z\" level=info msg=\"ignoring event\" container={hexes}{hexes} module=libcontainerd"),
    ))


def night(seed, quiet_lines):
    """The log, and how often each rule occurs."""
    rng = random.Random(seed)
    lines, expected = [], Counter()  # (time, service, line)
    for minute, times, prints, rules in FAULTS:
        for n in range(times):
            at = BEGIN + timedelta(minutes=minute, seconds=n * 20 + rng.random() * 5)
            for service, text in prints:
                for line in text:
                    at += timedelta(milliseconds=rng.randrange(1, 4))
                    lines.append((at, service, line))
            expected.update(rules)
    for _ in range(quiet_lines):
        lines.append((BEGIN + timedelta(seconds=rng.random() * 8 * 3600), *healthy(rng)))
    lines.sort(key=lambda line: line[0])
    width = max(map(len, SERVICES)) + 2
    return "".join(f"{service + '-1':<{width}} | {at.isoformat(timespec='microseconds')}Z {line.replace('21:00:00', at.strftime('%H:%M:%S'))}\n" for at, service, line in lines), expected


def check(report, expected, claims):
    findings = {f["rule"]: f for f in report["findings"]}
    order = [f["rule"] for f in report["findings"]]
    for rule, count in expected.items():
        found = findings.get(rule, {}).get("count", 0)
        claims.hold(found == count, "each rule has its count", f"{rule}: {found}, not {count}")
    claims.hold(set(findings) == set(expected), "nothing else is found", sorted(set(findings) - set(expected)))
    claims.hold(not report["unknowns"], "nothing is unknown", [u["template"] for u in report["unknowns"]])
    for _, _, _, rules in FAULTS:
        fault, *symptoms = rules
        claims.hold(findings[fault]["explained_by"] is None, "each fault is a root cause", f"{fault}: {findings[fault]['explained_by']}")
        for symptom in symptoms:
            causes = [id for id in order if symptom in findings[id]["explains"]]
            claims.hold(fault in causes or any(symptom in findings[other]["explains"] for other in findings[fault]["explains"]),
                        "each fault explains its symptoms", f"{fault}: {symptom} is explained by {causes}")
            claims.hold(findings[symptom]["explained_by"] is not None, "each symptom is explained", symptom)
            claims.hold(order.index(symptom) > order.index(findings[symptom]["explained_by"] or symptom), "causes are above their symptoms", symptom)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix")
    parser.add_argument("--log", help="write the log there, and end")
    parser.add_argument("--approve", action="store_true")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--lines", type=int, default=40_000, help="of healthy traffic")
    options = parser.parse_args()
    log, expected = night(options.seed, options.lines)
    if options.log:
        pathlib.Path(options.log).write_text(log)
        return 0
    logfix, claims = os.path.abspath(options.logfix), hostile.Claims()
    claims.hold(len(FAULTS) == 20 and len(SERVICES) == 7, "twenty faults, seven services")
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "night.log").write_text(log)
        report = json.loads(hostile.run(logfix, folder, "--format", "json", "night.log").stdout)
        check(report, expected, claims)
        # A failed request at noon, which none of the faults explains: it is not hidden below one of them.
        stray = "api-1       | 2026-11-23T12:00:00.000000Z INFO:     10.0.3.7:41010 - \"GET /orders HTTP/1.1\" 500 Internal Server Error\n"
        pathlib.Path(folder, "stray.log").write_text(log + stray)
        report = json.loads(hostile.run(logfix, folder, "--format", "json", "stray.log").stdout)
        requests = next(f for f in report["findings"] if f["rule"] == "http-access-5xx")
        claims.hold(requests["explained_by"] is None and requests["explained_count"] == requests["count"] - 1 and requests["partly_explained_by"],
                    "what is not explained is not hidden", {k: requests[k] for k in ("count", "explained_by", "explained_count", "partly_explained_by")})
        screen = hostile.run(logfix, folder, "night.log", COLUMNS="140").stdout.decode().splitlines()[:SCREEN]
    first = "\n".join(screen) + "\n"
    for _, _, _, rules in FAULTS:
        claims.hold(next(iter(rules)) in first, "the first screen names each fault", next(iter(rules)))
    if options.approve:
        KEPT.write_text(first)
    claims.hold(first == KEPT.read_text(), "the first screen is as it was", f"see {KEPT}, or --approve")
    return claims.end("claims")


if __name__ == "__main__":
    sys.exit(main())
