"""Closes the connection in the middle of its reply after the final dot; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"dot": [Raw(b"2", closes=True), "250 2.0.0 Kept"]}
FIRST = ("queued", "4.4.1")
