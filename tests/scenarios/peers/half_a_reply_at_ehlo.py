"""Closes the connection in the middle of its reply at EHLO; the next time all is well."""
from harness.scripted_peer import Raw, EHLO

SCRIPT = {"EHLO": [Raw(b"2", closes=True), EHLO]}
FIRST = ("queued", "4.4.1")
