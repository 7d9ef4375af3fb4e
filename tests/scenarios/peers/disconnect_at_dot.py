"""Closes the connection after the final dot; the next time all is well."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"dot": [DISCONNECT, "250 2.0.0 Kept"]}
FIRST = ("queued", "4.4.1")
