"""`sesame queue` beside a running service and on the data of a stopped one."""
import json

from harness import wait
from harness.scripted_peer import ScriptedPeer


def queue(office, *arguments, status=0):
    result = office.sesame.run("queue", *arguments, check=False)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout if status == 0 else result.stderr


def listed(office, *arguments):
    """Ids of what was sent; the service's own notices, to an operator nobody reaches here, are left out."""
    messages = [json.loads(line) for line in queue(office, "list", "--json", *arguments).splitlines()]
    return [message["api_message_id"] for message in messages if message["accepted_through"] != "service"]


def deferred(office, address):
    """A message to it, kept after its first attempt."""
    sent = office.send(address)
    wait.until(lambda: office.wait_for_state(sent, "queued")["attempt_count"] == 1, 20, "the first attempt")
    return sent


def test_the_queue_is_shown_and_changed_while_the_service_runs_and_after_it(office):
    busy = office.address()
    office.domain("busy.example", busy)
    with ScriptedPeer(busy, office.mx_port, {"RCPT": "450 4.2.1 Mailbox busy"}):
        first, second = (deferred(office, f"{name}@busy.example") for name in ("bob", "eve"))

        assert listed(office) == [second, first]
        assert listed(office, "--recipient", "bob@busy.example") == [first]
        assert listed(office, "--limit", "1") == [second]
        line, = (line for line in queue(office, "list").splitlines() if first in line)
        assert "queued" in line and "bob@busy.example" in line
        page = queue(office, "show", first)
        assert "450 4.2.1 Mailbox busy" in page and f"{first}@svc.example" in page
        assert queue(office, "drop", second) == "given up: 1 recipient\n"
        assert office.wait_for_state(second, "bounced")
        assert listed(office, "--state", "bounced") == [second]

    with ScriptedPeer(busy, office.mx_port):
        assert queue(office, "retry", first) == "due now: 1 recipient\n"
        office.wait_for_state(first, "delivered")
    assert "0 recipients" in office.sesame.run("queue", "retry", first, check=False).stdout

    third = deferred(office, "bob@busy.example")  # nobody listens there now
    assert office.sesame.stop() == 0
    assert listed(office) == [third]
    assert json.loads(queue(office, "show", "--json", third))["recipients"][0]["attempt_count"] == 1
    assert queue(office, "drop", third) == "given up: 1 recipient\n"
    assert listed(office) == []
    office.restart()
    assert office.wait_for_state(third, "bounced")


def test_what_is_not_there_is_bad_news_with_its_name(office):
    missing = "0100000000000000-00000000-0000-0000-0000-000000000000-000000"
    for verb in ("show", "retry", "drop"):
        assert missing in queue(office, verb, missing, status=1)
    assert "state" in queue(office, "list", "--state", "lost", status=2)
    for state in ("delivered", "not_rendered", "rejected"):
        assert listed(office, "--state", state) == []


def test_mail_is_held_back_and_let_go_while_the_service_runs_and_while_it_does_not(office):
    slow = office.address()
    office.domain("slow.example", slow)
    office.domain("free.example", slow)
    with ScriptedPeer(slow, office.mx_port):
        queue(office, "pause", "domain", "Slow.Example", "--note", "asked to wait")
        held = office.send("bob@slow.example")
        office.wait_for_state(office.send("bob@free.example"), "delivered")
        line, = (line for line in queue(office, "list").splitlines() if held in line)
        assert " paused " in line and "  0 tried" in line
        assert "paused: domain slow.example" in queue(office, "show", held)
        pause = json.loads(queue(office, "paused", "--json"))
        assert (pause["scope"], pause["value"], pause["note"]) == ("domain", "slow.example", "asked to wait")

        assert office.sesame.stop() == 0
        assert "slow.example" in queue(office, "paused")
        queue(office, "resume", "domain", "slow.example")
        queue(office, "pause", "account")
        office.restart()
        assert office.recipient(held)["held_by"] == "account"
        queue(office, "resume", "account")
        office.wait_for_state(held, "delivered")

    assert queue(office, "paused") == ""
    assert "NotFoundException" in queue(office, "resume", "account", status=1)
    assert "cannot be paused" in queue(office, "pause", "domain", "no domain", status=1)
    assert "scope" in queue(office, "pause", "weather", "rain", status=2)
