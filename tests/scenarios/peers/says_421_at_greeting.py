"""Says 421 and closes the connection instead of a greeting; the next time all is well."""
from harness.scripted_peer import GREETING

SCRIPT = {"greeting": ["421 4.3.2 Not now", GREETING]}
FIRST = ("queued", "4.3.2")
