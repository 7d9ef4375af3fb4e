"""Puts a reply behind its 220 to STARTTLS, to be taken for one under TLS (response injection)."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(b"220 2.0.0 Go on\r\n250-peer.example\r\n250 AUTH PLAIN\r\n", closes=True)}
TLS = "broken"
FIRST = ("delivered", None)
