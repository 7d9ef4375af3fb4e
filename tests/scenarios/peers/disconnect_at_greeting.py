"""Closes the connection instead of a greeting; the next time all is well."""
from harness.scripted_peer import DISCONNECT, GREETING

SCRIPT = {"greeting": [DISCONNECT, GREETING]}
FIRST = ("queued", "4.4.1")
