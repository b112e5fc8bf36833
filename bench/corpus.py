"""Makes the corpora of the benchmark: logs that look like a busy service, with known errors planted
in them. The same seed gives the same bytes."""
import json, pathlib, random, re, sys

ROOT = pathlib.Path(__file__).parent.parent
DISTINCT = 48 << 20  # bytes of distinct lines; a larger corpus repeats them

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


def blocks(kind):
    """The one-line example or near-miss blocks of all rules, in the order of their files."""
    found = []
    for path in sorted((ROOT / "rules").rglob("*.md")):
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


def planted_text(rng, text):
    if rng.random() < .5:
        return f"{clock(rng)[:-1].replace('T', ' ')} ERROR [app.db] {text}"
    return ("ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n" +
            "".join(f'  File "/usr/lib/python3/dist-packages/starlette/routing.py", line {n}, in app\n'
                    "    await self.app(scope, receive, send)\n" for n in range(7)) + text)


def make(path, size, rate, seed, shape):
    """Writes about `size` bytes with planted errors in a share of `rate` of the lines."""
    rng = random.Random(seed)
    errors, baits = blocks("example"), blocks("near-miss")
    healthy, planted = (healthy_text, planted_text) if shape == "text" else (healthy_json, planted_json)
    lines, length = [], 0
    while length < min(size, DISTINCT):
        chance = rng.random()
        if chance < rate:
            line = planted(rng, rng.choice(errors))
        elif rate and chance < rate + .0005 and shape != "text":
            line = healthy(rng).replace('"detail": "', '"detail": ' + json.dumps(rng.choice(baits))[:-1] + " ")
        else:
            line = healthy(rng)
        if shape == "docker":
            line = json.dumps({"log": line + "\n", "stream": "stdout", "time": clock(rng)})
        lines.append(line)
        length += len(line) + 1
    text = ("\n".join(lines) + "\n").encode()
    with open(path, "wb") as out:
        for _ in range(max(1, size // len(text))):
            out.write(text)


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
