"""Puts faults into a ledger, to see that the table shows them: a test that cannot fail proves nothing."""
import base64
import copy
import json
import time
from typing import Callable

from ledger import BROKEN, CONFIRM, DENY, DUPLICATED, FOREIGN, LOST, Ledger, Login, Phase, judge
from report import count
from whatsapp import Delivery

Plant = Callable[[Login], None]


def drop(login: Login) -> None:
    login.pairs.clear()
    login.is_acked = False


def forget_the_200(login: Login) -> None:
    drop(login)
    login.heard = "pending"


def deliver_twice(login: Login) -> None:
    login.pairs.append(copy.copy(login.pairs[-1]))
    for pair in login.pairs:
        pair.is_live = True


def swap(login: Login) -> None:
    login.pairs[-1].phone = "+4900000000"


def come_too_early(login: Login) -> None:
    login.pairs[0].at = login.taps[0].first_sent - 1


def ignore_the_deny(login: Login) -> None:
    login.answer, login.heard = DENY, "auth_denied"


def ignore_it_silently(login: Login) -> None:
    drop(login)
    login.answer, login.heard = DENY, "pending"


#: What is done to one good login, and the column that has to show it.
PLANTS: list[tuple[str, Plant, str]] = [
    ("a login that nobody collected", drop, LOST),
    ("a 200 that was forgotten", forget_the_200, LOST),
    ("a login that was delivered twice", deliver_twice, DUPLICATED),
    ("another person's tokens", swap, FOREIGN),
    ("tokens before the tap", come_too_early, FOREIGN),
    ("tokens in spite of a deny", ignore_the_deny, FOREIGN),
    ("a deny that was forgotten", ignore_it_silently, LOST),
    ("what a page found", lambda login: login.findings.append((BROKEN, "planted")), BROKEN),
]


def planted(phase: Phase) -> list[str]:
    """The faults that the table does not show when they are done to a copy of one of the phase's logins."""
    good = next((login for login in phase.logins if login.is_collected and not judge(login)), None)
    if good is None:
        return []
    before, missed = count(phase), []
    for name, plant, kind in PLANTS:
        victim = copy.deepcopy(good)
        plant(victim)
        spoilt = Phase(phase.name, phase.least, [victim if login is good else login for login in phase.logins],
                       phase.struck)
        row = count(spoilt)
        if row.is_good or row.kinds[kind] <= before.kinds[kind]:
            missed.append(name)
    for name, least, struck in (("too few logins", 1000, 1), ("a fault without effect", 1, 0)):
        if count(Phase(phase.name, least, [good], struck)).is_good:
            missed.append(name)
    return missed


def run() -> bool:
    """The same without a server: a ledger of ten good logins passes, and with each fault it does not."""
    ledger = Ledger()
    phase = Phase("self-test", least=10, struck=1)
    ledger.strike(phase)
    for number in range(10):
        ledger.begin(good_login(ledger, number))
    missed = ["ten good logins"] if not count(phase).is_good else planted(phase)
    missed += strays()
    for name in missed:
        print(f"self-test FAILED: {name}")
    print(f"self-test: {len(PLANTS) + 5 - len(missed)} of {len(PLANTS) + 5} as it should be")
    return not missed


def strays() -> list[str]:
    """What is found when tokens arrive, not when logins are counted."""
    missed, ledger = [], Ledger()
    login = good_login(ledger, 1)
    stranger = Login(2, "491510002", "link", CONFIRM, time.monotonic())
    ledger.collect(stranger, tokens(login.phone, "sid-1"), "node a", True)
    if (FOREIGN, "tokens of login 1") not in stranger.findings:
        missed.append("tokens of another login")
    ledger.collect(login, tokens(login.phone, "sid-1"), "node a", True)
    if not any(kind == DUPLICATED for kind, _ in login.findings):
        missed.append("the same tokens twice")
    return missed


def good_login(ledger: Ledger, number: int) -> Login:
    now = time.monotonic()
    login = Login(number, f"49151{number:04}", "prompt", CONFIRM, now - 2, f"session {number}")
    login.taps.append(Delivery(first_sent=now - 1, tries=1, accepted=now, node="node a"))
    ledger.collect(login, tokens(login.phone, f"sid-{number}"), "node b", by_socket=True)
    login.pairs[-1].is_live = login.is_acked = True
    return login


def tokens(phone: str, sid: str) -> dict[str, object]:
    claims = base64.urlsafe_b64encode(json.dumps({"sid": sid}).encode()).decode()
    return {"accessToken": f"header.{claims}.signature", "refreshToken": "refresh", "userId": f"user of {phone}",
            "user": {"phoneNumber": f"+{phone}"}}
