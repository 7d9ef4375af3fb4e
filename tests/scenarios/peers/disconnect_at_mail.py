"""Closes the connection at MAIL; the next time all is well."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"MAIL": [DISCONNECT, "250 2.1.0 Ok"]}
FIRST = ("queued", "4.4.1")
