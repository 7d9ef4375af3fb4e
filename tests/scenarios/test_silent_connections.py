"""10,000 connections that say nothing: everybody else is served as before, and memory stays where it was."""
import contextlib
import pathlib
import resource
import selectors
import smtplib
import socket
import subprocess
import time

import pytest

from harness import wait
from harness.own_network import own_network
from harness.post_office import AUTHOR, PostOffice
from harness.privileges import needs_namespaces
from harness.scripted_peer import ScriptedPeer

COUNT = 10_000
PER_CLIENT = 100  # sessions that one client may have at an SMTP door (src/app/listeners.cc)

pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < COUNT + 1000:
        pytest.skip(f"only {hard} descriptors for {COUNT} connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with own_network():
        subprocess.run(["ip", "address", "add", "203.0.113.1/24", "dev", "lo"], check=True, timeout=20)
        with PostOffice(tmp_path_factory.mktemp("silent")) as office:
            yield office
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextlib.contextmanager
def silence(port, clients, count=COUNT):
    """`count` connections to `port` from these addresses in turn: the sockets, once the service has dealt with each of them."""
    sockets = []
    try:
        with selectors.DefaultSelector() as waiting:
            for number in range(count):
                source = clients[number % len(clients)], 0
                client = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=source)
                sockets.append(client)
                waiting.register(client, selectors.EVENT_READ)
            greeted = set()
            while waiting.get_map():
                ready = waiting.select(timeout=60)
                assert ready, f"{len(waiting.get_map())} connections hear nothing"
                for key, _ in ready:
                    waiting.unregister(key.fileobj)
                    with contextlib.suppress(ConnectionError):
                        if key.fileobj.recv(64).startswith(b"220"):
                            greeted.add(key.fileobj)
        yield greeted
    finally:
        for client in sockets:
            client.close()


def resident_kib(office):
    status = pathlib.Path(f"/proc/{office.sesame.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def is_served(office, recipient):
    """Through the API and both SMTP doors, from an address of its own, and soon."""
    began = time.monotonic()
    sent = office.send(recipient)
    with smtplib.SMTP("127.0.0.1", office.sesame.smtp_port, timeout=30, source_address=("203.0.113.250", 0)) as session:
        assert session.ehlo()[0] == 250
    with smtplib.SMTP("127.0.0.1", office.sesame.feedback_port, timeout=30, source_address=("203.0.113.250", 0)) as door:
        door.ehlo()
        door.mail("")
        assert door.rcpt(f"{sent}@svc.example")[0] == 250
    office.wait_for_state(sent, "delivered")
    return time.monotonic() - began < 10


@pytest.fixture(scope="module")
def recipient(office):
    address = office.address()
    office.domain("rcpt.example", address)
    with ScriptedPeer(address, office.mx_port):
        yield "bob@rcpt.example"


def test_one_client_with_all_of_them_keeps_nobody_out(office, recipient):
    assert is_served(office, recipient)
    before = resident_kib(office)
    for port in (office.sesame.smtp_port, office.sesame.feedback_port):
        with silence(port, ["203.0.113.9"]) as greeted:
            assert len(greeted) == PER_CLIENT, "the others are told 421"
            assert is_served(office, recipient)
            assert resident_kib(office) - before < 100 * 1024
        wait.until(lambda: let_in(port, "203.0.113.9"), 20, "room for the same client when they are gone")


def let_in(port, client):
    with socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(client, 0)) as again:
        return again.recv(64).startswith(b"220")


def test_from_everywhere_they_fill_one_door_and_no_other(office, recipient):
    before = resident_kib(office)
    clients = [f"203.0.113.{n}" for n in range(10, 210)]
    with silence(office.sesame.feedback_port, clients) as greeted:
        assert len(greeted) == 1000
        assert resident_kib(office) - before < 100 * 1024
        sent = office.send(recipient)
        office.wait_for_state(sent, "delivered")
        with office.submission() as session:
            session.mail(AUTHOR)
            session.rcpt(recipient)
            assert session.data(f"From: {AUTHOR}\r\nSubject: x\r\n\r\nx\r\n")[0] == 250
    wait.until(lambda: let_in(office.sesame.feedback_port, "203.0.113.10"), 20, "an open door")


def test_silent_http_connections_leave_room_for_those_who_ask(office, recipient):
    """No greeting there: a connection too many is closed, the others wait."""
    where = ("127.0.0.1", office.sesame.http_port)
    sockets = [socket.create_connection(where, timeout=60, source_address=(f"203.0.113.{20 + n % 2}", 0)) for n in range(COUNT)]
    try:
        assert is_served(office, recipient)
    finally:
        for client in sockets:
            client.close()
