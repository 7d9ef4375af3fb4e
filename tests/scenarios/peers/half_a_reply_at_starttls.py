"""Closes the connection in the middle of its reply at STARTTLS."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(b"2", closes=True)}
TLS = "broken"
FIRST = ("delivered", None)
