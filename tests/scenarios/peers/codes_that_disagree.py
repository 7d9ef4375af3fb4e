"""One reply, two codes; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw(b"250-2.1.5 Ok\r\n550 5.1.1 No\r\n"), "250 2.1.5 Ok"]}
FIRST = ("queued", None)
