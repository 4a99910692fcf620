#!/usr/bin/env python3
"""Side-by-side runner: starts one peer at a time, pins it, drives W1..W4, appends JSON lines to a file. scripts/bench calls it.

usage: bench.py --out FILE [--runs N] [--only w1,w2,w3,w4] PEER...
A peer is a name in peers.json: {"cmd": [...], "env": {...}, "multi": "env name that sets the worker count" or null,
 "ws": true/false, "tokens": "login" if the server mints its own}. In cmd and env: {ROOT} (of Benchmarks) {WORK} (BENCH_WORK: programs, tokens
 and logs) {PORT} {STUB} {WORKERS} {TMP} {OTPLESS} (the path of our release binary, from the environment).
 w1 GET /api/user/me (wrk); w2 whole logins (loginload); w3 waiting WebSockets, then a push to each; w4 start. Quote srv_us_per_req and
 srv_us_per_login (CPU time of the server), and ratios of medians of rounds that alternate: the speed of a shared host drifts.
"""
import argparse, base64, hashlib, hmac, json, os, re, resource, signal, shutil, socket, statistics, subprocess, sys, tempfile, time
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.environ["BENCH_WORK"]
PORT, STUB = 18080, 19099
JWT_SECRET, APP_SECRET = "jwt-secret-jwt-secret-jwt-secret-32", "app-secret"
TCK = os.sysconf("SC_CLK_TCK")

def b64(b): return base64.urlsafe_b64encode(b).rstrip(b"=").decode()
def mint(i):
    now = int(time.time())
    h = b64(b'{"alg":"HS256","typ":"JWT"}') + "." + b64(json.dumps({"sub": "00000000-0000-4000-8000-%012d" % i, "iat": now, "exp": now + 36000}, separators=(",", ":")).encode())
    return h + "." + b64(hmac.new(JWT_SECRET.encode(), h.encode(), hashlib.sha256).digest())

def tree(pid):
    out, todo = [], [pid]
    while todo:
        p = todo.pop(); out.append(p)
        try:
            for t in os.listdir(f"/proc/{p}/task"):
                todo += [int(x) for x in open(f"/proc/{p}/task/{t}/children").read().split()]
        except OSError: pass
    return out
def cpu(pid):
    s = 0
    for p in tree(pid):
        try: f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split(); s += int(f[11]) + int(f[12])
        except OSError: pass
    return s / TCK
def rss_kb(pid):
    s = 0
    for p in tree(pid):
        try: s += int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{p}/status").read()).group(1))
        except (OSError, AttributeError): pass
    return s
def busy():  # busy CPU seconds of the whole machine
    f = [int(x) for x in open("/proc/stat").readline().split()[1:]]
    return (sum(f[:3]) + sum(f[5:8])) / TCK
def ready(timeout=30):
    t = time.monotonic()
    while time.monotonic() - t < timeout:
        try:
            s = socket.create_connection(("127.0.0.1", PORT), 2); s.settimeout(5)
            s.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            if s.recv(100)[:5] == b"HTTP/": s.close(); return True
        except OSError: pass
        time.sleep(0.0005)
    return False

class Server:
    def __init__(self, p, cpus, workers=1, folder=None):  # folder: of a database to be found, and kept
        env = dict(os.environ, PORT=str(PORT), STUB_PORT=str(STUB), STUB_URL=f"http://127.0.0.1:{STUB}/v21.0/106540352242922/messages", JWT_SECRET=JWT_SECRET, APP_SECRET=APP_SECRET, SEED_USERS="64", WORKERS=str(workers), NODE_ENV="production", NODE_PATH="/usr/share/nodejs")
        self.tmp, self.keeps = folder or tempfile.mkdtemp(prefix="bench-"), folder is not None
        fill = lambda s: s.replace("{ROOT}", ROOT).replace("{WORK}", WORK).replace("{PORT}", str(PORT)).replace("{STUB}", str(STUB)).replace("{WORKERS}", str(workers)).replace("{TMP}", self.tmp).replace("{OTPLESS}", os.environ.get("OTPLESS", "otpless-server"))
        env.update({k: fill(v) for k, v in p.get("env", {}).items()})
        if p.get("threads_env"): env[p["threads_env"]] = str(workers)
        cmd = [fill(c) for c in p["cmd"]]
        self.t0 = time.monotonic()
        self.log = open(os.path.join(WORK, "server.log"), "ab")
        self.p = subprocess.Popen(["taskset", "-c", cpus] + cmd, env=env, cwd=os.path.join(ROOT, p.get("cwd", ".")), stdout=self.log, stderr=self.log, start_new_session=True)
        if not ready(): self.stop(); raise RuntimeError("did not start: %s" % cmd)
        self.cold_ms = (time.monotonic() - self.t0) * 1000
        time.sleep(0.4); self.rss0 = rss_kb(self.p.pid)
    def stop(self):
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try: os.killpg(self.p.pid, sig)
            except OSError: pass
            try: self.p.wait(4); break
            except subprocess.TimeoutExpired: pass
        if not self.keeps: shutil.rmtree(self.tmp, ignore_errors=True)
        time.sleep(0.3)
    def log_in(self, n):  # a server that mints its own tokens: n real logins, their access tokens kept for W1
        subprocess.run([os.path.join(WORK, "loginload"), "--port", str(PORT), "--stub-port", str(STUB), "--conc", "1", "--count", str(n), "--secret", APP_SECRET, "--tokens-out", os.path.join(WORK, "tokens.txt")], check=True, capture_output=True, timeout=90)

def wrk(conns, secs, cpus):
    cmd = ["taskset", "-c", cpus, "wrk", "-t1", f"-c{conns}", f"-d{secs}s", "--latency", "-s", os.path.join(ROOT, "load", "me.lua"), f"http://127.0.0.1:{PORT}/api/user/me"]
    o = subprocess.run(cmd, capture_output=True, text=True, env=dict(os.environ, TOKENS=os.path.join(WORK, "tokens.txt"))).stdout
    def us(s): v, u = re.match(r"([\d.]+)(us|ms|s)", s).groups(); return float(v) * {"us": 1, "ms": 1e3, "s": 1e6}[u]
    m = re.search(r"\n\s+50%\s+(\S+).*?\n\s+99%\s+(\S+)", o, re.S)
    if not m: print(o); return None
    non2 = re.search(r"Non-2xx or 3xx responses: (\d+)", o)
    return {"rps": float(re.search(r"Requests/sec:\s+([\d.]+)", o).group(1)), "p50_us": us(m.group(1)), "p99_us": us(m.group(2)), "non2xx": int(non2.group(1)) if non2 else 0, "sockerr": "Socket errors" in o}

def calib():
    """How fast is core 0 right now? (us per loopback-free socketpair send+recv of 200 bytes, us per SHA-256 of 64 KiB): the host's speed drifts."""
    old = os.sched_getaffinity(0); os.sched_setaffinity(0, {0})
    try:
        a, b = socket.socketpair(); m = b"x" * 200; best = []
        for _ in range(5):
            t = time.perf_counter()
            for _ in range(1000): a.send(m); b.recv(200)
            best.append((time.perf_counter() - t) * 1e3)
        a.close(); b.close(); d = bytes(65536); t = time.perf_counter()
        for _ in range(100): hashlib.sha256(d).digest()
        return round(statistics.median(best), 3), round((time.perf_counter() - t) * 1e4, 1)
    finally: os.sched_setaffinity(0, old)
def quiet(limit=90):  # wait for the rest of the machine to be idle
    t = time.monotonic(); told = False
    while time.monotonic() - t < limit:
        b = busy(); time.sleep(0.5)
        if (busy() - b) / 0.5 < 0.15: return
        if not told: print("waiting for a quiet machine", file=sys.stderr, flush=True); told = True
def med(rows, key): return statistics.median(r[key] for r in rows)

def main():
    a = argparse.ArgumentParser(); a.add_argument("--out", required=True); a.add_argument("--runs", type=int, default=3); a.add_argument("--only", default="w1,w2,w3,w4"); a.add_argument("--secs", type=int, default=5); a.add_argument("--n", default="10000"); a.add_argument("--conc", default="1,32"); a.add_argument("--wconns", default="64,256"); a.add_argument("--pins", default="1,2"); a.add_argument("--warm", default="0.5"); a.add_argument("--w3runs", type=int, default=1); a.add_argument("peers", nargs="+"); a = a.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    peers = json.load(open(os.path.join(ROOT, "load", "peers.json")))
    def emit(**k): k["t"] = time.strftime("%H:%M:%S"); print(json.dumps(k), flush=True); open(a.out, "a").write(json.dumps(k) + "\n")
    only = a.only.split(",")
    for name in a.peers:
        p = peers[name]
        with open(os.path.join(WORK, "tokens.txt"), "w") as f: f.write("\n".join(mint(i) for i in range(64)) + "\n")
        try:
            if "w4" in only:
                c, r = [], []
                with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                    Server(p, "0", folder=folder).stop()  # makes the database; what is measured finds it
                    for _ in range(5): quiet(20); s = Server(p, "0", folder=folder); c.append(s.cold_ms); r.append(s.rss0); s.stop()
                emit(peer=name, w="w4", cold_ms=round(statistics.median(c), 1), cold_min=round(min(c), 1), rss_kb=int(statistics.median(r)))
            if "w1" in only:
                for pins in a.pins.split(","):
                    if pins == "2" and not p.get("multi"): continue
                    s = Server(p, "0" if pins == "1" else "0,1", int(pins)); lg = "1" if pins == "1" else "0,1"
                    try:
                        if p.get("tokens") == "login": s.log_in(64)
                        wrk(64, 2, lg)
                        for conns in map(int, a.wconns.split(",")):
                            rows = []
                            for _ in range(a.runs * 3):
                                if len(rows) == a.runs: break
                                quiet(); cal = calib(); c0, b0, t0 = cpu(s.p.pid), busy(), time.monotonic(); k0 = resource.getrusage(resource.RUSAGE_CHILDREN); x = wrk(conns, a.secs, lg); k1 = resource.getrusage(resource.RUSAGE_CHILDREN)
                                if not x: continue
                                dt = time.monotonic() - t0; sc = cpu(s.p.pid) - c0; gc = k1.ru_utime + k1.ru_stime - k0.ru_utime - k0.ru_stime
                                x["srv_us_per_req"] = sc / (x["rps"] * a.secs) * 1e6; x["srv_util"] = sc / dt; x["gen_util"] = gc / dt; x["other_cpu"] = (busy() - b0 - sc - gc) / dt; x["calib"] = cal
                                if x["other_cpu"] < 0.12 or _ >= a.runs * 3 - a.runs + len(rows): rows.append(x)
                            emit(peer=name, w="w1", cores=int(pins), conns=conns, rps=round(med(rows, "rps")), rps_all=[round(x["rps"]) for x in rows], p50_us=med(rows, "p50_us"), p99_us=med(rows, "p99_us"), srv_us_per_req=round(med(rows, "srv_us_per_req"), 2), srv_util=round(med(rows, "srv_util"), 2), gen_util=round(med(rows, "gen_util"), 2), other_cpu=round(max(x["other_cpu"] for x in rows), 3), non2xx=sum(x["non2xx"] for x in rows), calib=[x["calib"] for x in rows], rss_kb=rss_kb(s.p.pid))
                    finally: s.stop()
            if "w2" in only and p.get("ws", True):
                for conc in map(int, a.conc.split(",")):
                    rows = []
                    for _ in range(a.runs * 3):
                        if len(rows) == a.runs: break
                        quiet(); cal = calib(); s = Server(p, "0")
                        try:
                            c0, b0, t0 = cpu(s.p.pid), busy(), time.monotonic(); k0 = resource.getrusage(resource.RUSAGE_CHILDREN)
                            o = subprocess.run(["taskset", "-c", "1", os.path.join(WORK, "loginload"), "--port", str(PORT), "--stub-port", str(STUB), "--conc", str(conc), "--duration", str(a.secs), "--warm", a.warm, "--secret", APP_SECRET], capture_output=True, text=True, timeout=90)
                            k1 = resource.getrusage(resource.RUSAGE_CHILDREN); sc = cpu(s.p.pid) - c0; dt = time.monotonic() - t0; gc = k1.ru_utime + k1.ru_stime - k0.ru_utime - k0.ru_stime
                            if not o.stdout: print(o.stderr[-500:]); continue
                            x = json.loads(o.stdout); x["srv_us_per_login"] = sc / max(1, x["logins_per_s"] * dt) * 1e6; x["other_cpu"] = (busy() - b0 - sc - gc) / dt; x["srv_util"] = sc / dt; x["gen_util"] = gc / dt; x["stderr"] = o.stderr[-200:]; x["calib"] = cal
                            if x["other_cpu"] < 0.12 or _ >= a.runs * 3 - a.runs + len(rows): rows.append(x)
                        finally: s.stop()
                    if rows: emit(peer=name, w="w2", conc=conc, logins_per_s=round(med(rows, "logins_per_s")), all=[round(x["logins_per_s"]) for x in rows], push_p50_us=med(rows, "push_p50_us"), push_p99_us=med(rows, "push_p99_us"), login_p50_us=med(rows, "login_p50_us"), login_p99_us=med(rows, "login_p99_us"), srv_us_per_login=round(med(rows, "srv_us_per_login")), srv_util=round(med(rows, "srv_util"), 2), gen_util=round(med(rows, "gen_util"), 2), other_cpu=round(max(x["other_cpu"] for x in rows), 3), calib=[x["calib"] for x in rows], errors=[x["errors"] + x["http_err"] + x["ws_err"] for x in rows], stderr=rows[-1]["stderr"])
            if "w3" in only and p.get("ws", True):
                for n in map(int, a.n.split(",")):
                    for _ in range(a.w3runs):
                        quiet(); s = Server(p, "0")
                        try:
                            ch = tree(s.p.pid); pid = max(ch, key=lambda q: int(open(f"/proc/{q}/statm").read().split()[1]))
                            o = subprocess.run(["taskset", "-c", "1", os.path.join(WORK, "loginload"), "--mode", "idle", "--sessions", str(n), "--port", str(PORT), "--stub-port", str(STUB), "--conc", "32", "--pid", str(pid), "--secret", APP_SECRET, "--settle", "3"], capture_output=True, text=True, timeout=200)
                            x = json.loads(o.stdout) if o.stdout else {"fail": o.stderr[-300:]}; x["stderr"] = o.stderr[-200:]; emit(peer=name, w="w3", **x)
                        finally: s.stop()
        except Exception as e: emit(peer=name, error=repr(e)[:300])
main()
