"""A reply line of a megabyte at EHLO; the next time all is well."""
from harness.scripted_peer import Raw, EHLO

SCRIPT = {"EHLO": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), EHLO]}
FIRST = ("queued", None)
