"""A reply line of a megabyte at DATA; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"DATA": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), "354 Go on"]}
FIRST = ("queued", None)
