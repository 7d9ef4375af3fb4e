"""Agrees to STARTTLS and closes the connection."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(b"220 2.0.0 Go on\r\n", closes=True)}
TLS = "broken"
FIRST = ("delivered", None)
