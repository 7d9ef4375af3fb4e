"""kill -9 during a flood of bounces: every bounce that the door has acknowledged is an event afterwards.

One that was cut off is brought again, as a mail server would, and may then be told twice; that is no loss. The number of
kills is SESAME_CRASH_KILLS's, their moments SESAME_CRASH_SEED's."""
import os
import queue
import random
import smtplib
import threading
import time

from harness import wait
from harness.post_office import SERVICE
from harness.reports import dsn, with_crlf
from harness.scripted_peer import ScriptedPeer

KILLS = int(os.environ.get("SESAME_CRASH_KILLS", 15))
SEED = int(os.environ.get("SESAME_CRASH_SEED", 3464))
BOUNCES_PER_KILL = 12


class Returner(threading.Thread):
    """A mail server with bounces to bring home; it tries again until each is taken."""

    def __init__(self, office, waiting, stop):
        super().__init__(daemon=True)
        self.office, self.waiting, self.stop = office, waiting, stop
        self.acknowledged, self.cut_off = [], 0

    def run(self):
        door = None
        while not self.stop.is_set():
            try:
                sent, recipient = self.waiting.get(timeout=0.05)
            except queue.Empty:
                continue
            try:
                door = door or smtplib.SMTP("127.0.0.1", self.office.sesame.feedback_port, "mx.rcpt.example", timeout=20)
                door.sendmail("", [f"{sent}@{SERVICE}"], with_crlf(dsn(recipient)))
                self.acknowledged.append((sent, recipient))
            except (OSError, smtplib.SMTPException):
                self.cut_off += 1
                door = None
                self.waiting.put((sent, recipient))
                self.stop.wait(0.01)  # nobody listens while the service restarts


def test_what_was_acknowledged_is_an_event(office, capsys):
    address = office.address()
    office.domain("rcpt.example", address)
    waiting, stop, rng = queue.Queue(), threading.Event(), random.Random(SEED)
    with ScriptedPeer(address, office.mx_port):
        messages = [(office.send(f"user{n}@rcpt.example"), f"user{n}@rcpt.example") for n in range(KILLS * BOUNCES_PER_KILL)]
        for message in messages:
            waiting.put(message)
        returners = [Returner(office, waiting, stop) for _ in range(4)]
        for returner in returners:
            returner.start()

        def acknowledged():
            return sum(len(returner.acknowledged) for returner in returners)
        try:
            for _ in range(KILLS):
                enough = min(acknowledged() + rng.randrange(1, BOUNCES_PER_KILL), len(messages))
                wait.until(lambda: acknowledged() >= enough, 60, "bounces taken between two kills", every=0.001)
                time.sleep(rng.uniform(0, 0.02))  # the moment is the point, nothing is waited for
                office.sesame.kill()
                office.restart()
            wait.until(lambda: acknowledged() == len(messages), 60, "all bounces taken")
        finally:
            stop.set()
            for returner in returners:
                returner.join(30)
    again = 0
    for sent, recipient in messages:
        told = [event["recipient"] for event in office.events(sent, "bounce")]
        assert told and set(told) == {recipient}, f"{sent} was acknowledged; its events: {told}; seed {SEED}"
        again += len(told) - 1
    assert again <= sum(returner.cut_off for returner in returners)
    with capsys.disabled():
        print(f"\n{KILLS} kills, {len(messages)} bounces acknowledged, all told; {again} told again, "
              f"{sum(returner.cut_off for returner in returners)} cut off; seed {SEED}")
