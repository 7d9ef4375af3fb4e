"""One sender's flood does not delay another's password reset, judged by the order in which mail arrives.

The receiver holds its breath at its first final dots until thousands of messages wait for it; the reset is accepted last
of all. A destination has two connections, so nothing goes around the queue, and a reset that takes its turn finds about as
many messages before it as there are connections and others who wait.
"""
import concurrent.futures
import contextlib
import copy
import sqlite3

import pytest

from harness import wait
from harness.post_office import AUTHOR, IDENTITY, PostOffice
from harness.scripted_peer import Hold, ScriptedPeer

FLOOD = 3000     # three times what a destination may hold in memory
HANDS = 8        # sessions that hand it in
CONNECTIONS = 2  # that carry it away
ALL_CONNECTIONS = 20  # to all destinations together
ALONE = 15       # of them for one identity (src/delivery/session_slots.h)
SOON = 10        # of the flood may arrive before mail that does not wait for it
NEIGHBOUR = "neighbour.example"  # another identity of the account that floods
STRANGER = "stranger.example"    # the identity of another account
OTHER_ACCOUNT = "111122223333"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    settings = {"delivery.max_connections": ALL_CONNECTIONS, "delivery.max_connections_per_group": CONNECTIONS}
    with PostOffice(tmp_path_factory.mktemp("fairness"), settings) as office:
        office.verify(NEIGHBOUR)
        yield office


@pytest.fixture(scope="module")
def stranger(office):
    """The same service for another account. No command makes one: its row is written as docs/store-format.md has it."""
    stranger = copy.copy(office)
    stranger.key = office.sesame.credentials()
    with contextlib.closing(sqlite3.connect(office.sesame.directory / "data" / "control.db", timeout=20)) as db, db:
        db.execute("insert into accounts (account_id, notice_address, created) values (?, '', 0)", [OTHER_ACCOUNT])
        db.execute("update credentials set account_id = ? where access_key_id = ?",
                   [OTHER_ACCOUNT, stranger.key["AccessKeyId"]])
    stranger.verify(STRANGER)
    assert [i["IdentityName"] for i in stranger.ses().list_email_identities()["EmailIdentities"]] == [STRANGER]
    return stranger


def hand_in(office, recipients, author=AUTHOR):
    """A message to each, one after the other on one session at the submission door."""
    with office.submission() as session:
        for recipient in recipients:
            session.sendmail(author, [recipient], f"From: {author}\r\nTo: {recipient}\r\nSubject: news\r\n\r\nnews\r\n")


def flood(office, domain):
    recipients = [f"user{n}@{domain}" for n in range(FLOOD)]
    with concurrent.futures.ThreadPoolExecutor(HANDS) as pool:
        for handed_in in [pool.submit(hand_in, office, recipients[n::HANDS]) for n in range(HANDS)]:
            handed_in.result(60)


def reset(office, recipient, identity=IDENTITY, **options):
    office.ses().send_email(
        FromEmailAddress=f"accounts@{identity}", Destination={"ToAddresses": [recipient]},
        Content={"Simple": {"Subject": {"Data": "Your password"}, "Body": {"Text": {"Data": "text"}}}}, **options)


def wait_for_backlog(office, domain, count):
    name = f'sesame_delivery_group_waiting{{group="mx1.{domain}"}}'
    wait.until(lambda: office.sesame.metrics().get(name) == count, 20, f"{count} messages wait for {domain}")


@contextlib.contextmanager
def flooded(office, domain):
    """A receiver of the domain, with the whole flood before it; nothing arrives until it is released."""
    address = office.address()
    office.domain(domain, address)
    with ScriptedPeer(address, office.mx_port, {"dot": Hold("250 2.0.0 Kept")}) as receiver:
        flood(office, domain)
        for _ in range(CONNECTIONS):
            assert receiver.held.acquire(timeout=20)
        wait_for_backlog(office, domain, FLOOD - CONNECTIONS)
        assert not receiver.messages
        yield receiver


def places(receiver, address, count=1):
    """How many messages arrived before each of those to the address."""
    def arrived():
        found = [n for n, message in enumerate(list(receiver.messages)) if message.rcpt_tos == [address]]
        return found if len(found) >= count else None
    return wait.until(arrived, 30, f"{count} for {address}")


def test_another_accounts_reset_does_not_wait_for_the_flood(office, stranger):
    with flooded(office, "account.example") as receiver:
        reset(stranger, "bob@account.example", STRANGER)
        receiver.release()
        place, = places(receiver, "bob@account.example")
        assert place <= SOON


def test_an_identity_does_not_wait_for_the_flood_of_another_and_takes_turns_with_it(office):
    count = 50
    with flooded(office, "identity.example") as receiver:
        hand_in(office, ["bob@identity.example"] * count, f"accounts@{NEIGHBOUR}")
        receiver.release()
        found = places(receiver, "bob@identity.example", count)
        assert found[0] <= SOON
        assert found[-1] <= 2 * count + SOON


def test_a_transactional_message_overtakes_the_flood_of_its_own_identity(office):
    office.ses().create_configuration_set(ConfigurationSetName="resets",
                                          Tags=[{"Key": "sesame:priority", "Value": "transactional"}])
    with flooded(office, "set.example") as receiver:
        reset(office, "bob@set.example", ConfigurationSetName="resets")
        receiver.release()
        place, = places(receiver, "bob@set.example")
        assert place <= SOON


def test_an_ordinary_message_of_the_flooding_identity_waits_for_all_of_the_flood(office):
    """Without this the tests above would show nothing."""
    office.ses().create_configuration_set(ConfigurationSetName="letters")
    with flooded(office, "last.example") as receiver:
        reset(office, "bob@last.example", ConfigurationSetName="letters")
        receiver.release()
        place, = places(receiver, "bob@last.example")
        assert place == FLOOD


def test_a_flood_to_a_host_that_says_nothing_delays_nothing_to_others(office):
    silent, living = office.address(), office.address()
    office.domain("silent.example", silent)
    office.domain("living.example", living)
    with ScriptedPeer(silent, office.mx_port, {"greeting": Hold("220 late")}) as dead, \
            ScriptedPeer(living, office.mx_port) as receiver:
        flood(office, "silent.example")
        for _ in range(CONNECTIONS):
            assert dead.held.acquire(timeout=20)
        wait_for_backlog(office, "silent.example", FLOOD)
        hand_in(office, ["bob@living.example"])
        assert places(receiver, "bob@living.example") == [0]
        wait_for_backlog(office, "silent.example", FLOOD)  # they wait still


def test_who_fills_the_connections_with_silent_hosts_leaves_some_to_others(office, stranger):
    """Nobody leaves: a host may take five minutes to greet (RFC 5321 section 4.5.3.2.1)."""
    domains = [f"silent{n}.example" for n in range(ALL_CONNECTIONS)]
    with contextlib.ExitStack() as open_hosts:
        hosts = []
        for domain in [*domains, "quick.example"]:
            address = office.address()
            office.domain(domain, address)
            script = {} if domain == "quick.example" else {"greeting": Hold("220 late")}
            hosts.append(open_hosts.enter_context(ScriptedPeer(address, office.mx_port, script)))
        *silent, receiver = hosts
        hand_in(office, [f"user{n}@{domain}" for n in range(CONNECTIONS) for domain in domains])
        wait.until(lambda: sum(len(host.sessions) for host in silent) == ALONE, 20, "all connections that one identity may have")
        reset(office, "bob@quick.example", NEIGHBOUR)
        reset(stranger, "eve@quick.example", STRANGER)
        assert len(places(receiver, "bob@quick.example") + places(receiver, "eve@quick.example")) == 2
        assert sum(len(host.sessions) for host in silent) == ALONE
