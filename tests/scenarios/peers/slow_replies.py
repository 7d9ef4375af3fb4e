"""Every reply comes one octet at a time."""
from harness.scripted_peer import EHLO, GREETING, Slowly

SCRIPT = {"greeting": Slowly(GREETING), "EHLO": Slowly(EHLO), "MAIL": Slowly("250 2.1.0 Ok"), "RCPT": Slowly("250 2.1.5 Ok"),
          "DATA": Slowly("354 Go on"), "dot": Slowly("250 2.0.0 Kept")}
FIRST = ("delivered", None)
