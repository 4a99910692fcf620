"""A NOTIFY in each transaction that has something to tell, beside one for many on a connection of its own."""
import ctypes, ctypes.util, glob, os, select, statistics, subprocess, tempfile, threading, time
from cluster import Postgres
from postgres import program

#: What a confirmation does, about: a row is locked and changed, two are added.
SCRIPT = """\\set id random(1, 100000)
BEGIN;
SELECT node FROM work WHERE id = :id FOR UPDATE;
UPDATE work SET state = state + 1 WHERE id = :id;
INSERT INTO trail (at, what) VALUES (:id, 'login.confirmed');
INSERT INTO trail (at, what) VALUES (:id, 'tokens.issued');
%sCOMMIT;
"""
TOLD = "SELECT pg_notify('otpless ' || :id % 3, 'login 0193fb6f-1c44-7a52-9d2c-0c3f5a1c8e77');\n"
NODES, SECONDS = 3, 3


class Line:
    """A connection of libpq's that listens to a channel, as a node does."""
    pq = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    for name, result in (("PQconnectdb", ctypes.c_void_p), ("PQexec", ctypes.c_void_p), ("PQnotifies", ctypes.c_void_p)):
        getattr(pq, name).restype = result

    def __init__(self, port, channel):
        text = f"host=127.0.0.1 port={port} user=otpless dbname=notify".encode()
        self.handle = ctypes.c_void_p(self.pq.PQconnectdb(text))
        self.heard = self.told = self.batches = 0
        self.run(f'LISTEN "otpless {channel}"')

    def run(self, text):
        self.pq.PQclear(ctypes.c_void_p(self.pq.PQexec(self.handle, text.encode())))
        self.drain()

    def drain(self):
        self.pq.PQconsumeInput(self.handle)
        while note := self.pq.PQnotifies(self.handle):
            self.heard += 1
            self.pq.PQfreemem(ctypes.c_void_p(note))

    def live(self, until, rate, channel):
        """Listens; tells so many a second to another, all that are due in one transaction."""
        begin = time.monotonic()
        while (now := time.monotonic()) < until():
            due = int((now - begin) * rate) - self.told
            if due <= 0:
                select.select([self.pq.PQsocket(self.handle)], [], [], 0.002 if rate else 0.1)
                self.drain()
                continue
            due = min(due, 256)
            note = f"SELECT pg_notify('otpless {channel}', 'login 0193fb6f-1c44-7a52-9d2c-%012d');"
            self.run("BEGIN;" + "".join(note % (self.told + n) for n in range(due)) + "COMMIT")
            self.told += due
            self.batches += 1

    def close(self): self.pq.PQfinish(self.handle)


def compare():
    for fsync in ("on", "off"):
        with Postgres(fsync=fsync, synchronous_commit=fsync) as postgres:
            postgres.create("notify")
            postgres.sql("notify", "CREATE TABLE work (id bigint PRIMARY KEY, node int, state int, note text);"
                                   "INSERT INTO work SELECT n, n % 3, 0, repeat('x', 300) FROM generate_series(1, 100000) n;"
                                   "CREATE TABLE trail (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint, what text);"
                                   "VACUUM ANALYZE; CHECKPOINT")
            for clients in (1, 4, 8, 16, 32):
                plain = run(postgres, clients, "", 0)
                within = run(postgres, clients, TOLD, 0)
                apart = run(postgres, clients, "", plain["rate"])
                print(f"fsync {fsync}, {clients} clients:", *(
                    f"{name} {row['rate']:.0f}/s p50 {row['p50']:.1f} p99 {row['p99']:.1f} ms"
                    + (f" ({row['told']:.0f} told in {row['batches']:.0f} transactions a second)" if row["batches"] else "") + ";"
                    for name, row in (("none", plain), ("within", within), ("apart", apart))),
                    flush=True)


def run(postgres, clients, told, rate):
    lines = [Line(postgres.port, node) for node in range(NODES)]
    end = [float("inf")]
    threads = [threading.Thread(target=line.live, args=(lambda: end[0], rate / NODES, (node + 1) % NODES))
               for node, line in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/script", "w") as file: file.write(SCRIPT % told)
        for thread in threads: thread.start()
        subprocess.run(
            [program("pgbench"), "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "otpless", "-n", "-M", "prepared", "-f",
             folder + "/script", "-c", str(clients), "-j", "2", "-T", str(SECONDS), "-l", "--log-prefix", folder + "/log",
             "notify"], check=True, capture_output=True, cwd=folder)
        end[0] = 0
        for thread in threads: thread.join()
        times = sorted(int(line.split()[2]) / 1000 for path in glob.glob(folder + "/log*") for line in open(path))
    for line in lines: line.close()
    return {"rate": len(times) / SECONDS, "p50": statistics.median(times), "p99": times[int(0.99 * (len(times) - 1))],
            "told": sum(line.told for line in lines) / SECONDS, "batches": sum(line.batches for line in lines) / SECONDS}
