"""A reply line of a megabyte instead of a greeting; the next time all is well."""
from harness.scripted_peer import Raw, GREETING

SCRIPT = {"greeting": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), GREETING]}
FIRST = ("queued", None)
