"""A reply of ten thousand lines at DATA, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"DATA": [Raw(b"250-More to come\r\n" * 10_000), "354 Go on"]}
FIRST = ("queued", None)
