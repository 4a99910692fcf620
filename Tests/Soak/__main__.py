"""Proves that nothing is lost and nothing is duplicated when nodes, their database and the network between them fail.

scripts/soak starts it; docs/soak.md says what it does and how to read its table.
"""
import argparse
import asyncio
import random
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import proxytest
import selftest
from soak import Options, Soak


class Parser(argparse.ArgumentParser):
    """Ends with the status that the project's other commands have for usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def arguments() -> argparse.Namespace:
    parser = Parser(prog="scripts/soak", description=__doc__.splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, help="for so long, round after round")
    parser.add_argument("--seconds", type=float, help="instead: one round, each fault held for its share of them")
    parser.add_argument("--server", metavar="BINARY", help="the otpless-server to test")
    parser.add_argument("--store", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--nodes", type=int, default=3, choices=range(1, 10), metavar="1..9", help="3, with PostgreSQL")
    parser.add_argument("--rate", type=float, default=20, help="logins a second: 20")
    parser.add_argument("--only", default="", metavar="TEXT", help="the faults with this in their names")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--swallow", type=int, default=0, metavar="N",
                        help="pretends of N webhooks that they were answered; the run has to fail")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="keeps the logs of nodes and PostgreSQL there")
    parser.add_argument("--self-test", action="store_true", help="only sees that the table shows what is wrong")
    chosen = parser.parse_args()
    if not chosen.self_test and (chosen.minutes is None) == (chosen.seconds is None):
        parser.error("say for how many MINUTES, or --seconds SECONDS")
    if not chosen.self_test and not chosen.server:
        parser.error("--server is missing")
    return chosen


def main() -> int:
    chosen = arguments()
    if chosen.self_test:
        return 0 if selftest.run() & asyncio.run(proxytest.run()) else 1
    nodes = chosen.nodes if chosen.store == "postgres" else 1
    print(f"soak: {nodes} node{'s' * (nodes > 1)} on {chosen.store}, {chosen.rate:g} logins a second, "
          f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="otpless-soak-") as folder:
        options = Options(
            chosen.server, chosen.store, chosen.seconds or chosen.minutes * 60, chosen.seconds is not None, chosen.rate,
            nodes, chosen.seed, chosen.only, Path(folder), chosen.swallow)
        try:
            is_good = asyncio.run(run(options))
        except (KeyboardInterrupt, asyncio.CancelledError):
            print("soak: interrupted", flush=True)
            return 1
        finally:
            keep_logs(Path(folder), chosen.keep)
    print("soak: all is well" if is_good else "soak: FAILED", flush=True)
    return 0 if is_good else 1


async def run(options: Options) -> bool:
    # A SIGTERM cleans up as Ctrl-C does.
    this = asyncio.current_task()
    assert this
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await Soak(options).run()


def keep_logs(source: Path, target: Path | None) -> None:
    if target:
        target.mkdir(parents=True, exist_ok=True)
        for log in source.glob("*.log"):
            (target / log.name.replace(" ", "-")).write_bytes(log.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
