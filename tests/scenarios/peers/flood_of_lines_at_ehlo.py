"""A reply of ten thousand lines at EHLO, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw, EHLO

SCRIPT = {"EHLO": [Raw(b"250-More to come\r\n" * 10_000), EHLO]}
FIRST = ("queued", None)
