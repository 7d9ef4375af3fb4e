"""The feedback door: what comes home to a genuine return path is taken and understood; it is no relay for the rest."""
import contextlib
import json
import os
import smtplib
import subprocess

import pytest

from harness import sesame as harness_sesame
from harness.post_office import AUTHOR, IDENTITY, REGION, SERVICE, PostOffice
from harness.raw_smtp import RawSmtp
from harness.reports import complaint, dsn, with_crlf

RECIPIENT = "bob@rcpt.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with PostOffice(tmp_path_factory.mktemp("feedback")) as office:
        yield office


@pytest.fixture(scope="module")
def receiver(office):
    with office.receiver("rcpt.example") as receiver:
        yield receiver


@pytest.fixture
def sent(office, receiver):
    """The id of a message that has been delivered; the return path is what its receiver saw."""
    ses = office.ses()
    with contextlib.suppress(ses.exceptions.NotFoundException):  # a bounce before this test listed it
        ses.delete_suppressed_destination(EmailAddress=RECIPIENT)
    api_message_id = office.send(RECIPIENT)
    received = receiver.wait_for(lambda m: m.mail_from.startswith(api_message_id))
    assert received.mail_from == f"{api_message_id}@{SERVICE}"
    office.wait_for_state(api_message_id, "delivered")
    return api_message_id


@pytest.fixture
def door(office):
    with smtplib.SMTP("127.0.0.1", office.sesame.feedback_port, local_hostname="mx.rcpt.example", timeout=20) as session:
        session.ehlo()
        yield session


def return_path(api_message_id):
    return f"{api_message_id}@{SERVICE}"


def come_home(door, api_message_id, content, reverse_path=""):
    door.sendmail(reverse_path, [return_path(api_message_id)], with_crlf(content))


def with_tag_altered(api_message_id):
    """The last digit of the tag is another one."""
    head, tail = api_message_id[:52], api_message_id[53:]
    return head + ("0" if api_message_id[52] != "0" else "1") + tail


def about_bob(action, status, diagnostic):
    return dsn(RECIPIENT, action, status, diagnostic)


AUTO_REPLY = f"""From: Bob <{RECIPIENT}>
To: {AUTHOR}
Subject: I am away
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain

Until Monday.
"""


# ---- what it refuses ----

def refused_addresses(genuine):
    path = return_path(genuine)
    return {
        "a stranger": "someone@elsewhere.example",
        "the recipient's own domain": RECIPIENT,
        "the author": AUTHOR,
        "no id at the service domain": f"someone@{SERVICE}",
        "somebody else's postmaster": "postmaster@elsewhere.example",
        "the percent hack": f"{RECIPIENT.replace('@', '%')}@{SERVICE}",
        "a quoted address": f'"{RECIPIENT}"@{SERVICE}',
        "a bang path": f"elsewhere.example!bob@{SERVICE}",
        "an address literal": f"{genuine}@[127.0.0.1]",
        "an altered tag": return_path(with_tag_altered(genuine)),
        "an altered time": path[:4] + ("0" if path[4] != "0" else "1") + path[5:],
        "an id cut short": return_path(genuine[:-1]),
        "an id with more behind it": return_path(genuine + "0"),
        "another domain": f"{genuine}@elsewhere.example",
        "the identity's domain": f"{genuine}@{IDENTITY}",
        "a subdomain of the service": f"{genuine}@bounce.{SERVICE}",
    }


@pytest.mark.parametrize("what", refused_addresses("x" * 60))
def test_it_refuses(door, sent, what):
    door.mail("")
    code, text = door.rcpt(refused_addresses(sent)[what])
    assert code == 550, text
    assert text.startswith(b"5.1.1 ")
    code, text = door.docmd("DATA")
    assert code in (503, 554), text


def test_a_source_route_is_no_way_around(door, sent):
    """RFC 5321 appendix C: a route may be ignored; what counts is the last mailbox."""
    door.mail("")
    code, text = door.docmd("RCPT", f"TO:<@{SERVICE}:bob@elsewhere.example>")
    assert code == 550, text
    code, text = door.docmd("RCPT", f"TO:<@elsewhere.example:{return_path(with_tag_altered(sent))}>")
    assert code == 550, text


@pytest.mark.parametrize("path", ["<>", "bob", "<a@b@c>", "<bob@>", "<bob@-x.example>", "< @x>"])
def test_no_path_at_all_is_refused_for_good(door, path):
    door.mail("")
    code, text = door.docmd("RCPT", f"TO:{path}")
    assert 500 <= code < 600, text


@pytest.mark.parametrize("path", ["<postmaster>", f"<Postmaster@{SERVICE}>", f"<abuse@{SERVICE}>"])
def test_the_operator_can_be_written_to(door, path):
    """RFC 5321 §4.5.1, RFC 2142 §4: taken, and sent on to service.admin_email."""
    door.mail("somebody@elsewhere.example")
    code, text = door.docmd("RCPT", f"TO:{path}")
    assert code == 250, text


def test_refusals_among_genuine_ones_leave_these_good(office, door, sent):
    door.mail("")
    assert door.rcpt(return_path(with_tag_altered(sent)))[0] == 550
    assert door.rcpt(return_path(sent))[0] == 250
    assert door.data(with_crlf(about_bob("failed", "5.1.1", "550 5.1.1 Gone")).encode())[0] == 250
    assert office.events(sent, "bounce")


def test_nobody_can_sign_in_or_relay_with_a_null_sender(office, door, receiver):
    before = len(receiver.all())
    assert not door.has_extn("auth")
    assert door.docmd("AUTH", "PLAIN AGEAYg==")[0] in (502, 503, 504)
    for sender in ("", AUTHOR, f"postmaster@{SERVICE}"):
        door.mail(sender)
        assert door.rcpt(RECIPIENT)[0] == 550
        door.rset()
    assert len(receiver.all()) == before


def counted(office, reason):
    return office.sesame.metrics()[f"sesame_feedback_refused_{reason}_total"]


def test_refusals_are_counted_by_reason(office, door, sent):
    addresses = {"malformed": RECIPIENT, "forged": return_path(with_tag_altered(sent)), "unknown": f"{sent}@{IDENTITY}"}
    before = {reason: counted(office, reason) for reason in addresses}
    door.mail("")
    for address in addresses.values():
        door.rcpt(address)
    assert {reason: counted(office, reason) for reason in addresses} == {r: n + 1 for r, n in before.items()}


# ---- what it takes ----

def test_a_bounce_comes_home(office, door, sent):
    come_home(door, sent, about_bob("failed", "5.1.1", "550 5.1.1 User unknown"))
    event, = office.events(sent, "bounce")
    assert event["recipient"] == RECIPIENT
    detail = event["detail"]
    assert (detail["source"], detail["action"], detail["status"]) == ("dsn", "failed", "5.1.1")
    assert detail["diagnostic_code"] == "smtp; 550 5.1.1 User unknown"
    assert detail["bounce_type"] == "Permanent"
    assert "mx.rcpt.example" in detail["reporting_mta"]


def test_a_bounce_is_told_to_who_tails_the_events(office, door, sent):
    come_home(door, sent, about_bob("failed", "5.2.2", "552 5.2.2 Full"))
    told = subprocess.run([harness_sesame.BINARY, "events", "tail", "--once", "--after", "0"], capture_output=True,
                          text=True, timeout=30, env={
                              **os.environ, "AWS_ENDPOINT_URL": office.sesame.endpoint, "AWS_REGION": REGION,
                              "AWS_ACCESS_KEY_ID": office.key["AccessKeyId"],
                              "AWS_SECRET_ACCESS_KEY": office.key["SecretAccessKey"]})
    assert told.returncode == 0, told.stderr
    lines = [line.split(maxsplit=4) for line in told.stdout.splitlines()]
    mine = [(kind, recipient, json.loads(detail)) for _, kind, api_message_id, recipient, detail in
            (line for line in lines if len(line) == 5) if api_message_id == sent]
    assert [kind for kind, _, _ in mine][-1] == "bounce"
    _, recipient, detail = mine[-1]
    assert recipient == RECIPIENT
    assert detail["status"] == "5.2.2"


def test_a_delay_is_no_bounce(office, door, sent):
    come_home(door, sent, about_bob("delayed", "4.4.1", "451 4.4.1 Try later"))
    delay, = office.events(sent, "delivery_delay")
    assert (delay["recipient"], delay["detail"]["source"], delay["detail"]["status"]) == (RECIPIENT, "dsn", "4.4.1")
    assert not office.events(sent, "bounce")


def test_a_complaint_comes_home(office, door, sent):
    come_home(door, sent, complaint(RECIPIENT), "abuse@mx.rcpt.example")
    event, = office.events(sent, "complaint")
    assert event["recipient"] == RECIPIENT
    assert event["detail"]["feedback_type"] == "abuse"
    assert event["detail"]["user_agent"] == "ButtonPresser/1.0"
    assert not office.events(sent, "bounce")


def test_an_automatic_reply_is_neither_bounce_nor_complaint(office, door, sent):
    come_home(door, sent, AUTO_REPLY)
    reply, = office.events(sent, "auto_reply")
    assert reply["detail"]["subject"] == "I am away"
    assert not office.events(sent, "bounce") + office.events(sent, "complaint")


def test_a_return_path_in_capitals_is_the_same(office, door, sent):
    door.sendmail("", [return_path(sent).upper()], with_crlf(about_bob("failed", "5.1.1", "550 No")))
    assert office.events(sent, "bounce")


def test_what_comes_home_survives_kill_9(office, door, sent):
    come_home(door, sent, about_bob("failed", "5.1.1", "550 5.1.1 Gone"))
    office.sesame.kill()
    office.restart()
    assert office.events(sent, "bounce")
    with smtplib.SMTP("127.0.0.1", office.sesame.feedback_port, timeout=20) as again:
        again.ehlo()
        again.mail("")
        assert again.rcpt(return_path(sent))[0] == 250  # the key is the same


def test_swaks_brings_a_bounce_home(office, sent):
    swaks = subprocess.run(
        ["swaks", "--server", "127.0.0.1", "--port", str(office.sesame.feedback_port), "--from", "<>",
         "--to", return_path(sent), "--data", "-", "--suppress-data", "--timeout", "20"],
        input=about_bob("failed", "5.7.1", "550 5.7.1 Not you"), capture_output=True, text=True, timeout=60)
    assert swaks.returncode == 0, swaks.stdout + swaks.stderr
    bounce, = office.events(sent, "bounce")
    assert bounce["detail"]["status"] == "5.7.1"


# ---- by chunks (RFC 3030) ----

@pytest.fixture
def chunks(office):
    with RawSmtp(office.sesame.feedback_port) as session:
        offered = session.command("EHLO mx.rcpt.example", 250)
        assert "CHUNKING" in offered.splitlines() and "BINARYMIME" not in offered
        yield session


def begin_chunks(session, api_message_id):
    session.command("MAIL FROM:<>", 250)
    session.command(f"RCPT TO:<{return_path(api_message_id)}>", 250)


def test_a_bounce_comes_home_by_chunks(office, chunks, sent):
    octets = with_crlf(about_bob("failed", "5.1.1", "550 5.1.1 Gone")).encode()
    begin_chunks(chunks, sent)
    half = octets.index(b"\r\n") + 1  # between CR and LF
    chunks.send(b"BDAT %d\r\n" % half + octets[:half])
    chunks.expect(250)
    assert not office.events(sent, "bounce")
    chunks.send(b"BDAT %d LAST\r\n" % (len(octets) - half) + octets[half:])
    chunks.expect(250)
    bounce, = office.events(sent, "bounce")
    assert (bounce["recipient"], bounce["detail"]["status"]) == (RECIPIENT, "5.1.1")


def test_what_comes_by_chunks_is_kept_octet_by_octet(office, chunks, sent):
    letter = b"From: Carl <carl@elsewhere.example>\r\nSubject: Dots\r\n\r\n.\r\n..\r\n.QUIT\r\n" + b"z" * 70 + b"\r\n"
    path = return_path(sent)
    session = f"MAIL FROM:<carl@elsewhere.example>\r\nRCPT TO:<{path}>\r\n".encode()
    session += b"".join(b"BDAT %d\r\n" % len(piece) + piece for piece in (letter[:60], letter[60:61], letter[61:]))
    chunks.send(session + b"BDAT 0 LAST\r\nNOOP\r\n")  # all at once
    for _ in range(7):
        chunks.expect(250)
    entry, = kept(office, sent)
    shown = subprocess.run([harness_sesame.BINARY, "feedback", "show", entry["name"], "--config", str(office.sesame.config)],
                           capture_output=True, timeout=30, check=True).stdout
    assert shown.endswith(b"\r\n" + letter)


def test_a_chunk_that_is_refused_is_not_taken_for_commands(office, chunks, sent):
    chunks.send(b"BDAT 6 LAST\r\nQUIT\r\n")
    chunks.expect(503)
    chunks.command("MAIL FROM:<>", 250)
    chunks.command(f"RCPT TO:<{RECIPIENT}>", 550)
    chunks.send(b"BDAT 6 LAST\r\nQUIT\r\n")
    chunks.expect(554)
    begin_chunks(chunks, sent)
    chunks.send(b"BDAT 8 LAST\r\nbare\nLF\n")
    chunks.expect(554)
    chunks.command("NOOP", 250)
    assert not office.events(sent, "bounce")


def test_chunks_and_data_do_not_mix(office, chunks, sent):
    begin_chunks(chunks, sent)
    chunks.send(b"BDAT 4\r\na: b")
    chunks.expect(250)
    chunks.command("DATA", 503)
    chunks.command("RSET", 250)
    chunks.send(b"BDAT 4 LAST\r\na: b")
    chunks.expect(503)
    assert not office.events(sent, "bounce")


def test_chunks_beyond_the_limit_are_552_and_the_session_goes_on(office, chunks, sent):
    limit = int(chunks.command("EHLO mx.rcpt.example", 250).split("SIZE ")[1].split()[0])
    begin_chunks(chunks, sent)
    line = b"x" * 98 + b"\r\n"
    chunks.send(b"BDAT 100\r\n" + line)
    chunks.expect(250)
    count = limit // 100
    chunks.send(b"BDAT %d LAST\r\n" % (count * 100 + 99) + line * count + b"x" * 99)
    chunks.expect(552)
    assert not office.events(sent, "bounce")
    chunks.command("NOOP", 250)
    chunks.command(f"MAIL FROM:<> SIZE={limit + 1}", 552)
    begin_chunks(chunks, sent)
    octets = with_crlf(about_bob("failed", "5.1.1", "550 5.1.1 Gone")).encode()
    chunks.send(b"BDAT %d LAST\r\n" % len(octets) + octets)
    chunks.expect(250)
    assert office.events(sent, "bounce")


def kept(office, api_message_id):
    """What `sesame feedback list` shows for it."""
    listed = [json.loads(line) for line in office.sesame.run("feedback", "list", "--json").stdout.splitlines()]
    return [entry for entry in listed if entry["return_path"] == return_path(api_message_id)]


def test_what_is_not_understood_is_kept_whole_for_the_operator(office, door, sent):
    letter = "From: Carl <carl@elsewhere.example>\nSubject: A question\n\n" + "x" * 990 + "\n"
    letter += ("line " + "y" * 900 + "\n") * 2000 + "the end\n"
    come_home(door, sent, letter, "carl@elsewhere.example")
    event, = office.events(sent, "bounce")
    assert (event["detail"]["source"], event["detail"]["bounce_type"]) == ("unrecognised", "Undetermined")
    entry, = kept(office, sent)
    assert entry["name"] == event["detail"]["kept"]
    assert (entry["mail_from"], entry["subject"]) == ("<carl@elsewhere.example>", "A question")
    assert entry["from"] == "Carl <carl@elsewhere.example>"
    shown = subprocess.run([harness_sesame.BINARY, "feedback", "show", entry["name"], "--config", str(office.sesame.config)],
                           capture_output=True, timeout=30, check=True).stdout
    assert shown.startswith(b"Return-Path: <carl@elsewhere.example>\r\n")
    assert shown.endswith(with_crlf(letter).encode())
    page = office.sesame.run("feedback", "list").stdout
    assert [line for line in page.splitlines() if entry["name"] in line and "A question" in line]


def test_what_was_kept_is_there_after_kill_9_and_read_while_nothing_runs(office, door, sent):
    come_home(door, sent, "Subject: Hm\n\nWhat is this?\n", "carl@elsewhere.example")
    office.sesame.kill()
    try:
        entry, = kept(office, sent)
        assert "What is this?" in office.sesame.run("feedback", "show", entry["name"]).stdout
    finally:
        office.restart()


def test_a_mail_that_is_not_there_is_bad_news(office):
    for name in ("20260101T000000Z-0123456789abcdef", "../secret.key"):
        shown = office.sesame.run("feedback", "show", name, check=False)
        assert (shown.returncode, shown.stdout) == (1, "")
        assert name in shown.stderr
