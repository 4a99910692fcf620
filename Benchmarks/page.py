#!/usr/bin/env python3
"""What the login page costs a visitor: bytes and requests on the wire, and how long until a number can be typed.

usage: page.py SERVER [RUNS]

SERVER is the binary; its demo is opened by Chromium, RUNS times each (5), with nothing in its cache and then again: at this
machine's own speed, and as a cheap phone on a slow network sees it (DevTools' networks, a processor four times slower).
Run by scripts/bench-page, which has the Python for it.
"""
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Tests" / "Browser"))
from playwright.sync_api import sync_playwright  # noqa: E402
from support import demo as demos  # noqa: E402

NETWORKS = {
    "as fast as here": None,
    "fast 4G (9 Mbit/s, 85 ms)": (9_000, 85, 1),
    "slow 4G, processor 4x slower (1.6 Mbit/s, 150 ms)": (1_600, 150, 4),
    "slow 3G, processor 4x slower (400 kbit/s, 400 ms)": (400, 400, 4),
}

#: The field is there, styled, in the right language, and takes what is typed.
INTERACTIVE = """new Promise(resolve => {
    const look = () => {
        const root = document.querySelector("otpless-login")?.shadowRoot
        const field = root?.getElementById("phone")
        const isReady = field && !root.getElementById("card").hidden && field.getClientRects().length
        if (isReady) resolve(performance.now())
        else requestAnimationFrame(look)
    }
    look()
})"""


def visit(context, url, network):
    """One visit: requests, bytes with headers, milliseconds until the field can be used, and first paint."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if network:
        rate, latency, slowdown = network
        session.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": latency, "downloadThroughput": rate * 1000 / 8, "uploadThroughput": rate * 1000 / 8})
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    interactive = page.evaluate(INTERACTIVE)
    page.wait_for_load_state("networkidle")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    page.close()
    return len(sizes), sum(sizes), interactive, painted


def main():
    server, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    demos.SERVER = server
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = demos.Demo(folder).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for name, network in NETWORKS.items():
            first, again = [], []
            for _ in range(runs):
                context = browser.new_context(locale="en-US")
                first.append(visit(context, demo.url, network))
                again.append(visit(context, demo.url, network))
                context.close()
            for label, visits in (("first visit", first), ("again", again)):
                requests, size, interactive, painted = map(statistics.median, zip(*visits))
                print(f"{name}, {label}: {requests:.0f} requests, {size / 1000:.1f} kB, "
                      f"painted {painted:.0f} ms, interactive {interactive:.0f} ms")
        browser.close()
        demo.stop()


main()
