"""The table, and whether the run proved what it is there for."""
from collections import Counter
from dataclasses import dataclass, field
from typing import Optional

from ledger import CONFIRM, DUPLICATED, FOREIGN, LOST, Login, Phase, judge

COLUMNS = ("struck", "sent", "confirmed", "collected", "denied", "lost", "dup.", "foreign", "p50", "p99", "gap")
WIDTH = 27


@dataclass
class Row:
    """One phase, counted."""

    name: str
    struck: int
    sent: int
    confirmed: int
    collected: int
    denied: int
    kinds: Counter[str]
    latencies: list[float]
    #: The longest time in which no page got its tokens, in seconds.
    gap: float
    #: Why the phase proves nothing; empty if it does.
    shortfall: str
    findings: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.kinds and not self.shortfall

    def __str__(self) -> str:
        cells = [self.struck, self.sent, self.confirmed, self.collected, self.denied,
                 *(self.kinds[kind] for kind in (LOST, DUPLICATED, FOREIGN)),
                 *(seconds(share(self.latencies, at)) for at in (0.5, 0.99)), f"{self.gap:.1f} s"]
        lines = [layout(self.name, cells)]
        lines += [f"    {self.shortfall}"] if self.shortfall else []
        lines += [f"    {finding}" for finding in self.findings[:10]]
        if len(self.findings) > 10:
            lines.append(f"    and {len(self.findings) - 10} more")
        return "\n".join(lines)


def count(phase: Phase) -> Row:
    """Counts a phase whose logins have come to their ends."""
    begun = [login for login in phase.logins if login.session]
    sent = [login for login in begun if login.answer == CONFIRM and login.taps]
    confirmed = [login for login in sent if login.is_confirmed]
    collected = [login for login in sent if login.is_collected]
    kinds: Counter[str] = Counter()
    findings = []
    for login in phase.logins:
        wrong = judge(login)
        # Logins are counted, not what was seen of each.
        kinds.update({kind for kind, _ in wrong})
        for kind, what in wrong:
            findings.append(f"{kind}: login {login.number} ({login.method}, {login.answer}): {what}")
    shortfall = ""
    if len(confirmed) < phase.least:
        shortfall = f"TOO FEW: {phase.least} logins should have been confirmed for this to prove anything"
    elif phase.least and not phase.struck:
        shortfall = "NO EFFECT: the fault has hit nothing"
    latencies = [login.latency for login in collected if login.latency is not None]
    return Row(phase.name, phase.struck, len(sent), len(confirmed), len(collected),
               sum(login.heard == "auth_denied" for login in begun), kinds, latencies, longest_gap(phase), shortfall,
               findings)


def longest_gap(phase: Phase) -> float:
    if not phase.begin:
        return 0
    moments = [phase.begin, *sorted(phase.collected_at), phase.end]
    return max(after - before for before, after in zip(moments, moments[1:]))


def add(rows: list[Row], name: str) -> Row:
    """Several rows as one."""
    kinds = sum((row.kinds for row in rows), Counter())
    return Row(name, sum(row.struck for row in rows), sum(row.sent for row in rows),
               sum(row.confirmed for row in rows), sum(row.collected for row in rows), sum(row.denied for row in rows),
               kinds, [each for row in rows for each in row.latencies], max((row.gap for row in rows), default=0), "",
               [each for row in rows for each in row.findings])


def share(values: list[float], at: float) -> Optional[float]:
    """The value below which that share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * at))] if values else None


def seconds(value: Optional[float]) -> str:
    if value is None:
        return "-"
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.1f} s"


def layout(name: str, cells: list[object]) -> str:
    return f"{name:{WIDTH}}" + "".join(f"{cell!s:>10}" for cell in cells)


HEADING = layout("fault", list(COLUMNS))


def by_place(logins: list[Login]) -> tuple[list[float], list[float]]:
    """Webhook to page: of pages that waited at the node that got the webhook, and of those that waited elsewhere."""
    same: list[float] = []
    other: list[float] = []
    for login in logins:
        if login.latency is not None and login.taps[0].tries == 1 and login.is_collected:
            (same if login.taps[0].node == login.pairs[0].node else other).append(login.latency)
    return same, other


def describe(place: str, latencies: list[float]) -> str:
    figures = f"p50 {seconds(share(latencies, 0.5))}, p99 {seconds(share(latencies, 0.99))}"
    return f"{place}: {len(latencies)} pages, {figures}" if latencies else f"{place}: none"
