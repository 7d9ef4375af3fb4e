"""Says 421 and closes the connection at STARTTLS."""
SCRIPT = {"STARTTLS": "421 4.3.2 Not now"}
TLS = "broken"
FIRST = ("delivered", None)
