"""Every door with a certificate that clients check: no client here is told to look away."""
import email.message
import os
import smtplib
import ssl
import subprocess
import types
import urllib.error
import urllib.request

import boto3
import pytest

from harness import clients, ports
from harness.sandbox import smtp_password
from harness.sesame import Sesame


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """A certificate for localhost and 127.0.0.1 that signs itself, and its key."""
    directory = tmp_path_factory.mktemp("pki")
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                    key, "-out", certificate], check=True, capture_output=True)
    return types.SimpleNamespace(certificate=str(certificate), key=str(key))


class TlsSesame(Sesame):
    @property
    def endpoint(self):
        return f"https://127.0.0.1:{self.http_port}"

    def _ready(self):
        """The readiness page, asked for with the certificate checked."""
        assert self.process.poll() is None, self.log_text()
        try:
            context = ssl.create_default_context(cafile=self.settings["http.tls_certificate"])
            with urllib.request.urlopen(self.endpoint + "/readyz", timeout=1, context=context) as answer:
                return answer.status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def service(tmp_path_factory, pki):
    tls_port, dns_port = ports.free_port(), ports.free_port(udp=True)
    settings = {f"{door}.tls_{part}": getattr(pki, part) for door in ("http", "submission", "feedback")
                for part in ("certificate", "key")}
    settings |= {"submission.listen_tls": [f"127.0.0.1:{tls_port}"], "dns.stub_root": f"127.0.0.1:{dns_port}",
                 "dns.listen": [f"127.0.0.1:{dns_port}"], "dns.authoritative_port": dns_port}
    sesame = TlsSesame(tmp_path_factory.mktemp("tls"), settings)
    sesame.key = sesame.credentials()
    sesame.tls_port = tls_port
    sesame.context = ssl.create_default_context(cafile=pki.certificate)
    sesame.start()
    yield sesame
    sesame.stop()


def test_boto3_checks_the_certificate(service, pki):
    keys = dict(region_name="us-east-1", aws_access_key_id=service.key["AccessKeyId"],
                aws_secret_access_key=service.key["SecretAccessKey"])
    ses = boto3.client("sesv2", endpoint_url=service.endpoint, verify=pki.certificate, **keys)
    assert ses.get_account()["SendingEnabled"]
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        boto3.client("sesv2", endpoint_url=service.endpoint, **keys).get_account()


def test_command_line_and_node_check_the_certificate(service, pki):
    environment = clients.environment(os.environ, service.endpoint, service.key)
    account = subprocess.run(["/usr/bin/aws", "--endpoint-url", service.endpoint, "--ca-bundle", pki.certificate, "sesv2",
                              "get-account"], env=environment, capture_output=True, text=True, timeout=60)
    assert account.returncode == 0 and "SendQuota" in account.stdout, account.stderr
    node = subprocess.run(["node", "sdk.mjs", "client-sesv2"], input='{"call": "GetAccount", "input": {}}\n',
                          cwd=os.path.join(os.path.dirname(__file__), "clients"), text=True, capture_output=True,
                          env=environment | {"NODE_EXTRA_CA_CERTS": pki.certificate}, timeout=60)
    assert '"SendingEnabled":true' in node.stdout, node.stdout + node.stderr


def test_plain_http_to_the_tls_port_is_no_answer(service):
    with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
        urllib.request.urlopen(service.endpoint.replace("https", "http") + "/healthz", timeout=10)
    with urllib.request.urlopen(service.endpoint + "/healthz", timeout=10, context=service.context) as answer:
        assert answer.status == 200  # the door still opens


def sign_in(session, service):
    session.ehlo()
    session.login(service.key["AccessKeyId"], service.key["SmtpPassword"])
    message = email.message.EmailMessage()
    message["From"], message["To"] = "a@absent.example", "b@absent.example"
    with pytest.raises(smtplib.SMTPDataError, match="Email address is not verified"):
        session.send_message(message)


def test_printed_password_is_the_derived_one(service):
    assert service.key["SmtpUsername"] == service.key["AccessKeyId"]
    assert service.key["SmtpPassword"] == smtp_password(service.key["SecretAccessKey"])


def test_submission_with_starttls(service):
    with smtplib.SMTP("127.0.0.1", service.smtp_port, timeout=20) as session:
        session.starttls(context=service.context)
        sign_in(session, service)


def test_submission_with_tls_from_the_start(service):
    with smtplib.SMTP_SSL("127.0.0.1", service.tls_port, timeout=20, context=service.context) as session:
        sign_in(session, service)
        assert not session.has_extn("starttls")


def test_feedback_door_offers_its_certificate(service):
    with smtplib.SMTP("127.0.0.1", service.feedback_port, timeout=20) as session:
        session.ehlo()
        session.starttls(context=service.context)
        session.ehlo()
        assert session.mail("")[0] == 250
        assert session.rcpt("anybody@svc.example")[0] == 550


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_modern_versions_are_spoken(service, version):
    service.context.minimum_version = service.context.maximum_version = version
    try:
        with smtplib.SMTP_SSL("127.0.0.1", service.tls_port, timeout=20, context=service.context) as session:
            assert session.sock.version() == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]
    finally:
        service.context.minimum_version, service.context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def test_old_versions_are_not(service):
    with_old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{service.tls_port}", "-tls1_1", "-cipher",
                               "DEFAULT@SECLEVEL=0"], input="", capture_output=True, text=True, timeout=20)
    assert with_old.returncode != 0 and "alert protocol version" in with_old.stderr, with_old.stderr
