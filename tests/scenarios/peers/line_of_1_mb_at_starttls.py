"""A line of one megabyte at STARTTLS."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(b"220 " + b"x" * (1 << 20) + b"\r\n")}
TLS = "broken"
FIRST = ("delivered", None)
