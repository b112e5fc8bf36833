#!/usr/bin/env python3
"""Secrets of each class, planted in logs in each encoding and split in each way: none comes out, in any format.
And the other way round: a healthy log, with all that looks random in one, is printed as it is.

By default three values of a class and 50,000 healthy lines; --values and --lines ask for more."""
import argparse, base64, json, os, pathlib, random, re, string, sys, tempfile, urllib.parse

import hostile

ALNUM, HEX, UPPER = string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_uppercase + "234567"
WINDOW = 8  # as many bytes in a row of a secret are a leak


class Maker:
    """Random texts; a secret is made when the test runs, none is written down."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, alphabet, size):
        return "".join(self.random.choices(alphabet, k=size))

    def alnum(self, size):
        return self.of(ALNUM, size - 1) + self.of(string.digits, 1)

    def password(self):
        return self.alnum(self.random.randrange(10, 14)) + self.of("!#^*_-.+~", 1) + self.alnum(self.random.randrange(10, 14))

    def jwt(self):
        part = lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return ".".join((part('{"alg":"RS256","typ":"JWT","kid":"%s"}' % self.alnum(8)), part('{"sub":"%s","exp":1}' % self.alnum(20)), self.alnum(86)))

    def pem(self, feed):
        return feed.join(self.of(ALNUM, 64) for _ in range(4)) + feed + self.of(ALNUM, 30) + "=="


def keyed(prefix, alphabet, size):
    return lambda m: prefix + m.of(alphabet, size)


# What stands around a secret, {} for the secret itself, and how it is made.
CLASSES = {
    "URL userinfo": ("connect to postgresql+asyncpg://app:{}@db.example.com:5432/orders failed", Maker.password),
    "URL without a user": ("broker redis://:{}@redis:6379/0 refused", Maker.password),
    "URL query": ("GET /me?access_token={}&page=2 500", lambda m: m.alnum(32)),
    "presigned URL": ("https://b.s3.example.com/k?X-Amz-Date=2026&X-Amz-Signature={}&X-Amz-Expires=3600", lambda m: m.of(HEX, 64)),
    "libpq": ("host=db port=5432 user=app password={} dbname=orders connection failed", Maker.password),
    "libpq, quoted": ("host=db user=app password='{}' dbname=orders", lambda m: m.alnum(12) + " " + m.alnum(12)),
    "ADO": ("Server=db;User Id=app;Password={};Database=orders;Encrypt=true", Maker.password),
    "JDBC": ("jdbc:postgresql://db/orders?user=app&password={}&ssl=true", Maker.password),
    "Go's DSN": ("open app:{}@tcp(db:3306)/orders: refused", Maker.password),
    "Bearer": ("Authorization: Bearer {}", lambda m: m.alnum(40)),
    "Basic": ("Authorization: Basic {}", lambda m: base64.b64encode(("app:" + m.alnum(24)).encode()).decode()),
    "Cookie": ("Cookie: theme=b2; session={}; lang=en", lambda m: m.alnum(40)),
    "Set-Cookie": ("set-cookie: sid={}; Path=/; HttpOnly", lambda m: m.alnum(40)),
    "API key header": ("X-Api-Key: {}", lambda m: m.alnum(32)),
    "JWT": ("token rejected: {} expired", Maker.jwt),
    "PEM": ("-----BEGIN RSA PRIVATE KEY----- {} -----END RSA PRIVATE KEY-----", lambda m: m.pem(" ")),
    "PEM, escaped": (r'{{"private_key": "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"}}', lambda m: m.pem(r"\n")),
    "AWS key id": ("InvalidAccessKeyId: {} does not exist", keyed("AKI" + "A", UPPER, 16)),
    "AWS secret": ("aws_secret_access_key = {}", lambda m: m.alnum(40)),
    "Google": ("maps: {} is over quota", keyed("AI" + "za", ALNUM, 35)),
    "Azure storage": ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core.example.net", lambda m: m.of(ALNUM, 86) + "=="),
    "GitHub": ("remote: {} is revoked", keyed("gh" + "p_", ALNUM, 36)),
    "GitLab": ("remote: {} is revoked", keyed("glp" + "at-", ALNUM, 20)),
    "Slack": ("slack: {} invalid_auth", lambda m: "xox" + "b-" + m.of("123456789", 12) + "-" + m.alnum(24)),
    "Slack webhook": ("POST https://hooks.slack.com/services/{} 404", lambda m: f"T{m.of(UPPER, 8)}/B{m.of(UPPER, 8)}/{m.alnum(24)}"),
    "Stripe": ("stripe: Invalid API Key provided: {}", keyed("sk_" + "live_", ALNUM, 32)),
    "npm": ("npm ERR! {} is not allowed", keyed("np" + "m_", ALNUM, 36)),
    "OpenAI": ("openai: {} is incorrect", keyed("sk-" + "proj-", ALNUM, 48)),
    "JSON": ('{{"user": "app", "client_secret": "{}", "n": 1}}', Maker.password),
    "key=value": ("login user=app passwd={} from=10.0.0.1", Maker.password),
    "env dump": ("env: PATH=/bin REDIS_PASSWORD={} HOME=/root", Maker.password),
    "Python dictionary": ("env = {{'PGPASSWORD': '{}', 'PGUSER': 'app'}}", Maker.password),
    "Python repr": ("Settings(host='db', db_password='{}', port=5432)", Maker.password),
    "ASGI headers": ("'headers': [(b'host', b'api'), (b'authorization', b'Bearer {}'), (b'accept', b'*/*')]", lambda m: m.alnum(40)),
    "Node inspect": ("{{ host: 'db', password: '{}', port: 5432 }}", Maker.password),
    "Node map": ("Map(1) {{ 'apiKey' => '{}' }}", Maker.password),
    "XML": ("<Password>{}</Password>", Maker.password),
    "command line": ("run: app --db-password {} --verbose", Maker.password),
    "SQL": ("ALTER USER app WITH PASSWORD '{}' VALID UNTIL 'infinity'", Maker.password),
}


def as_json(text):
    return json.dumps(text)[1:-1]


def docker(text, end=r"\n"):
    return f'{{"log":"{as_json(text)}{end}","stream":"stderr","time":"2026-11-23T02:14:07.1Z"}}'


def wrap(text, at, width=100):
    """Hard-wrapped as by a terminal, with blanks in its head that put a break at `at` of the text."""
    head = "2026-11-23 10:00:00 ERROR app.client "
    head += "." * (-(len(head) + at) % width)
    line = head + text
    return [line[i:i + width] for i in range(0, len(line), width)]


def message(number, text):
    return hostile.message(number, [text.encode()]).decode()


def docker_parts(number, text, at):
    """Docker cuts messages at 16 KiB: one that ends within the secret."""
    whole = message(number, text)
    cut = whole.index(text) + at
    head = "ERROR " + "." * (16384 - 6 - 1 - cut) + " "
    return [docker(head + whole[:cut], ""), docker(whole[cut:])]


def cri_parts(number, text, at):
    whole = "ERROR " + message(number, text)
    cut = whole.index(text) + at
    return [f"2026-11-23T02:14:07.123456789Z stderr P {whole[:cut]}", f"2026-11-23T02:14:07.123456789Z stderr F {whole[cut:]}"]


# Lines of a log by the number of a rule, a text with a secret, and a place within the secret.
CARRIERS = {
    "raw": lambda n, t, at: ["2026-11-23T02:14:07Z ERROR " + message(n, t)],
    "JSON": lambda n, t, at: [json.dumps({"level": "error", "msg": message(n, t), "note": t})],
    "JSON in JSON": lambda n, t, at: [docker(json.dumps({"level": "error", "msg": message(n, t)}))],
    "JSON in text": lambda n, t, at: ["ERROR " + message(n, "body " + as_json(as_json(t)))],
    "URL": lambda n, t, at: ["ERROR " + message(n, f"GET /report?message={urllib.parse.quote(t, safe='')}&n=1")],
    "JSON in URL": lambda n, t, at: ["ERROR " + message(n, "body=" + urllib.parse.quote(as_json(t), safe=""))],
    "base64": lambda n, t, at: ["ERROR " + message(n, f"payload {base64.b64encode(t.encode()).decode()} rejected")],
    "Docker's parts": docker_parts,
    "CRI's parts": cri_parts,
    "wrap, match before": lambda n, t, at: wrap(f"{message(n, 'x')} {t}", len(message(n, "x")) + 1 + at),
    "wrap, match behind": lambda n, t, at: wrap(f"{t} {message(n, 'x')}", at),
    "unknown": lambda n, t, at: [f"2026-11-23T02:14:07Z ERROR nobody knows {t}"],
    "unknown, wrapped": lambda n, t, at: wrap(t, at),
    "trace": lambda n, t, at: ["2026-11-23T02:14:07Z ERROR failed", "Traceback (most recent call last):", '  File "a.py", line 1, in f', f"    f({t!r})",
                              f"app.Broken: {message(n, t)}"],
}


def windows(secret, carrier):
    """All pieces of a secret that may not be seen, as it is in the carrier."""
    forms = [secret]
    if carrier == "base64":
        forms = []  # the whole text is another one: see leaks_of()
    for form in forms:
        for run in re.findall(r"[A-Za-z0-9]{%d,}" % WINDOW, form):
            yield from (run[i:i + WINDOW] for i in range(len(run) - WINDOW + 1))


def plant(maker, values):
    """(class, carrier, text, secret) of each case."""
    for name, (around, make) in CLASSES.items():
        for carrier in CARRIERS:
            if name == "Go's DSN" and "wrap" in carrier:
                continue  # the begin of `name:word@tcp(` alone may be that of any image and its tag
            for _ in range(values):
                secret = make(maker)
                yield name, carrier, around.format(secret), secret


def scan_planted(logfix, values, claims):
    cases = list(plant(Maker(20261123), values))
    size = 700
    with tempfile.TemporaryDirectory() as folder:
        rules = hostile.write_rules(folder, size)
        for begin in range(0, len(cases), size):
            scan_batch(logfix, folder, rules, cases[begin:begin + size], claims)
    print(f"{len(CLASSES)} classes, {len(CARRIERS)} encodings, {len(cases)} secrets")


def scan_batch(logfix, folder, rules, cases, claims):
    lines, pieces = [], {}
    for number, (name, carrier, text, secret) in enumerate(cases):
        at = text.index(secret) + len(secret) // 2
        lines += CARRIERS[carrier](number, text, at)
        pieces |= {piece: (name, carrier, text) for piece in windows(secret, carrier)}
        if carrier == "base64":
            # Its bytes within the base64 of the whole, but for those that it shares with its neighbours.
            encoded, begin = base64.b64encode(text.encode()).decode(), len(text[:text.index(secret)].encode())
            inner = encoded[(begin + 2) // 3 * 4:(begin + len(secret)) // 3 * 4]
            pieces |= {inner[i:i + WINDOW]: (name, carrier, text) for i in range(len(inner) - WINDOW + 1)}
    pathlib.Path(folder, "a.log").write_text("\n".join(lines) + "\n")
    for format, args in hostile.FORMATS.items():
        output = hostile.run(logfix, folder, "--rules", rules, *args, "a.log").stdout.decode()
        leaked = set()
        for run in re.findall(r"[A-Za-z0-9+/=]{%d,}" % WINDOW, output):
            for i in range(len(run) - WINDOW + 1):
                if found := pieces.get(run[i:i + WINDOW]):
                    leaked.add(found)
        for name, carrier, text in sorted(leaked):
            claims.hold(False, f"{carrier} as {format}", f"{name}: {text}")
        claims.checked += len(cases)
        if format == "json":
            slow = hostile.run(logfix, folder, "--rules", rules, "--slow", *args, "a.log").stdout.decode()
            claims.hold(slow == output, "the slow twin says the same")
            stats = json.loads(output)["stats"]
            claims.hold(stats["redactions"] >= len(cases) * 0.9, "redactions are counted", str(stats))
        claims.hold("[redacted:" in output or format == "prometheus" or format == "brief" or format == "github", f"{format} tells of redactions")


def healthy_line(m):
    """A line of a healthy service, with everything that looks random in one."""
    number = lambda size: m.of("123456789", size)
    uuid = "-".join((m.of(HEX, 8), m.of(HEX, 4), "4" + m.of(HEX, 3), "a" + m.of(HEX, 3), m.of(HEX, 12)))
    body = base64.b64encode(m.random.randbytes(48)).decode()
    return m.random.choice((
        lambda: f"request {uuid} GET /orders/{number(5)} 200 in {number(2)}ms",
        lambda: f"deploy commit {m.of(HEX, 40)} by ci, tree {m.of(HEX, 7)}",
        lambda: f"pulled registry.example.com/api@sha256:{m.of(HEX, 64)}",
        lambda: f'{{"trace_id":"{m.of(HEX, 32)}","span_id":"{m.of(HEX, 16)}","message":"ok"}}',
        lambda: f'200 etag=W/"{m.of(HEX, 8)}-{m.of(HEX, 12)}" if-none-match="{m.of(HEX, 32)}" bytes={number(4)}',
        lambda: f"s3 put s3://bucket-{m.of(HEX, 6)}/exports/2026/{uuid}.parquet body={body} ok",
        lambda: f"s3 key {m.of(HEX, 2)}/{m.of(HEX, 2)}/{m.of(HEX, 40)} version {m.of(ALNUM, 32)}",
        lambda: "cache set " + base64.b64encode(f'{{"id": {number(5)}, "name": "{m.of(string.ascii_lowercase, 12)}"}}'.encode()).decode(),
        lambda: f"traceparent=00-{m.of(HEX, 32)}-{m.of(HEX, 16)}-01 tokens={number(3)} max_tokens=512",
        lambda: f"Task app.tasks.sync[{uuid}] succeeded in 0.{number(6)}s: None",
        lambda: f"duration: {number(3)}.123 ms  statement: SELECT id, token_hash FROM api_keys WHERE id = $1",
        lambda: f"md5={m.of(HEX, 32)} sha1={m.of(HEX, 40)} sha512={m.of(HEX, 128)} file=/data/{m.of(string.ascii_lowercase, 12)}.bin",
        lambda: f"user=app session_id={uuid} token_type=bearer expires_in=3600 scope=read:orders",
        lambda: f'"GET /static/app.{m.of(HEX, 8)}.js?v={m.of(HEX, 20)} HTTP/1.1" 304 0',
        lambda: f"connecting to postgresql://db.example.com:5432/orders?sslmode=require as {m.of(string.ascii_lowercase, 5)}@example.com",
        lambda: f"pod api-{m.of(HEX, 9)}-{m.of(HEX, 5)} container {m.of(HEX, 64)} started, uid {uuid}",
        lambda: f"npm integrity sha512-{base64.b64encode(m.random.randbytes(64)).decode()} ok",
        lambda: f"ssh-ed25519 AAAA{base64.b64encode(m.random.randbytes(48)).decode()} fingerprint SHA256:{base64.b64encode(m.random.randbytes(32)).decode().rstrip('=')}",
        lambda: f"x-request-id: {uuid} x-amz-request-id: {m.of(UPPER, 16)} cf-ray: {m.of(HEX, 16)}-FRA",
    ))()


def scan_healthy(logfix, lines, claims):
    """Each line is an occurrence, and JSON Lines print them all."""
    maker = Maker(7)
    with tempfile.TemporaryDirectory() as folder:
        rules = hostile.write_rules(folder, 1)
        with pathlib.Path(folder, "a.log").open("w") as log:
            for _ in range(lines):
                log.write(f"2026-11-23T02:14:07Z ERROR {message(0, healthy_line(maker))}\n")
        output = hostile.run(logfix, folder, "--rules", rules, "--format", "jsonl", "a.log").stdout.decode().splitlines()
    for line in output:
        if "[redacted:" in line:
            claims.hold(False, "healthy lines stay", line)
    claims.checked += lines
    claims.hold(sum('"kind": "occurrence"' in line for line in output) == lines, "all healthy lines are printed", str(len(output)))
    claims.hold(json.loads(output[-1])["stats"]["redactions"] == 0, "no redaction is counted", output[-1])
    print(f"{lines} healthy lines")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logfix", required=True)
    parser.add_argument("--values", type=int, default=3, help="of each class in each encoding")
    parser.add_argument("--lines", type=int, default=50_000, help="of the healthy log")
    options = parser.parse_args()
    logfix = os.path.abspath(options.logfix)
    claims = hostile.Claims()
    scan_planted(logfix, options.values, claims)
    scan_healthy(logfix, options.lines, claims)
    return claims.end("planted secrets")


if __name__ == "__main__":
    sys.exit(main())
