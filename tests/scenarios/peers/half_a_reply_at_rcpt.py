"""Closes the connection in the middle of its reply at RCPT; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw(b"2", closes=True), "250 2.1.5 Ok"]}
FIRST = ("queued", "4.4.1")
