"""A receiver that defers three recipients in ten and rejects one in twenty, always the same ones: nothing is lost, nothing
arrives twice, and what was deferred arrives when it is tried again."""
import collections
import threading
import zlib

from harness import wait
from harness.scripted_peer import ScriptedPeer, path_of

MESSAGES = 120


def temper(address):
    share = zlib.crc32(address.encode()) % 100
    return "rejects" if share < 5 else "defers" if share < 35 else "takes"


class Capricious:
    """What the peer says to RCPT; a recipient it defers is taken from the second time on."""

    def __init__(self):
        self.asked = collections.Counter()
        self.lock = threading.Lock()

    def __call__(self, argument):
        address = path_of(argument)
        with self.lock:
            self.asked[address] += 1
            is_first = self.asked[address] == 1
        if temper(address) == "rejects":
            return "550 5.1.1 no such user"
        return "451 4.2.0 not now" if temper(address) == "defers" and is_first else "250 2.1.5 ok"


def states(office):
    """State of each of our recipients that has been tried; the author is written to as well, of those who bounced."""
    listed = office.call("GET", "/v2/sesame/messages", limit=1000)["messages"]
    return {r["address"]: r["state"] for m in listed for r in m["recipients"]
            if r["attempt_count"] > 0 and r["address"].endswith("@moody.example")}


def test_nothing_is_lost_and_nothing_arrives_twice(office):
    peer = office.address()
    office.domain("moody.example", peer)
    recipients = [f"user{n}@moody.example" for n in range(MESSAGES)]
    of = {kind: {r for r in recipients if temper(r) == kind} for kind in ("rejects", "defers", "takes")}
    assert all(of.values())
    capricious = Capricious()
    with ScriptedPeer(peer, office.mx_port, {"RCPT": capricious}) as receiver:
        sent = {recipient: office.send(recipient) for recipient in recipients}
        wait.until(lambda: len(states(office)) == MESSAGES, 60, "a first attempt for all")
        assert {r for r, state in states(office).items() if state == "queued"} == of["defers"]
        for recipient in of["defers"]:
            assert office.retry(sent[recipient]) == 1
        wait.until(lambda: "queued" not in states(office).values(), 60, "an outcome for all")
        assert {r for r, state in states(office).items() if state == "bounced"} == of["rejects"]
        arrived = collections.Counter(r for message in receiver.messages for r in message.rcpt_tos)
        assert arrived == {r: 1 for r in of["takes"] | of["defers"]}
        assert capricious.asked == {r: 2 if r in of["defers"] else 1 for r in recipients}
