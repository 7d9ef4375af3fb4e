"""Closes the connection in the middle of its reply instead of a greeting; the next time all is well."""
from harness.scripted_peer import Raw, GREETING

SCRIPT = {"greeting": [Raw(b"2", closes=True), GREETING]}
FIRST = ("queued", "4.4.1")
