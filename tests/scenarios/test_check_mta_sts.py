"""`sesame check` fetches MTA-STS policies as senders do: over HTTPS, port 443, a public address, a certificate that holds.

The network is the scenario's own; whom to trust is told by SSL_CERT_FILE (docs/check.md)."""
import json
import os
import subprocess

import pytest

from harness import certificates
from harness.knot import Knot
from harness.own_network import own_network
from harness.policy_server import PATH, PolicyServer
from harness.privileges import needs_namespaces
from harness.sesame import BINARY

WEB = "198.41.0.100"  # public, and here nobody else's
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.shop.example\r\nmax_age: 604800\r\n"
RECORDS = ["@ MX 10 mx", "mx A 192.0.2.80", '_mta-sts TXT "v=STSv1; id=20260101"', f"mta-sts A {WEB}",
           '@ TXT "v=spf1 mx -all"', '_dmarc TXT "v=DMARC1; p=reject"']

pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def network():
    with own_network(WEB):
        yield


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return certificates.Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def knot(network, tmp_path_factory):
    knot = Knot(tmp_path_factory.mktemp("knot")).zone(".").zone("shop.example", RECORDS).start()
    yield knot
    knot.stop()


@pytest.fixture
def server(network, authority):
    with PolicyServer(WEB, authority.certificate("mta-sts.shop.example"), POLICY) as server:
        yield server


def check(knot, trusted):
    environment = {name: value for name, value in os.environ.items() if name not in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    result = subprocess.run([BINARY, "check", "shop.example", "--resolver", f"{knot.address}:{knot.port}", "--json"],
                            capture_output=True, text=True, timeout=60,
                            env=environment | ({"SSL_CERT_FILE": str(trusted)} if trusted else {}))
    assert result.stderr == ""
    found = json.loads(result.stdout)
    return found["mta_sts"], [p for p in found["problems"] if p["topic"] == "mta_sts"]


def test_a_policy_is_fetched_and_read(knot, server, authority):
    found, problems = check(knot, authority.file)
    assert server.asked == [("mta-sts.shop.example", PATH)]
    assert (found["id"], found["not_fetched"]) == ("20260101", None)
    assert found["policy"] == {"mode": "enforce", "mx": ["mx.shop.example"], "max_age": 604800}
    assert problems == []


def test_a_certificate_nobody_vouches_for_is_no_policy(knot, server):
    found, problems = check(knot, None)
    assert found["policy"] is None and "certificate" in found["not_fetched"]
    assert [p["severity"] for p in problems] == ["bad"]
    assert server.asked == []


def test_a_certificate_for_another_name_is_no_policy(knot, authority):
    with PolicyServer(WEB, authority.certificate("www.shop.example"), POLICY) as server:
        found, problems = check(knot, authority.file)
        assert found["policy"] is None and problems[0]["severity"] == "bad"
        assert server.asked == []


@pytest.mark.parametrize("answer, says", [
    ((404, {"Content-Type": "text/plain"}, POLICY), "404"),
    ((301, {"Content-Type": "text/plain", "Location": "https://shop.example" + PATH}, ""), "301"),
    ((200, {"Content-Type": "text/html"}, POLICY), "text/plain"),
    ((200, {"Content-Type": "text/plain"}, POLICY + "x: y\r\n" * 20000), "")],
    ids=["missing", "redirected", "a page", "too large"])
def test_what_is_no_policy_is_said(knot, server, authority, answer, says):
    server.answer = answer
    found, problems = check(knot, authority.file)
    assert found["policy"] is None and says in found["not_fetched"]
    assert [p["severity"] for p in problems] == ["bad"]
    assert len(server.asked) == 1, "redirects are not followed (RFC 8461 section 3.3)"


def test_an_enforced_policy_that_leaves_out_the_mx_is_bad(knot, server, authority):
    server.answer = 200, {"Content-Type": "text/plain; charset=utf-8"}, POLICY.replace("mx.shop", "other.shop")
    found, problems = check(knot, authority.file)
    assert found["policy"]["mx"] == ["other.shop.example"]
    assert [p["severity"] for p in problems] == ["bad"]


def test_nobody_there_is_not_called_bad(knot, authority):
    found, problems = check(knot, authority.file)
    assert found["policy"] is None and found["not_fetched"]
    assert "bad" not in [p["severity"] for p in problems]
