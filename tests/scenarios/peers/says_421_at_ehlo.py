"""Says 421 and closes the connection at EHLO; the next time all is well."""
from harness.scripted_peer import EHLO

SCRIPT = {"EHLO": ["421 4.3.2 Not now", EHLO]}
FIRST = ("queued", None)
