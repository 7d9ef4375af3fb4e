"""Greets one octet at a time."""
from harness.scripted_peer import GREETING, Slowly

SCRIPT = {"greeting": Slowly(GREETING)}
FIRST = ("delivered", None)
