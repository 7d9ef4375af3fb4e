"""Closes the connection at DATA; the next time all is well."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"DATA": [DISCONNECT, "354 Go on"]}
FIRST = ("queued", "4.4.1")
