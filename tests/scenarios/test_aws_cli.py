"""The AWS command line, unmodified but for --endpoint-url."""
import base64
import email.message
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

DOMAIN = "cli.example"
READER = "reader@inbox.example"


@pytest.fixture(scope="module")
def aws(sandbox):
    def run(*arguments, expect=0):
        result = subprocess.run(["/usr/bin/aws", "--endpoint-url", sandbox.endpoint, "--output", "json", *arguments],
                                env=sandbox.client_environment(), capture_output=True, text=True, timeout=60)
        assert result.returncode == expect, f"aws {' '.join(arguments)}\n{result.stdout}{result.stderr}"
        if expect:
            return result.stderr.strip()
        return json.loads(result.stdout) if result.stdout.strip() else None
    return run


@pytest.fixture(scope="module")
def domain(sandbox, aws):
    """Registered, published and verified with the command line alone."""
    created = aws("sesv2", "create-email-identity", "--email-identity", DOMAIN)
    sandbox.publish_dkim(DOMAIN, created["DkimAttributes"]["Tokens"])
    sandbox.look(DOMAIN)
    assert aws("sesv2", "get-email-identity", "--email-identity", DOMAIN)["VerifiedForSendingStatus"]
    return DOMAIN


def test_mail_from_by_sesv2(sandbox, aws, domain):
    error = aws("sesv2", "put-email-identity-mail-from-attributes", "--email-identity", domain, "--mail-from-domain",
                "bounce.other.example", expect=254)
    assert error == ("An error occurred (BadRequestException) when calling the PutEmailIdentityMailFromAttributes "
                     "operation: Provided MAIL-FROM domain <bounce.other.example> is not subdomain of the domain of the "
                     f"identity <{domain}>.")
    aws("sesv2", "put-email-identity-mail-from-attributes", "--email-identity", domain, "--mail-from-domain",
        f"bounce.{domain}", "--behavior-on-mx-failure", "REJECT_MESSAGE")
    sandbox.publish_mail_from(domain, f"bounce.{domain}")
    sandbox.look(domain)
    assert aws("sesv2", "get-email-identity", "--email-identity", domain)["MailFromAttributes"] == {
        "MailFromDomain": f"bounce.{domain}", "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE"}


def test_mail_from_by_ses(sandbox, aws, domain):
    aws("ses", "set-identity-mail-from-domain", "--identity", domain, "--mail-from-domain", f"v1.{domain}",
        "--behavior-on-mx-failure", "UseDefaultValue")
    sandbox.publish_mail_from(domain, f"v1.{domain}")
    sandbox.look(domain)
    shown = aws("ses", "get-identity-mail-from-domain-attributes", "--identities", domain)
    assert shown["MailFromDomainAttributes"][domain] == {
        "MailFromDomain": f"v1.{domain}", "MailFromDomainStatus": "Success", "BehaviorOnMXFailure": "UseDefaultValue"}
    answer = aws("ses", "send-email", "--from", f"hello@{domain}", "--to", READER, "--subject", "Tschüß", "--text",
                 "Aus der Kommandozeile")
    mail = sandbox.received_as(answer["MessageId"])
    assert mail["subject"] == "Tschüß"
    assert mail["envelope"]["mail_from"].endswith(f"@v1.{domain}")
    error = aws("ses", "set-identity-mail-from-domain", "--identity", domain, "--mail-from-domain", domain, expect=254)
    assert "(InvalidParameterValue)" in error and f"Provided MAIL-FROM domain <{domain}> is not subdomain" in error


def test_send_email_with_content(sandbox, aws, domain, tmp_path):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = f"hello@{domain}", READER, "Rohe Nachricht: ä"
    message.set_content("Körper\n")
    message.add_attachment(b"\0\1\2", maintype="application", subtype="octet-stream", filename="x.bin")
    contents = {
        "Grüße": {"Simple": {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "text"}}}},
        "Rohe Nachricht: ä": {"Raw": {"Data": base64.b64encode(message.as_bytes()).decode()}}}
    for subject, content in contents.items():
        file = tmp_path / "content.json"
        file.write_text(json.dumps(content))
        answer = aws("sesv2", "send-email", "--from-email-address", f"hello@{domain}", "--destination",
                     f"ToAddresses={READER}", "--content", f"file://{file}")
        assert sandbox.received_as(answer["MessageId"])["subject"] == subject


def test_whole_request_from_a_file(sandbox, aws, domain, tmp_path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({
        "FromEmailAddress": f"hello@{domain}", "Destination": {"ToAddresses": [READER]},
        "Content": {"Simple": {"Subject": {"Data": "whole"}, "Body": {"Html": {"Data": "<p>x</p>"}}}}}))
    answer = aws("sesv2", "send-email", "--cli-input-json", f"file://{request}")
    assert sandbox.received_as(answer["MessageId"])["html"].strip() == "<p>x</p>"


def test_send_raw_email_of_version_1(sandbox, aws, domain, tmp_path):
    raw = tmp_path / "raw.json"
    text = f"From: hello@{domain}\r\nTo: {READER}\r\nSubject: raw v1\r\n\r\nHi\r\n"
    raw.write_text(json.dumps({"Data": text}))
    answer = aws("ses", "send-raw-email", "--cli-binary-format", "raw-in-base64-out", "--raw-message", f"file://{raw}")
    assert sandbox.received_as(answer["MessageId"])["subject"] == "raw v1"


def test_verification_by_ses(aws, domain):
    token = aws("ses", "verify-domain-identity", "--domain", "txt.cli.example")["VerificationToken"]
    shown = aws("ses", "get-identity-verification-attributes", "--identities", "txt.cli.example", domain)
    assert shown["VerificationAttributes"]["txt.cli.example"]["VerificationToken"] == token
    assert shown["VerificationAttributes"][domain]["VerificationStatus"] == "Success"
    assert len(aws("ses", "verify-domain-dkim", "--domain", "txt.cli.example")["DkimTokens"]) == 3
    aws("ses", "delete-identity", "--identity", "txt.cli.example")
    assert "txt.cli.example" not in aws("ses", "list-identities", "--identity-type", "Domain")["Identities"]


def test_lists_are_paged_by_the_tool(aws, domain):
    for number in range(4):
        aws("sesv2", "create-email-identity", "--email-identity", f"list{number}.example")
    first = aws("sesv2", "list-email-identities", "--page-size", "2")
    assert len(first["EmailIdentities"]) == 2
    assert aws("ses", "list-identities", "--page-size", "2", "--max-items", "3")["NextToken"]
    assert len(aws("ses", "list-identities", "--page-size", "2")["Identities"]) >= 5


@pytest.mark.parametrize("arguments, code, text", [
    (["sesv2", "get-email-identity", "--email-identity", "absent.example"], "NotFoundException",
     "Email identity absent.example does not exist."),
    (["sesv2", "send-email", "--from-email-address", "a@absent.example", "--destination", f"ToAddresses={READER}",
      "--content", '{"Simple":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"}}}}'], "MessageRejected",
     "Email address is not verified. The following identities failed the check in region US-EAST-1: a@absent.example"),
    (["ses", "send-email", "--from", "a@absent.example", "--to", READER, "--subject", "s", "--text", "t"],
     "MessageRejected",
     "Email address is not verified. The following identities failed the check in region US-EAST-1: a@absent.example"),
], ids=["absent", "unverified v2", "unverified v1"])
def test_errors_are_shown_with_code_and_text(aws, arguments, code, text):
    error = aws(*arguments, expect=254)
    assert re.fullmatch(rf"An error occurred \({code}\) when calling the \w+ operation: {re.escape(text)}", error)


@pytest.mark.parametrize("url, wanted", [
    ("/?Action=GetSendQuota&Version=2010-12-01", "<Max24HourSend>"),
    ("/v2/email/identities/" + urllib.parse.quote(DOMAIN), '"IdentityType":"DOMAIN"'),
    ("/v2/email/identities?PageSize=1", '"EmailIdentities"'),
])
def test_presigned_addresses_open_with_any_client(sandbox, domain, url, wanted):
    credentials = botocore.credentials.Credentials(sandbox.key["AccessKeyId"], sandbox.key["SecretAccessKey"])
    request = botocore.awsrequest.AWSRequest(method="GET", url=sandbox.endpoint + url)
    botocore.auth.SigV4QueryAuth(credentials, "ses", "us-east-1", expires=60).add_auth(request)
    with urllib.request.urlopen(request.url, timeout=10) as answer:
        assert wanted in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request.url[:-1] + ("0" if request.url[-1] != "0" else "1"), timeout=10)
    assert refused.value.code == 403
