"""Receivers that take a message and report on it later: Postfix, Exim and OpenSMTPD write the reports, as they really do."""
import smtplib
import time

import pytest

from harness import mta as mtas
from harness import wait
from harness.post_office import SERVICE, PostOffice
from harness.privileges import needs_namespaces
from harness.scripted_peer import Hold, ScriptedPeer, path_of

pytestmark = needs_namespaces

NEXT_HOP_REPLIES = {
    "refused": "550 5.1.1 No such user here",
    "full": "552 5.2.2 Mailbox full",  # for OpenSMTPD, which knows no quota
    "slow": Hold("451 4.3.2 Not today"),
    "good": "250 2.1.5 Ok",
}


def next_hop_reply(argument):
    return NEXT_HOP_REPLIES[path_of(argument).partition("@")[2].partition(".")[0]]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with PostOffice(tmp_path_factory.mktemp("dsn")) as office:
        yield office


@pytest.fixture(scope="module", params=mtas.ALL)
def mta(request, office, tmp_path_factory):
    address, peer_address = office.address(), office.address()
    with ScriptedPeer(peer_address, office.mx_port, {"RCPT": next_hop_reply}) as peer:
        mta = mtas.ALL[request.param](tmp_path_factory.mktemp(request.param), request.param, address, office.mx_port,
                                      (peer_address, office.mx_port), ("127.0.0.1", office.sesame.feedback_port), SERVICE)
        for name in mta.domains(mtas.DOMAINS):
            office.domain(name, address)
        mta.start()
        mta.peer = peer
        try:
            yield mta
        finally:
            mta.stop()
            print(mta.log_text())


def told(office, api_message_id, kind):
    """The event of that kind that a report brought."""
    def found():
        return next((e for e in office.events(api_message_id, kind) if e["detail"]["source"] == "dsn"), None)
    return wait.until(found, 30, f"{kind} of {api_message_id} reported")


def is_suppressed(office, address):
    ses = office.ses()
    try:
        return ses.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]["Reason"] == "BOUNCE"
    except ses.exceptions.NotFoundException:
        return False


def test_who_is_refused_behind_the_mta_bounces_and_is_suppressed_alone(office, mta):
    unknown, fine = f"unknown@{mta.domain('refused')}", f"fine@{mta.domain('good')}"
    sent = office.send(unknown, fine)
    bounce = told(office, sent, "bounce")
    assert bounce["recipient"] == unknown
    detail = bounce["detail"]
    assert (detail["bounce_type"], detail["bounce_subtype"], detail["action"]) == ("Permanent", "General", "failed")
    assert detail["status"].startswith("5.")
    assert "No such user here" in detail["diagnostic_code"]
    assert detail["reporting_mta"].endswith(f"mx.{mta.name}.example")
    assert is_suppressed(office, unknown)
    # Both had been taken by the MTA; nothing is said of the other one.
    assert office.recipient(sent, unknown)["state"] == office.recipient(sent, fine)["state"] == "delivered"
    wait.until(lambda: any(m.rcpt_tos == [fine] for m in mta.peer.messages), 20, "the other recipient's copy")
    assert [e["recipient"] for e in office.events(sent, "bounce")] == [unknown]
    assert not is_suppressed(office, fine)


def test_the_next_message_to_who_bounced_is_not_sent(office, mta):
    gone = f"gone@{mta.domain('refused')}"
    told(office, office.send(gone), "bounce")
    again = office.send(gone)
    bounce, = office.events(again, "bounce")
    assert bounce["detail"]["source"] == "suppression"
    assert office.recipient(again)["attempt_count"] == 0


def test_a_local_delivery_that_fails_bounces(office, mta):
    nobody = f"nobody.here@{mta.domain('local')}"
    sent = office.send(nobody)
    bounce = told(office, sent, "bounce")
    assert (bounce["recipient"], bounce["detail"]["bounce_type"]) == (nobody, "Permanent")
    assert bounce["detail"]["status"].startswith("5.")


def test_a_full_mailbox_is_transient_and_suppresses_nobody(office, mta):
    hoarder = f"hoarder@{mta.domain('full')}"
    sent = office.send(hoarder)
    bounce = told(office, sent, "bounce")
    detail = bounce["detail"]
    assert (bounce["recipient"], detail["bounce_type"], detail["bounce_subtype"]) == (hoarder, "Transient", "MailboxFull")
    assert not is_suppressed(office, hoarder)


def test_a_delay_is_told_and_nothing_else(office, mta):
    late = f"late@{mta.domain('slow')}"
    sent = office.send(late)
    assert mta.peer.held.acquire(timeout=20)
    asked = time.monotonic()
    wait.until(lambda: time.monotonic() > asked + 2, 5, "what the MTA counts as a delay")
    mta.peer.release()
    delay = told(office, sent, "delivery_delay")
    assert delay["recipient"] == late
    assert delay["detail"]["status"].startswith("4.")
    assert not office.events(sent, "bounce")
    assert not is_suppressed(office, late)


def test_a_report_of_success_changes_nothing(office, mta):
    """Whoever forwards our mail may ask for one (RFC 3461 section 4.1); it goes to the return path."""
    fine = f"asked@{mta.domain('good')}"
    sent = office.send(fine)
    office.wait_for_state(sent, "delivered")
    before = office.message(sent)["events"]
    with smtplib.SMTP(mta.address, mta.port, local_hostname="relay.example", timeout=20) as relay:
        relay.ehlo()
        assert relay.has_extn("dsn")
        relay.sendmail(f"{sent}@{SERVICE}", [fine], "Subject: a message\r\n\r\ntext\r\n", rcpt_options=["NOTIFY=SUCCESS"])
    wait.until(lambda: [line for line in office.sesame.log_text().splitlines() if "came home" in line and sent in line], 20,
               "the report at the feedback door")
    assert office.message(sent)["events"] == before
    assert not is_suppressed(office, fine)
