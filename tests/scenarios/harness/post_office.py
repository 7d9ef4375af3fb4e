"""A whole production set-up: Knot as the world's DNS, Sesame, a verified identity and clients that may send for it.

Receivers stand on loopback addresses of this process's own (127.x.y.n), all on one port, so that several scenarios can
run at once and a domain can have several MX hosts.
"""
import contextlib
import functools
import json
import os
import smtplib
import ssl
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials

from . import ports, wait
from .knot import Knot
from .receiver import Receiver
from .sesame import Sesame

REGION = "us-east-1"
SERVICE = "svc.example"
IDENTITY = "author.example"
AUTHOR = "ann@" + IDENTITY


class PostOffice:
    def __init__(self, directory, settings=None):
        pid = os.getpid()
        self._network = f"127.{64 + (pid >> 8) % 128}.{pid % 256}"
        self._hosts = 0
        self.directory = directory
        self.mx_port = ports.free_port(self.address())
        self.knot = Knot(directory / "knot")
        self.knot.zone(".").zone(IDENTITY)
        self.sesame = Sesame(directory / "sesame", domain=SERVICE, settings={
            "dns.stub_root": f"127.0.0.1:{self.knot.port}",
            "dns.authoritative_port": self.knot.port,
            "delivery.port": self.mx_port,
            **(settings or {})})
        self.key = None

    def start(self):
        self.knot.start()
        self.key = self.sesame.credentials()
        self.sesame.start()
        self.verify(IDENTITY)
        return self

    def stop(self):
        try:
            status = self.sesame.stop()
        finally:
            self.knot.stop()
        return status

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind, *_):
        status = self.stop()
        assert kind is not None or status in (0, None), f"the service ended with {status}"  # None: it was stopped before

    def restart(self):
        self.sesame.start()

    # ---- the world ----

    def address(self):
        """A loopback address that this set-up has not used yet."""
        self._hosts += 1
        return f"{self._network}.{self._hosts}"

    def domain(self, name, *addresses):
        """A domain whose MX hosts, in order of preference, have these addresses."""
        hosts = range(1, len(addresses) + 1)
        self.knot.zone(name, [f"@ MX {10 * n} mx{n}" for n in hosts] +
                       [f"mx{n} A {address}" for n, address in zip(hosts, addresses)])
        return name

    @contextlib.contextmanager
    def receiver(self, domain):
        """Takes all mail for a new domain."""
        address = self.address()
        self.domain(domain, address)
        receiver = Receiver(address, self.mx_port).start()
        try:
            yield receiver
        finally:
            receiver.stop()

    def verify(self, identity):
        """Makes it an identity of the account, in a zone of its own."""
        ses = self.ses()
        dkim = ses.create_email_identity(EmailIdentity=identity)["DkimAttributes"]
        self.knot.zone(identity, [f"{token}._domainkey CNAME {token}.dkim.{SERVICE}." for token in dkim["Tokens"]])

        def verified():
            self.call("POST", f"/v2/sesame/identities/{identity}/look")
            return ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
        wait.until(verified, 30, f"{identity} verified", every=0.2)

    # ---- clients ----

    def ses(self, service="sesv2"):
        """boto3's SES client, of version 2 unless told otherwise. It tries nothing twice on its own."""
        return boto3.session.Session().client(
            service, region_name=REGION, endpoint_url=self.sesame.endpoint, aws_access_key_id=self.key["AccessKeyId"],
            aws_secret_access_key=self.key["SecretAccessKey"],
            config=botocore.config.Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=30))

    def ses_v1(self):
        return self.ses("ses")

    @functools.cached_property
    def _client(self):
        return self.ses()

    def send_raw(self, octets, recipients):
        """Sends octets as they are through SES v2; returns the message id."""
        return self._client.send_email(FromEmailAddress=AUTHOR, Destination={"ToAddresses": list(recipients)},
                                       Content={"Raw": {"Data": octets}})["MessageId"]

    def send(self, *recipients, subject="a message", body="text\r\n"):
        head = f"From: {AUTHOR}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n\r\n"
        return self.send_raw((head + body).encode(), recipients)

    def call(self, method, path, body=None, **query):
        """A signed request to what lies beyond SES; returns the parsed JSON, fails on any other status than 200."""
        if query:
            path += "?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        request = botocore.awsrequest.AWSRequest(method, self.sesame.endpoint + path,
                                                 data=b"" if body is None else json.dumps(body).encode())
        credentials = botocore.credentials.Credentials(self.key["AccessKeyId"], self.key["SecretAccessKey"])
        botocore.auth.SigV4Auth(credentials, "ses", REGION).add_auth(request)
        prepared = request.prepare()
        try:
            with urllib.request.urlopen(urllib.request.Request(prepared.url, data=prepared.body or None, method=method,
                                                               headers=dict(prepared.headers)), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            raise AssertionError(f"{method} {path}: {problem.code} {problem.read()!r}") from problem

    def submission(self):
        """An smtplib session at the submission door, signed in."""
        session = smtplib.SMTP("127.0.0.1", self.sesame.smtp_port, local_hostname="client.example", timeout=30)
        session.starttls(context=unverified_tls())
        session.login(self.key["SmtpUsername"], self.key["SmtpPassword"])
        return session

    # ---- what happened ----

    def message(self, api_message_id):
        return self.call("GET", f"/v2/sesame/messages/{api_message_id}")

    def recipient(self, api_message_id, address=None):
        """One recipient of a message as the API shows it; the only one if `address` is not given."""
        recipients = self.message(api_message_id)["recipients"]
        return next(r for r in recipients if address in (None, r["address"]))

    def wait_for_state(self, api_message_id, state, address=None, seconds=20):
        """Waits for a recipient's first outcome: `state`, and at least one attempt."""
        def reached():
            recipient = self.recipient(api_message_id, address)
            return recipient if recipient["state"] == state and recipient["attempt_count"] > 0 else None
        return wait.until(reached, seconds, f"{address or 'the recipient'} of {api_message_id} {state}")

    def retry(self, api_message_id):
        return self.call("POST", f"/v2/sesame/messages/{api_message_id}/retry")["recipients"]

    def events(self, api_message_id, kind=None):
        events = self.message(api_message_id)["events"]
        return [event for event in events if kind in (None, event["kind"])]


def unverified_tls():
    """TLS to a self-signed certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
