"""A reply of ten thousand lines after the final dot, and no end in sight; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"dot": [Raw(b"250-More to come\r\n" * 10_000), "250 2.0.0 Kept"]}
FIRST = ("queued", None)
