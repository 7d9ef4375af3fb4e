"""`sesame serve --sandbox` on ports of its own, and its pretend DNS provider and inbox through the signed API."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import signal
import subprocess
import threading
import urllib.parse

from . import clients, ports, wait
from .sesame import BINARY
from .signed import SignedApi

RECEIVER_ADDRESS = "127.0.0.2"  # the sandbox's own choice


def smtp_password(secret, region="us-east-1"):
    """As the SES guide tells its users to compute it."""
    key = ("AWS4" + secret).encode()
    for part in ("11111111", region, "ses", "aws4_request", "SendRawEmail"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + key).decode()


def environment():
    """Ports nobody else uses, so that sandboxes can run beside each other."""
    http, submission = ports.free_port(), ports.free_port()
    smtp = ports.free_port("127.0.0.1", RECEIVER_ADDRESS)
    dns = ports.free_port("127.0.0.1", "127.0.0.2", udp=True)
    return {"SESAME_HTTP_LISTEN": f"127.0.0.1:{http}", "SESAME_SUBMISSION_LISTEN": f"127.0.0.1:{submission}",
            "SESAME_FEEDBACK_LISTEN": f"127.0.0.1:{smtp}", "SESAME_DELIVERY_PORT": str(smtp),
            "SESAME_DNS_LISTEN": f"127.0.0.1:{dns},127.0.0.2:{dns}"}


class Sandbox:
    """`settings` are more of the environment's: {"SESAME_EVENTS_…": "…"}."""

    def __init__(self, directory, settings=None):
        self.data_dir = pathlib.Path(directory) / "sandbox"
        self.environment = environment() | (settings or {})
        self.endpoint = "http://" + self.environment["SESAME_HTTP_LISTEN"]
        self.smtp_port = int(self.environment["SESAME_SUBMISSION_LISTEN"].rsplit(":", 1)[1])
        self.dns_port = int(self.environment["SESAME_DNS_LISTEN"].rsplit(":", 1)[1])
        self.process = None

    def start(self):
        self.errors = open(self.data_dir.parent / "sandbox.log", "ab")
        self.process = subprocess.Popen([BINARY, "serve", "--sandbox", "--data-dir", str(self.data_dir)], text=True,
                                        stdout=subprocess.PIPE, stderr=self.errors, env=os.environ | self.environment)
        self.banner = self._read_banner()
        note = json.loads((self.data_dir / "sandbox.json").read_text())
        self.key = {"AccessKeyId": note["access_key_id"], "SecretAccessKey": note["secret_access_key"]}
        self.smtp_password = smtp_password(note["secret_access_key"])
        self.api = SignedApi(self.endpoint, self.key)
        return self

    def _read_banner(self):
        """Up to `ready`; a sandbox that says nothing is ended, which ends the reading."""
        guard = threading.Timer(20, self.process.kill)
        guard.start()
        lines = []
        for line in self.process.stdout:
            if line == "ready\n":
                guard.cancel()
                return lines
            lines.append(line.rstrip("\n"))
        guard.cancel()
        log = (self.data_dir.parent / "sandbox.log").read_text(errors="replace")
        raise AssertionError(f"the sandbox is not ready: exit {self.process.wait()}\n{lines}\n{log}")

    def stop(self):
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()
        self.process = None
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        status = self.stop()
        assert kind is not None or status == 0, f"the sandbox ended with {status}"

    def client(self, service):
        return clients.boto3_client(service, self.endpoint, self.key)

    def client_environment(self):
        return clients.environment(os.environ, self.endpoint, self.key) | {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.smtp_port), "SMTP_USER": self.key["AccessKeyId"],
            "SMTP_PASSWORD": self.smtp_password}

    # The pretend DNS provider.

    def publish(self, zone, *records):
        """`records` are (name, type, value)."""
        self.api.call("PUT", f"/v2/sesame/sandbox/zones/{zone}/records",
                      [{"name": name, "type": kind, "ttl": 60, "value": value} for name, kind, value in records])

    def withdraw(self, zone, name, kind):
        query = urllib.parse.urlencode({"name": name, "type": kind})
        self.api.call("DELETE", f"/v2/sesame/sandbox/zones/{zone}/records?{query}")

    def publish_dkim(self, domain, tokens):
        self.publish(domain, *[(f"{token}._domainkey.{domain}", "CNAME", f"{token}.dkim.svc.example")
                               for token in tokens])

    def verified_domain(self, domain):
        """A domain identity whose DKIM records are published and seen."""
        ses = self.client("sesv2")
        created = ses.create_email_identity(EmailIdentity=domain)
        self.publish_dkim(domain, created["DkimAttributes"]["Tokens"])
        self.look(domain)
        assert ses.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"]
        return domain

    def publish_mail_from(self, domain, mail_from):
        self.publish(domain, (mail_from, "MX", "10 feedback-smtp.us-east-1.svc.example"),
                     (mail_from, "TXT", '"v=spf1 include:svc.example ~all"'))

    def look(self, identity):
        return self.api.call("POST", f"/v2/sesame/identities/{urllib.parse.quote(identity, safe='')}/look")

    # The inbox.

    def inbox(self, after=0, seconds=0):
        return self.api.call("GET", f"/v2/sesame/sandbox/inbox?after={after}&wait={seconds}&limit=1000")

    def last(self):
        return self.inbox()["last"]

    def received(self, predicate, seconds=20, what="a message in the inbox", after=0):
        """The first message, with its parts, that satisfies the predicate on its summary."""
        found = wait.until(
            lambda: next((m for m in self.inbox(after)["messages"] if predicate(m)), None), seconds, what)
        return self.api.call("GET", f"/v2/sesame/sandbox/inbox/{found['n']}")

    def received_as(self, api_message_id):
        return self.received(lambda m: m["api_message_id"] == api_message_id, what=f"{api_message_id} in the inbox")

    def raw(self, message):
        return self.api.octets("GET", f"/v2/sesame/sandbox/inbox/{message['n']}/raw")

    def message(self, api_message_id):
        return self.api.call("GET", f"/v2/sesame/messages/{api_message_id}")
