"""A reply line of a megabyte at MAIL; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"MAIL": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), "250 2.1.0 Ok"]}
FIRST = ("queued", None)
