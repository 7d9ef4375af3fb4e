"""Refuses a recipient at great length: a megabyte in lines of their proper size; the next time all is well."""
from harness.scripted_peer import Raw

SCRIPT = {"RCPT": [Raw((b"550-5.1.1 " + b"no" * 240 + b"\r\n") * 2100 + b"550 5.1.1 no\r\n"), "250 2.1.5 Ok"]}
FIRST = ("queued", None)
