"""Answers octets that are no reply at RCPT; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw(bytes(range(256)) + b"\r\n"), "250 2.1.5 Ok"]}
FIRST = ("queued", None)
