"""Answers octets that are no reply at EHLO; the next time all is well."""
from harness.scripted_peer import Raw, EHLO

SCRIPT = {"EHLO": [Raw(bytes(range(256)) + b"\r\n"), EHLO]}
FIRST = ("queued", None)
