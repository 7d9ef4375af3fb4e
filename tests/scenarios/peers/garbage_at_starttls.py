"""Answers octets that are no reply at STARTTLS."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(bytes(range(256)) + b"\r\n")}
TLS = "broken"
FIRST = ("delivered", None)
