#!/usr/bin/env python3
"""What the server does with its time, and how that grows. scripts/bench-inside calls it.

usage: inside.py SERVER WORK [threads] [paced] [loops] [users] [pages]

 threads  a login at 32 at once: processor time of each thread
 paced    500 logins a second: from webhook to push
 loops    /me and logins with one and with two loops, load on the same two cores
 users    /me with 10^3, 10^5 and 10^7 users: with 64 tokens in turn, and with 200,000, which no memory holds
 pages    logins while 10 and 19,000 pages wait
"""
import base64, hashlib, hmac, http.client, json, multiprocessing, os, random, re, resource, socket, sqlite3, struct
import subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER, WORK = sys.argv[1:3]
PORT, STUB, SECRET = 18180, 19199, b"jwt-secret-jwt-secret-jwt-secret-32"


class Server:
    """A server of its own for each measurement, on core 0 or on both."""

    def __init__(self, workers=1, folder=None):
        self.own = None if folder else tempfile.TemporaryDirectory(prefix="bench-")
        self.folder = folder or self.own.name
        self.workers = workers

    def __enter__(self):
        fill = {"{PORT}": str(PORT), "{STUB}": str(STUB), "{TMP}": self.folder, "{WORKERS}": str(self.workers)}
        env = {"PATH": os.environ["PATH"], "OTPLESS_CONNECTIONS_PER_IP": "off"}
        for name, value in json.load(open(HERE + "/peers.json"))["otpless"]["env"].items():
            for mark, text in fill.items(): value = value.replace(mark, text)
            env[name] = value
        cores = "0" if self.workers == 1 else "0,1"
        self.process = subprocess.Popen(["taskset", "-c", cores, SERVER, "serve"], env=env, stderr=subprocess.DEVNULL)
        for _ in range(2000):
            try: return socket.create_connection(("127.0.0.1", PORT), 1).close() or self
            except OSError: time.sleep(0.005)
        raise RuntimeError("the server does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        if self.own: self.own.cleanup()

    def threads(self):
        """Processor time by thread name, in seconds."""
        times, folder = {}, f"/proc/{self.process.pid}/task"
        for thread in os.listdir(folder):
            name = open(f"{folder}/{thread}/comm").read().strip()
            times[name] = times.get(name, 0) + int(open(f"{folder}/{thread}/schedstat").read().split()[0]) / 1e9
        return times

    def metric(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
        return max((float(v) for v in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.M)), default=None)


def logins(*options, cores="1"):
    command = ["taskset", "-c", cores, WORK + "/loginload", "--port", str(PORT), "--stub-port", str(STUB), "--secret",
               "app-secret", *options]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def me(tokens, seconds=4, cores="1"):
    path = WORK + "/inside-tokens.txt"
    open(path, "w").write("\n".join(tokens) + "\n")
    command = ["taskset", "-c", cores, "wrk", "-t1", "-c64", f"-d{seconds}s", "-s", HERE + "/me.lua",
               f"http://127.0.0.1:{PORT}/api/user/me"]
    out = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, TOKENS=path), check=True).stdout
    if "Non-2xx" in out: raise RuntimeError(out)
    return int(re.search(r"(\d+) requests in", out).group(1)), float(re.search(r"Requests/sec:\s+(\S+)", out).group(1))


def costs(server, measure):
    """Processor time in microseconds for each of what `measure` counted, by thread."""
    before, count = server.threads(), measure()
    after = server.threads()
    spent = {n: (t - before.get(n, 0)) / count * 1e6 for n, t in after.items()}
    return {n: round(t, 1) for n, t in sorted(spent.items()) if t > 0.05}


def threads():
    with Server() as server:
        logins("--conc", "32", "--duration", "2")
        print("us a login:", costs(server, lambda: logins("--conc", "32", "--duration", "5", "--warm", "0")["logins"]))


def paced():
    with Server():
        for name, options in (("one at a time", ["--conc", "1"]), ("500/s", ["--conc", "64", "--rate", "500"])):
            run = logins(*options, "--duration", "5")
            print(name, {k: run[k] for k in ("logins_per_s", "push_p50_us", "push_p99_us")})


def loops():
    for workers in (1, 2):
        with Server(workers) as server:
            logins("--conc", "1", "--count", "64", "--tokens-out", WORK + "/inside-own.txt", cores="0,1")
            own = open(WORK + "/inside-own.txt").read().split()
            rate = me(own, cores="0,1")[1]
            run = logins("--conc", "32", "--duration", "4", cores="0,1")["logins_per_s"]
            print(f"{workers} loops, load on the same cores: {rate:.0f} /me a second, {run:.0f} logins a second")


def b64(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user, phone):
    """As the server signs it, for a user put into its database by hand."""
    key_id = b64(hmac.new(SECRET, b"kid", hashlib.sha256).digest()[:9])
    text = lambda value: json.dumps(value, separators=(",", ":")).encode()
    uuid = lambda raw: "%s-%s-%s-%s-%s" % tuple(raw.hex()[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
    now, site = int(time.time()), f"http://127.0.0.1:{PORT}"
    claims = {"iss": site, "aud": site, "sub": uuid(user), "sid": uuid(os.urandom(16)), "phone_number": "+" + phone,
              "iat": now, "exp": now + 900, "jti": b64(os.urandom(12))}
    signed = b64(b'{"alg":"HS256","kid":"%s","typ":"JWT"}' % key_id.encode()) + "." + b64(text(claims))
    return signed + "." + b64(hmac.new(SECRET, signed.encode(), hashlib.sha256).digest())


def fill(path, count):
    """Puts users into a database; returns one's id and number by its place."""
    user = lambda n: (struct.pack(">QQ", 0x019A_0000_0000_7000 + (n >> 20 << 16), 0x8000_0000_0000_0000 + n), "1%010d" % n)
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    rows = ((*user(n), 1_700_000_000_000) for n in range(count))
    database.executemany("INSERT INTO users (id, phone, created_at) VALUES (?, ?, ?)", rows)
    database.commit()
    database.close()
    return user


def users():
    for count in (10**3, 10**5, 10**7):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            with Server(folder=folder): pass  # makes the schema
            user = fill(folder + "/otpless.db", count)
            for title, tokens in (("64 tokens", 64), ("200,000 tokens", 200_000)):
                owners = [token(*user(random.randrange(count))) for _ in range(tokens)]
                with Server(folder=folder) as server:
                    spent = costs(server, lambda: me(owners)[0])
                    slowest = server.metric("otpless_loop_slowest_turn_seconds")
                    print(f"{count} users, {title}: {spent} us; slowest turn {slowest} s", flush=True)


class Stub(BaseHTTPRequestHandler):
    """Takes every message."""
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write a reply: of two, the second waits for an ack

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"messages": [{"id": "wamid." + os.urandom(9).hex()}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_): pass


def wait(n):
    """A page that waits for a login of its own."""
    api = http.client.HTTPConnection("127.0.0.1", PORT)
    api.request("POST", "/api/auth/initiate", json.dumps({"phoneNumber": "+4930%07d" % n}),
                {"Content-Type": "application/json"})
    session = json.load(api.getresponse())["data"]["sessionId"]
    api.close()
    page = socket.create_connection(("127.0.0.1", PORT), source_address=(f"127.0.2.{n % 200 + 1}", 0))
    page.sendall(f"GET /api/auth/ws?sessionId={session} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    return page


def wait_at(count):
    """Opens pages that wait; they do as long as the sockets live."""
    # A process, so that its end closes the connections that the server keeps.
    stub = multiprocessing.Process(target=lambda: ThreadingHTTPServer(("127.0.0.1", STUB), Stub).serve_forever())
    stub.start()
    while socket.socket().connect_ex(("127.0.0.1", STUB)): time.sleep(0.01)
    with ThreadPoolExecutor(16) as pool: pages = list(pool.map(wait, range(count)))
    stub.kill()
    stub.join()
    return pages


def pages():
    for count in (10, 19_000):
        with Server() as server:
            waiting = wait_at(count)
            run = {}
            spent = costs(server, lambda: run.update(logins("--conc", "32", "--duration", "5")) or run["logins"])
            rss = [l for l in open(f"/proc/{server.process.pid}/status") if l.startswith("VmRSS")][0].split()[1]
            print(f"{len(waiting)} pages wait: {run['logins_per_s']:.0f} logins a second, {spent} us each; {rss} KiB resident",
                  flush=True)


resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
for part in sys.argv[3:] or ["threads", "paced", "loops", "users", "pages"]:
    {"threads": threads, "paced": paced, "loops": loops, "users": users, "pages": pages}[part]()
