"""Answers octets that are no reply after the final dot; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"dot": [Raw(bytes(range(256)) + b"\r\n"), "250 2.0.0 Kept"]}
FIRST = ("queued", None)
