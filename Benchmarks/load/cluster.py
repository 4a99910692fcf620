"""A throw-away PostgreSQL that waits for its disk, nodes on it, and what each of them spends."""
import json, os, pwd, shutil, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "../../Tests/Soak"))
from machine import child, free_port  # noqa: E402
from postgres import program  # noqa: E402

#: Durable, and with room: what is measured is a database in its stride. A checkpoint is asked for where one is wanted.
SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "200",
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "512MB",
    "max_wal_size": "4GB", "checkpoint_timeout": "30min", "wal_keep_size": "2GB",
    "shared_preload_libraries": "pg_stat_statements", "log_min_messages": "warning",
    "log_min_duration_statement": "1s", "log_lock_waits": "on", "deadlock_timeout": "200ms", "log_checkpoints": "off",
}


#: What is said in a run where nothing went wrong. The load ends in the midst of logins.
EXPECTED = ("LOG:  starting", "LOG:  listening", "ready to accept", "was shut down", "shutdown request", "aborting any active",
            "replication launcher", "shutting down", "is shut down", "OTPLESS_WHATSAPP_TEMPLATE", "Couldn't connect to server",
            "aborted by an application callback", "receiving data from the peer",
            "is starting up")


def seconds(pid, with_children=False):
    """Processor time of a process so far; of its children too, also of those that have ended."""
    try:
        words = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    except OSError:
        return 0
    own = sum(map(int, words[11:15] if with_children else words[11:13])) / os.sysconf("SC_CLK_TCK")
    if not with_children: return own
    return own + sum(seconds(each) for each in children(pid))


def children(pid):
    return open(f"/proc/{pid}/task/{pid}/children").read().split()


class Postgres:
    def __init__(self, **settings):
        self.settings = {**SETTINGS, **settings}

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="otpless-bench-", dir="/var/tmp")
        owner = next((name for name in ("postgres", "nobody") if is_user(name)), None)
        if os.geteuid() == 0: shutil.chown(self.folder, owner)
        self.prefix = child("QUIT", owner)
        self.port, self.log = free_port(), open(self.folder + "/log", "w")
        self.call("initdb", "-D", self.folder + "/data", "-U", "otpless", "--auth=trust", "--encoding=UTF8", "--no-locale")
        options = [item for name, value in self.settings.items() for item in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [*self.prefix, program("postgres"), "-D", self.folder + "/data", "-p", str(self.port), *options],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd="/")
        while subprocess.run([program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "otpless", "-d", "postgres"]).returncode:
            if self.process.poll() is not None: raise RuntimeError(open(self.folder + "/log").read())
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        self.process.wait()
        complaints = [line for line in open(self.folder + "/log") if not any(word in line for word in EXPECTED)]
        if complaints: print(f"PostgreSQL said {len(complaints)} lines, the first:", *(line[:200] for line in complaints[:20]), sep="\n", file=sys.stderr)
        shutil.rmtree(self.folder)

    def call(self, name, *arguments):
        return subprocess.run([*self.prefix, program(name), *arguments], cwd="/", check=True, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL).stdout

    def create(self, database):
        """A fresh database; returns its URL."""
        self.sql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        self.sql("postgres", f"CREATE DATABASE {database}")
        return f"postgres://otpless@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def sql(self, database, text):
        """The rows that a text yields, each a list of texts."""
        out = subprocess.run(
            [program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "otpless", "-d", database, "-qAtX", "-F", "\x1f",
             "-R", "\x1e", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=text, capture_output=True, text=True)
        if out.returncode: raise RuntimeError(out.stderr)
        return [row.split("\x1f") for row in out.stdout.rstrip("\n").split("\x1e") if row]

    def spent(self): return seconds(self.process.pid, True)


class Node:
    """A server on a database, with a WhatsApp of its own at `stub`."""

    def __init__(self, server, database, folder, **settings):
        self.port, self.stub = free_port(), free_port()
        fill = {"{PORT}": str(self.port), "{STUB}": str(self.stub), "{TMP}": folder, "{WORKERS}": "1"}
        env = {"PATH": os.environ["PATH"], "OTPLESS_CONNECTIONS_PER_IP": "off", "OTPLESS_TRUSTED_PROXIES": "127.0.0.0/8"}
        for name, value in json.load(open(HERE + "/peers.json"))["otpless"]["env"].items():
            for mark, text in fill.items(): value = value.replace(mark, text)
            env[name] = value
        # The limits hold, and cost what they cost: the load has a number and an address for each login.
        del env["OTPLESS_LIMIT_PHONE"], env["OTPLESS_LIMIT_IP"]
        env.update(OTPLESS_PUBLIC_URL="http://127.0.0.1:8080", **settings)
        if database: env["OTPLESS_DATABASE"] = database
        self.log = open(f"{folder}/node-{self.port}.log", "w")
        self.process = subprocess.Popen([*child("KILL"), server, "serve"], env=env, stdout=self.log, stderr=self.log, cwd=folder)
        for _ in range(2000):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2)
                return
            except OSError:
                if self.process.poll() is not None: break
                time.sleep(0.01)
        raise RuntimeError("the server does not start: " + open(self.log.name).read())

    def stop(self):
        self.process.terminate()
        self.process.wait()
        said = [line for line in open(self.log.name) if not any(word in line for word in EXPECTED)]
        if said: print(f"a node said {len(said)} lines, the first:", *(line[:300] for line in said[:5]), sep="\n", file=sys.stderr)

    def spent(self): return seconds(self.process.pid)

    def resident(self):
        return int(next(l for l in open(f"/proc/{self.process.pid}/status") if l.startswith("VmRSS")).split()[1]) * 1024

    def descriptors(self): return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def metrics(self):
        page = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5).read().decode()
        found = {}
        for line in page.splitlines():
            if line.startswith("#") or " " not in line: continue
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
        return found


class Cluster:
    """Nodes on one database; of SQLite one."""

    def __init__(self, server, count, database=None, **settings):
        self.own = tempfile.TemporaryDirectory(prefix="otpless-bench-", dir="/var/tmp")
        self.nodes = []
        for _ in range(count): self.nodes.append(Node(server, database, self.own.name, **settings))

    def __enter__(self): return self

    def __exit__(self, *_):
        for node in self.nodes: node.stop()
        self.own.cleanup()

    def spent(self): return sum(node.spent() for node in self.nodes)


def is_user(name):
    try: return bool(pwd.getpwnam(name))
    except KeyError: return False
