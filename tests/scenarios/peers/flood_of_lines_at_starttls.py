"""A reply of ten thousand lines at STARTTLS, and no end in sight."""
from harness.scripted_peer import Raw

SCRIPT = {"STARTTLS": Raw(b"220-More to come\r\n" * 10_000)}
TLS = "broken"
FIRST = ("delivered", None)
