"""Identities through Debian's boto3, both versions of the API."""
import re
import subprocess
import urllib.error
import urllib.request

import botocore.exceptions
import pytest

from harness import clients, judges, wait
from harness.clients import error_of


@pytest.fixture(scope="module")
def box(sandbox):
    """What `v1` and `v2` are asked of: no domain may send here yet."""
    return sandbox


def message_to(address, sender):
    return dict(FromEmailAddress=sender, Destination={"ToAddresses": [address]},
                Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}})


def confirm(link):
    """What a person does: opens the page and presses its button."""
    with urllib.request.urlopen(link, timeout=10) as page:
        assert '<form method="post">' in page.read().decode()
    with urllib.request.urlopen(link, data=b"", timeout=10) as page:
        assert page.status == 200


def test_life_of_a_domain_identity(sandbox, v2):
    created = v2.create_email_identity(EmailIdentity="Life.Example", Tags=[{"Key": "team", "Value": "shop"}])
    assert created["IdentityType"] == "DOMAIN"
    assert created["VerifiedForSendingStatus"] is False
    dkim = created["DkimAttributes"]
    assert dkim["SigningEnabled"] and dkim["SigningAttributesOrigin"] == "AWS_SES"
    assert dkim["NextSigningKeyLength"] == "RSA_2048_BIT"
    assert len(set(dkim["Tokens"])) == 3 and all(re.fullmatch(r"[a-z0-9]{32}", token) for token in dkim["Tokens"])

    shown = v2.get_email_identity(EmailIdentity="life.example")  # domains compare without case
    assert shown["VerificationStatus"] == "PENDING"
    assert shown["FeedbackForwardingStatus"] is True
    assert shown["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert shown["MailFromAttributes"] == {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}

    v2.delete_email_identity(EmailIdentity="life.example")
    assert error_of(v2.get_email_identity, EmailIdentity="life.example")[0] == "NotFoundException"


def test_refusals_arrive_as_typed_exceptions(sandbox, v2):
    v2.create_email_identity(EmailIdentity="twice.example")
    with pytest.raises(v2.exceptions.AlreadyExistsException):
        v2.create_email_identity(EmailIdentity="TWICE.example")
    with pytest.raises(v2.exceptions.NotFoundException):
        v2.get_email_identity(EmailIdentity="absent.example")
    with pytest.raises(v2.exceptions.NotFoundException):
        v2.delete_email_identity(EmailIdentity="absent.example")
    with pytest.raises(v2.exceptions.BadRequestException):
        v2.create_email_identity(EmailIdentity="no domain at all")
    with pytest.raises(v2.exceptions.MessageRejected):
        v2.send_email(**message_to("r@reader.example", "a@twice.example"))


@pytest.mark.parametrize("key, v1_code, v2_code", [
    ({"AccessKeyId": "AKIAABSENT0000000000"}, "InvalidClientTokenId", "UnrecognizedClientException"),
    ({"SecretAccessKey": "guessed"}, "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
], ids=["unknown key", "wrong secret"])
def test_strangers_are_turned_away(sandbox, key, v1_code, v2_code):
    stranger = sandbox.key | key
    for service, call, code in (("sesv2", "get_account", v2_code), ("ses", "get_send_quota", v1_code)):
        client = clients.boto3_client(service, sandbox.endpoint, stranger)
        assert error_of(getattr(client, call))[1::2] == (code, 403)


def test_a_list_in_pages_is_the_whole_list_once(sandbox, v2, v1):
    names = {f"page{number}.example" for number in range(7)}
    for name in names:
        v2.create_email_identity(EmailIdentity=name)
    listed, token, pages = [], {}, 0
    while True:
        page = v2.list_email_identities(PageSize=3, **token)
        assert len(page["EmailIdentities"]) <= 3
        listed += [identity["IdentityName"] for identity in page["EmailIdentities"]]
        pages += 1
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert names <= set(listed) and len(listed) == len(set(listed))
    assert pages == -(-len(listed) // 3)
    with pytest.raises(v2.exceptions.InvalidNextTokenException):
        v2.list_email_identities(NextToken="not ours")

    paginator = v1.get_paginator("list_identities")
    by_v1 = [name for page in paginator.paginate(IdentityType="Domain", PaginationConfig={"PageSize": 2})
             for name in page["Identities"]]
    assert sorted(by_v1) == sorted(listed)
    for name in names:
        v2.delete_email_identity(EmailIdentity=name)


def test_address_is_verified_by_the_mailed_link(sandbox, v2):
    address = "Ann.Example@people.example"
    before = sandbox.last()
    v2.create_email_identity(EmailIdentity=address)
    with pytest.raises(v2.exceptions.MessageRejected):
        v2.send_email(**message_to("r@reader.example", address))
    mail = sandbox.received(lambda m: m["envelope"]["rcpt_to"] == [address], after=before)
    link = re.search(r"http://\S+", mail["text"])[0]
    assert link.startswith(sandbox.endpoint)
    for _ in range(2):  # a mail gateway looks at it first
        with urllib.request.urlopen(link, timeout=10) as page:
            assert page.status == 200
    assert v2.get_email_identity(EmailIdentity=address)["VerifiedForSendingStatus"] is False
    confirm(link)
    wait.until(lambda: v2.get_email_identity(EmailIdentity=address)["VerifiedForSendingStatus"], 15,
               "the address verified")
    sent = v2.send_email(**message_to("r@reader.example", address.replace("@", "+label@")))  # labels are covered
    assert sandbox.received_as(sent["MessageId"])["from"].startswith("Ann.Example+label@")
    with pytest.raises(v2.exceptions.MessageRejected):  # addresses compare with case
        v2.send_email(**message_to("r@reader.example", address.lower()))


def test_link_of_nobody_is_not_found(sandbox):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{sandbox.endpoint}/v/{'0' * 64}", data=b"", timeout=10)
    assert refused.value.code in (404, 410)


def own_key(tmp_path, bits):
    """A private key as SES wants it, without its PEM lines, and its public half for the TXT record."""
    pem = tmp_path / "own.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", pem, str(bits)], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", pem, "-pubout", "-outform", "PEM"], check=True,
                            capture_output=True, text=True).stdout
    def bare(text):
        return "".join(line for line in text.splitlines() if not line.startswith("-----"))
    return bare(pem.read_text()), bare(public)


@pytest.mark.parametrize("bits", [1024, 2048])
def test_bring_your_own_key(sandbox, v2, tmp_path, bits):
    private, public = own_key(tmp_path, bits)
    domain = f"own{bits}.example"
    created = v2.create_email_identity(EmailIdentity=domain, DkimSigningAttributes={
        "DomainSigningSelector": "mykey", "DomainSigningPrivateKey": private})
    assert created["DkimAttributes"]["SigningAttributesOrigin"] == "EXTERNAL"
    assert created["DkimAttributes"]["Tokens"] == ["mykey"]
    sandbox.publish(domain, (f"mykey._domainkey.{domain}", "TXT", " ".join(
        f'"{part}"' for part in re.findall(".{1,250}", f"v=DKIM1; k=rsa; p={public}"))))
    wait.until(lambda: v2.get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Status"] == "SUCCESS", 15,
               "the own key found")
    mail = sandbox.received_as(v2.send_email(**message_to("r@reader.example", f"a@{domain}"))["MessageId"])
    verdict, = mail["verdict"]["dkim"]
    assert (verdict["result"], verdict["selector"], verdict["key_bits"]) == ("pass", "mykey", bits)
    resolver = judges.Resolver("127.0.0.1", sandbox.dns_port)
    assert judges.dkim_signature(resolver, sandbox.raw(mail)).selector == b"mykey"


def test_own_key_that_is_none_is_refused(v2):
    for attributes in ({"DomainSigningSelector": "s", "DomainSigningPrivateKey": "bm8ga2V5"},
                       {"DomainSigningSelector": "two.labels", "DomainSigningPrivateKey": "bm8ga2V5"},
                       {"DomainSigningSelector": "s"}):
        with pytest.raises(v2.exceptions.BadRequestException):
            v2.create_email_identity(EmailIdentity="nokey.example", DkimSigningAttributes=attributes)
    with pytest.raises(v2.exceptions.NotFoundException):
        v2.get_email_identity(EmailIdentity="nokey.example")  # a refusal leaves nothing behind


def test_key_length_is_changed_at_most_once_a_day(sandbox, v2):
    sandbox.verified_domain("length.example")
    before = v2.get_email_identity(EmailIdentity="length.example")["DkimAttributes"]

    def change(length):
        return v2.put_email_identity_dkim_signing_attributes(
            EmailIdentity="length.example", SigningAttributesOrigin="AWS_SES",
            SigningAttributes={"NextSigningKeyLength": length})

    with pytest.raises(v2.exceptions.BadRequestException):
        change("RSA_2048_BIT")  # the same again
    changed = change("RSA_1024_BIT")  # the first downgrade is free
    assert changed["DkimStatus"] == "PENDING"
    assert not set(changed["DkimTokens"]) & set(before["Tokens"])
    shown = v2.get_email_identity(EmailIdentity="length.example")["DkimAttributes"]
    assert shown["Tokens"] == changed["DkimTokens"]
    assert shown["NextSigningKeyLength"] == "RSA_1024_BIT"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        change("RSA_2048_BIT")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 429)


def test_signing_can_be_switched_off_and_on(sandbox, v2):
    sandbox.verified_domain("silent.example")
    for enabled in (False, True):
        v2.put_email_identity_dkim_attributes(EmailIdentity="silent.example", SigningEnabled=enabled)
        mail = sandbox.received_as(v2.send_email(**message_to("r@reader.example", "a@silent.example"))["MessageId"])
        assert [verdict["domain"] for verdict in mail["verdict"]["dkim"]] == (["silent.example"] if enabled else [])


def test_domain_is_verified_by_the_txt_token_of_version_1(sandbox, v1, v2):
    token = v1.verify_domain_identity(Domain="txt.example")["VerificationToken"]
    assert v1.verify_domain_identity(Domain="txt.example")["VerificationToken"] == token
    shown = v1.get_identity_verification_attributes(Identities=["txt.example", "absent.example"])
    assert shown["VerificationAttributes"] == {
        "txt.example": {"VerificationStatus": "Pending", "VerificationToken": token}}
    sandbox.publish("txt.example", ("_amazonses.txt.example", "TXT", f'"{token.swapcase()}"'))
    sandbox.look("txt.example")
    assert v2.get_email_identity(EmailIdentity="txt.example")["VerificationStatus"] == "PENDING"  # case counts
    sandbox.publish("txt.example", ("_amazonses.txt.example", "TXT", f'"{token}"'))
    sandbox.look("txt.example")
    shown = v1.get_identity_verification_attributes(Identities=["txt.example"])["VerificationAttributes"]
    assert shown["txt.example"]["VerificationStatus"] == "Success"
    assert v2.get_email_identity(EmailIdentity="txt.example")["VerifiedForSendingStatus"]

    tokens = v1.verify_domain_dkim(Domain="txt.example")["DkimTokens"]
    attributes = v1.get_identity_dkim_attributes(Identities=["txt.example"])["DkimAttributes"]["txt.example"]
    assert attributes == {"DkimEnabled": True, "DkimVerificationStatus": "Pending", "DkimTokens": tokens}


def test_mail_from_by_version_1(sandbox, v1, v2):
    sandbox.verified_domain("v1.example")

    def shown():
        return v1.get_identity_mail_from_domain_attributes(Identities=["v1.example"])["MailFromDomainAttributes"]

    assert shown() == {"v1.example": {"BehaviorOnMXFailure": "UseDefaultValue"}}
    v1.set_identity_mail_from_domain(Identity="v1.example", MailFromDomain="bounce.v1.example",
                                     BehaviorOnMXFailure="RejectMessage")
    assert shown() == {"v1.example": {"MailFromDomain": "bounce.v1.example", "MailFromDomainStatus": "Pending",
                                      "BehaviorOnMXFailure": "RejectMessage"}}
    with pytest.raises(v2.exceptions.MailFromDomainNotVerifiedException):
        v2.send_email(**message_to("r@reader.example", "a@v1.example"))
    error = error_of(v1.send_email, Source="a@v1.example", Destination={"ToAddresses": ["r@reader.example"]},
                     Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}})
    assert error == ("MailFromDomainNotVerifiedException", "MailFromDomainNotVerifiedException",
                     "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.", 400)
    sandbox.publish_mail_from("v1.example", "bounce.v1.example")
    sandbox.look("v1.example")
    assert shown()["v1.example"]["MailFromDomainStatus"] == "Success"
    assert v2.get_email_identity(EmailIdentity="v1.example")["MailFromAttributes"] == {
        "MailFromDomain": "bounce.v1.example", "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE"}
    v1.set_identity_mail_from_domain(Identity="v1.example")  # left out: cleared
    assert shown() == {"v1.example": {"BehaviorOnMXFailure": "UseDefaultValue"}}
    assert error_of(v1.set_identity_mail_from_domain, Identity="v1.example", MailFromDomain="v1.example") == (
        "ClientError", "InvalidParameterValue",
        "Provided MAIL-FROM domain <v1.example> is not subdomain of the domain of the identity <v1.example>.", 400)


def test_address_settings_win_over_those_of_its_domain(sandbox, v2):
    sandbox.verified_domain("both.example")
    before = sandbox.last()
    v2.create_email_identity(EmailIdentity="vip@both.example")
    link = re.search(r"http://\S+", sandbox.received(
        lambda m: m["envelope"]["rcpt_to"] == ["vip@both.example"], after=before)["text"])[0]
    confirm(link)
    for identity, mail_from in (("both.example", "bounce.both.example"), ("vip@both.example", "vip.both.example")):
        v2.put_email_identity_mail_from_attributes(EmailIdentity=identity, MailFromDomain=mail_from)
        sandbox.publish_mail_from("both.example", mail_from)
        sandbox.look(identity)
    for sender, mail_from in (("vip@both.example", "vip.both.example"), ("any@both.example", "bounce.both.example"),
                              ("a@sub.both.example", "bounce.both.example")):
        mail = sandbox.received_as(v2.send_email(**message_to("r@reader.example", sender))["MessageId"])
        assert mail["envelope"]["mail_from"].endswith("@" + mail_from), sender
        assert mail["verdict"]["spf"]["result"] == "pass"


def test_settings_of_feedback_forwarding(sandbox, v1, v2):
    v2.create_email_identity(EmailIdentity="feedback.example")
    v2.put_email_identity_feedback_attributes(EmailIdentity="feedback.example", EmailForwardingEnabled=False)
    assert v2.get_email_identity(EmailIdentity="feedback.example")["FeedbackForwardingStatus"] is False
    v1.set_identity_feedback_forwarding_enabled(Identity="feedback.example", ForwardingEnabled=True)
    assert v2.get_email_identity(EmailIdentity="feedback.example")["FeedbackForwardingStatus"] is True


def test_deleting_is_idempotent_in_version_1(v1):
    v1.verify_domain_identity(Domain="gone.example")
    v1.delete_identity(Identity="gone.example")
    v1.delete_identity(Identity="gone.example")
    assert "gone.example" not in v1.list_identities()["Identities"]
