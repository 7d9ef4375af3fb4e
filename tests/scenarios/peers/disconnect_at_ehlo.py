"""Closes the connection at EHLO; the next time all is well."""
from harness.scripted_peer import DISCONNECT, EHLO

SCRIPT = {"EHLO": [DISCONNECT, EHLO]}
FIRST = ("queued", "4.4.1")
