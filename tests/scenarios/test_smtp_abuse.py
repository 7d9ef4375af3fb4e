"""What the SMTP doors do with clients that do not keep the rules: smuggling, injection, floods and noise."""
import json
import os
import pathlib
import random
import resource
import smtplib
import socket

import pytest

from harness import wait
from harness.post_office import AUTHOR, PostOffice, unverified_tls
from harness.raw_smtp import RawSmtp

RECIPIENT, VICTIM = "bob@rcpt.example", "victim@rcpt.example"
CORPORA = pathlib.Path(os.environ.get("SESAME_CORPORA") or
                       pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpora")
HEAD = f"From: {AUTHOR}\r\nTo: {RECIPIENT}\r\nSubject: raw\r\n\r\n".encode()


def corpus(name):
    """The cases of a corpus, or one test that says what was skipped."""
    file = CORPORA / "smtp-data" / name
    if not file.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"corpus smtp-data/{name} is not here"))]
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))  # the service inherits it
    try:
        with PostOffice(tmp_path_factory.mktemp("abuse")) as office:
            yield office
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def receiver(office):
    with office.receiver("rcpt.example") as receiver:
        yield receiver


@pytest.fixture
def submission(office):
    """Signed in at the submission door."""
    with RawSmtp(office.sesame.smtp_port) as session:
        yield session.start_tls().log_in(office.key)


@pytest.fixture
def plain(office):
    """Just connected to the submission door."""
    with RawSmtp(office.sesame.smtp_port) as session:
        yield session


@pytest.fixture
def feedback(office):
    with RawSmtp(office.sesame.feedback_port) as session:
        yield session


@pytest.fixture(params=["submission", "feedback"])
def either(office, request):
    """Each door in turn, just connected."""
    port = {"submission": office.sesame.smtp_port, "feedback": office.sesame.feedback_port}[request.param]
    with RawSmtp(port) as session:
        yield session


@pytest.fixture(autouse=True)
def the_service_lives(office):
    """After each test somebody who keeps the rules is served."""
    yield
    assert office.sesame.process.poll() is None
    for port in (office.sesame.smtp_port, office.sesame.feedback_port):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as session:
            assert session.noop()[0] == 250


def accepted(office, recipient):
    """The messages accepted for a recipient, by the service's own account."""
    return office.call("GET", "/v2/sesame/messages", recipient=recipient, limit=1000)["messages"]


# ---- the end of the data ----

SMUGGLED = (f"MAIL FROM:<{AUTHOR}>\r\nRCPT TO:<{VICTIM}>\r\nDATA\r\n"
            f"From: {AUTHOR}\r\nTo: {VICTIM}\r\nSubject: smuggled\r\n\r\nsmuggled").encode()


@pytest.mark.parametrize("case", corpus("smuggling-sequences.json"), ids=lambda case: repr(case and case["sequence"]))
def test_no_sequence_but_one_ends_the_data(office, receiver, submission, case):
    assert not case["must_end_data"]
    before = len(accepted(office, RECIPIENT))
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + b"text" + case["sequence"].encode() + SMUGGLED + b"\r\n.\r\n")
    submission.expect(554)
    submission.command("NOOP", 250)  # in step: nothing of it was read as commands
    assert not accepted(office, VICTIM)
    assert len(accepted(office, RECIPIENT)) == before
    assert not [message for message in receiver.all() if VICTIM in message.rcpt_tos]


@pytest.mark.parametrize("case", corpus("receive.json"), ids=lambda case: repr(case and case["input"])[:60])
def test_data_of_every_shape_is_decided_and_stays_in_step(submission, case):
    octets = case["input"].encode()
    clean = octets.replace(b"\r\n", b"")
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + octets)
    if not octets.endswith(b"\r\n.\r\n") and octets != b".\r\n":
        submission.send(b"\r\n.\r\n")  # data without its end
    submission.expect(554 if b"\r" in clean or b"\n" in clean else 250)
    submission.command("NOOP", 250)


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_the_end_may_come_in_pieces(submission, cut):
    submission.begin(AUTHOR, RECIPIENT)
    end = b"\r\n.\r\n"
    submission.send(HEAD + b"text" + end[:cut])
    submission.send(end[cut:])
    submission.expect(250)


def test_commands_behind_the_end_are_answered(submission):
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + b"one\r\n.\r\n" + f"MAIL FROM:<{AUTHOR}>\r\nRCPT TO:<{RECIPIENT}>\r\nRSET\r\nQUIT\r\n".encode())
    assert submission.expect(250).startswith("Ok 0100")
    for code in (250, 250, 250, 221):
        submission.expect(code)
    assert submission.is_closed()


def test_a_pipelined_group_is_answered_in_order(submission):
    submission.send(f"MAIL FROM:<{AUTHOR}>\r\nRCPT TO:<{RECIPIENT}>\r\nRCPT TO:<nobody>\r\nNOOP\r\nDATA\r\n".encode())
    for codes in ((250,), (250,), (500, 501, 553), (250,), (354,)):
        submission.expect(*codes)
    submission.send(HEAD + b"text\r\n.\r\n")
    submission.expect(250)


def test_a_message_sent_without_waiting_for_354_is_not_read_as_commands(office, submission):
    before = len(accepted(office, VICTIM))
    submission.send(f"MAIL FROM:<{AUTHOR}>\r\nDATA\r\n".encode() + HEAD + SMUGGLED + b"\r\n.\r\nQUIT\r\n")
    submission.expect(250)
    submission.expect(554)
    assert submission.reply()[0] == 0
    assert len(accepted(office, VICTIM)) == before


def test_a_connection_lost_in_the_data_leaves_nothing(office, submission):
    before = len(accepted(office, RECIPIENT))
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + b"half a mess")
    submission.socket.close()
    with RawSmtp(office.sesame.smtp_port) as other:
        other.start_tls().log_in(office.key).command("QUIT", 221)
    assert len(accepted(office, RECIPIENT)) == before


# ---- lines ----

@pytest.mark.parametrize("line", [b"NOOP\nNOOP\r\n", b"NOOP\rNOOP\r\n", b"EHLO a.example\nMAIL FROM:<a@b.example>\r\n",
                                  b"NOOP\n\nNOOP\r\n", b"NO\0OP\r\n"])
def test_a_bare_cr_or_lf_ends_no_command(either, line):
    either.send(line)
    either.expect(500, 501)
    either.command("NOOP", 250)


def test_a_line_that_never_ends_ends_the_session(either):
    try:
        for _ in range(256):
            either.send(b"x" * 65536)
    except OSError:
        pass  # it does not listen any more
    code, _ = either.reply()
    assert code in (0, 421, 500)
    assert either.reply()[0] in (0, 421)


@pytest.mark.parametrize("octets", [3000, 20000, 100000])
def test_a_line_that_is_too_long_is_500(either, octets):
    either.send(b"NOOP " + b"x" * octets + b"\r\n")
    either.expect(500)
    either.command("NOOP", 250)


@pytest.mark.parametrize("octets, code", [(998, 250), (999, 554), (100_000, 554)])
def test_a_line_of_data_has_998_characters_at_most(submission, octets, code):
    """RFC 5321 section 4.5.3.1.6, where the thousand includes CRLF."""
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + b"x" * octets + b"\r\n.\r\n")
    submission.expect(code)
    submission.command("NOOP", 250)


def test_a_size_beyond_the_limit_is_refused_before_the_data(either):
    size = either.command("EHLO client.example", 250).split("SIZE ")[1].split()[0]
    for announced in (size + "0", "9" * 20, "-1"):
        either.command(f"MAIL FROM:<{AUTHOR}> SIZE={announced}", 501, 530, 552)  # 530: who has not signed in hears that


def test_data_beyond_the_limit_is_552_and_the_session_goes_on(office, submission, receiver):
    size = int(submission.command("EHLO client.example", 250).split("SIZE ")[1].split()[0])
    submission.command(f"MAIL FROM:<{AUTHOR}> SIZE={size + 1}", 552)
    submission.begin(AUTHOR, RECIPIENT)
    line = b"x" * 998 + b"\r\n"
    block = line * 1024
    submission.send(HEAD)
    for _ in range(size // len(block) + 1):
        submission.send(block)
    submission.send(b".\r\n")
    submission.expect(552)
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD + b"small\r\n.\r\n")
    submission.expect(250)


# ---- the order of things ----

def test_nothing_is_sent_without_signing_in(plain):
    plain.command("MAIL FROM:<a@b.example>", 503, 530)
    plain.command("EHLO client.example", 250)
    plain.command(f"MAIL FROM:<{AUTHOR}>", 530)
    plain.command(f"RCPT TO:<{RECIPIENT}>", 503, 530)
    plain.command("DATA", 503, 530)
    plain.start_tls()
    plain.command(f"MAIL FROM:<{AUTHOR}>", 530)


def test_nobody_signs_in_without_tls(office, plain):
    assert "AUTH" not in plain.command("EHLO client.example", 250)
    plain.command("AUTH PLAIN AGEAYg==", 530)
    plain.command("AUTH LOGIN", 530)


def test_wrong_passwords_end_the_session(plain):
    plain.start_tls()
    codes = []
    while not codes or codes[-1] == 535:
        plain.send(b"AUTH PLAIN AGEAYg==\r\n")
        codes.append(plain.reply()[0])
        assert len(codes) < 10
    assert codes[-1] == 421
    assert plain.is_closed()


@pytest.mark.parametrize("line", ["AUTH", "AUTH CRAM-MD5", "AUTH PLAIN =", "AUTH PLAIN !!!!", "AUTH PLAIN AAAA",
                                  "AUTH LOGIN !!!!"])
def test_nonsense_does_not_sign_in(plain, line):
    plain.start_tls()
    plain.command(line, 500, 501, 504, 535)
    plain.command(f"MAIL FROM:<{AUTHOR}>", 530)


def test_the_51st_recipient_is_452_and_the_fifty_stay(office, submission, receiver):
    submission.command(f"MAIL FROM:<{AUTHOR}>", 250)
    for n in range(50):
        submission.command(f"RCPT TO:<r{n}@rcpt.example>", 250)
    for n in range(50, 53):
        submission.command(f"RCPT TO:<r{n}@rcpt.example>", 452)
    submission.command("DATA", 354)
    submission.send(HEAD + b"fifty\r\n.\r\n")
    api_message_id = submission.expect(250).removeprefix("Ok ")
    assert len(office.message(api_message_id)["recipients"]) == 50


def test_a_sender_of_somebody_else_is_refused_after_the_data(office, submission):
    submission.begin("eve@elsewhere.example", RECIPIENT)
    submission.send(HEAD + b"text\r\n.\r\n")
    assert "not verified" in submission.expect(554)
    submission.begin(AUTHOR, RECIPIENT)
    submission.send(HEAD.replace(AUTHOR.encode(), b"eve@elsewhere.example") + b"text\r\n.\r\n")
    assert "not verified" in submission.expect(554)


# ---- STARTTLS ----

@pytest.mark.parametrize("behind", [b"NOOP\r\n", b"EHLO evil.example\r\nMAIL FROM:<a@b.example>\r\n", b"x"])
def test_commands_behind_starttls_are_not_executed(either, behind):
    """CVE-2011-0411: what comes in the clear must not be read as if it had come through TLS."""
    either.command("EHLO client.example", 250)
    either.send(b"STARTTLS\r\n" + behind)
    code, _ = either.reply()
    if code == 220:
        either.socket = unverified_tls().wrap_socket(either.socket)
        either.command("HELP", 214)  # the first reply is to this, not to what was injected
    else:
        assert code == 554
        assert either.reply()[0] == 0


def test_what_was_said_in_the_clear_is_forgotten(plain):
    plain.start_tls()
    plain.command("STARTTLS", 502, 503)
    with RawSmtp(plain.socket.getpeername()[1]) as other:
        other.command("EHLO evil.example", 250)
        other.command("STARTTLS", 220)
        other.socket = unverified_tls().wrap_socket(other.socket)
        other.command("AUTH PLAIN AGEAYg==", 503)  # no EHLO has been said in here


def test_a_broken_handshake_ends_the_session(either):
    either.command("EHLO client.example", 250)
    either.command("STARTTLS", 220)
    either.send(b"MAIL FROM:<a@b.example>\r\n" * 100)
    closing = b""
    try:
        while more := either.socket.recv(65536):
            closing += more
    except ConnectionResetError:
        pass
    assert b"250" not in closing and b"530" not in closing


# ---- noise and numbers ----

@pytest.mark.parametrize("noise", ["random", "tls", "http", "nul", "lines"])
def test_noise_is_answered_or_closed(either, noise):
    seeded = random.Random(20240611)
    octets = {
        "random": seeded.randbytes(200_000),
        "tls": bytes.fromhex("16030100a5010000a10303") + seeded.randbytes(400),
        "http": b"GET / HTTP/1.1\r\nHost: mail.example\r\nUser-Agent: x\r\n\r\n" * 20,
        "nul": b"\0" * 50_000 + b"\r\n",
        "lines": b"".join(seeded.randbytes(60).replace(b"\n", b"") + b"\r\n" for _ in range(200))}[noise]
    try:
        either.send(octets + b"\r\nQUIT\r\n")
    except OSError:
        pass  # closed already
    codes = []
    while (code := either.reply()[0]) and len(codes) < 300:
        codes.append(code)
    assert codes, "not one reply"
    assert set(codes[:-1]) <= {500, 501, 502, 503, 530}
    assert codes[-1] in (221, 421, 500, 501, 502)


def test_an_error_too_many_ends_the_session(either):
    either.send(b"NONSENSE\r\n" * 100)
    codes = []
    while code := either.reply()[0]:
        codes.append(code)
    assert codes[-1] == 421
    assert len(codes) <= 30


def test_ten_thousand_noops_are_answered(either):
    count, group = 10_000, 500
    for _ in range(count // group):
        either.send(b"NOOP\r\n" * group)
        for _ in range(group):
            either.expect(250)


def test_a_client_that_does_not_read_is_not_buffered_without_end(either):
    """It may stop reading from us or close; it may not keep every reply for us."""
    either.socket.settimeout(2)
    sent = 0
    block = b"HELP\r\n" * 10_000
    with pytest.raises((TimeoutError, ConnectionError)):
        while sent < 256 << 20:
            sent += either.socket.send(block)
    assert sent < 64 << 20


def test_many_idle_connections_are_welcome_and_one_too_many_is_told(office):
    limit = 1000
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2 * limit:
        pytest.skip(f"{limit} connections need more open files than this machine allows a process")
    sessions = []
    try:
        for _ in range(limit):
            sessions.append(RawSmtp(office.sesame.feedback_port))
        with RawSmtp(office.sesame.feedback_port, greet=False) as last:
            assert "Too many" in last.expect(421)
            assert last.is_closed()
        sessions[0].command("NOOP", 250)
        with RawSmtp(office.sesame.smtp_port) as elsewhere:  # the other door is not concerned
            elsewhere.command("NOOP", 250)
    finally:
        for session in sessions:
            session.socket.close()

    def welcome_again():
        with RawSmtp(office.sesame.feedback_port, greet=False) as session:
            return session.reply()[0] == 220
    wait.until(welcome_again, 20, "room for another session")


def test_connections_that_say_nothing_and_leave(office):
    for _ in range(300):
        for port in (office.sesame.smtp_port, office.sesame.feedback_port):
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            connection.close()
