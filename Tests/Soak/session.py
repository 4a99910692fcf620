"""What an app does with the tokens of a login, and what it must never see."""
import asyncio
import time
from typing import Any

from client import PATIENCE, Client, GaveUp
from ledger import DUPLICATED, FOREIGN, LOST, Login, Pair, sid
from node import Node
from wire import Lost, ask

#: How many claim once more what they have acknowledged, refresh, lose a refresh's reply, look at their devices, and
#: sign out.
GREEDY, REFRESHING, LOSING_REPLY, LOOKING, LEAVING = 0.2, 0.3, 0.3, 0.4, 0.35
#: A used refresh token counts for 10 s more; whoever got no reply for almost as long had better not try again.
REPEATED_WITHIN = 8.0


class Session:
    """Lives from the acknowledgement on. `use` does all of it and notes what is wrong."""

    def __init__(self, client: Client, login: Login, pair: Pair):
        self._client, self._login, self._pair = client, login, pair
        self._access, self._refresh = pair.access, pair.refresh
        self._ledger, self._dice = client.ledger, client.dice
        #: Whether a refresh was given up half-way, after which nobody knows what is valid.
        self._is_uncertain = False

    async def use(self) -> None:
        # The phone's node, the page's node, and a third one.
        await self._reads_account(avoid=(self._pair.node, self._login.taps[-1].node if self._login.taps else None))
        self._pair.is_live = True
        self._live.add(self._pair.sid)
        await self._checks_older_pairs()
        for chance, action in ((GREEDY, self._claims_again), (REFRESHING, self._refreshes),
                               (LOOKING, self._looks_at_devices), (LEAVING, self._leaves)):
            if self._dice.random() < chance and not self._is_uncertain:
                await action()
        if self._pair.sid in self._live and not self._is_uncertain:
            self._ledger.working.append((self._login, self._access))

    @property
    def _live(self) -> set[str]:
        return self._ledger.live.setdefault(self._login.phone, set())

    def _find(self, kind: str, what: str) -> None:
        self._login.findings.append((kind, what))

    async def _reads_account(self, avoid: tuple[Any, ...] = ()) -> None:
        reply, node = await self._client.ask("GET", "/api/user/me", token=self._access, avoid=avoid)
        if reply.status != 200:
            self._find(LOST, f"{node.name} refused tokens that a page has just got: {reply.code}")
        elif reply.data["phoneNumber"] != f"+{self._login.phone}" or reply.data["id"] != self._pair.user:
            self._find(FOREIGN, "the tokens are of another account")

    async def _checks_older_pairs(self) -> None:
        """Of several pairs, one is valid: those before are refused by every node."""
        for older in self._login.pairs:
            if older is not self._pair:
                older.is_live = not await self.is_refused_everywhere(older.access, self._pair.at)

    async def is_refused_everywhere(self, access: str, ended: float) -> bool:
        answers = [self._is_refused(node, access, ended) for node in self._client.nodes]
        return all(await asyncio.gather(*answers))

    async def _is_refused(self, node: Node, access: str, ended: float) -> bool:
        end = time.monotonic() + PATIENCE
        while (asked := time.monotonic()) < end:
            try:
                reply = await ask(node.address, "GET", "/api/user/me", token=access)
                if reply.status == 401:
                    return True
                if reply.status == 200 and asked > self._ledger.must_be_refused(ended):
                    return False
            except Lost:
                reply = None
            if reply is None or reply.status >= 500:
                # Who cannot be reached lets nobody in; the audit at the end asks once more.
                self._ledger.count_failure()
                if self._ledger.is_troubled:
                    return True
            await self._client.pause(0.2)
        raise GaveUp(f"{node.name} neither took nor refused a token for {PATIENCE:.0f} s")

    async def _claims_again(self) -> None:
        """What was acknowledged cannot be collected: whoever tries hears 410, or 401 without the verifier."""
        reply, node = await self._client.ask("POST", "/api/auth/claim", {"sessionId": self._login.session})
        if reply.status not in (401, 410):
            self._find(DUPLICATED, f"{node.name} answered a claim after the ack with {reply.status}")

    async def _refreshes(self) -> None:
        begin, used, is_lost = time.monotonic(), self._refresh, False
        replies: list[dict[str, Any]] = []
        if self._dice.random() < LOSING_REPLY:
            try:
                await ask(self._client.choose().address, "POST", "/api/auth/refresh", {"refreshToken": used},
                          lose_reply=True)
            except Lost:
                pass
        while len(replies) < 2 and time.monotonic() - begin < REPEATED_WITHIN:
            node = self._client.choose()
            try:
                reply = await ask(node.address, "POST", "/api/auth/refresh", {"refreshToken": used}, patience=2)
            except Lost:
                reply, is_lost = None, True
            if reply is None or reply.status >= 500:
                self._ledger.count_failure()
                await self._client.pause(0.1)
                continue
            if reply.status != 200:
                return self._find(LOST, f"{node.name} answered a refresh with {reply.code}")
            replies.append(reply.data)
        if not replies or is_lost and self._ledger.is_troubled:
            # A request that a fault holds back may still be served when its token counts no more, and end it all.
            self._is_uncertain = True
            self._ledger.uncertain.add(self._login.phone)
            self._live.discard(self._pair.sid)
        if not replies:
            return
        if len({reply["refreshToken"] for reply in replies}) > 1:
            self._find(DUPLICATED, "one refresh token, two successors")
        self._access, self._refresh = replies[-1]["accessToken"], replies[-1]["refreshToken"]
        if sid(self._access) != self._pair.sid:
            self._find(FOREIGN, "a refresh led into another login")
        if not self._is_uncertain:
            await self._reads_account()

    async def _looks_at_devices(self) -> None:
        """A family of tokens that no page knows would show here."""
        reply, _ = await self._client.ask("GET", "/api/user/me/devices", token=self._access)
        if reply.status != 200:
            return self._find(LOST, f"the devices were answered with {reply.code}")
        devices = {device["id"] for device in reply.data["devices"]}
        if self._pair.sid not in devices:
            self._find(LOST, "a live login is missing among its devices")
        if devices - self._live and self._login.phone not in self._ledger.uncertain:
            self._find(DUPLICATED, f"{len(devices - self._live)} devices that no page has collected")

    async def _leaves(self) -> None:
        body = {"userId": self._pair.user, "refreshToken": self._refresh}
        reply, node = await self._client.ask("POST", "/api/auth/logout", body)
        if reply.status != 200:
            return self._find(LOST, f"{node.name} answered a logout with {reply.code}")
        ended = time.monotonic()
        self._live.discard(self._pair.sid)
        if not await self.is_refused_everywhere(self._access, ended):
            self._find(LOST, "signed out, and the access token is still taken")
        reply, node = await self._client.ask("POST", "/api/auth/refresh", {"refreshToken": self._refresh})
        if reply.status != 401:
            self._find(LOST, f"signed out, and {node.name} answered a refresh with {reply.status}")
        self._ledger.ended.append((self._login, self._access))
