"""Answers octets that are no reply at DATA; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"DATA": [Raw(bytes(range(256)) + b"\r\n"), "354 Go on"]}
FIRST = ("queued", None)
