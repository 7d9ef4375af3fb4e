"""An SMTP server that plays a script: what it answers to each command, where it hangs up, where it holds its breath.

A script maps a step to what happens there. Steps: "greeting", the verbs "EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP",
"QUIT", "STARTTLS", "DATA", "dot" for the end of the data, and "out of order" for RCPT or DATA where there is no
transaction that they could belong to. What happens is one of
  a reply as text (its lines separated by newlines);
  DISCONNECT: the connection is closed without a reply;
  Hold(reply): the reply is given only after release();
  Slowly(reply): an octet at a time;
  Raw(octets): exactly these, be they a reply or not; `closes`: and then the connection is closed;
  a list: its elements in turn, over all sessions, the last one for ever;
  a function of the command's argument that returns any of these.
"""
import asyncio
import collections
import dataclasses
import subprocess
import ssl
import threading

DISCONNECT = object()
GREETING = "220 peer.example ESMTP"
EXTENSIONS = "250-peer.example\n250-PIPELINING\n250-8BITMIME\n"
EHLO = EXTENSIONS + "250 SIZE 50000000"
PACE = 0.01  # seconds an octet takes that comes slowly
LIMIT = 1 << 20  # octets in a line that a peer puts up with


@dataclasses.dataclass
class Hold:
    reply: object


@dataclasses.dataclass
class Slowly:
    reply: str


@dataclasses.dataclass
class Raw:
    octets: bytes
    closes: bool = False


@dataclasses.dataclass
class Message:
    mail_from: str
    rcpt_tos: list
    content: bytes  # dots taken off again
    tls: str        # "TLSv1.3", or "" in the clear


@dataclasses.dataclass
class Session:
    client: str  # its address
    commands: list = dataclasses.field(default_factory=list)
    tls: str = ""
    mail_from: str = ""
    rcpt_tos: list = dataclasses.field(default_factory=list)


class ScriptedPeer:
    """`tls`: an SSLContext to offer STARTTLS with; "broken" to offer it and spoil the handshake; None."""

    def __init__(self, address, port, script=None, tls=None):
        self.address, self.port, self.tls = address, port, tls
        self.script = {
            "greeting": GREETING, "EHLO": EHLO, "HELO": "250 peer.example",
            "MAIL": "250 2.1.0 Ok", "RCPT": "250 2.1.5 Ok", "DATA": "354 Go on", "dot": "250 2.0.0 Kept",
            "RSET": "250 2.0.0 Ok", "NOOP": "250 2.0.0 Ok", "QUIT": "221 2.0.0 Bye", "STARTTLS": "220 2.0.0 Go on",
            "out of order": "503 5.5.1 Bad sequence of commands"}
        if tls:
            self.script["EHLO"] = EXTENSIONS + "250 STARTTLS"
        self.script.update(script or {})
        self.sessions = []
        self.messages = []  # those whose final dot was answered with 250
        self.held = threading.Semaphore(0)  # one for each Hold that has been reached
        self._taken = collections.Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scripted-peer")

    def __enter__(self):
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_):
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def release(self):
        """Whatever is held, now and later, goes on."""
        self._loop.call_soon_threadsafe(self._released.set)

    def commands(self):
        return [command for session in self.sessions for command in session.commands]

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _start(self):
        self._released = asyncio.Event()
        self._tasks = set()
        self._server = await asyncio.start_server(self._accept, self.address, self.port, limit=LIMIT)

    async def _stop(self):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        session = Session(writer.get_extra_info("peername")[0])
        self.sessions.append(session)
        try:
            await self._serve(session, reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client left
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _serve(self, session, reader, writer):
        go_on = await self._answer(writer, "greeting", "")
        while go_on:
            line = (await reader.readuntil(b"\r\n"))[:-2].decode()
            session.commands.append(line)
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            out_of_order = verb == "RCPT" and not session.mail_from or verb == "DATA" and not session.rcpt_tos
            go_on = await self._answer(writer, "out of order" if out_of_order else verb, argument)
            if not go_on:
                return
            accepted = go_on[0] in "23"
            if verb == "MAIL" and accepted:
                session.mail_from, session.rcpt_tos = path_of(argument), []
            elif verb == "RCPT" and accepted:
                session.rcpt_tos.append(path_of(argument))
            elif verb == "RSET":
                session.mail_from, session.rcpt_tos = "", []
            elif verb == "DATA" and accepted:
                go_on = await self._take_message(session, reader, writer)
            elif verb == "STARTTLS" and accepted:
                go_on = await self._start_tls(session, writer)
            elif verb == "QUIT":
                return

    async def _take_message(self, session, reader, writer):
        lines = []
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        message = Message(session.mail_from, session.rcpt_tos, b"".join(lines), session.tls)
        session.mail_from, session.rcpt_tos = "", []
        return await self._answer(writer, "dot", "", lambda: self.messages.append(message))

    async def _start_tls(self, session, writer):
        if self.tls == "broken":
            writer.write(b"this is no TLS record\r\n")
            await writer.drain()
            return None
        await writer.start_tls(self.tls)
        session.tls = writer.get_extra_info("ssl_object").version()
        return "220"

    async def _answer(self, writer, step, argument, if_positive=lambda: None):
        """Plays a step; returns the reply given, or None when the session is over."""
        reply = self._choose(step, argument)
        if isinstance(reply, Hold):
            self.held.release()
            await self._released.wait()
            reply = reply.reply
        if reply is DISCONNECT:
            return None
        if isinstance(reply, Raw):
            writer.write(reply.octets)
            await writer.drain()
            return None if reply.closes else "raw"
        pace = PACE if isinstance(reply, Slowly) else 0
        reply = reply.reply if pace else reply
        if reply[0] == "2":
            if_positive()  # before the client can know of it
        octets = "".join(line + "\r\n" for line in reply.split("\n")).encode()
        for part in [octets[n:n + 1] for n in range(len(octets))] if pace else [octets]:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pace)
        return None if reply.startswith("421") else reply

    def _choose(self, step, argument):
        choice = self.script.get(step, "502 5.5.1 Not known here")
        if isinstance(choice, list):
            index = min(self._taken[step], len(choice) - 1)
            self._taken[step] += 1
            choice = choice[index]
        return choice(argument) if callable(choice) else choice


def path_of(argument):
    """The path inside the angle brackets of MAIL's or RCPT's argument."""
    return argument[argument.index("<") + 1:argument.index(">")]


def self_signed(directory, name="peer.example"):
    """Paths of a certificate and its key, made for `name`."""
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True, timeout=30)
    return certificate, key


def server_tls(directory):
    certificate, key = self_signed(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
