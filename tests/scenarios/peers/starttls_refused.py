"""Offers STARTTLS and refuses it."""
SCRIPT = {"STARTTLS": "454 4.7.0 Not now"}
TLS = "broken"
FIRST = ("delivered", None)
