"""`sesame check` with nothing but the binary and DNS: zones at real name servers (Knot), what it says compared with (k)dig."""
import base64
import itertools
import json
import socket
import subprocess
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness import ports, terminal
from harness.knot import Knot
from harness.sesame import BINARY

FIRST, SECOND = "127.0.0.1", "127.0.0.5"
FEEDBACK = "feedback-smtp.us-east-1.svc.example"
PROMISED = {"domain", "mail_from", "records", "spf", "dkim", "dmarc", "provider", "verdict"}


def key_record(bits):
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


KEYS = {bits: key_record(bits) for bits in (1024, 2048)}
# OpenSSL makes no shorter keys any more, so this one was made once; its private half is nowhere.
WEAK_KEY = ("v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKkCTZb6Xsruk4ENXoMs7DmWqIXMwuYVFPzrWiB0KFziOBzrXb4dfHWAfEgy5Nln"
            "ls0uXDh6p6nKNZVWwbPwGKkCAwEAAQ==")


def txt(name, text):
    return f"{name} TXT " + " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))


def zone_text(zone, records, serial=1):
    lines = [f"$ORIGIN {zone}.", "$TTL 5", f"@ SOA ns1 hostmaster {serial} 60 60 600 1", "@ NS ns1", "@ NS ns2",
             f"ns1 A {FIRST}", f"ns2 A {SECOND}"]
    return "\n".join(lines + records) + "\n"


GOOD = {
    "mx": f"bounce MX 10 {FEEDBACK}.",
    "spf": txt("bounce", "v=spf1 include:svc.example ~all"),
    "dmarc": txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@reports.example"),
    "dkim": txt("mine._domainkey", KEYS[2048]),
    "receiving": "@ MX 10 mx\nmx A 192.0.2.80",
    "tls_rpt": txt("_smtp._tls", "v=TLSRPTv1; rua=mailto:tls@reports.example"),
}


class World:
    """Two name servers with the same zones; the first is also what the resolver asks, as the root of everything."""

    def __init__(self, directory):
        self.port = ports.free_port(FIRST, SECOND, udp=True)
        self.first = Knot(directory / "first", FIRST, self.port).zone(".", [
            txt("svc.example", "v=spf1 ip4:192.0.2.0/24 -all"), f"{FEEDBACK}. A 192.0.2.25",
            "10.2.0.192.in-addr.arpa PTR out.svc.example.", "out.svc.example A 192.0.2.10",
            txt("*._report._dmarc.reports.example", "v=DMARC1")]).start()
        self.second = Knot(directory / "second", SECOND, self.port).zone(".").start()
        self.numbers = itertools.count(1)

    def stop(self):
        self.first.stop()
        self.second.stop()

    def domain(self, at_second=None, **changed):
        """A domain like GOOD, with some of it changed (None: left out); what only the second server has differs."""
        name = f"shop{next(self.numbers)}.example"
        records = [record for record in (GOOD | changed).values() if record]
        self.first.zone_text(name, zone_text(name, records))
        other = records if at_second is None else [record for record in (GOOD | changed | at_second).values() if record]
        self.second.zone_text(name, zone_text(name, other))
        return name

    def run(self, name, *more, mail_from="bounce", resolver=None, selector="mine"):
        command = [BINARY, "check", name, "--resolver", resolver or f"{FIRST}:{self.port}", *more]
        if mail_from:
            command += ["--mail-from", f"{mail_from}.{name}"]
        if selector:
            command += ["--selector", selector]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def check(self, name, *more, **options):
        result = self.run(name, "--json", *more, **options)
        assert result.stderr == ""
        return json.loads(result.stdout), result.returncode

    def dig(self, server, name, kind):
        shown = subprocess.run(["/usr/bin/kdig", "+short", f"@{server}", "-p", str(self.port), name, kind], capture_output=True,
                               text=True, check=True, timeout=20).stdout.splitlines()
        return sorted(line.rstrip(".").replace('" "', "") for line in shown)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("check"))
    yield world
    world.stop()


def bad(found):
    return [problem for problem in found["problems"] if problem["severity"] == "bad"]


def test_a_domain_in_order_is_good(world):
    found, status = world.check(world.domain(), "--ip", "192.0.2.10", "--service-domain", "svc.example")
    assert (found["verdict"], status) == ("good", 0), found["problems"]
    assert PROMISED <= set(found)
    assert found["mail_from"]["status"] == "SUCCESS" and found["mail_from"]["problems"] == []
    assert found["spf"]["lookups"] == 1 and found["spf"]["networks"] == ["192.0.2.0/24"]
    assert [(key["selector"], key["key_bits"], key["status"]) for key in found["dkim"]] == [("mine", 2048, "good")]
    assert (found["dmarc"]["policy"], found["dmarc"]["spf_aligned"], found["dmarc"]["dkim_aligned"]) == ("reject", True, True)
    assert found["dmarc"]["rua"][0]["consent"] == "given"
    assert found["addresses"] == [{"ip": "192.0.2.10", "names": ["out.svc.example"], "confirmed": "out.svc.example", "spf": "pass"}]
    assert [(server["status"], server["serial"]) for server in found["name_servers"]] == [("found", 1), ("found", 1)]
    assert set(found["provider"]) >= {"name", "help_url", "domain_connect"}


def test_what_is_found_is_what_dig_finds_at_each_server(world):
    name = world.domain(at_second={"mx": "bounce MX 20 mx.elsewhere.example."})
    found, _ = world.check(name)
    for record in found["records"]:
        assert {server["name"] for server in record["servers"]} == {f"ns1.{name}", f"ns2.{name}"}
        for server in record["servers"]:
            at = FIRST if server["name"].startswith("ns1.") else SECOND
            assert sorted(server["found"]) == world.dig(at, record["name"], record["type"]), record
        assert set(record) >= {"purpose", "name", "type", "expected", "found", "servers", "status", "advice"}


# What is changed, and the word the advice must have beside exit status 1.
BROKEN = {
    "no MX": ({"mx": None}, "Publish"),
    "two MX": ({"mx": f"bounce MX 10 {FEEDBACK}.\nbounce MX 20 mx"}, "There are 2 MX records"),
    "an MX that leads elsewhere": ({"mx": "bounce MX 10 mx"}, "leads to mx."),
    "a CNAME": ({"mx": "bounce CNAME www", "spf": None}, "is an alias (CNAME) for www."),
    "the zone doubled": ({"mx": f"bounce.DOMAIN MX 10 {FEEDBACK}."}, 'Enter only "bounce"'),
    "no SPF": ({"spf": None}, "There is no SPF record"),
    "two SPF records": ({"spf": txt("bounce", "v=spf1 -all") + "\n" + txt("bounce", "v=spf1 ~all")}, "There are 2 SPF records"),
    "a foreign SPF record": ({"spf": txt("bounce", "v=spf1 ip4:192.0.2.1 ~all")}, "does not include this service"),
    "eleven look-ups": ({"spf": txt("bounce", "v=spf1 include:svc.example " + " ".join(f"a:h{i}.DOMAIN" for i in range(10)) + " ~all"),
                         "hosts": "\n".join(f"h{i} A 192.0.2.{i}" for i in range(10))}, "Receivers stop with a permanent error"),
    "no DMARC": ({"dmarc": None}, "Publish _dmarc."),
    "reports elsewhere without consent": ({"dmarc": txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:a@svc.example")}, "until svc.example agrees"),
    "a weak key": ({"dkim": txt("mine._domainkey", WEAK_KEY)}, "512 bits is not accepted"),
    "no key": ({"dkim": None}, "no key under this selector"),
    "a broken TLS-RPT record": ({"tls_rpt": txt("_smtp._tls", "v=TLSRPTv1")}, "has no rua="),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_domain_is_bad_and_told_why(world, what):
    changed, says = BROKEN[what]
    number = next(world.numbers) + 1
    changed = {key: value and value.replace("DOMAIN", f"shop{number}.example") for key, value in changed.items()}
    name = world.domain(**changed)
    assert name == f"shop{number}.example"
    found, status = world.check(name, "--service-domain", "svc.example")
    assert (found["verdict"], status) == ("bad", 1), found
    assert any(says in problem["advice"] for problem in bad(found)), bad(found)
    for problem in found["problems"]:
        assert problem["asked"] and problem["found"] and problem["advice"], problem
    page = " ".join(world.run(name, "--service-domain", "svc.example").stdout.split())
    assert says in page and "To put right" in page


def test_a_short_key_is_good_and_could_be_better(world):
    found, status = world.check(world.domain(dkim=txt("mine._domainkey", KEYS[1024])))
    assert (found["dkim"][0]["status"], status) == ("short", 0)
    assert [problem["severity"] for problem in found["problems"]] == ["advice"]


def test_a_server_that_disagrees_is_named(world):
    name = world.domain(at_second={"dmarc": None})
    found, status = world.check(name)
    assert status == 1
    assert any(f"nothing at ns2.{name}" in problem["found"] for problem in bad(found))


def test_a_server_that_does_not_serve_the_zone_is_named(world):
    name = f"shop{next(world.numbers)}.example"
    world.first.zone_text(name, zone_text(name, list(GOOD.values())))
    found, status = world.check(name)
    assert status == 1
    assert [server["name"] for server in found["name_servers"] if server["serial"] is None] == [f"ns2.{name}"]


def test_keys_under_usual_selectors_are_found_unasked(world):
    found, status = world.check(world.domain(dkim=txt("selector1._domainkey", KEYS[2048])), selector=None)
    assert (status, [key["selector"] for key in found["dkim"]]) == (0, ["selector1"])


def test_without_a_mail_from_domain_the_domain_itself_is_judged(world):
    found, status = world.check(world.domain(), mail_from=None)
    assert (found["mail_from"], found["verdict"], status) == (None, "bad", 1)
    assert found["spf"]["domain"] == found["domain"]


def test_a_domain_that_does_not_exist_is_bad_news(world):
    found, status = world.check("nobody.invalid", mail_from=None, selector=None)
    assert (found["verdict"], status) == ("bad", 1)


def test_a_dead_resolver_is_status_3_and_soon(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((FIRST, 0))
        begun = time.monotonic()
        result = world.run("shop.example", "--json", resolver=f"{FIRST}:{silent.getsockname()[1]}")
        assert time.monotonic() - begun < 25
    found = json.loads(result.stdout)
    assert (result.returncode, found["verdict"]) == (3, "unknown")
    assert PROMISED <= set(found)


@pytest.mark.parametrize("arguments", [["not a name"], ["example.com", "--ip", "x"], ["example.com", "--resolver", "dns.example"],
                                       ["example.com", "--mail-from", ".."], ["example.com", "--selector", "a b"], []])
def test_bad_arguments_are_status_2(arguments):
    result = subprocess.run([BINARY, "check", *arguments], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and result.stdout == "" and result.stderr


def test_the_page_is_plain_in_a_pipe_and_in_colour_on_a_terminal(world):
    name = world.domain()
    page = world.run(name).stdout
    assert page.startswith(f"{name} is in order.\n") and "\x1b" not in page
    assert "include:svc.example" in page and max(map(len, page.splitlines())) <= 120
    shown = terminal.shown([BINARY, "check", name, "--resolver", f"{FIRST}:{world.port}", "--mail-from", f"bounce.{name}",
                            "--selector", "mine"])
    assert shown.startswith(b"\x1b[32m" + name.encode())
