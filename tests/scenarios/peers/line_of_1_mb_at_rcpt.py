"""A reply line of a megabyte at RCPT; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), "250 2.1.5 Ok"]}
FIRST = ("queued", None)
