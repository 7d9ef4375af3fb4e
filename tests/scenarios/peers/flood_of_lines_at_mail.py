"""A reply of ten thousand lines at MAIL, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"MAIL": [Raw(b"250-More to come\r\n" * 10_000), "250 2.1.0 Ok"]}
FIRST = ("queued", None)
