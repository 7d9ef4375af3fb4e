"""Malware, found by a real clamd: accepted, told as Reject, counted, shown, and never sent."""
import email.message
import email.policy
import smtplib
import ssl

import pytest

from harness import ports
from harness.clamd import Clamd
from harness.clients import error_of
from harness.sandbox import Sandbox
from harness.sns_consumer import subscribed, told

DOMAIN = "scanned.example"
FROM = f"Ann <ann@{DOMAIN}>"
READER = "reader@inbox.example"
MARKER = b"sesame-made-up-malware-5f1b0c"  # in a text, and inside of what base64 hides
FILE = b"\x7fELF made-up-malware\n" * 50
MAX_STREAM = 1_000_000


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    clamd = Clamd(tmp_path_factory.mktemp("clamd"), MARKER, FILE, MAX_STREAM).start()
    yield clamd
    clamd.stop()


@pytest.fixture(scope="module")
def box(tmp_path_factory, front, clamd):
    box = Sandbox(tmp_path_factory.mktemp("scanned"), {
        "SESAME_HTTP_PUBLIC_URL": front.url, "SESAME_SUBMISSION_SCANNER": f"unix:{clamd.socket}"})
    front.backend = box.endpoint
    with box:
        box.verified_domain(DOMAIN)
        yield box


@pytest.fixture(scope="module")
def rejects(box):
    """A configuration set, for whose topic a test subscribes somebody."""
    v2 = box.client("sesv2")
    topic_arn = box.client("sns").create_topic(Name="rejects")["TopicArn"]
    v2.create_configuration_set(ConfigurationSetName="rejects")
    v2.create_configuration_set_event_destination(
        ConfigurationSetName="rejects", EventDestinationName="topic", EventDestination={
            "Enabled": True, "MatchingEventTypes": ["SEND", "REJECT", "DELIVERY"],
            "SnsDestination": {"TopicArn": topic_arn}})
    return "rejects"


def message(text, attachment=None):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = FROM, READER, "Scan me"
    made.set_content(text)
    if attachment is not None:
        made.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="x.bin")
    return made.as_bytes()


def by_smtp(box, octets):
    """(code, text) of the answer to the final dot."""
    with smtplib.SMTP("127.0.0.1", box.smtp_port, local_hostname="client.example", timeout=60) as session:
        session.starttls(context=ssl._create_unverified_context())  # the sandbox's certificate is its own
        session.login(box.key["AccessKeyId"], box.smtp_password)
        assert session.mail(f"ann@{DOMAIN}")[0] == session.rcpt(READER)[0] == 250
        code, text = session.data(octets)
        return code, text.decode()


def by_v2(box, octets, **more):
    return box.client("sesv2").send_email(Content={"Raw": {"Data": octets}}, **more)["MessageId"]


def expect_rejected(box, message_id, name):
    shown = box.message(message_id)
    assert [r["state"] for r in shown["recipients"]] == ["rejected"]
    assert shown["finished"] and shown["recipients"][0]["attempts"] == []
    assert [event["kind"] for event in shown["events"]] == ["send", "reject"]
    assert shown["events"][1]["detail"] == {"reason": "Bad content", "malware": f"{name}.UNOFFICIAL"}
    listed = box.api.call("GET", "/v2/sesame/messages?state=rejected")["messages"]
    assert message_id in [each["api_message_id"] for each in listed]


def expect_not_sent_but(box, *sent):
    """What was sent after the rejected mail has come, and the rejected mail has not."""
    for message_id in sent:
        box.received_as(message_id)
    assert all("rejected" not in [r["state"] for r in box.message(m["api_message_id"])["recipients"]]
               for m in box.inbox()["messages"])


def rejects_counted(box):
    return sum(point["Rejects"] for point in box.client("ses").get_send_statistics()["SendDataPoints"])


def test_malware_in_a_text_is_accepted_over_smtp_and_goes_no_further(box):
    before = rejects_counted(box)
    code, answer = by_smtp(box, message(f"Look: {MARKER.decode()}\n"))
    assert code == 250 and answer.startswith("Ok "), answer
    expect_rejected(box, answer.removeprefix("Ok "), "Sesame.Marker")
    code, answer = by_smtp(box, message("Good morning\n"))
    assert code == 250
    expect_not_sent_but(box, answer.removeprefix("Ok "))
    assert rejects_counted(box) == before + 1


@pytest.mark.parametrize("attachment, name", [(FILE, "Sesame.File"), (b"x" * 3000 + MARKER, "Sesame.Marker")])
def test_malware_in_an_attachment_is_accepted_over_http_and_goes_no_further(box, attachment, name):
    infected = by_v2(box, message("see attachment\n", attachment))
    clean = by_v2(box, message("see attachment\n", attachment[:-1]))
    expect_rejected(box, infected, name)
    expect_not_sent_but(box, clean)


def test_reject_is_told_as_the_service_tells_it(box, rejects, front, receiver):
    subscribed(box.client("sns"), front, receiver, rejects)
    message_id = by_v2(box, message(MARKER.decode()), ConfigurationSetName=rejects)
    event = told(receiver, message_id, "Reject").event()
    assert list(event) == ["eventType", "mail", "reject"]
    assert event["reject"] == {"reason": "Bad content"}
    assert (event["mail"]["messageId"], event["mail"]["destination"]) == (message_id, [READER])
    assert event["mail"]["tags"]["ses:configuration-set"] == [rejects]
    assert "ses:outgoing-ip" not in event["mail"]["tags"]
    told(receiver, message_id, "Send")


def test_mail_to_the_simulator_is_looked_at_too(box):
    octets = message(MARKER.decode()).replace(READER.encode(), b"success@simulator.svc.example")
    expect_rejected(box, by_v2(box, octets), "Sesame.Marker")


def test_message_larger_than_the_scanner_takes_is_refused_for_good(box):
    octets = message("x" * 70 + "\n", b"\0" * (2 * MAX_STREAM))
    assert by_smtp(box, octets) == (552, "Message is too long.")
    assert error_of(lambda: by_v2(box, octets))[1:3] == ("BadRequestException", "Message is too long.")
    assert by_smtp(box, message("small again\n"))[0] == 250


@pytest.fixture
def unscanned(tmp_path, request):
    """A sandbox whose scanner, asked over TCP, is not there."""
    port = ports.free_port()
    settings = {"SESAME_SUBMISSION_SCANNER": f"tcp:127.0.0.1:{port}", "SESAME_SUBMISSION_WHEN_NOT_SCANNED": request.param}
    with Sandbox(tmp_path, settings) as box:
        box.verified_domain(DOMAIN)
        yield box, port


@pytest.mark.parametrize("unscanned", ["refuse"], indirect=True)
def test_nothing_is_taken_while_the_scanner_is_away(unscanned, tmp_path):
    box, port = unscanned
    assert by_smtp(box, message("Good morning\n")) == (451, "Temporary service failure")
    assert error_of(lambda: by_v2(box, message("Good morning\n")))[3] == 500
    messages = box.api.call("GET", "/v2/sesame/messages")["messages"]
    assert {each["accepted_through"] for each in messages} <= {"service"}  # notices to the operator
    assert box.client("ses").get_send_quota()["SentLast24Hours"] == 0
    (tmp_path / "clamd").mkdir()
    clamd = Clamd(tmp_path / "clamd", MARKER, FILE, MAX_STREAM, port=port).start()
    try:
        box.received_as(by_v2(box, message("Good morning\n")))
        expect_rejected(box, by_v2(box, message(MARKER.decode())), "Sesame.Marker")
    finally:
        clamd.stop()
    assert by_smtp(box, message("Good morning\n"))[0] == 451


@pytest.mark.parametrize("unscanned", ["accept"], indirect=True)
def test_mail_goes_out_unscanned_where_that_is_wanted(unscanned):
    box, _ = unscanned
    box.received_as(by_v2(box, message(MARKER.decode())))
