#!/usr/bin/env python3
"""What several nodes on one PostgreSQL do, and what a login costs there. scripts/bench-nodes calls it.

usage: nodes.py SERVER WORK ROUNDS [rates] [delay] [counts] [pages] [sweep] [notify]

 rates   logins a second of one, two and three nodes, page and webhook at one node or at two, beside SQLite
 delay   from webhook to push at 100 logins a second, at one node and across two
 counts  statements, transactions, rows and bytes for each login, and the plans of the statements
 pages   what a page that waits costs a node and the database
 sweep   how fast one node, and three, forget what is old
 notify  a NOTIFY in each transaction, beside one for many (notify.py)

Everything shares the machine: nodes, PostgreSQL and the load. Medians of so many rounds, which alternate.
"""
import glob, json, os, re, resource, statistics, subprocess, sys, time
import notify
from cluster import HERE, Cluster, Postgres

SERVER, WORK, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
#: Logins at once, of all nodes together.
AT_ONCE = 48
numbers = 0


def load(pages, webhooks, *options, concurrency=AT_ONCE, rate=0):
    """Runs one load for each node at which pages wait; returns what they counted, together."""
    global numbers
    runs = []
    for page, webhook in zip(pages, webhooks):
        numbers += 20_000_000
        command = [WORK + "/loginload", "--port", str(page.port), "--webhook-port", str(webhook.port), "--stub-port",
                   str(page.stub), "--secret", "app-secret", "--conc", str(concurrency // len(pages)), "--fresh",
                   "--forwarded", "--pending", "--ack", "--phones", str(numbers), "--warm", "0", *options]
        if rate: command += ["--rate", str(rate / len(pages))]
        runs.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outputs = [run.communicate() for run in runs]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _, complaints in outputs:
        if complaints: print("the load said:", complaints[:600], file=sys.stderr)
    found = [json.loads(output) for output, _ in outputs]
    total = {name: sum(each[name] for each in found) for name in ("logins", "logins_per_s", "errors", "http_err", "ws_err")}
    total.update({name: max(each[name] for each in found) for name in found[0] if name.endswith("_us")})
    total["load_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return total


def places(cluster, across):
    """Where pages wait, and where the webhooks of each go."""
    nodes = cluster.nodes
    return nodes, nodes[1:] + nodes[:1] if across else nodes


def medians(rows):
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def show(rows):
    for name, runs in rows.items():
        print(json.dumps({"what": name, **{key: round(value, 2) for key, value in medians(runs).items()},
                          "all": [round(run["logins_per_s"]) for run in runs]}), flush=True)


KINDS = {
    "sqlite": (1, False, ""), "1 node": (1, False, ""), "2 nodes": (2, False, ""), "2 nodes, across": (2, True, ""),
    "3 nodes": (3, False, ""), "3 nodes, across": (3, True, ""),
    "1 node, no wait for the disk": (1, False, "&options=-csynchronous_commit%3Doff"),
    "3 nodes, across, no wait for the disk": (3, True, "&options=-csynchronous_commit%3Doff"),
}


def cluster_of(postgres, kind):
    count, across, options = KINDS[kind]
    return Cluster(SERVER, count, None if kind == "sqlite" else postgres.create("bench") + options), across


def rates():
    rows = {kind: [] for kind in KINDS}
    with Postgres() as postgres:
        for _ in range(ROUNDS):
            for kind in KINDS:
                made, across = cluster_of(postgres, kind)
                with made as cluster:
                    load(*places(cluster, across), "--duration", "1")
                    nodes, database, start = cluster.spent(), postgres.spent(), time.monotonic()
                    run = load(*places(cluster, across), "--duration", "5")
                    logins = max(1, run["logins"])
                    run["node_us"] = (cluster.spent() - nodes) / logins * 1e6
                    run["postgres_us"] = (postgres.spent() - database) / logins * 1e6
                    run["load_us"] = run.pop("load_s") / logins * 1e6
                    run["loadavg"] = os.getloadavg()[0]
                    rows[kind].append(run)
    show(rows)


def delay():
    kinds = [kind for kind in KINDS if kind not in ("1 node, no wait for the disk",)]
    rows = {kind: [] for kind in kinds}
    with Postgres() as postgres:
        for _ in range(ROUNDS):
            for kind in kinds:
                made, across = cluster_of(postgres, kind)
                with made as cluster:
                    load(*places(cluster, across), "--duration", "1")
                    run = load(*places(cluster, across), "--duration", "5", rate=100)
                    run["loadavg"] = os.getloadavg()[0]
                    rows[kind].append(run)
    show(rows)


COUNTERS = {
    "transactions": "SELECT xact_commit, xact_rollback FROM pg_stat_database WHERE datname = current_database()",
    "wal": "SELECT wal_records, wal_fpi, wal_bytes FROM pg_stat_wal",
    "tables": "SELECT relname, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del, n_dead_tup, autovacuum_count"
              " FROM pg_stat_user_tables ORDER BY relname",
    "sizes": "SELECT relname, n_live_tup, pg_relation_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables"
             " ORDER BY relname",
    "statements": "SELECT calls, round(total_exec_time::numeric, 1), rows, wal_bytes, query FROM pg_stat_statements s"
                  " JOIN pg_database d ON d.oid = s.dbid WHERE datname = current_database() ORDER BY calls DESC",
}


def counts():
    with Postgres() as postgres:
        url = postgres.create("counts")
        postgres.sql("counts", "CREATE EXTENSION pg_stat_statements")
        with Cluster(SERVER, 2, url) as cluster:
            pages, webhooks = places(cluster, True)
            for title, some, there, options in (
                ("nothing, 20 s", pages, pages, None),
                ("page and webhook at one node", pages[:1], pages[:1], ()),
                ("page and webhook at two nodes", pages[:1], webhooks[:1], ()),
                ("the same with three delivery reports", pages[:1], webhooks[:1], ("--reports", "3")),
                ("by link, at two nodes", pages[:1], webhooks[:1], ("--link",)),
            ):
                postgres.sql("counts", "SELECT pg_stat_reset(), pg_stat_reset_shared('wal'), pg_stat_statements_reset()")
                batches, begin = said(cluster), postgres.sql("counts", "SELECT pg_current_wal_lsn()")[0][0]
                if options is None: time.sleep(20)
                logins = 1 if options is None else load(some, there, *options, "--duration", "8")["logins"]
                end = postgres.sql("counts", "SELECT pg_current_wal_lsn()")[0][0]
                time.sleep(12)  # connections tell their counts once they have been idle for 10 s
                print(f"\n== {title}: {logins} logins", flush=True)
                print("hints", {name: value - batches[name] for name, value in said(cluster).items()})
                for name in ("transactions", "wal", "tables", "statements"):
                    print(f"-- {name}, for each")
                    for row in postgres.sql("counts", COUNTERS[name]):
                        print("  ", *(f"{float(x) / logins:.3f}" if is_number(x) else " ".join(x.split())[:150] for x in row))
                written = postgres.call("pg_waldump", "-p", postgres.folder + "/data/pg_wal", "--stats", "-s", begin, "-e", end)
                total = next(line for line in written.splitlines() if line.startswith("Total")).split()
                print(f"-- WAL without and with whole pages: {int(total[2]) / logins:.0f} and {int(total[-2]) / logins:.0f} bytes")
            print("== sizes")
            for row in postgres.sql("counts", "VACUUM ANALYZE; " + COUNTERS["sizes"]): print("  ", *row)
        plans(postgres)


def said(cluster):
    found = {}
    for node in cluster.nodes:
        for name, value in node.metrics().items():
            if "notification" in name or "repetitions" in name: found[name] = found.get(name, 0) + value
    return found


def is_number(text): return text.replace(".", "", 1).replace("-", "", 1).isdigit()


def plans(postgres):
    """Many times the rows, and then how each statement that was counted would be run."""
    for table, fresh in (("logins", "id"), ("families", "id"), ("users", "id"), ("audit", None), ("received_messages", "id"),
                         ("sent_messages", "id"), ("limits", "subject"), ("contacts", "phone")):
        columns = [name for name, in postgres.sql("counts", "SELECT quote_ident(attname) FROM pg_attribute WHERE attnum > 0"
                                                  f" AND NOT attisdropped AND attrelid = '{table}'::regclass")]
        # Ids begin with their time.
        replaced = {"id": "set_byte(decode(md5(random()::text), 'hex'), 0, 1)" if table in ("logins", "families", "users")
                    else "md5(random()::text)", "subject": "'phone ' || random()", "phone": "trunc(random() * 1e13)::text"}
        chosen = [replaced[c] if c in ("phone", fresh) and c in replaced and c != "audit" else c for c in columns]
        if table == "audit": columns, chosen = columns[1:], columns[1:]
        rows = int(postgres.sql("counts", f"SELECT count(*) FROM {table}")[0][0])
        times = max(1, 120_000 // max(1, rows))
        postgres.sql("counts", f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen)} FROM {table},"
                               f" generate_series(1, {times}) ON CONFLICT DO NOTHING")
    postgres.sql("counts", "VACUUM ANALYZE")
    print("== plans, of", postgres.sql("counts", "SELECT count(*) FROM logins")[0][0], "logins")
    for query in statements(): plan(postgres, query)


def statements():
    """All that the store asks, as its source has it."""
    found = set()
    for folder in ("Store/Rows", "Store/Transactions", "Node"):
        for path in glob.glob(f"{HERE}/../../Sources/OTPless/{folder}/*.swift"):
            for text in re.findall(r'"""(.*?)"""|"((?:[^"\\\n]|\\.)*)"', open(path).read(), re.S):
                text = " ".join((text[0] or text[1]).replace('\\"', '"').split())
                if text.startswith(("SELECT ", "UPDATE ", "DELETE FROM ")): found.add(text)
    return sorted(found)


def plan(postgres, query):
    """Whether a statement has to read a whole table: whether the planner finds no other way when that is forbidden."""
    count = max([int(number) for number in re.findall(r"\$(\d+)", query)], default=0)
    values = f"({', '.join(['NULL'] * count)})" if count else ""
    rows = postgres.sql("counts", f"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; PREPARE p AS {query};"
                                  f"EXPLAIN (COSTS OFF) EXECUTE p{values}")
    scans = [line.strip() for row in rows for line in row[0].split("\n") if "Scan" in line]
    print("WHOLE TABLE" if any("Seq Scan" in line for line in scans) else "ok", query[:140], *scans, sep="\n      ")


def pages():
    count = 5000
    with Postgres() as postgres:
        for kind in ("sqlite", "1 node"):
            made, _ = cluster_of(postgres, kind)
            with made as cluster:
                node = cluster.nodes[0]
                command = [WORK + "/loginload", "--mode", "idle", "--sessions", str(count), "--port", str(node.port),
                           "--stub-port", str(node.stub), "--secret", "app-secret", "--conc", "32", "--forwarded",
                           "--settle", "5"]
                run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                marks = [("start", *state(node, postgres))]
                for line in run.stderr:
                    if line.startswith("phase"): marks.append((line.split()[1], *state(node, postgres)))
                    else: print(line, end="", file=sys.stderr)
                found = json.loads(run.stdout.read())
                run.wait()
                time.sleep(0.5)
                marks.append(("end", *state(node, postgres)))
                print(kind, {name: found[name] for name in ("n", "pushed", "push_p50_us", "push_p99_us", "errors", "ws_err")})
                for (name, *a), (_, *b) in zip(marks, marks[1:]):
                    taken, memory, descriptors, node_s, postgres_s, commits = (y - x for x, y in zip(a, b))
                    print(f"   {name}: {taken:.2f} s; for each page {memory / count:.0f} B resident,"
                          f" {descriptors / count:.2f} descriptors, {node_s / count * 1e6:.0f} us node,"
                          f" {postgres_s / count * 1e6:.0f} us PostgreSQL, {commits / count:.2f} transactions", flush=True)


def state(node, postgres):
    commits = int(postgres.sql("postgres", "SELECT coalesce(sum(xact_commit), 0) FROM pg_stat_database WHERE datname = 'bench'")[0][0])
    return time.monotonic(), node.resident(), node.descriptors(), node.spent(), postgres.spent(), commits


OLD = """
INSERT INTO logins (id, session_digest, answer_digest, phone, created_at, expires_at, user_agent, ip, state, delivery, is_new_user)
SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), sha256(n::text::bytea), sha256(n::text::bytea), n::text, 1, 1,
    repeat('x', 100), '20.1.2.3', 1, 3, 1 FROM generate_series(1, 300000) n;
INSERT INTO sent_messages (id, login) SELECT 'wamid.' || md5(n::text), decode(lpad(to_hex(n), 32, '0'), 'hex')
FROM generate_series(1, 300000) n;
INSERT INTO received_messages SELECT 'wamid.' || md5(n::text), n FROM generate_series(1, 300000) n;
INSERT INTO families (id, "user", login, generation, digest, rotations, created_at, last_used_at)
SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), decode(md5(n::text), 'hex'), decode(lpad(to_hex(n), 32, '0'), 'hex'), 1,
    sha256(n::text::bytea), '', 1, 1 FROM generate_series(1, 300000) n;
INSERT INTO contacts (phone, last_inbound_at, expires_at) SELECT n::text, 1, 1 FROM generate_series(1, 300000) n;
INSERT INTO limits SELECT 'phone ' || n, '', 0, 1 FROM generate_series(1, 600000) n;
INSERT INTO audit (at, event, login) SELECT n, 'login.started', sha256(n::text::bytea) FROM generate_series(1, 1200000) n;
VACUUM ANALYZE; SELECT pg_stat_reset();
"""
DELETED = "SELECT relname, n_tup_del FROM pg_stat_user_tables WHERE relname NOT IN ('nodes', 'secrets') AND n_tup_del > 0"
#: They would stay forever: messages are forgotten with their login.
ORPHANS = "SELECT count(*) FROM sent_messages s WHERE NOT EXISTS (SELECT 1 FROM logins l WHERE l.id = s.login)"


def sweep():
    with Postgres() as postgres:
        for count in (1, 3):
            url = postgres.create("bench")
            with Cluster(SERVER, 1, url): postgres.sql("bench", OLD)
            with Cluster(SERVER, count, url) as cluster:
                time.sleep(62)  # it looks once a minute
                begin, spent, nodes = deleted(postgres), postgres.spent(), cluster.spent()
                time.sleep(15)
                end = deleted(postgres)
                print(f"{count} nodes, rows a second:", {name: round((end[name] - begin.get(name, 0)) / 15) for name in end},
                      f"PostgreSQL {(postgres.spent() - spent) / 15:.2f} of a core, nodes {(cluster.spent() - nodes) / 15:.2f}",
                      {name: value for name, value in said(cluster).items() if value},
                      "messages whose login is gone:", postgres.sql("bench", ORPHANS)[0][0], flush=True)


def deleted(postgres): return {name: int(value) for name, value in postgres.sql("bench", DELETED)}


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
print("load average", *os.getloadavg(), "on", os.cpu_count(), "cores", flush=True)
for part in sys.argv[4:] or ["rates", "delay", "counts", "pages", "sweep", "notify"]:
    print(f"# {part}", flush=True)
    {"rates": rates, "delay": delay, "counts": counts, "pages": pages, "sweep": sweep, "notify": notify.compare}[part]()
