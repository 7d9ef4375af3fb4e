"""Destination groups on the wire: their bounds, what receivers say, and how it is told."""
import pathlib
import re
import socket
import subprocess

import pytest

from harness import ports, wait
from harness.scripted_peer import ScriptedPeer
from harness.sesame import BINARY, Sesame


def test_a_receiver_that_wants_less_is_left_alone_and_that_is_told(office):
    peer = office.address()
    office.domain("busy.example", peer)
    group = '{group="mx1.busy.example"}'
    with ScriptedPeer(peer, office.mx_port, {"RCPT": ["421 4.7.0 too much mail from you", "250 2.1.5 ok"]}) as receiver:
        first = office.send("bob@busy.example")
        office.wait_for_state(first, "queued")
        second = office.send("eve@busy.example")
        office.wait_for_state(second, "delivered")
        told = office.sesame.metrics()
        assert told["sesame_delivery_backoffs_total"] == 1
        assert told['sesame_delivery_phase_seconds_count{phase="transaction"}'] >= 2
        assert told['sesame_delivery_phase_seconds_bucket{phase="transaction",le="+Inf"}'] == \
            told['sesame_delivery_phase_seconds_count{phase="transaction"}']
        office.retry(first)
        office.wait_for_state(first, "delivered")
        assert len(receiver.messages) == 2

    with ScriptedPeer(peer, office.mx_port, {"RCPT": "421 4.7.0 still too much"}):
        third = office.send("bob@busy.example")
        office.wait_for_state(third, "queued")
        office.send("eve@busy.example")  # waits for the pause to end
        waiting = wait.until(lambda: office.sesame.metrics().get("sesame_delivery_group_waiting" + group), 20, "a message waits")
        told = office.sesame.metrics()
        assert waiting == 1
        assert told["sesame_delivery_group_backoffs_total" + group] >= 2


def documented_bounds():
    """The gauges of docs/shaping.md's table, without their labels."""
    text = (pathlib.Path(__file__).parents[2] / "docs/shaping.md").read_text()
    rows = re.findall(r"^\| (`sesame_.*?) \|", text, re.M)
    return [name for row in rows for name in re.findall(r"`(\w+)", row)]


@pytest.fixture
def with_every_door(tmp_path):
    service = Sesame(tmp_path, {"dns.listen": [f"127.0.0.1:{ports.free_port(udp=True)}"]}).start()
    yield service
    service.stop()


def test_every_bound_is_told_with_what_is_in_use(with_every_door):
    told = with_every_door.metrics()
    names = documented_bounds()
    assert len(names) == 21
    for name in names:
        used = {line[len(name):]: value for line, value in told.items() if re.fullmatch(name + r"(\{.*\})?", line)}
        assert used, name
        for labels, value in used.items():
            assert 0 <= value <= told[name + "_max" + labels], name + labels
    assert {line for line in told if line.split("{")[0].endswith("_max")} == \
        {line for name in names for line in told if re.fullmatch(name + r"_max(\{.*\})?", line)}
    doors = {re.search('door="(.*?)"', line)[1]: value for line, value in told.items() if line.startswith("sesame_door_sessions{")}
    assert doors["http"] == 1  # this question's
    assert told["sesame_delivery_sessions_max"] == 200
    assert {"http", "submission", "feedback", "dns"} <= doors.keys()
    with socket.create_connection(("127.0.0.1", with_every_door.smtp_port), timeout=10) as line:
        line.recv(3)
        now = with_every_door.metrics()
        assert max(value for name, value in now.items() if name.startswith('sesame_door_sessions{door="submission"')) == 1


def test_two_domains_of_one_provider_share_a_connection(office):
    provider = office.address()
    office.domain("provider.example", provider)
    for name in ("one.example", "two.example"):
        office.knot.zone(name, ["@ MX 10 mx1.provider.example."])
    with ScriptedPeer(provider, office.mx_port) as receiver:
        office.wait_for_state(office.send("bob@one.example"), "delivered")
        office.wait_for_state(office.send("bob@two.example"), "delivered")
        assert len(receiver.messages) == 2
        assert len(receiver.sessions) == 1


def test_a_group_that_is_wrong_is_named_and_nothing_starts(tmp_path):
    config = tmp_path / "sesame.toml"
    config.write_text('[service]\ndomain = "svc.example"\n'
                      f'data_dir = "{tmp_path}/data"\n'
                      '[[delivery.group]]\nmx = "mx.example"\nmax_rate = "fast"\n')
    result = subprocess.run([BINARY, "serve", "--config", str(config)], capture_output=True, text=True, timeout=20,
                            check=False)
    assert result.returncode == 2
    assert re.search(r"delivery\.group\[1\]\.max_rate", result.stderr)
    assert not (tmp_path / "data").exists()
