"""One reply more to EHLO than there should be, so that every later one is taken for the answer to the command after its own; the
354 in the wrong place tells. The next time all is well."""
from harness.scripted_peer import EHLO, Raw

SCRIPT = {"EHLO": [Raw(b"250 peer.example\r\n250 2.0.0 At your service\r\n"), EHLO]}
FIRST = ("queued", None)
