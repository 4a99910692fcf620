#!/usr/bin/env python3
"""Prints the medians of a benchmark's JSON lines as a table, each with its ratio to the first peer named.

usage: summary.py RESULTS.jsonl BASE...
"""
import collections
import json
import statistics
import sys

# What a line of bench.py measured, its title, and what to show of it: (key, title).
MEASURES = {
    "w1": ("`GET /api/user/me`", [("srv_us_per_req", "CPU us/request"), ("rps", "requests/s")]),
    "w2": ("logins", [("srv_us_per_login", "CPU us/login"), ("logins_per_s", "logins/s"),
                      ("push_p50_us", "webhook to push, median us"), ("push_p99_us", "p99 us")]),
    "w3": ("10,000 waiting pages", [("bytes_per_session_ws", "bytes/page with its login"),
                                    ("bytes_per_ws", "without"), ("push_s", "push to all, s"), ("push_cpu_s", "CPU s")]),
    "w4": ("start", [("cold_ms", "ms"), ("rss_kb", "KiB resident")]),
}


def read(path):
    """Groups the lines by what was measured, then by peer."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        if "error" in row or "fail" in row:
            print("failed:", line.strip(), file=sys.stderr)
            continue
        case = row["w"] + (f" at {row['conc']}" if "conc" in row else "")
        groups[case][row["peer"]].append(row)
    return groups


def show(case, peers, bases):
    """Prints one table; a ratio stands behind each figure that a base has too."""
    title, columns = MEASURES[case[:2]]
    columns = [c for c in columns if all(c[0] in rows[0] for rows in peers.values())]
    print(f"\n{title}{case[2:]} ({min(len(rows) for rows in peers.values())} rounds)\n")
    print("| | " + " | ".join(c[1] for c in columns) + " |")
    print("|---|" + "---|" * len(columns))
    middle = {p: {c[0]: statistics.median(r[c[0]] for r in rows) for c in columns}
              for p, rows in peers.items()}
    for peer, values in middle.items():
        cells = []
        for key, _ in columns:
            ratios = [f"{values[key] / middle[b][key]:.2f} x {b}" for b in bases
                      if b in middle and b != peer and middle[b][key]]
            cells.append(f"{values[key]:g}" + (f" ({', '.join(ratios)})" if peer == "otpless" else ""))
        print(f"| {peer} | " + " | ".join(cells) + " |")


def main():
    groups = read(sys.argv[1])
    for case in sorted(groups):
        show(case, groups[case], sys.argv[2:])


main()
