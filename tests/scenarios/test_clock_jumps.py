"""The time of day jumps, forward and back, under the running service: mail goes on, and nothing is lost."""
import re
import smtplib

import pytest

from harness import wait
from harness.faults import Faults
from harness.post_office import AUTHOR, SERVICE, PostOffice
from harness.scripted_peer import ScriptedPeer

HOUR, DAY = 3600, 86400


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    directory = tmp_path_factory.mktemp("clock")
    office = PostOffice(directory)
    office.faults = Faults(directory / "faults", directory)
    office.sesame.environment = office.faults.environment
    with office:
        yield office


def peer_of(office, name, script=None):
    address = office.address()
    office.domain(name, address)
    return ScriptedPeer(address, office.mx_port, script)


def send(office, recipient):
    """By SMTP, as API requests are signed with the time; returns the id."""
    with office.submission() as session:
        session.mail(AUTHOR)
        session.rcpt(recipient)
        code, text = session.data(f"From: {AUTHOR}\r\nTo: {recipient}\r\nSubject: a message\r\n\r\ntext\r\n")
        assert code == 250, text
        return re.fullmatch(rb"Ok (\S+)", text).group(1).decode()


@pytest.mark.parametrize("jump", [-30 * DAY, -HOUR, HOUR, 10 * DAY], ids=["a month back", "an hour back", "an hour", "ten days"])
def test_mail_goes_on_and_is_recorded_once(office, jump):
    domain = f"jump-of-{jump % (100 * DAY)}.example"
    with peer_of(office, domain) as peer:
        before = send(office, "bob@" + domain)
        wait.until(lambda: len(peer.messages) == 1, 30, "the message before")
        with office.faults.clock(jump):
            during = send(office, "bob@" + domain)
            wait.until(lambda: len(peer.messages) == 2, 30, "the message meanwhile")
        after = send(office, "bob@" + domain)
        for sent in (before, during, after):
            assert office.wait_for_state(sent, "delivered")["attempt_count"] == 1
            assert [event["kind"] for event in office.events(sent)] == ["send", "delivery"]
        assert {m.mail_from for m in peer.messages} == {f"{sent}@{SERVICE}" for sent in (before, during, after)}
        assert len(peer.messages) == 3


def test_what_is_deferred_is_tried_when_the_clock_has_passed_its_time(office):
    with peer_of(office, "later.example", {"RCPT": ["450 4.2.1 Later", "250 2.1.5 Ok"]}) as peer:
        deferred = send(office, "bob@later.example")
        office.wait_for_state(deferred, "queued")
        with office.faults.clock(HOUR):
            second = send(office, "eve@later.example")  # wakes the queue, as all mail does
            wait.until(lambda: len(peer.messages) == 2, 90, "both messages")
        for sent in (deferred, second):
            office.wait_for_state(sent, "delivered")


def test_what_has_waited_too_long_by_the_clock_expires_and_says_so(office):
    with peer_of(office, "never.example", {"RCPT": "450 4.2.1 Later"}):
        sent = send(office, "bob@never.example")
        office.wait_for_state(sent, "queued")
        with office.faults.clock(2 * DAY):
            send(office, "eve@never.example")
            wait.until(lambda: office.sesame.run("queue", "list", "--state", "expired", check=False).stdout.count(sent), 90,
                       "the message expired", every=0.5)
        bounce, = office.events(sent, "bounce")
        assert bounce["detail"]["status"] == "4.4.7"


def test_a_bounce_comes_home_until_its_return_path_has_ended(office):
    with peer_of(office, "home.example"):
        sent = send(office, "bob@home.example")
        office.wait_for_state(sent, "delivered")

    def rcpt():
        with smtplib.SMTP("127.0.0.1", office.sesame.feedback_port, timeout=20) as door:
            door.ehlo()
            door.mail("")
            return door.rcpt(f"{sent}@{SERVICE}")[0]

    assert rcpt() == 250
    with office.faults.clock(-DAY):
        assert rcpt() == 250  # sent tomorrow, it seems; it is ours all the same
    with office.faults.clock(44 * DAY):
        assert rcpt() == 250
    with office.faults.clock(46 * DAY):
        assert rcpt() == 550
    assert rcpt() == 250
