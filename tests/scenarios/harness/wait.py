"""Waiting for something to become true, with a deadline; never for a fixed time."""
import time


def until(check, seconds=10.0, what="condition", every=0.05):
    """Calls check() until it returns something true and returns that; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(every)
