"""What happened to each login, and what must not have happened."""
import base64
import json
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Optional

from whatsapp import Delivery

CONFIRM, DENY = "confirm", "deny"

LOST, DUPLICATED, FOREIGN, BROKEN = "lost", "duplicated", "foreign", "broken"

#: What the contract gives the other nodes to hear of an ended login, and what a busy machine may add.
HEARD_WITHIN, TOLERANCE = 1.0, 1.0
#: For so long after a fault nodes may be finding their way back to their database.
AFTER_FAULT = 10.0


@dataclass
class Pair:
    """Tokens as a page got them."""

    access: str
    refresh: str
    user: str
    phone: str
    #: Node that handed them over, and whether by a socket.
    node: str
    by_socket: bool
    at: float
    #: None as long as nobody has tried.
    is_live: Optional[bool] = None

    @property
    def sid(self) -> str:
        return sid(self.access)


def sid(access: str) -> str:
    """The login that an access token is of; its signature is the server's affair."""
    claims = access.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"])


@dataclass(eq=False)
class Login:
    """One login from its first request to its end."""

    number: int
    phone: str
    method: str
    answer: str
    began: float
    #: None until a node has answered that it began.
    session: Optional[str] = None
    #: Answers of the phone; several where the page had to ask twice and two messages came.
    taps: list[Delivery] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    #: The last that the page heard: an event, or a code.
    heard: str = ""
    #: Where the page's socket is just now.
    waits_at: Optional[str] = None
    is_acked: bool = False
    is_settled: bool = False
    #: Whether everything that was to be done with it is done.
    is_over: bool = False
    findings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_confirmed(self) -> bool:
        """Whether a node has said 200 to the answer: to all of them, if there are several."""
        return self.answer == CONFIRM and bool(self.taps) and all(tap.accepted for tap in self.taps)

    @property
    def is_collected(self) -> bool:
        return self.is_acked and bool(self.pairs)

    @property
    def latency(self) -> Optional[float]:
        """From the webhook to a page that waited on a socket, in seconds."""
        if len(self.taps) == 1 and self.pairs and self.pairs[0].by_socket:
            return self.pairs[0].at - self.taps[0].first_sent
        return None


def judge(login: Login) -> list[tuple[str, str]]:
    """All that is wrong with a login that has come to its end."""
    found = list(login.findings)
    if login.session is None:
        return found
    answered = bool(login.taps) and all(tap.accepted for tap in login.taps)
    if login.is_confirmed and not login.is_collected:
        what = "its webhook got a 200, but it still waits" if login.heard == "pending" else "confirmed, never collected"
        found.append((LOST, f"{what} (heard last: {login.heard or 'nothing'})"))
    if login.answer == DENY and answered and login.heard != "auth_denied":
        found.append((LOST, f"its deny got a 200, but the page heard {login.heard or 'nothing'}"))
    if login.answer == DENY and login.pairs:
        found.append((FOREIGN, "tokens although it was denied"))
    if login.pairs and min((tap.first_sent for tap in login.taps), default=float("inf")) > login.pairs[0].at:
        found.append((FOREIGN, "tokens before the phone had answered"))
    if any(pair.phone.lstrip("+") != login.phone for pair in login.pairs):
        found.append((FOREIGN, "tokens of another number"))
    if sum(pair.is_live is True for pair in login.pairs) > 1:
        found.append((DUPLICATED, "two live pairs"))
    return found


@dataclass
class Phase:
    """A stretch of the run: a fault with all logins that it met, or the time without one."""

    name: str
    #: What must have been met for the phase to prove anything.
    least: int = 0
    logins: list[Login] = field(default_factory=list)
    #: How much the fault has hit, as it says itself.
    struck: int = 0
    begin: float = 0
    end: float = 0
    collected_at: list[float] = field(default_factory=list)
    failures: int = 0


class Ledger:
    """Everything that is written down during the run."""

    def __init__(self) -> None:
        self.phase = self.calm = Phase("no fault")
        self.open: set[Login] = set()
        self.broken: Counter[str] = Counter()
        #: Logins by the `sid` of their tokens, accounts by phone number, and the sids that live, by phone number.
        self._logins_of_sid: dict[str, int] = {}
        self._users: dict[str, str] = {}
        self.live: dict[str, set[str]] = {}
        #: Numbers of which nobody knows whether a login of theirs lives: a refresh was given up half-way.
        self.uncertain: set[str] = set()
        #: Samples for the end of the run: access tokens that must work and that must not.
        self.working: deque[tuple[Login, str]] = deque(maxlen=500)
        self.ended: deque[tuple[Login, str]] = deque(maxlen=500)
        self._trouble_until = 0.0
        #: The last fault, until the first page after it has its tokens: only then it has no more effect.
        self._healed: Optional[Phase] = None

    def begin(self, login: Login) -> None:
        self.open.add(login)
        self.phase.logins.append(login)

    def settle(self, login: Login) -> None:
        login.is_settled = True
        self.open.discard(login)

    def collect(self, login: Login, data: dict[str, Any], node: str, by_socket: bool) -> Pair:
        """Notes tokens that a page has got."""
        pair = Pair(data["accessToken"], data["refreshToken"], data["userId"], data["user"]["phoneNumber"], node,
                    by_socket, time.monotonic())
        login.pairs.append(pair)
        login.heard = "auth_success"
        if len(login.pairs) == 1:
            self.phase.collected_at.append(pair.at)
            if self._healed:
                self._healed.end, self._healed = pair.at, None
        if (owner := self._logins_of_sid.setdefault(pair.sid, login.number)) != login.number:
            login.findings.append((FOREIGN, f"tokens of login {owner}"))
        elif any(other.sid == pair.sid for other in login.pairs[:-1]):
            login.findings.append((DUPLICATED, "a second pair with the sid of the first"))
        if self._users.setdefault(login.phone, pair.user) != pair.user:
            login.findings.append((FOREIGN, "another account than at the number's login before"))
        return pair

    def strike(self, phase: Phase) -> None:
        """A fault begins: whatever is under way now is met by it."""
        phase.begin = time.monotonic()
        phase.logins = [login for login in self.phase.logins if login in self.open]
        self.phase.logins = [login for login in self.phase.logins if login not in self.open]
        self.phase = phase
        self._trouble_until = float("inf")

    def heal(self) -> None:
        """The fault is over; its logins are still its own."""
        self.phase.end = time.monotonic()
        self._trouble_until = self.phase.end + AFTER_FAULT
        self._healed, self.phase = self.phase, self.calm

    @property
    def is_troubled(self) -> bool:
        return time.monotonic() < self._trouble_until

    def must_be_refused(self, ended: float) -> float:
        """From when on every node has to refuse the tokens of a login that ended at that time."""
        return max(ended, self._trouble_until) + HEARD_WITHIN + TOLERANCE

    def count_failure(self) -> None:
        """Something got no reply, or a 5xx: with a fault to be expected."""
        self.phase.failures += 1

    def complain(self, what: str) -> None:
        """Something that no fault excuses."""
        self.broken[what] += 1
