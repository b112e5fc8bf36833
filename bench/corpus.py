"""Makes the corpora of the benchmark: logs that look like a busy service, with known errors planted
in them. The same seed gives the same bytes."""
import json, pathlib, random, re, sys

ROOT = pathlib.Path(__file__).parent.parent
DISTINCT = 48 << 20  # bytes of distinct lines; a larger corpus repeats them

PLANTED_RULES = 50   # so that the matches are the same whatever the number of rules

PATHS = ["/users", "/users/{n}", "/orders", "/orders/{n}/items", "/healthz", "/metrics", "/search",
         "/uploads/{n}.png", "/auth/callback", "/sites/near"]
SQL = ['SELECT "users"."id", "users"."email" FROM "users" WHERE "users"."id" = {n}',
       'UPDATE "orders" SET "state" = \'paid\' WHERE "id" = {n}',
       "INSERT INTO audit (actor, verb) VALUES ({n}, 'login') RETURNING id"]
EVENTS = ["request_finished", "request_started", "cache_lookup", "query_finished", "task_received",
          "task_succeeded", "token_verified", "upload_stored", "email_queued"]
TASKS = ["tasks.resize_image", "tasks.send_email", "billing.tasks.charge"]
WORDS = ("connection pool size user password checked relation table column loaded export batch sent "
         "queue length worker ready host port timeout set signal handled retry not needed").split()


def blocks(kind, rules):
    """The one-line example or near-miss blocks of the first rules, in the order of their names."""
    found = []
    for path in sorted(rules.rglob("*.md"), key=lambda p: p.name)[:PLANTED_RULES]:
        for block in re.findall(rf"^```{kind}[^\n]*\n(.*?)^```", path.read_text(), re.M | re.S):
            if block.count("\n") == 1 and not block.startswith(("{", " ")):
                found.append(block.rstrip("\n"))
    return found


def clock(rng, state=[0]):
    state[0] += rng.randrange(40)
    ms = state[0]
    return f"2026-11-23T{ms // 3600000 % 24:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}Z"


def healthy_json(rng):
    n = rng.randrange(1, 10**6)
    line = {"timestamp": clock(rng), "level": rng.choice(["info", "info", "info", "debug", "warning"]),
            "event": rng.choice(EVENTS), "logger": rng.choice(["app.api", "app.db", "celery.worker"]),
            "request_id": f"{rng.getrandbits(128):032x}", "path": rng.choice(PATHS).format(n=n),
            "status": rng.choice([200, 200, 201, 204, 304, 404]), "duration_ms": n / 1000,
            "detail": " ".join(rng.choices(WORDS, k=rng.randrange(4, 16)))}
    if rng.random() < .3:
        line["sql"] = rng.choice(SQL).format(n=n)
    if rng.random() < .02:
        line["user"] = "Zoë Ñandú \x1b[32mok\x1b[0m"
    return json.dumps(line)


def planted_json(rng, text):
    return json.dumps({"timestamp": clock(rng), "level": "error", "event": text, "logger": "app.db",
                       "request_id": f"{rng.getrandbits(128):032x}"})


def healthy_text(rng):
    n = rng.randrange(1, 10**6)
    kind = rng.random()
    if kind < .7:
        return (f'INFO:     10.0.{n % 256}.{n % 250}:{n % 65536} - "GET {rng.choice(PATHS).format(n=n)} '
                f'HTTP/1.1" {rng.choice([200, 200, 201, 204, 304])}')
    if kind < .9:
        return (f"[{clock(rng)[:-1].replace('T', ' ').replace('.', ',')}: INFO/ForkPoolWorker-{n % 8}] Task "
                f"{rng.choice(TASKS)}[{rng.getrandbits(128):032x}] succeeded in {n / 10**6}s: None")
    return (f"{clock(rng)[:-1].replace('T', ' ')} INFO sqlalchemy.engine.Engine "
            f"{rng.choice(SQL).format(n=n)}")


def healthy_mixed(rng):
    """What the other containers of such a service print, as Kubernetes keeps it."""
    n = rng.randrange(1, 10**6)
    now = clock(rng)
    stamp, day = now[:-1].replace("T", " "), now[8:10]
    line = rng.choice([
        f'10.0.{n % 256}.{n % 250} - - [{day}/Nov/2026:{now[11:19]} +0000] "GET {rng.choice(PATHS).format(n=n)} '
        f'HTTP/1.1" {rng.choice([200, 200, 206, 304])} {n} "https://example.com/" "Mozilla/5.0 (X11; Linux x86_64)"',
        f"{stamp} UTC [{n % 900 + 20}] LOG:  checkpoint complete: wrote {n % 9000} buffers (0.4%); 0 WAL file(s) "
        f"added, 0 removed, 1 recycled; write={n / 1000} s, sync=0.004 s, total={n / 990:.3f} s",
        f"{stamp} UTC [{n % 900 + 20}] LOG:  duration: {n / 1000} ms  statement: {rng.choice(SQL).format(n=n)}",
        f"1:M {day} Nov 2026 {now[11:19]}.{n % 1000:03} * Background saving terminated with success",
        f'ts={now} caller=compact.go:{n % 900} level=info component=tsdb msg="write block" mint={n} maxt={n * 2} '
        f"duration={n / 1000}ms",
        f'level=info ts={now} caller=metrics.go:{n % 300} component=querier org_id=fake latency=fast query="{{app=\\"api\\"}}" '
        f"status=200 throughput={n % 90}MB",
        f"I1123 {now[11:19]}.{n:06}       1 reflector.go:{n % 900}] Listing and watching *v1.Service from informers",
        f"{now}\tinfo\tTracesExporter\t{{\"kind\": \"exporter\", \"name\": \"debug\", \"resource spans\": {n % 9}}}",
        f"[{stamp.replace('.', ',')}: INFO/MainProcess] Task {rng.choice(TASKS)}[{rng.getrandbits(64):016x}] received",
        f'INFO:     10.0.0.{n % 250}:{n % 65536} - "POST {rng.choice(PATHS).format(n=n)} HTTP/1.1" 201 Created',
        healthy_json(rng)])
    return f"{now[:-1]}456789Z {rng.choice(['stdout', 'stderr'])} F {line}"


def planted_mixed(rng, text):
    return f"{clock(rng)[:-1]}456789Z stderr F ERROR:    {text}"


def planted_text(rng, text):
    if rng.random() < .5:
        return f"{clock(rng)[:-1].replace('T', ' ')} ERROR [app.db] {text}"
    return ("ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n" +
            "".join(f'  File "/usr/lib/python3/dist-packages/starlette/routing.py", line {n}, in app\n'
                    "    await self.app(scope, receive, send)\n" for n in range(7)) + text)


SHAPES = {"text": (healthy_text, planted_text), "mixed": (healthy_mixed, planted_mixed)}


def make(path, size, rate, seed, shape, rules=ROOT / "rules"):
    """Writes about `size` bytes with planted errors in a share of `rate` of the lines."""
    rng = random.Random(seed)
    errors, baits = blocks("example", rules), blocks("near-miss", rules)
    healthy, planted = SHAPES.get(shape, (healthy_json, planted_json))
    lines, length = [], 0
    while length < min(size, DISTINCT):
        chance = rng.random()
        if chance < rate:
            line = planted(rng, rng.choice(errors))
        elif rate and chance < rate + .0005 and shape not in SHAPES:
            line = healthy(rng).replace('"detail": "', '"detail": ' + json.dumps(rng.choice(baits))[:-1] + " ")
        else:
            line = healthy(rng)
        if shape == "escaped":  # one letter in fifty of the values
            line = re.sub(r'(?<=: ")[^"\\\\]*(?=")', lambda m: "".join(
                f"\\u{ord(c):04x}" if c.isalpha() and rng.random() < .02 else c for c in m[0]), line)
        if shape == "docker":
            line = json.dumps({"log": line + "\n", "stream": "stdout", "time": clock(rng)})
        lines.append(line)
        length += len(line) + 1
    text = ("\n".join(lines) + "\n").encode()
    with open(path, "wb") as out:
        for _ in range(max(1, size // len(text))):
            out.write(text)


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.argv[5],
         pathlib.Path(sys.argv[6]) if len(sys.argv) > 6 else ROOT / "rules")
