"""An SMTP client that sends exactly the octets it is told to, right or wrong, and reads replies one by one."""
import base64
import re
import socket

from .post_office import unverified_tls


class RawSmtp:
    """`greet`: read the greeting, which must be a 220."""

    def __init__(self, port, timeout=20, greet=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.octets = b""
        if greet:
            self.expect(220)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        """The next line without its CRLF; "" when the server has closed the connection."""
        while b"\r\n" not in self.octets:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                assert not self.octets, f"half a line before the end: {self.octets!r}"
                return ""
            self.octets += more
        line, _, self.octets = self.octets.partition(b"\r\n")
        return line.decode()

    def reply(self):
        """(code, text) of the next reply, its lines separated by newlines; (0, "") when there is none to come."""
        texts = []
        while line := self.line():
            assert re.match(r"\d{3}[ -]", line), f"not a reply: {line!r}"
            texts.append(line[4:])
            if line[3] == " ":
                return int(line[:3]), "\n".join(texts)
        return 0, ""

    def expect(self, *codes):
        code, text = self.reply()
        assert code in codes, f"{code} {text!r} instead of {codes}"
        return text

    def command(self, line, *codes):
        self.send(line.encode() + b"\r\n")
        return self.expect(*codes)

    def is_closed(self):
        """The server has said all it had to say and closed the connection. Waits for that."""
        try:
            return not self.octets and not self.socket.recv(1)
        except ConnectionResetError:
            return True

    def start_tls(self):
        self.command("EHLO client.example", 250)
        self.command("STARTTLS", 220)
        self.socket = unverified_tls().wrap_socket(self.socket)
        self.command("EHLO client.example", 250)
        return self

    def log_in(self, key):
        identity = f"\0{key['SmtpUsername']}\0{key['SmtpPassword']}"
        self.command("AUTH PLAIN " + base64.b64encode(identity.encode()).decode(), 235)
        return self

    def begin(self, reverse_path, *forward_paths):
        """MAIL, RCPT, DATA, up to the 354."""
        self.command(f"MAIL FROM:<{reverse_path}>", 250)
        for path in forward_paths:
            self.command(f"RCPT TO:<{path}>", 250)
        self.command("DATA", 354)
