"""The AWS SDK for JavaScript and nodemailer (clients/), unmodified, against the sandbox."""
import base64
import email
import email.policy
import json
import pathlib
import subprocess
import threading

import pytest

CLIENTS = pathlib.Path(__file__).parent / "clients"
DOMAIN = "node.example"
FROM = f"hello@{DOMAIN}"
READER = "reader@inbox.example"


class Node:
    """A script of clients/ that answers each line with a line."""

    def __init__(self, environment, *command):
        self.process = subprocess.Popen(["node", *command], cwd=CLIENTS, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request):
        guard = threading.Timer(60, self.process.kill)
        guard.start()
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        guard.cancel()
        assert line, f"node ended with {self.process.wait()}"
        return json.loads(line)

    def call(self, name, **arguments):
        answer = self.ask({"call": name, "input": arguments})
        assert "output" in answer, answer
        return answer["output"]

    def refusal(self, name, **arguments):
        return self.ask({"call": name, "input": arguments})["error"]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def node(sandbox):
    running = []

    def start(*command):
        running.append(Node(sandbox.client_environment(), *command))
        return running[-1]

    yield start
    for script in running:
        script.stop()


@pytest.fixture(scope="module")
def v2(node):
    return node("sdk.mjs", "client-sesv2")


@pytest.fixture(scope="module")
def v1(node):
    return node("sdk.mjs", "client-ses")


@pytest.fixture(scope="module", autouse=True)
def domain(sandbox, v2):
    """Registered by the SDK."""
    created = v2.call("CreateEmailIdentity", EmailIdentity=DOMAIN)
    sandbox.publish_dkim(DOMAIN, created["DkimAttributes"]["Tokens"])
    sandbox.look(DOMAIN)
    assert v2.call("GetEmailIdentity", EmailIdentity=DOMAIN)["VerifiedForSendingStatus"] is True
    return DOMAIN


def octets(data):
    return {"$octets": base64.b64encode(data).decode()}


def simple(subject="Hello"):
    return {"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": "Hello"}}}}


def test_mail_from_procedure(sandbox, v2):
    refused = v2.refusal("PutEmailIdentityMailFromAttributes", EmailIdentity=DOMAIN, MailFromDomain=DOMAIN)
    assert refused == {
        "name": "BadRequestException", "status": 400, "typed": True,
        "message": f"Provided MAIL-FROM domain <{DOMAIN}> is not subdomain of the domain of the identity <{DOMAIN}>."}
    v2.call("PutEmailIdentityMailFromAttributes", EmailIdentity=DOMAIN, MailFromDomain=f"bounce.{DOMAIN}",
            BehaviorOnMxFailure="REJECT_MESSAGE")
    refused = v2.refusal("SendEmail", FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content=simple())
    assert (refused["name"], refused["typed"], refused["message"]) == (
        "MailFromDomainNotVerifiedException", True,
        "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.")
    sandbox.publish_mail_from(DOMAIN, f"bounce.{DOMAIN}")
    sandbox.look(DOMAIN)
    assert v2.call("GetEmailIdentity", EmailIdentity=DOMAIN)["MailFromAttributes"] == {
        "MailFromDomain": f"bounce.{DOMAIN}", "MailFromDomainStatus": "SUCCESS", "BehaviorOnMxFailure": "REJECT_MESSAGE"}
    sent = v2.call("SendEmail", FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content=simple("Grüße 🎉"))
    mail = sandbox.received_as(sent["MessageId"])
    assert mail["subject"] == "Grüße 🎉"
    assert mail["envelope"]["mail_from"] == f"{sent['MessageId']}@bounce.{DOMAIN}"


def test_attachments(sandbox, v2):
    data = bytes(range(256))
    content = simple()
    content["Simple"]["Attachments"] = [
        {"FileName": "Größe.bin", "RawContent": octets(data), "ContentType": "application/octet-stream",
         "ContentTransferEncoding": "BASE64"}]
    content["Simple"]["Headers"] = [{"Name": "X-Campaign", "Value": "Frühling"}]
    sent = v2.call("SendEmail", FromEmailAddress=f"Jürgen <{FROM}>", Destination={"ToAddresses": [READER]},
                   Content=content)
    raw = sandbox.raw(sandbox.received_as(sent["MessageId"]))
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    attachment, = parsed.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("Größe.bin", data)
    assert parsed["From"].addresses[0].display_name == "Jürgen"


def test_raw_messages_by_both_versions(sandbox, v2, v1):
    raw = f"From: {FROM}\r\nTo: {READER}\r\nSubject: raw\r\n\r\nKäse\r\n".encode()
    for message_id in (v2.call("SendEmail", Content={"Raw": {"Data": octets(raw)}})["MessageId"],
                       v1.call("SendRawEmail", RawMessage={"Data": octets(raw)})["MessageId"]):
        assert sandbox.received_as(message_id)["envelope"]["rcpt_to"] == [READER]


def test_version_1(sandbox, v1):
    sent = v1.call("SendEmail", Source=FROM, Destination={"ToAddresses": [READER]},
                   Message={"Subject": {"Data": "Größe + mehr & 100 %"}, "Body": {"Text": {"Data": "x"}}})
    assert sandbox.received_as(sent["MessageId"])["subject"] == "Größe + mehr & 100 %"
    token = v1.call("VerifyDomainIdentity", Domain="txt.node.example")["VerificationToken"]
    attributes = v1.call("GetIdentityVerificationAttributes", Identities=["txt.node.example"])
    assert attributes["VerificationAttributes"] == {
        "txt.node.example": {"VerificationStatus": "Pending", "VerificationToken": token}}
    v1.call("SetIdentityMailFromDomain", Identity="txt.node.example", MailFromDomain="b.txt.node.example")
    attributes = v1.call("GetIdentityMailFromDomainAttributes", Identities=["txt.node.example"])
    assert attributes["MailFromDomainAttributes"] == {"txt.node.example": {
        "MailFromDomain": "b.txt.node.example", "MailFromDomainStatus": "Pending",
        "BehaviorOnMXFailure": "UseDefaultValue"}}
    v1.call("DeleteIdentity", Identity="txt.node.example")
    assert "txt.node.example" not in v1.call("ListIdentities")["Identities"]


def test_refusals_are_the_typed_exceptions_of_each_client(v1, v2):
    stranger = dict(Destination={"ToAddresses": [READER]})
    unverified = ("Email address is not verified. The following identities failed the check in region US-EAST-1: "
                  "a@absent.example")
    cases = [
        (v2, "GetEmailIdentity", dict(EmailIdentity="absent.example"), "NotFoundException", 404),
        (v2, "CreateEmailIdentity", dict(EmailIdentity=DOMAIN), "AlreadyExistsException", 400),
        (v2, "SendEmail", stranger | dict(FromEmailAddress="a@absent.example", Content=simple()), "MessageRejected", 400),
        (v2, "ListEmailIdentities", dict(NextToken="not ours"), "InvalidNextTokenException", 400),
        (v1, "SendEmail", stranger | dict(Source="a@absent.example", Message=simple()["Simple"]), "MessageRejected", 400),
        (v1, "SendEmail", stranger | dict(Source=FROM, Message=simple()["Simple"], ConfigurationSetName="absent"),
         "ConfigurationSetDoesNotExistException", 400),
    ]
    for client, call, arguments, name, status in cases:
        error = client.refusal(call, **arguments)
        assert (error["name"], error["status"], error["typed"]) == (name, status, True), (call, error)
        if name == "MessageRejected":
            assert error["message"] == unverified


def test_recipients_at_and_over_the_limit(sandbox, v2):
    crowd = [f"r{number}@inbox.example" for number in range(51)]
    sent = v2.call("SendEmail", FromEmailAddress=FROM, Destination={"ToAddresses": crowd[:50]}, Content=simple())
    assert len(sandbox.received_as(sent["MessageId"])["envelope"]["rcpt_to"]) == 50
    error = v2.refusal("SendEmail", FromEmailAddress=FROM, Destination={"ToAddresses": crowd}, Content=simple())
    assert error["name"] == "BadRequestException"


def test_paginators_see_every_identity_once(v2, v1):
    names = [f"page{number}.node.example" for number in range(5)]
    for name in names:
        v2.call("CreateEmailIdentity", EmailIdentity=name)
    listed = [identity["IdentityName"] for page in v2.ask({"paginator": "ListEmailIdentities", "input": {}})["output"]
              for identity in page["EmailIdentities"]]
    assert set(names) <= set(listed) and len(listed) == len(set(listed))
    by_v1 = [name for page in v1.ask({"paginator": "ListIdentities", "input": {}})["output"]
             for name in page["Identities"]]
    assert sorted(by_v1) == sorted(listed)


@pytest.mark.parametrize("transport", ["smtp", "ses"])
def test_nodemailer(sandbox, node, transport):
    mailer = node("nodemailer.mjs", transport)
    last = sandbox.last()
    answer = mailer.ask({"from": f"Jürgen Müller <{FROM}>", "to": READER, "cc": "copy@inbox.example",
                         "bcc": "hidden@inbox.example", "subject": f"Schöne Grüße per {transport} 🎉",
                         "text": "Text\n.\n", "html": "<p>Käse</p>",
                         "attachments": [{"filename": "Größe.txt", "content": "Käse\n"}]})
    assert "sent" in answer, answer
    mail = sandbox.received(lambda m: m["subject"] == f"Schöne Grüße per {transport} 🎉", after=last)
    assert mail["api_message_id"] in answer["sent"]["response"]
    assert sorted(mail["envelope"]["rcpt_to"]) == ["copy@inbox.example", "hidden@inbox.example", READER]
    assert mail["verdict"]["dkim"][0]["result"] == "pass"
    parsed = email.message_from_bytes(sandbox.raw(mail), policy=email.policy.default)
    assert parsed["Bcc"] is None
    assert parsed["From"].addresses[0].display_name == "Jürgen Müller"
    attachment, = parsed.iter_attachments()
    assert attachment.get_filename() == "Größe.txt"
    refused = mailer.ask({"from": "a@absent.example", "to": READER, "subject": "x", "text": "x"})["error"]
    assert "Email address is not verified." in refused["message"]
    if transport == "smtp":
        assert (refused["code"], refused["response"][:22]) == ("EMESSAGE", "554 Message rejected: ")
