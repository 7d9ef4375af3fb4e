"""Says 421 and closes the connection at MAIL; the next time all is well."""
SCRIPT = {"MAIL": ["421 4.3.2 Not now", "250 2.1.0 Ok"]}
FIRST = ("queued", "4.3.2")
