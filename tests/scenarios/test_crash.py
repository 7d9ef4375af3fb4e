"""kill -9 at random moments of a stream of sends: whatever was acknowledged arrives.

A message may arrive twice (RFC 5321 section 6.1: the peer has answered, our record of it has not been committed), and one
that was never acknowledged may arrive; neither is a loss. The order of the kills is SESAME_CRASH_SEED's.
"""
import collections
import hashlib
import os
import random
import re
import subprocess
import threading
import time

import pytest

from harness import wait
from harness.post_office import AUTHOR
from harness.sesame import BINARY

KILLS = int(os.environ.get("SESAME_CRASH_KILLS", 50))
SEED = int(os.environ.get("SESAME_CRASH_SEED", 5321))
PATIENCE = 60  # seconds for what is queued at the end
SESSIONS = 10  # that a destination may have: what a kill can interrupt


@pytest.fixture
def receiver(office):
    with office.receiver("rcpt.example") as receiver:
        yield receiver


class Sender(threading.Thread):
    """Sends one message after the other through one door and keeps the ids it was told."""

    def __init__(self, name, open_door, stop, rng):
        super().__init__(name=name, daemon=True)
        self.open_door, self.stop, self.rng = open_door, stop, rng
        self.acknowledged = {}  # api message id -> SHA-256 of the body
        self.failures = collections.Counter()

    def run(self):
        send = None
        while not self.stop.is_set():
            body = "".join(f"{self.rng.getrandbits(256):064x}\r\n" for _ in range(self.rng.choice([1, 10, 200])))
            content = (f"From: {AUTHOR}\r\nTo: {self.name}@rcpt.example\r\nSubject: stream\r\n\r\n" + body).encode()
            try:
                send = send or self.open_door()
                self.acknowledged[send(content, f"{self.name}@rcpt.example")] = digest(body.encode())
            except Exception as problem:  # whatever a client library makes of a connection that was cut
                self.failures[type(problem).__name__] += 1
                send = None
                self.stop.wait(0.01)  # nobody listens while the service restarts


def digest(body):
    return hashlib.sha256(body).hexdigest()


def ses_v2_door(office):
    client = office.ses()
    return lambda content, recipient: client.send_email(
        FromEmailAddress=AUTHOR, Destination={"ToAddresses": [recipient]}, Content={"Raw": {"Data": content}})["MessageId"]


def ses_v1_door(office):
    client = office.ses_v1()
    return lambda content, recipient: client.send_raw_email(
        Source=AUTHOR, Destinations=[recipient], RawMessage={"Data": content})["MessageId"]


def smtp_door(office):
    session = office.submission()

    def send(content, recipient):
        session.mail(AUTHOR)
        session.rcpt(recipient)
        code, text = session.data(content)
        if code != 250:
            raise ConnectionError(f"{code} {text!r}")
        return re.fullmatch(rb"Ok (\S+)", text).group(1).decode()
    return send


def crash(office, senders, rng):
    """Lets some messages through, then kills at a moment of its own; now and then kills again while it starts."""
    def told():
        return sum(len(sender.acknowledged) for sender in senders)

    enough = told() + rng.randrange(1, 25)
    wait.until(lambda: told() >= enough, 30, "acknowledgements between two kills", every=0.001)
    time.sleep(rng.uniform(0, 0.03))  # the moment is the point, nothing is waited for
    office.sesame.kill()
    kills = 1
    while rng.random() < 0.2:
        with open(office.sesame.directory / "sesame.log", "ab") as log:
            starting = subprocess.Popen([BINARY, "serve", "--config", str(office.sesame.config)], stdout=log, stderr=log)
        time.sleep(rng.uniform(0, 0.1))  # as above
        starting.kill()
        starting.wait(10)
        kills += 1
    office.restart()
    return kills


def test_what_was_acknowledged_arrives(office, receiver, capsys):
    began = time.monotonic()
    rng = random.Random(SEED)
    stop = threading.Event()
    doors = {"v2": ses_v2_door, "v1": ses_v1_door, "smtp1": smtp_door, "smtp2": smtp_door}
    senders = [Sender(name, lambda door=door: door(office), stop, random.Random(rng.random()))
               for name, door in doors.items()]
    for sender in senders:
        sender.start()
    kills = 0
    try:
        while kills < KILLS:
            kills += crash(office, senders, rng)
    finally:
        stop.set()
        for sender in senders:
            sender.join(60)
    assert not [sender.name for sender in senders if sender.is_alive()]
    assert all(sender.acknowledged for sender in senders), {s.name: s.failures for s in senders}
    acknowledged = {key: value for sender in senders for key, value in sender.acknowledged.items()}

    arrivals = deliver_all(office, receiver, set(acknowledged))
    for api_message_id, body_digest in acknowledged.items():
        assert set(arrivals[api_message_id]) == {body_digest}, f"{api_message_id} arrived changed"
    assert_recorded_once(office, acknowledged)
    assert sum(len(bodies) - 1 for bodies in arrivals.values()) <= kills * SESSIONS, "only what was under way comes again"
    with capsys.disabled():
        print(f"\n{kills} kills, {len(acknowledged)} messages acknowledged, all arrived; "
              f"{sum(len(bodies) - 1 for bodies in arrivals.values())} arrived again, "
              f"{len(set(arrivals) - set(acknowledged))} arrived unacknowledged, "
              f"{sum(sum(sender.failures.values()) for sender in senders)} sends cut off; "
              f"{time.monotonic() - began:.0f} s, seed {SEED}")


def deliver_all(office, receiver, expected):
    """Waits until every expected id has arrived and nothing is queued; returns the body digests that came, by id."""
    for message in queued(office):  # whatever waits for its next attempt need not wait here
        office.retry(message["api_message_id"])
    wait.until(lambda: not queued(office), PATIENCE, "an empty queue", every=0.2)
    arrivals = collections.defaultdict(list)
    for message in receiver.all():
        arrivals[message.mail_from.partition("@")[0]].append(digest(message.content.partition(b"\r\n\r\n")[2]))
    missing = expected - set(arrivals)
    assert not missing, f"{len(missing)} of {len(expected)} lost: {sorted(missing)[:5]}; seed {SEED}"
    return arrivals


def queued(office):
    return office.call("GET", "/v2/sesame/messages", state="queued", limit=1000)["messages"]


def assert_recorded_once(office, acknowledged):
    """However often a message was sent, its history tells of one send and one delivery."""
    for api_message_id in acknowledged:
        message = office.message(api_message_id)
        assert message["finished"]
        assert [event["kind"] for event in message["events"] if event["kind"] != "delivery_delay"] == ["send", "delivery"]
