"""Closes the connection at STARTTLS."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"STARTTLS": DISCONNECT}
TLS = "broken"
FIRST = ("delivered", None)
