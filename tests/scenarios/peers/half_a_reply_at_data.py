"""Closes the connection in the middle of its reply at DATA; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"DATA": [Raw(b"2", closes=True), "354 Go on"]}
FIRST = ("queued", "4.4.1")
