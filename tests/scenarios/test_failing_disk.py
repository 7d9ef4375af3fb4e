"""A disk that is full, read-only or broken under the running service: nothing is acknowledged that is not durable, every door
says so by name, /readyz too, and all is well again when the disk is. The faults are tests/tools/faulty.cc's."""
import smtplib
import urllib.error
import urllib.request

import botocore.exceptions
import pytest

from harness import faults as harness_faults
from harness import wait
from harness.faults import Faults
from harness.post_office import AUTHOR, SERVICE, PostOffice
from harness.reports import dsn, with_crlf
from harness.scripted_peer import Hold, ScriptedPeer
from harness.sesame import Sesame

WAYS = list(harness_faults.DISK)
LARGE = ("y" * 70 + "\r\n") * 3000  # kept in a file of its own
DSN = with_crlf(dsn("bob@rcpt.example", status="5.2.2", diagnostic="552 5.2.2 Mailbox full"))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    directory = tmp_path_factory.mktemp("disk")
    office = PostOffice(directory)
    office.faults = Faults(directory / "faults", office.sesame.settings["service.data_dir"])
    office.sesame.environment = office.faults.environment
    with office:
        yield office


@pytest.fixture(scope="module")
def peer(office):
    address = office.address()
    office.domain("rcpt.example", address)
    with ScriptedPeer(address, office.mx_port) as peer:
        yield peer


def readiness(office):
    try:
        with urllib.request.urlopen(office.sesame.endpoint + "/readyz", timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def wait_until_ready(office, status=200):
    wait.until(lambda: readiness(office) == status, 20, f"/readyz {status}", every=0.2)


def refused_by_api(call, **arguments):
    """(HTTP status, error name)"""
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**arguments)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def send_v2(office):
    return refused_by_api(office.ses().send_email, FromEmailAddress=AUTHOR, Destination={"ToAddresses": ["bob@rcpt.example"]},
                          Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}})


def send_v1(office):
    return refused_by_api(office.ses_v1().send_email, Source=AUTHOR, Destination={"ToAddresses": ["bob@rcpt.example"]},
                          Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}})


def send_by_smtp(session, body="x\r\n"):
    session.rset()
    session.mail(AUTHOR)
    code, text = session.rcpt("bob@rcpt.example")
    return session.data(f"Subject: x\r\nFrom: {AUTHOR}\r\n\r\n{body}") if code == 250 else (code, text)


# Room may come back, a broken disk has to be looked at: clients are told to slow down, or that the service is unavailable.
SAYS = {
    "no space": {"smtp": (452, b"Insufficient system storage"), "v2": (429, "TooManyRequestsException"),
                 "v1": (400, "Throttling")},
    "read-only": {"smtp": (451, b"Temporary service failure"), "v2": (500, "InternalServiceErrorException"),
                  "v1": (503, "ServiceUnavailable")},
}


@pytest.mark.parametrize("how", WAYS)
def test_every_door_refuses_and_says_so_until_the_disk_is_well(office, peer, how):
    before = office.send("bob@rcpt.example")
    office.wait_for_state(before, "delivered")
    says = SAYS.get(how, SAYS["read-only"])
    with office.submission() as session, smtplib.SMTP("127.0.0.1", office.sesame.feedback_port, timeout=30) as door:
        door.ehlo()
        with office.faults.disk(how):
            delivered = len(peer.messages)
            for _ in range(5):
                assert send_by_smtp(session) == says["smtp"]
                assert send_by_smtp(session, LARGE) == says["smtp"]
                assert send_v2(office) == says["v2"]
                assert send_v1(office) == says["v1"]
                with pytest.raises(smtplib.SMTPDataError) as refused:
                    door.sendmail("", [f"{before}@{SERVICE}"], DSN)
                assert refused.value.smtp_code in (451, 452)
            wait_until_ready(office, 503)
            assert len(peer.messages) == delivered, "what was refused is sent to nobody"
        wait_until_ready(office)
        assert not office.events(before, "bounce")
        door.sendmail("", [f"{before}@{SERVICE}"], DSN)  # the same sessions go on
        assert [event["recipient"] for event in office.events(before, "bounce")] == ["bob@rcpt.example"]
        assert send_by_smtp(session)[0] == 250
        assert send_by_smtp(session, LARGE)[0] == 250
    for body in ("x\r\n", LARGE):
        after = office.send("bob@rcpt.example", body=body)
        office.wait_for_state(after, "delivered")
        assert [m for m in peer.messages if m.mail_from.startswith(after)][0].content.endswith(body.encode())


@pytest.mark.parametrize("how", WAYS)
def test_what_was_delivered_meanwhile_is_recorded_later_and_not_sent_again(office, how):
    address, domain = office.address(), how.replace(" ", "-") + ".example"
    office.domain(domain, address)
    with ScriptedPeer(address, office.mx_port, {"dot": Hold("250 2.0.0 Kept")}) as peer:
        sent = office.send(f"bob@{domain}")
        assert peer.held.acquire(timeout=20)
        with office.faults.disk(how):
            peer.release()
            wait.until(lambda: peer.messages, 20, "the message at the peer")
            wait_until_ready(office, 503)
            assert office.recipient(sent)["state"] == "queued"
        assert office.wait_for_state(sent, "delivered", seconds=60)["attempt_count"] == 1
        assert len(peer.messages) == 1


@pytest.mark.parametrize("how", WAYS)
def test_what_was_acknowledged_survives_kill_9_while_the_disk_fails(office, peer, how):
    acknowledged = [office.send("bob@rcpt.example", body=body) for body in ("x\r\n", LARGE) * 3]
    with office.faults.disk(how):
        assert send_v2(office)[0] in (429, 500)
        office.sesame.kill()
    office.restart()
    for sent in acknowledged:
        office.wait_for_state(sent, "delivered", seconds=60)


@pytest.mark.parametrize("how", ["no space", "read-only", "writes fail"])
def test_a_start_on_such_a_disk_is_refused_with_the_files_name_and_harms_nothing(office, peer, how):
    sent = office.send("bob@rcpt.example")
    assert office.sesame.stop() == 0
    with office.faults.disk(how):
        result = office.sesame.run("serve", check=False)
        assert result.returncode != 0
        assert office.sesame.settings["service.data_dir"] in result.stderr or "store" in result.stderr, result.stderr
    office.restart()
    office.wait_for_state(sent, "delivered", seconds=60)


@pytest.mark.parametrize("how", WAYS)
def test_a_first_start_that_failed_is_no_hindrance_to_the_next(tmp_path, how):
    faults = Faults(tmp_path / "faults", tmp_path / "fresh")
    sesame = Sesame(tmp_path / "fresh")
    sesame.environment = faults.environment
    with faults.disk(how):
        result = sesame.run("serve", check=False)
        assert result.returncode != 0 and str(tmp_path / "fresh") in result.stderr, result.stderr
    sesame.start()
    assert sesame.stop() == 0
