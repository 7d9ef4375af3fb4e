"""Session transcripts on demand, and what they and the record of an attempt tell of TLS and DSN."""
import datetime
import json
import re
import signal
import subprocess

from harness import wait
from harness.scripted_peer import DISCONNECT, EXTENSIONS, ScriptedPeer, server_tls
from harness.sesame import BINARY

SECRET_WORDS = "the text of the message"


def start_trace(office, *arguments):
    """`sesame queue trace`, started; its output is there once its time is over."""
    trace = subprocess.Popen([BINARY, "queue", "trace", *arguments, "--config", str(office.sesame.config)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait.until(lambda: office.call("GET", "/v2/sesame/traces")["traces"], 20, "the trace is on")
    return trace


def test_what_is_said_with_a_domain_is_shown_while_it_is_traced(office, tmp_path):
    peer = office.address()
    office.domain("traced.example", peer)
    office.domain("other.example", peer)
    script = {"EHLO": EXTENSIONS + "250-DSN\n250 STARTTLS", "RCPT": "550 5.1.1 nobody of that name"}
    with ScriptedPeer(peer, office.mx_port, script, tls=server_tls(tmp_path)):
        trace = start_trace(office, "domain", "traced.example", "--for", "6s")
        message = office.send("bob@traced.example", body=SECRET_WORDS + "\r\n")
        office.wait_for_state(office.send("eve@other.example"), "bounced")
        attempt = office.wait_for_state(message, "bounced")["attempts"][0]
        shown, problem = trace.communicate(timeout=60)
    assert trace.returncode == 0, problem
    assert message in shown
    for line in ("< 220 peer.example ESMTP", "> STARTTLS", "< 550 5.1.1 nobody of that name", "* TLSv1.3"):
        assert line in shown, line
    assert re.search(rf"> MAIL FROM:<{message}@\S+> .*RET=HDRS ENVID={message}\n", shown)
    assert "> RCPT TO:<bob@traced.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob@traced.example\n" in shown
    assert SECRET_WORDS not in shown
    assert "other.example" not in shown
    assert attempt["tls"] == "TLSv1.3"
    assert attempt["tls_problem"] == "self-signed certificate"


def test_a_host_that_hangs_up_is_shown_too(office):
    peer = office.address()
    office.domain("silent.example", peer)
    with ScriptedPeer(peer, office.mx_port, {"greeting": DISCONNECT}):
        message = office.send("bob@silent.example")
        office.wait_for_state(message, "queued")
        trace = start_trace(office, "message", message, "--for", "5s", "--json")
        office.retry(message)
        shown, problem = trace.communicate(timeout=60)
    assert trace.returncode == 0, problem
    session = json.loads(shown.splitlines()[0])
    assert session["remote_host"] == "mx1.silent.example"
    assert session["dialogue"][0].startswith(f"* mx1.silent.example [{peer}:")
    assert any(line.startswith("* greeting: ") for line in session["dialogue"])


def test_a_session_is_shown_as_soon_as_it_is_over_and_ctrl_c_ends_the_trace(office):
    peer = office.address()
    office.domain("prompt.example", peer)
    with ScriptedPeer(peer, office.mx_port, {"RCPT": "550 5.1.1 nobody of that name"}):
        trace = start_trace(office, "domain", "prompt.example", "--for", "1m", "--json")
        delays = []
        for n in range(10):
            message = office.send(f"bob{n}@prompt.example")
            session = json.loads(trace.stdout.readline())
            now = datetime.datetime.now(datetime.UTC)
            assert session["api_message_id"] == message
            delays.append((now - datetime.datetime.fromisoformat(session["at"])).total_seconds())
        trace.send_signal(signal.SIGINT)
        rest, problem = trace.communicate(timeout=10)
    assert (trace.returncode, rest, problem) == (0, "", "")
    assert sum(delays) / len(delays) < 0.15, delays  # whoever looks twice a second sees a line after 0.25 s
    assert office.call("GET", "/v2/sesame/traces")["traces"] == []


def test_tls_that_is_demanded_and_fails_says_why(office):
    peer = office.address()
    office.domain("broken.example", peer)
    office.ses().create_configuration_set(ConfigurationSetName="strict", DeliveryOptions={"TlsPolicy": "REQUIRE"})
    with ScriptedPeer(peer, office.mx_port, {"STARTTLS": "454 4.7.0 no certificate today"}, tls="broken"):
        message = office.send_raw(b"From: ann@author.example\r\nTo: bob@broken.example\r\nSubject: s\r\n"
                                  b"X-SES-CONFIGURATION-SET: strict\r\n\r\ntext\r\n", ["bob@broken.example"])
        attempt = office.wait_for_state(message, "queued")["attempts"][0]
    assert attempt["tls"] == ""
    assert "454 4.7.0 no certificate today" in attempt["tls_problem"]
    assert "454 4.7.0 no certificate today" in attempt["text"]
