"""SMTP submission by clients people have: swaks and Python's smtplib."""
import email.message
import email.policy
import re
import smtplib
import ssl
import subprocess

import pytest

from harness.sandbox import smtp_password

DOMAIN = "mailer.example"
FROM = f"hello@{DOMAIN}"
READER = "reader@inbox.example"


def swaks(box, *arguments, password=None, sender=FROM):
    return subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{box.smtp_port}", "--helo", "client.example", "--from", sender, "--to", READER,
         "--auth-user", box.key["AccessKeyId"], "--auth-password", password or box.smtp_password, "--timeout", "20",
         *arguments], capture_output=True, text=True, timeout=60)


def message(subject, sender=FROM):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, READER, subject
    made.set_content("Good morning.\n.\nTwo dots:\n..\n")
    return made


class Session(smtplib.SMTP):
    """Signed in after STARTTLS, unless told otherwise."""

    def __init__(self, box, tls=True, login=True):
        super().__init__("127.0.0.1", box.smtp_port, local_hostname="client.example", timeout=20)
        self.ehlo()
        if tls:
            self.starttls(context=ssl._create_unverified_context())  # the sandbox's certificate is its own
        if login:
            self.login(box.key["AccessKeyId"], box.smtp_password)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_swaks_with_starttls(box, mechanism):
    subject = f"swaks {mechanism}"
    result = swaks(box, "--tls", "--auth", mechanism, "--header", f"Subject: {subject}")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"^<~  235 Authentication successful\.$", result.stdout, re.M)
    message_id = re.search(r"^<~  250 Ok (\S+)$", result.stdout, re.M)[1]
    mail = box.received_as(message_id)
    assert mail["subject"] == subject
    assert mail["envelope"]["rcpt_to"] == [READER]
    assert mail["envelope"]["mail_from"] == f"{message_id}@svc.example"
    assert mail["verdict"]["spf"]["result"] == "pass" and mail["verdict"]["dkim"][0]["result"] == "pass"


def test_greeting_and_what_is_offered(box):
    with Session(box, tls=False, login=False) as session:
        assert session.has_extn("starttls") and session.has_extn("8bitmime")
        assert not session.has_extn("auth")  # nothing to guess passwords with in the clear
        assert not session.has_extn("smtputf8")
        assert not session.has_extn("chunking")
        session.starttls(context=ssl._create_unverified_context())
        session.ehlo()
        assert session.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
        assert not session.has_extn("starttls")


def test_no_authentication_before_tls(box):
    result = swaks(box, "--auth", "PLAIN", "--auth-hide-password")
    assert result.returncode != 0
    with Session(box, tls=False, login=False) as session:
        assert session.docmd("AUTH", "PLAIN AGEAYg==")[0] == 530


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_wrong_password(box, mechanism):
    result = swaks(box, "--tls", "--auth", mechanism, password="B" + box.smtp_password[1:-2] + "x=")
    assert result.returncode == 28  # swaks: authentication failed
    assert re.search(r"^<~\* 535 Authentication Credentials Invalid$", result.stdout, re.M), result.stdout


def test_the_secret_itself_is_no_password(box):
    with Session(box, login=False) as session:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            session.login(box.key["AccessKeyId"], box.key["SecretAccessKey"])
        assert refused.value.smtp_code == 535


def test_mail_before_authentication(box):
    with Session(box, login=False) as session:
        session.ehlo()
        assert session.mail(FROM) == (530, b"Authentication required")


def test_unverified_from_is_rejected_after_data(box):
    last = box.last()
    with Session(box) as session:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            session.send_message(message("stranger", "a@stranger.example"), FROM, [READER])
        assert (refused.value.smtp_code, refused.value.smtp_error.decode()) == (
            554, "Message rejected: Email address is not verified. The following identities failed the check in region "
                 "US-EAST-1: a@stranger.example")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            session.send_message(message("envelope"), "b@other.example", [READER])
        assert refused.value.smtp_error.decode().endswith("US-EAST-1: b@other.example")
        assert session.send_message(message("still here")) == {}  # the session goes on
    assert box.received(lambda m: m["subject"] == "still here", after=last)
    assert not [m for m in box.inbox(last)["messages"] if m["subject"] in ("stranger", "envelope")]


def test_mail_from_domain_that_is_not_set_up(box):
    domain = box.verified_domain("reject.example")
    box.client("sesv2").put_email_identity_mail_from_attributes(
        EmailIdentity=domain, MailFromDomain=f"bounce.{domain}", BehaviorOnMxFailure="REJECT_MESSAGE")
    with Session(box) as session:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            session.send_message(message("reject", f"a@{domain}"))
        assert (refused.value.smtp_code, refused.value.smtp_error) == (
            554, b"MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.")
        box.publish_mail_from(domain, f"bounce.{domain}")
        box.look(domain)
        session.send_message(message("accept", f"a@{domain}"))
    mail = box.received(lambda m: m["subject"] == "accept")
    assert mail["envelope"]["mail_from"].endswith(f"@bounce.{domain}")


def test_dots_and_long_texts_arrive_unchanged(box):
    made = message("dots")
    made.set_content("".join(f".{number}\n..\n" for number in range(20000)))
    last = box.last()
    with Session(box) as session:
        session.send_message(made)
    mail = box.received(lambda m: m["subject"] == "dots", after=last)
    assert mail["text"].replace("\r\n", "\n") == made.get_content()


def test_eight_bit_message(box):
    raw = (f"From: {FROM}\r\nTo: {READER}\r\nSubject: eight bit\r\nMIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nKäse 5 €\r\n").encode()
    last = box.last()
    with Session(box) as session:
        session.sendmail(FROM, [READER], raw, mail_options=["BODY=8BITMIME"])
    mail = box.received(lambda m: m["subject"] == "eight bit", after=last)
    assert mail["text"] == "Käse 5 €\r\n"
    assert mail["verdict"]["dkim"][0]["result"] == "pass"


def test_fifty_recipients_are_taken_and_the_next_is_not(box):
    last = box.last()
    crowd = [f"r{number}@inbox.example" for number in range(51)]
    with Session(box) as session:
        refused = session.send_message(message("crowd"), FROM, crowd)
    assert list(refused) == [crowd[50]] and refused[crowd[50]][0] == 452
    mail = box.received(lambda m: m["subject"] == "crowd", after=last)
    assert mail["envelope"]["rcpt_to"] == crowd[:50]


@pytest.mark.parametrize("reverse_path", ["<>", "<no at sign>", "<a@b@c>", "a b"])
def test_bad_reverse_paths(box, reverse_path):
    with Session(box) as session:
        session.ehlo()
        code, text = session.docmd("MAIL", f"FROM:{reverse_path}")
        assert code == 501, text


def test_several_messages_in_one_session(box):
    last = box.last()
    with Session(box) as session:
        for number in range(5):
            session.send_message(message(f"series {number}"))
        assert session.rset()[0] == 250
        assert session.quit() == (221, b"Bye")
    for number in range(5):
        box.received(lambda m: m["subject"] == f"series {number}", after=last)


def test_password_of_another_region_does_not_open(box):
    with Session(box, login=False) as session:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            session.login(box.key["AccessKeyId"], smtp_password(box.key["SecretAccessKey"], "eu-west-1"))


def test_documented_derivation_of_the_password():
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert smtp_password(secret, "us-east-1") == "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
