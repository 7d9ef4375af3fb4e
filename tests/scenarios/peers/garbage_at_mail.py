"""Answers octets that are no reply at MAIL; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"MAIL": [Raw(bytes(range(256)) + b"\r\n"), "250 2.1.0 Ok"]}
FIRST = ("queued", None)
