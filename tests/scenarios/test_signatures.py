"""The signatures an operator may add to the identity's RSA one, judged by dkimpy."""
import email

import pytest

from harness import judges
from harness.sandbox import Sandbox

DOMAIN = "signed.example"
READER = "reader@inbox.example"


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("signed"), {"SESAME_SUBMISSION_ALSO_SIGN": "ed25519,service"}) as box:
        box.verified_domain(DOMAIN)
        yield box


def test_identity_and_service_sign_and_each_signature_holds(box):
    sent = box.client("sesv2").send_email(
        FromEmailAddress=f"ann@{DOMAIN}", Destination={"ToAddresses": [READER]},
        Content={"Simple": {"Subject": {"Data": "Thrice"}, "Body": {"Text": {"Data": "Hello.\n"}}}})
    mail = box.received_as(sent["MessageId"])
    octets = box.raw(mail)
    resolver = judges.Resolver("127.0.0.1", box.dns_port)
    fields = email.message_from_bytes(octets).get_all("DKIM-Signature")
    tags = [dict(tag.strip().split("=", 1) for tag in field.split(";") if tag.strip()) for field in fields]
    assert [(each["d"], each["a"]) for each in tags] == [
        (DOMAIN, "rsa-sha256"), (DOMAIN, "ed25519-sha256"), ("svc.example", "rsa-sha256")]
    for index, each in enumerate(tags):
        judged = judges.dkim_signature(resolver, octets, index)
        assert judged is not None and judged.domain == each["d"].encode(), each["a"]
    assert [verdict["result"] for verdict in mail["verdict"]["dkim"]] == ["pass"] * 3
