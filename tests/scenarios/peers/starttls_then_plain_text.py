"""Agrees to STARTTLS and goes on in plain text."""
TLS = "broken"
FIRST = ("delivered", None)
