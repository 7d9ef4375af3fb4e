"""Sending through Debian's boto3, both versions of the API; what arrives is read in the sandbox's inbox."""
import base64
import email
import email.message
import email.policy
import re
import time

import pytest

from harness import judges, wait
from harness.clients import error_of

DOMAIN = "sender.example"
FROM = f"hello@{DOMAIN}"
READER = "reader@inbox.example"


def simple(subject="Hello", text="Hello.\n", **body):
    parts = {"Text": {"Data": text}} | {name: {"Data": data} for name, data in body.items()}
    return {"Simple": {"Subject": {"Data": subject}, "Body": parts}}


def send(v2, content, **changes):
    arguments = dict(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content=content) | changes
    return v2.send_email(**arguments)["MessageId"]


def received(box, message_id):
    mail = box.received_as(message_id)
    mail["octets"] = box.raw(mail)
    mail["parsed"] = email.message_from_bytes(mail["octets"], policy=email.policy.default)
    assert [verdict["result"] for verdict in mail["verdict"]["dkim"]] == ["pass"]
    resolver = judges.Resolver("127.0.0.1", box.dns_port)
    assert judges.dkim_signature(resolver, mail["octets"]).domain == DOMAIN.encode()
    return mail


def text_of(part):
    return part.get_content().replace("\r\n", "\n")


def test_message_id_holds_the_time_and_names_the_return_path(box, v2):
    before = int(time.time() * 1000)
    message_id = send(v2, simple())
    after = int(time.time() * 1000)
    assert re.fullmatch(r"0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000", message_id)
    assert before <= int(message_id[4:16], 16) <= after
    mail = received(box, message_id)
    assert mail["envelope"]["mail_from"] == f"{message_id}@svc.example"
    assert mail["parsed"]["Message-ID"] == f"<{message_id}@email.svc.example>"


def test_text_and_html_in_any_script(box, v2):
    text, html = "Grüße, 你好, 😀\n" * 40, "<p>Grüße, <b>你好</b> 😀</p>"
    mail = received(box, send(v2, simple("Überraschung für 山田さん 🎉" + " lang" * 30, text, Html=html),
                                  FromEmailAddress=f'"Jürgen Müller, 山田" <{FROM}>',
                                  ReplyToAddresses=[f"Rückfragen <answers@{DOMAIN}>"]))
    parsed = mail["parsed"]
    assert parsed["Subject"] == "Überraschung für 山田さん 🎉" + " lang" * 30
    assert parsed["From"].addresses[0].display_name == "Jürgen Müller, 山田"
    assert parsed["From"].addresses[0].addr_spec == FROM
    assert parsed["Reply-To"].addresses[0].display_name == "Rückfragen"
    assert parsed.get_content_type() == "multipart/alternative"
    plain, rich = parsed.iter_parts()
    assert text_of(plain) == text and text_of(rich) == html
    assert all(len(line) <= 998 for line in mail["octets"].split(b"\r\n"))
    header_section = mail["octets"].split(b"\r\n\r\n")[0]
    assert header_section.isascii() and b"\n" not in header_section.replace(b"\r\n", b"")


def test_envelope_is_to_cc_and_bcc_and_bcc_stays_hidden(box, v2):
    message_id = send(v2, simple(), Destination={"ToAddresses": [f"Reader <{READER}>"],
                                                 "CcAddresses": ["copy@inbox.example"],
                                                 "BccAddresses": ["hidden@inbox.example"]})
    mail = received(box, message_id)
    assert sorted(mail["envelope"]["rcpt_to"]) == ["copy@inbox.example", "hidden@inbox.example", READER]
    assert "hidden" not in str(mail["parsed"])
    assert mail["parsed"]["Cc"] == "copy@inbox.example"


def test_fifty_recipients_are_served_and_fifty_one_refused(box, v2, v1):
    def crowd(count):
        return {"ToAddresses": [f"r{number}@inbox.example" for number in range(count - 2)],
                "CcAddresses": ["c@inbox.example"], "BccAddresses": ["b@inbox.example"]}

    mail = received(box, send(v2, simple(), Destination=crowd(50)))
    assert len(mail["envelope"]["rcpt_to"]) == 50
    last = box.last()
    with pytest.raises(v2.exceptions.BadRequestException):
        send(v2, simple(), Destination=crowd(51))
    error = error_of(v1.send_email, Source=FROM, Destination=crowd(51),
                     Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}})
    assert error[1] in ("InvalidParameterValue", "MessageRejected") and error[3] == 400
    received(box, send(v2, simple("the next one")))
    assert [m["subject"] for m in box.inbox(after=last)["messages"]] == ["the next one"]


def test_raw_message_keeps_its_parts_octet_by_octet(box, v2):
    octets = bytes(range(256)) * 40
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = f"Shöp <{FROM}>", READER, "Rechnung für März"
    message["Bcc"] = "hidden@inbox.example"
    message["X-Own"] = "kept"
    message.set_content("Im Anhang.\n.\n..\nFrom here\n")
    message.add_attachment(octets, maintype="application", subtype="octet-stream", filename="Größe & Maß.bin")
    mail = received(box, send(v2, {"Raw": {"Data": message.as_bytes()}}, FromEmailAddress=FROM,
                                  Destination={}))
    parsed = mail["parsed"]
    assert sorted(mail["envelope"]["rcpt_to"]) == ["hidden@inbox.example", READER]
    assert parsed["Bcc"] is None and parsed["X-Own"] == "kept"
    assert parsed["Subject"] == "Rechnung für März"
    assert text_of(parsed.get_body()) == "Im Anhang.\n.\n..\nFrom here\n"
    attachment, = parsed.iter_attachments()
    assert attachment.get_filename() == "Größe & Maß.bin"
    assert attachment.get_content() == octets


def test_raw_message_with_eight_bit_body(box, v2, v1):
    body = "Käse für 5 €\r\n".encode() * 3
    raw = (f"From: {FROM}\r\nTo: {READER}\r\nSubject: eight\r\nMIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n").encode() + body
    for message_id in (send(v2, {"Raw": {"Data": raw}}),
                       v1.send_raw_email(RawMessage={"Data": raw})["MessageId"]):
        mail = received(box, message_id)
        assert mail["text"] == body.decode()


def test_destination_beats_the_to_field_of_a_raw_message(box, v2, v1):
    raw = f"From: {FROM}\r\nTo: somebody@else.example\r\nSubject: list\r\n\r\nHi\r\n".encode()
    for message_id in (send(v2, {"Raw": {"Data": raw}}),
                       v1.send_raw_email(RawMessage={"Data": raw}, Destinations=[READER])["MessageId"]):
        mail = received(box, message_id)
        assert mail["envelope"]["rcpt_to"] == [READER]
        assert mail["to"] == "somebody@else.example"


def test_attachments_of_the_newest_form(box, v2):
    """Debian's botocore does not know `Attachments` yet, so the body is written by hand."""
    picture = base64.b64encode(b"\x89PNG" + bytes(300)).decode()
    answer = box.api.call("POST", "/v2/email/outbound-emails", {
        "FromEmailAddress": FROM, "Destination": {"ToAddresses": [READER]}, "Content": {"Simple": {
            "Subject": {"Data": "parts"}, "Body": {"Html": {"Data": '<img src="cid:logo">'}},
            "Headers": [{"Name": "X-Campaign", "Value": "spring"}],
            "Attachments": [
                {"FileName": "logo.png", "RawContent": picture, "ContentDisposition": "INLINE", "ContentId": "logo"},
                {"FileName": "Übersicht.csv", "RawContent": base64.b64encode("a;ä\n".encode()).decode()}]}}})
    mail = received(box, answer["MessageId"])
    assert mail["parsed"]["X-Campaign"] == "spring"
    parts = {part.get_filename(): part for part in mail["parsed"].walk() if part.get_filename()}
    assert parts["logo.png"].get_content_type() == "image/png"
    assert parts["logo.png"]["Content-ID"] == "<logo>"
    assert parts["logo.png"].get_content_disposition() == "inline"
    assert parts["Übersicht.csv"].get_content_disposition() == "attachment"
    assert parts["Übersicht.csv"].get_payload(decode=True) == "a;ä\n".encode()


def test_service_fields_are_read_and_removed(box, v2):
    raw = (f"From: {FROM}\r\nTo: {READER}\r\nSubject: tags\r\nReturn-Path: <back@{DOMAIN}>\r\n"
           "X-SES-MESSAGE-TAGS: team=shop, kind=test\r\nMessage-ID: <own@id>\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n"
           "\r\nHi\r\n").encode()
    message_id = send(v2, {"Raw": {"Data": raw}})
    parsed = received(box, message_id)["parsed"]
    assert parsed["X-SES-MESSAGE-TAGS"] is None
    assert parsed["Message-ID"] == f"<{message_id}@email.svc.example>"
    assert parsed.get_all("Date") == [parsed["Date"]] and "1970" not in parsed["Date"]
    assert parsed.get_all("Return-Path") == [f"<{message_id}@svc.example>"]  # written by the receiver


def test_send_email_of_version_1(box, v1):
    answer = v1.send_email(
        Source=f"Jürgen <{FROM}>", Destination={"ToAddresses": [READER], "BccAddresses": ["b@inbox.example"]},
        Message={"Subject": {"Data": "Schöne Grüße", "Charset": "UTF-8"},
                 "Body": {"Text": {"Data": "a + b & c = 100 % ü"}, "Html": {"Data": "<p>a &amp; b</p>"}}},
        ReplyToAddresses=[f"answers@{DOMAIN}"], ReturnPath=f"bounces@{DOMAIN}", Tags=[{"Name": "k", "Value": "v"}])
    mail = received(box, answer["MessageId"])
    assert mail["parsed"]["Subject"] == "Schöne Grüße"
    assert mail["text"].rstrip() == "a + b & c = 100 % ü"
    assert sorted(mail["envelope"]["rcpt_to"]) == ["b@inbox.example", READER]


@pytest.mark.parametrize("change, exception, text", [
    (dict(FromEmailAddress="hello@stranger.example"), "MessageRejected",
     "Email address is not verified. The following identities failed the check in region US-EAST-1: "
     "hello@stranger.example"),
    (dict(Destination={"ToAddresses": ["no at sign"]}), "BadRequestException", None),
    (dict(Destination={"ToAddresses": ["a@inbox.example\r\nBcc: b@inbox.example"]}), "BadRequestException", None),
    (dict(Destination={"ToAddresses": ["ü@inbox.example"]}), "BadRequestException", None),
    (dict(FromEmailAddress=f"A\r\nX: y <{FROM}>"), "BadRequestException", None),
    (dict(Content=simple("two\r\nlines")), "BadRequestException", None),
    (dict(Content={"Raw": {"Data": b"To: r@inbox.example\r\n\r\nHi\r\n"}}, FromEmailAddress=""),
     "BadRequestException", "Missing required header 'From'."),
    (dict(ConfigurationSetName="absent"), "NotFoundException", "Configuration set <absent> does not exist."),
    (dict(Destination={}), "BadRequestException", None),
    (dict(EmailTags=[{"Name": "bad name", "Value": "v"}]), "BadRequestException", None),
], ids=["unverified", "no at", "CRLF in To", "not ASCII", "CRLF in From", "CRLF in Subject", "no From", "no set",
        "nobody", "bad tag"])
def test_refused_by_version_2(box, v2, change, exception, text):
    arguments = dict(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content=simple()) | change
    error = error_of(v2.send_email, **arguments)
    assert error[0] == exception and error[3] == (404 if exception == "NotFoundException" else 400)
    assert text is None or error[2] == text


def test_refused_by_version_1(v1):
    message = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    for changes, exception in (
            (dict(Source="hello@stranger.example"), "MessageRejected"),
            (dict(ConfigurationSetName="absent"), "ConfigurationSetDoesNotExistException")):
        arguments = dict(Source=FROM, Destination={"ToAddresses": [READER]}, Message=message) | changes
        with pytest.raises(getattr(v1.exceptions, exception)):
            v1.send_email(**arguments)
    with pytest.raises(v1.exceptions.MessageRejected) as refused:
        v1.send_raw_email(RawMessage={"Data": b"From: a@one.example\r\nSender: b@two.example\r\nTo: r@x.example\r\n\r\n"})
    assert refused.value.response["Error"]["Message"].endswith("in region US-EAST-1: a@one.example, b@two.example")


def test_sizes_over_the_limits_are_refused_by_name(box, v2, v1):
    def raw(size):
        head = f"From: {FROM}\r\nTo: {READER}\r\nSubject: size\r\n\r\n".encode()
        return head + (b"x" * 76 + b"\r\n") * ((size - len(head)) // 78)

    mebibyte = 1 << 20
    for call, size, status in (
            (lambda data: v2.send_email(Content={"Raw": {"Data": data}}), 41 * mebibyte, 400),
            (lambda data: v1.send_raw_email(RawMessage={"Data": data}), 11 * mebibyte, 400),
            (lambda data: v2.send_email(Content={"Raw": {"Data": data}}), 61 * mebibyte, 413)):
        _, code, text, got = error_of(call, data=raw(size))
        assert got == status, text
        if status == 413:
            assert code == "RequestEntityTooLargeException"
        else:
            assert text.startswith("Message length is more than")
    assert box.received_as(send(v2, {"Raw": {"Data": raw(9 * mebibyte)}}))["size"] > 9 * mebibyte - 100


def test_account_counts_what_was_sent(v2, v1):
    before = v2.get_account()["SendQuota"]["SentLast24Hours"]
    send(v2, simple(), Destination={"ToAddresses": [f"r{number}@inbox.example" for number in range(3)]})
    assert v2.get_account()["SendQuota"]["SentLast24Hours"] == before + 3
    assert v1.get_send_quota()["SentLast24Hours"] == before + 3


def test_simulator_bounce_is_an_event_of_the_message(box, v2):
    message_id = send(v2, simple(), Destination={"ToAddresses": ["bounce+label@simulator.svc.example"]})
    bounce = wait.until(lambda: next((event for event in box.message(message_id)["events"]
                                      if event["kind"] == "bounce"), None), 20, "the bounce")
    assert bounce["recipient"] == "bounce+label@simulator.svc.example"
    assert bounce["detail"]["bounce_type"] == "Permanent"
