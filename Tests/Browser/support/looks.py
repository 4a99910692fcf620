"""How a page looks: to axe, on a narrow screen, and on pictures."""
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

#: Pictures for people; CI keeps this folder.
SCREENSHOTS = Path(__file__).parents[3] / ".build" / "screenshots"

#: WCAG 2.2 AA and what it contains, and what axe recommends beyond.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What moves only for a while has to stand still: axe would measure colours that are on their way.
ANIMATIONS_END = """Promise.all(document.getAnimations()
    .filter(animation => Number.isFinite(animation.effect.getComputedTiming().endTime))
    .map(animation => animation.finished.catch(() => {})))"""


def axe(page):
    """Fails with each violation of accessibility, in words. Shadow roots are looked into as well."""
    page.evaluate(ANIMATIONS_END)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    watch = getattr(page.context, "watch", None)
    before = len(watch.seen) if watch else 0
    violations = Axe().run(page, options=options).response["violations"]
    # axe tries a style of its own, which the page's policy forbids.
    if watch:
        watch.seen[before:] = [line for line in watch.seen[before:] if "style-src" not in line]
    if violations:
        pytest.fail(f"axe on {page.url}:\n" + "\n".join(map(describe, violations)), pytrace=False)


def describe(violation):
    lines = [f"  {violation['id']} ({violation['impact']}): {violation['help']}, {violation['helpUrl']}"]
    for node in violation["nodes"]:
        lines.append(f"    {node['html']}")
        lines += [f"      {check['message']}" for kind in ("any", "all", "none") for check in node[kind]]
    return "\n".join(lines)


def fits(page):
    """Nothing sticks out sideways (WCAG 1.4.10)."""
    wide, window = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"


def screenshot(page, name, **options):
    """Keeps a picture as .build/screenshots/NAME.png; returns where."""
    path = SCREENSHOTS / f"{name}.png"
    page.evaluate(ANIMATIONS_END)
    # Stopping animations and hiding the caret would take a style of Playwright's, which the page's policy forbids.
    page.screenshot(path=path, animations="allow", caret="initial", **options)
    return path
