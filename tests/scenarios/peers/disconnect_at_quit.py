"""Closes the connection at QUIT without a word: the message was taken."""
from harness.scripted_peer import DISCONNECT

SCRIPT = {"QUIT": DISCONNECT}
FIRST = ("delivered", None)
