"""Waiting for what another process does."""
import threading
import time

#: How long anything may take, in seconds: much more than it needs, because others use the machine, too.
PATIENCE = 20


def until(condition, what):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while time.monotonic() < end:
        if answer := condition():
            return answer
        pause.wait(0.02)
    raise AssertionError(f"not within {PATIENCE} s: {what}")
