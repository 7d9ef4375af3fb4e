"""A reply line of a megabyte after the final dot; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"dot": [Raw(b"250 " + b"x" * (1 << 20) + b"\r\n"), "250 2.0.0 Kept"]}
FIRST = ("queued", None)
