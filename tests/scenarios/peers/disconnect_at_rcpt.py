"""Closes the connection at RCPT; the next time all is well."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"RCPT": [DISCONNECT, "250 2.1.5 Ok"]}
FIRST = ("queued", "4.4.1")
