"""Delivery to peers that refuse, hang up, fail in TLS, or simply take the mail: docs/queue.md on a wire."""
import threading

import pytest

from harness import wait
from harness.post_office import AUTHOR, SERVICE, PostOffice
from harness.scripted_peer import DISCONNECT, Hold, ScriptedPeer, server_tls


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with PostOffice(tmp_path_factory.mktemp("delivery")) as office:
        yield office


def peer_of(office, name, script=None, tls=None):
    """A scripted peer that is the only MX of the domain `name`."""
    address = office.address()
    office.domain(name, address)
    return ScriptedPeer(address, office.mx_port, script, tls)


def test_a_message_arrives_under_its_return_path(office):
    with peer_of(office, "plain.example") as peer:
        sent = office.send("bob@plain.example")
        recipient = office.wait_for_state(sent, "delivered")
        message, = peer.messages
        assert message.mail_from == f"{sent}@{SERVICE}"
        assert message.rcpt_tos == ["bob@plain.example"]
        attempt, = recipient["attempts"]
        assert attempt["remote_host"] == "mx1.plain.example"
        assert attempt["remote_ip"] == peer.address
        assert attempt["reply_code"] == 250
        assert [event["kind"] for event in office.events(sent)] == ["send", "delivery"]


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
def test_a_disconnect_is_no_outcome_and_the_message_is_tried_again(office, step):
    name = f"disconnect-{step.lower()}.example"
    default = ScriptedPeer("", 0).script[step]
    with peer_of(office, name, {step: [DISCONNECT, default]}) as peer:
        sent = office.send(f"bob@{name}")
        attempt, = office.wait_for_state(sent, "queued")["attempts"]
        assert attempt["status"] == "4.4.1"
        assert attempt["reply_code"] == 0
        assert not peer.messages
        assert office.events(sent, "delivery_delay")
        assert office.retry(sent) == 1
        assert office.wait_for_state(sent, "delivered")["attempt_count"] == 2
        assert len(peer.messages) == 1


def test_a_deferred_recipient_waits_while_the_other_is_delivered(office):
    replies = {"slow@two.example": ["450 4.2.1 Mailbox busy", "250 2.1.5 Ok"]}

    def rcpt(argument):
        address = argument[argument.index("<") + 1:argument.index(">")]
        answers = replies.get(address, ["250 2.1.5 Ok"])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    with peer_of(office, "two.example", {"RCPT": rcpt}) as peer:
        sent = office.send("slow@two.example", "quick@two.example")
        office.wait_for_state(sent, "delivered", "quick@two.example")
        slow = office.wait_for_state(sent, "queued", "slow@two.example")
        assert slow["attempts"][0]["text"] == "450 4.2.1 Mailbox busy"
        assert slow["next_attempt"]
        assert not office.message(sent)["finished"]
        assert office.retry(sent) == 1
        office.wait_for_state(sent, "delivered", "slow@two.example")
        assert office.message(sent)["finished"]
        assert [message.rcpt_tos for message in peer.messages] == [["quick@two.example"], ["slow@two.example"]]


@pytest.mark.parametrize("step, reply", [
    ("MAIL", "553 5.1.8 We do not like you"),
    ("RCPT", "550 5.1.1 Nobody of that name"),
    ("DATA", "554 5.7.1 No data from you"),
    ("dot", "552 5.3.4 Too much for us")])
def test_a_permanent_refusal_bounces_with_the_peers_words(office, step, reply):
    name = f"refuses-{step.lower()}.example"
    with peer_of(office, name, {step: reply}) as peer:
        sent = office.send(f"bob@{name}")
        office.wait_for_state(sent, "bounced")
        event, = office.events(sent, "bounce")
        assert event["recipient"] == f"bob@{name}"
        assert event["detail"]["source"] == "session"
        assert event["detail"]["status"] == reply.split()[1]
        assert event["detail"]["diagnostic_code"] == "smtp; " + reply
        assert event["detail"]["reporting_mta"] == f"dns; mx1.{name}"
        assert not peer.messages
        assert office.message(sent)["finished"]


def test_a_refused_message_leaves_the_connection_good_for_the_next(office):
    with peer_of(office, "picky.example", {"RCPT": ["550 5.1.1 Nobody", "250 2.1.5 Ok"]}) as peer:
        office.wait_for_state(office.send("nobody@picky.example"), "bounced")
        office.wait_for_state(office.send("bob@picky.example"), "delivered")
        assert [message.rcpt_tos for message in peer.messages] == [["bob@picky.example"]]


@pytest.mark.parametrize("greeting", ["421 4.7.0 Busy", "554 5.3.2 No service here today"])
def test_a_host_that_does_not_want_us_defers_the_message(office, greeting):
    name = f"greets-{greeting[:3]}.example"
    with peer_of(office, name, {"greeting": [greeting, "220 peer.example ESMTP"]}) as peer:
        sent = office.send(f"bob@{name}")
        assert office.wait_for_state(sent, "queued")["attempts"][0]["text"] == greeting
        office.retry(sent)
        office.wait_for_state(sent, "delivered")
        assert len(peer.messages) == 1


def test_a_host_that_knows_no_ehlo_is_greeted_with_helo(office):
    with peer_of(office, "old.example", {"EHLO": "502 Unknown command"}) as peer:
        office.wait_for_state(office.send("bob@old.example"), "delivered")
        assert [command.split()[0] for command in peer.sessions[0].commands[:2]] == ["EHLO", "HELO"]


def test_a_host_that_takes_neither_ehlo_nor_helo_defers_the_message(office):
    with peer_of(office, "deaf.example", {"EHLO": "550 Not you", "HELO": "550 Not you either"}):
        attempt, = office.wait_for_state(office.send("bob@deaf.example"), "queued")["attempts"]
        assert attempt["text"] == "550 Not you either"


def test_a_message_larger_than_the_peer_announces_bounces_without_being_sent(office):
    with peer_of(office, "narrow.example", {"EHLO": "250-peer.example\n250 SIZE 500"}) as peer:
        sent = office.send("bob@narrow.example", body="x" * 600 + "\r\n")
        office.wait_for_state(sent, "bounced")
        event, = office.events(sent, "bounce")
        assert event["detail"]["status"] == "5.3.4"
        assert not [command for command in peer.commands() if command.startswith("DATA")]


def test_a_refusal_in_many_lines_without_an_enhanced_status_is_kept_whole(office):
    with peer_of(office, "wordy.example", {"RCPT": "550-We are sorry\n550-to say\n550 no"}):
        sent = office.send("bob@wordy.example")
        office.wait_for_state(sent, "bounced")
        event, = office.events(sent, "bounce")
        assert event["detail"]["status"] == "5.0.0"
        for words in ("We are sorry", "to say", "no"):
            assert words in event["detail"]["diagnostic_code"]


@pytest.mark.parametrize("reply", ["nonsense", "999 5.1.1 No such class", "250", "354 5.1.1 Out of place"])
def test_a_peer_that_makes_no_sense_bounces_nothing(office, reply):
    """What is no refusal does not refuse: the message is delivered or kept."""
    name = f"strange-{len(reply)}.example"
    with peer_of(office, name, {"RCPT": [reply, "250 2.1.5 Ok"]}):
        sent = office.send(f"bob@{name}")
        wait.until(lambda: office.recipient(sent)["attempt_count"], 20, "an attempt")
        assert office.recipient(sent)["state"] in ("queued", "delivered")
        assert not office.events(sent, "bounce")
        office.retry(sent)
        office.wait_for_state(sent, "delivered")


def test_name_servers_that_are_down_defer_the_message(office):
    with peer_of(office, "unreachable.example") as peer:
        office.knot.stop()
        try:
            sent = office.send("bob@unreachable.example")
            attempt, = office.wait_for_state(sent, "queued", seconds=40)["attempts"]
            assert attempt["status"] == "4.4.3"
        finally:
            office.knot.start()

        def delivered():
            if office.recipient(sent)["state"] == "queued":
                office.retry(sent)
            return peer.messages
        wait.until(delivered, 60, "delivery after the name servers came back", every=0.5)


def test_tls_is_used_where_it_is_offered(office, tmp_path):
    with peer_of(office, "tls.example", tls=server_tls(tmp_path)) as peer:
        sent = office.send("bob@tls.example")
        attempt, = office.wait_for_state(sent, "delivered")["attempts"]
        message, = peer.messages
        assert message.tls.startswith("TLSv1.")
        assert attempt["tls"] == message.tls
        delivery, = office.events(sent, "delivery")
        assert delivery["detail"]["tls"] == message.tls


def test_a_broken_handshake_is_followed_by_delivery_in_the_clear(office):
    with peer_of(office, "badtls.example", tls="broken") as peer:
        sent = office.send("bob@badtls.example")
        attempt, = office.wait_for_state(sent, "delivered")["attempts"]
        assert attempt["tls"] == ""
        assert len(peer.messages) == 1
        assert len(peer.sessions) == 2
        assert "STARTTLS" in peer.sessions[0].commands
        assert "STARTTLS" not in peer.sessions[1].commands


def test_a_refused_starttls_is_followed_by_delivery_in_the_clear(office):
    with peer_of(office, "notls.example", {"STARTTLS": "454 4.7.0 Not now"}, tls="broken") as peer:
        office.wait_for_state(office.send("bob@notls.example"), "delivered")
        assert len(peer.messages) == 1


def test_the_second_mx_gets_what_the_first_does_not_answer(office):
    nobody, second = office.address(), office.address()
    office.domain("twomx.example", nobody, second)
    with ScriptedPeer(second, office.mx_port) as peer:
        attempt, = office.wait_for_state(office.send("bob@twomx.example"), "delivered")["attempts"]
        assert attempt["remote_host"] == "mx2.twomx.example"
        assert len(peer.messages) == 1


def test_the_preferred_mx_is_the_one_that_is_asked(office):
    first, second = office.address(), office.address()
    office.domain("order.example", first, second)
    with ScriptedPeer(first, office.mx_port) as preferred, ScriptedPeer(second, office.mx_port) as other:
        for _ in range(3):
            office.wait_for_state(office.send("bob@order.example"), "delivered")
        assert len(preferred.messages) == 3
        assert not other.sessions


def test_no_host_that_answers_defers(office):
    office.domain("silent.example", office.address())
    attempt, = office.wait_for_state(office.send("bob@silent.example"), "queued")["attempts"]
    assert attempt["status"] == "4.4.1"


@pytest.mark.parametrize("name, records, status", [
    ("nullmx.example", ["@ MX 0 ."], "5.1.10"),           # RFC 7505
    ("nomail.example", ["www A 127.0.0.1"], "5.1.2"),     # neither MX nor address
    ("lostmx.example", ["@ MX 10 gone"], "5.4.4"),        # its MX has no address
    ("absent.example", None, "5.1.2")])                   # NXDOMAIN
def test_a_domain_that_cannot_take_mail_bounces(office, name, records, status):
    if records is not None:
        office.knot.zone(name, records)
    sent = office.send(f"bob@{name}")
    office.wait_for_state(sent, "bounced")
    event, = office.events(sent, "bounce")
    assert event["detail"]["status"] == status
    assert event["detail"]["bounce_type"] == "Permanent"


def test_a_domain_without_mx_is_its_own_host(office):
    address = office.address()
    office.knot.zone("implicit.example", [f"@ A {address}"])
    with ScriptedPeer(address, office.mx_port) as peer:
        office.wait_for_state(office.send("bob@implicit.example"), "delivered")
        assert len(peer.messages) == 1


def test_dots_and_long_bodies_survive_octet_by_octet(office):
    body = (b".\r\n..\r\n...\r\n. \r\n.a\r\n\r\n.\r\na.\r\n" +
            b"".join(b"." * (n % 5) + b"line %d " % n + b"x" * (n % 900) + b"\r\n" for n in range(400)))
    head = f"From: {AUTHOR}\r\nTo: bob@dots.example\r\nSubject: dots\r\n\r\n".encode()
    with peer_of(office, "dots.example") as peer:
        office.wait_for_state(office.send_raw(head + body, ["bob@dots.example"]), "delivered")
        message, = peer.messages
        assert message.content.partition(b"\r\n\r\n")[2] == body


def test_connections_are_reused(office):
    count = 30
    held = [Hold("250 2.0.0 Kept")]
    with peer_of(office, "busy.example", {"dot": held}) as peer:
        # Everything is queued before the first connection is free again.
        sent = [office.send("bob@busy.example", subject=str(n)) for n in range(count)]
        assert peer.held.acquire(timeout=20)
        peer.release()
        for api_message_id in sent:
            office.wait_for_state(api_message_id, "delivered")
        assert len(peer.messages) == count
        assert len(peer.sessions) <= 10
        assert {message.mail_from for message in peer.messages} == {f"{each}@{SERVICE}" for each in sent}


def test_recipients_at_one_domain_share_a_transaction(office):
    recipients = [f"r{n}@shared.example" for n in range(8)]
    with peer_of(office, "shared.example") as peer:
        sent = office.send(*recipients)
        for recipient in recipients:
            office.wait_for_state(sent, "delivered", recipient)
        message, = peer.messages
        assert sorted(message.rcpt_tos) == recipients


def test_recipients_at_several_domains_succeed_and_fail_apart(office):
    with peer_of(office, "good.example") as good, peer_of(office, "bad.example", {"RCPT": "550 5.1.1 No"}):
        sent = office.send("a@good.example", "b@bad.example")
        office.wait_for_state(sent, "delivered", "a@good.example")
        office.wait_for_state(sent, "bounced", "b@bad.example")
        assert [message.rcpt_tos for message in good.messages] == [["a@good.example"]]


def stop_meanwhile(office):
    """SIGTERM from a thread of its own; the result is the exit status, once there is one."""
    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(office.sesame.stop()))
    already = len(office.sesame.log_text())
    thread.start()
    wait.until(lambda: "stopping" in office.sesame.log_text()[already:], 10, "the stop")

    def join():
        thread.join(30)
        assert not thread.is_alive(), "the service did not stop"
        return statuses[0]
    return join


def test_a_stop_lets_a_transaction_end(office):
    with peer_of(office, "ending.example", {"dot": Hold("250 2.0.0 Kept")}) as peer:
        sent = office.send("bob@ending.example")
        assert peer.held.acquire(timeout=20)
        stopped = stop_meanwhile(office)
        peer.release()
        assert stopped() == 0
        office.restart()
        assert office.wait_for_state(sent, "delivered")["attempt_count"] == 1
        assert len(peer.messages) == 1


def test_a_stop_gives_back_what_does_not_end(office):
    with peer_of(office, "endless.example", {"dot": [Hold("250 2.0.0 Kept"), "250 2.0.0 Kept"]}) as peer:
        sent = office.send("bob@endless.example")
        assert peer.held.acquire(timeout=20)
        assert stop_meanwhile(office)() == 0
        assert not peer.messages
        office.restart()
        assert office.wait_for_state(sent, "delivered")["attempt_count"] == 1  # the interrupted one does not count
        assert len(peer.messages) == 1
