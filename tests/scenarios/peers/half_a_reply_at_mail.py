"""Closes the connection in the middle of its reply at MAIL; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"MAIL": [Raw(b"2", closes=True), "250 2.1.0 Ok"]}
FIRST = ("queued", "4.4.1")
