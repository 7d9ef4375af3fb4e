"""Says 421 and closes the connection at RCPT; the next time all is well."""
SCRIPT = {"RCPT": ["421 4.3.2 Not now", "250 2.1.5 Ok"]}
FIRST = ("queued", "4.3.2")
