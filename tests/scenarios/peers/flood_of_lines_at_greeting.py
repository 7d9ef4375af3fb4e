"""A reply of ten thousand lines instead of a greeting, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw, GREETING

SCRIPT = {"greeting": [Raw(b"250-More to come\r\n" * 10_000), GREETING]}
FIRST = ("queued", None)
