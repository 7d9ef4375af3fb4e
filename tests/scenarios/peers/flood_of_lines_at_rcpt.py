"""A reply of ten thousand lines at RCPT, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw(b"250-More to come\r\n" * 10_000), "250 2.1.5 Ok"]}
FIRST = ("queued", None)
