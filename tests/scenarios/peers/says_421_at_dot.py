"""Says 421 and closes the connection after the final dot; the next time all is well."""
SCRIPT = {"dot": ["421 4.3.2 Not now", "250 2.0.0 Kept"]}
FIRST = ("queued", "4.3.2")
