"""A run: three nodes on a PostgreSQL, or one on SQLite, under a steady load, and one fault after the other."""
import asyncio
import random
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from audit import Audit
from client import Client
from faults import ALL
from ledger import Ledger, Phase
from load import Load
from machine import SmallDisk
from node import Node
from postgres import Postgres
from proxy import Proxy
from report import HEADING, Row, add, by_place, count, describe
from selftest import planted
from whatsapp import APP_SECRET, BUSINESS_NUMBER, PHONE_NUMBER_ID, WhatsApp
from world import Fault, World

GIGABYTE = 1 << 30
#: SQLite's is small, so that its log soon needs space; PostgreSQL's has to hold what a long run writes.
DISK_SIZE = {"postgres": 8 * GIGABYTE, "sqlite": GIGABYTE // 4}
#: How long the logins of a fault may take to come to their ends after it.
GRACE = 150.0
#: Of the logins that the rate promises, as many have to be confirmed for a fault to count.
LEAST_SHARE = 0.2


@dataclass
class Options:
    """As of the command line."""

    binary: str
    store: str
    #: For so long faults follow each other; `is_short` is one round of all of them, held shorter.
    duration: float
    is_short: bool
    rate: float
    nodes: int
    seed: int
    only: str
    folder: Path
    #: Webhooks that never arrive although they are answered, to see the run fail.
    swallows: int


class Soak:
    """`run` returns whether all was well; what it says goes to standard output."""

    def __init__(self, options: Options):
        self._options = options
        self._dice = random.Random(options.seed)
        self._ledger = Ledger()
        self._disk = SmallDisk(options.folder / "disk", DISK_SIZE[options.store])
        self._postgres: Optional[Postgres] = None
        self._nodes: list[Node] = []
        self._whatsapp = WhatsApp(self._nodes, self._dice, self._ledger.complain, self._ledger.count_failure)
        self._rows: list[Row] = []
        self._calm: list[Row] = []
        #: Faults that were put into the ledger to see them found, and were not.
        self._missed: list[str] = []
        self._same: list[float] = []
        self._other: list[float] = []

    async def run(self) -> bool:
        try:
            await self._set_up()
            return await self._break_everything()
        finally:
            await self._clean_up()

    # Setting up

    async def _set_up(self) -> None:
        # Its parts run as other users.
        self._options.folder.chmod(0o711)
        self._disk.open()
        await self._whatsapp.open()
        self._whatsapp.swallows = self._options.swallows
        if self._options.store == "postgres":
            self._postgres = Postgres(self._disk.folder, self._options.folder / "postgres.log")
            await self._postgres.create()
        settings = self._settings()
        for number in range(self._options.nodes):
            await self._add_node(f"node {'abcdefghi'[number]}", settings)
        self._client = Client(self._nodes, self._ledger, self._dice)
        self._load = Load(self._options.rate, self._client, self._whatsapp, self._ledger, self._dice)
        self._world = World(self._nodes, self._postgres, self._disk, self._whatsapp, self._ledger, self._dice)

    def _settings(self) -> dict[str, str]:
        """What all nodes share. Limits are off: all pages come from one address, and lost requests are repeated."""
        return {
            "OTPLESS_PUBLIC_URL": "http://127.0.0.1:9", "OTPLESS_APP_NAME": "Soak",
            "OTPLESS_JWT_SECRET": secrets.token_urlsafe(32),
            # The audit at the end asks for logins of hours before.
            "OTPLESS_ACCESS_TOKEN_TTL": "1d", "OTPLESS_LOG_LEVEL": "warning",
            "OTPLESS_LIMIT_IP": "off", "OTPLESS_LIMIT_PHONE": "off", "OTPLESS_DENY_BLOCK": "off",
            "OTPLESS_WHATSAPP_BASE_URL": f"http://127.0.0.1:{self._whatsapp.port}",
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "OTPLESS_WHATSAPP_PHONE_NUMBER": f"+{BUSINESS_NUMBER}", "OTPLESS_WHATSAPP_ACCESS_TOKEN": "soak",
            "OTPLESS_WHATSAPP_APP_SECRET": APP_SECRET, "OTPLESS_WHATSAPP_VERIFY_TOKEN": "soak",
        }

    async def _add_node(self, name: str, settings: dict[str, str]) -> None:
        database = f"sqlite:{self._disk.folder / 'otpless.db'}"
        proxy = None
        if self._postgres:
            proxy = await Proxy(("127.0.0.1", self._postgres.port), self._dice).open()
            database = f"postgres://otpless@127.0.0.1:{proxy.port}/otpless"
        node = Node(name, self._options.binary, {**settings, "OTPLESS_DATABASE": database}, self._options.folder,
                    self._dice)
        node.database = proxy
        self._nodes.append(node)
        await node.front.open()
        await node.start()

    # Running

    async def _break_everything(self) -> bool:
        chosen = [fault for fault in ALL if self._options.only in fault.name]
        skipped = {fault.name: fault.missing(self._world) for fault in chosen}
        possible = [fault for fault in chosen if not skipped[fault.name]]
        for name, why in skipped.items():
            if why:
                print(f"LEFT OUT: {name}; {why}", flush=True)
        print(HEADING, flush=True)
        self._load.start()
        end = time.monotonic() + self._options.duration
        await asyncio.sleep(3)
        is_first = True
        while possible and (is_first or not self._options.is_short and time.monotonic() < end):
            for fault in possible:
                # A long run ends within a round, but not before its first is through.
                if is_first or time.monotonic() < end:
                    await self._break(fault, self._hold(len(possible)))
            is_first = False
            self._dice.shuffle(possible)
        await asyncio.sleep(3)
        await self._load.stop(GRACE)
        await Audit(self._client).run()
        return self._conclude(bool(possible))

    def _hold(self, count: int) -> float:
        """How long a fault is held. In a short run most of the time is for what comes after each."""
        if self._options.is_short:
            return min(5.0, max(1.5, self._options.duration / count / 2.5))
        return self._dice.uniform(3, 10)

    async def _break(self, fault: Fault, seconds: float) -> None:
        least = max(3, int(LEAST_SHARE * self._load.rate * seconds))
        phase = Phase(fault.name, least)
        self._ledger.strike(phase)
        phase.struck = await fault.strike(self._world, seconds)
        self._ledger.heal()
        healed = time.monotonic()
        while time.monotonic() - healed < GRACE and not all(login.is_over for login in phase.logins):
            await asyncio.sleep(0.1)
        if late := sum(not login.is_over for login in phase.logins):
            self._ledger.complain(f"{fault.name}: {late} logins had not come to an end {GRACE:.0f} s after it")
        await asyncio.sleep(0.5)
        self._missed += planted(phase)
        row = count(phase)
        self._rows.append(row)
        print(row, flush=True)
        self._count_calm()

    def _count_calm(self) -> None:
        """Counts what is over of the time without a fault, and forgets it: a run may take days."""
        phase = self._ledger.calm
        over = Phase(phase.name, logins=[login for login in phase.logins if login.is_over])
        phase.logins = [login for login in phase.logins if not login.is_over]
        self._calm.append(count(over))
        same, other = by_place(over.logins)
        self._same += same
        self._other += other

    # The end

    def _conclude(self, is_anything_possible: bool) -> bool:
        self._count_calm()
        calm = add(self._calm, "no fault")
        print(calm)
        print(add([*self._rows, calm], "all"))
        print(f"webhook to page without a fault: {describe('same node', self._same)}; "
              f"{describe('another node', self._other)}")
        if self._load.held_back:
            print(f"held back: {self._load.held_back} logins; this machine is too slow for the rate")
        for node in self._nodes:
            self._ledger.broken.update(node.deaths)
        for missed in self._missed:
            self._ledger.complain(f"the table did not show what was put into the ledger: {missed}")
        for what, times in self._ledger.broken.items():
            print(f"BROKEN, {times} times: {what}")
        return is_anything_possible and not self._ledger.broken and all(row.is_good for row in [*self._rows, calm])

    async def _clean_up(self) -> None:
        for node in self._nodes:
            node.front.close()
            await node.kill()
            if node.database:
                node.database.close()
        if self._postgres:
            await self._postgres.crash()
        self._whatsapp.close()
        self._disk.close()
