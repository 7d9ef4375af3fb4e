"""An independent SMTP receiver (aiosmtpd) that keeps what it gets."""
import dataclasses
import threading

from aiosmtpd.controller import Controller

from . import wait


@dataclasses.dataclass
class Received:
    peer: tuple
    helo: str
    mail_from: str
    rcpt_tos: list
    content: bytes


class _Handler:
    def __init__(self, receiver):
        self.receiver = receiver

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.receiver.rcpt_replies.get(address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.receiver.lock:
            self.receiver.messages.append(Received(session.peer, session.host_name, envelope.mail_from,
                                                   list(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 kept"


class Receiver:
    def __init__(self, address="127.0.0.1", port=0):
        self.lock = threading.Lock()
        self.messages = []
        self.rcpt_replies = {}  # forward-path -> reply, for refusals
        self.controller = Controller(_Handler(self), hostname=address, port=port, decode_data=False,
                                     enable_SMTPUTF8=False)
        self.address, self.port = address, port

    def start(self):
        self.controller.start()
        return self

    def stop(self):
        self.controller.stop(no_assert=True)

    def all(self):
        with self.lock:
            return list(self.messages)

    def wait_for(self, predicate, seconds=15, what="a message at the receiver"):
        return wait.until(lambda: next((m for m in self.all() if predicate(m)), None), seconds, what)
