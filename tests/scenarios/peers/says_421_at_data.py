"""Says 421 and closes the connection at DATA; the next time all is well."""
SCRIPT = {"DATA": ["421 4.3.2 Not now", "354 Go on"]}
FIRST = ("queued", "4.3.2")
