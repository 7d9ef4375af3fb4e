"""Answers octets that are no reply instead of a greeting; the next time all is well."""
from harness.scripted_peer import Raw, GREETING

SCRIPT = {"greeting": [Raw(bytes(range(256)) + b"\r\n"), GREETING]}
FIRST = ("queued", None)
