"""Every way an outbound session can go wrong, one file for each in peers/: nothing is lost, refused or sent twice for it.

SCRIPT is for a ScriptedPeer that is the only MX of a domain; TLS what it offers; FIRST the recipient's state after the first
attempt and, where it is certain, the enhanced status of that attempt. What is queued then is delivered by the next attempt.
"""
import importlib.util
import pathlib

import pytest

from harness.post_office import PostOffice
from harness.scripted_peer import ScriptedPeer

PEERS = sorted((pathlib.Path(__file__).parent / "peers").glob("*.py"))
BODY = "one line\r\n.and a dot\r\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with PostOffice(tmp_path_factory.mktemp("peers")) as office:
        yield office


def load(file):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", PEERS, ids=[file.stem for file in PEERS])
def test_a_peer_that(office, file):
    way = load(file)
    address, domain = office.address(), file.stem.replace("_", "-") + ".example"
    office.domain(domain, address)
    state, status = way.FIRST
    with ScriptedPeer(address, office.mx_port, getattr(way, "SCRIPT", {}), getattr(way, "TLS", None)) as peer:
        sent = office.send(f"bob@{domain}", body=BODY)
        attempt = office.wait_for_state(sent, state)["attempts"][0]
        if status:
            assert attempt["status"] == status
        assert not office.events(sent, "bounce")
        if state == "queued":
            assert attempt["status"].startswith("4.") and not peer.messages
            assert office.retry(sent) == 1
            assert office.wait_for_state(sent, "delivered")["attempt_count"] == 2
        message, = peer.messages
        assert message.content.endswith(b"\r\n\r\n" + BODY.encode())


def test_that_there_are_peers():
    assert len(PEERS) > 40
