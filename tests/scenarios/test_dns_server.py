"""The built-in authoritative server as kdig sees it: right answers, right denials, nothing for strangers."""
import functools
import re
import socket
import subprocess

import dns.message
import dns.query
import pytest

from harness import ports
from harness.sesame import Sesame

SERVICE = "svc.example"


@pytest.fixture(scope="module")
def domain(sandbox):
    """A customer's zone with a delegated label that is set as MAIL FROM domain, and one that is not."""
    sandbox.verified_domain("shop.example")
    sandbox.client("sesv2").put_email_identity_mail_from_attributes(EmailIdentity="shop.example",
                                                                   MailFromDomain="bounce.shop.example")
    sandbox.publish("shop.example", ("bounce.shop.example", "NS", "ns1.svc.example"),
                    ("away.shop.example", "NS", "ns1.elsewhere.example"))
    return "shop.example"


class Answer:
    """kdig's text, taken apart."""

    def __init__(self, text):
        self.text = text
        self.status = re.search(r"status: (\w+)", text)[1]
        self.flags = set(re.search(r"^;; Flags: ([^;]*);", text, re.M)[1].split())
        self.edns = re.search(r"^;; Version: (\d+); flags: ?([^;]*); UDP size: (\d+) B; ext-rcode: (\w+)", text, re.M)
        self.sections = {}
        for name in ("ANSWER", "AUTHORITY", "ADDITIONAL"):
            found = re.search(rf"^;; {name} SECTION:\n(.*?)(?:\n\n|\Z)", text, re.M | re.S)
            self.sections[name] = [line.split(None, 4) for line in found[1].splitlines()] if found else []

    def data(self, section="ANSWER", kind=None):
        return [line[4] for line in self.sections[section] if kind in (None, line[3])]


def ask_kdig(port, *arguments, address="127.0.0.1"):
    result = subprocess.run(["kdig", f"@{address}", "-p", str(port), "+timeout=5", "+retry=0", *arguments],
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 0, result.stdout + result.stderr
    return Answer(result.stdout)


@pytest.fixture(scope="module")
def kdig(sandbox):
    return functools.partial(ask_kdig, sandbox.dns_port)


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
def test_soa_and_ns_of_the_service_domain(kdig, transport, address):
    soa = kdig(transport, SERVICE, "SOA", address=address)
    assert soa.status == "NOERROR"
    assert soa.flags == {"qr", "aa", "rd"} or soa.flags == {"qr", "aa"}
    primary, mailbox, serial, *timers = soa.data()[0].split()
    assert (primary, mailbox.endswith("."), int(serial) > 0, len(timers)) == ("ns1.svc.example.", True, True, 4)
    assert kdig(transport, SERVICE, "NS", address=address).data() == ["ns1.svc.example."]
    assert set(kdig("ns1.svc.example", "A").data()) == {"127.0.0.1", "127.0.0.2"}


def test_records_of_the_service(kdig, sandbox, domain):
    assert kdig(SERVICE, "MX").data() == ["10 feedback-smtp.us-east-1.svc.example."]
    spf, = kdig(SERVICE, "TXT").data()
    assert spf.startswith('"v=spf1 ') and spf.endswith('-all"')
    assert kdig("feedback-smtp.us-east-1.svc.example", "A").data() == ["127.0.0.1"]
    *rsa, ed25519 = sandbox.client("sesv2").get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]
    for token in rsa:
        strings = re.findall(r'"([^"]*)"', kdig(f"{token}.dkim.{SERVICE}", "TXT").data()[0])
        assert len(strings) > 1 and all(len(string) <= 255 for string in strings)  # a 2048-bit key needs two
        assert "".join(strings).startswith("v=DKIM1; k=rsa; p=MIIBIjAN")
    assert re.fullmatch('"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}="', kdig(f"{ed25519}.dkim.{SERVICE}", "TXT").data()[0])


def test_names_compare_without_case_and_come_back_as_asked(sandbox):
    """Resolvers that mix cases at random take another spelling for a forgery."""
    question = dns.message.make_query("SvC.ExAmPlE", "MX")
    answer = dns.query.udp(question, "127.0.0.1", port=sandbox.dns_port, timeout=5)
    assert answer.question[0].name.to_text() == "SvC.ExAmPlE."
    assert [data.to_text().lower() for data in answer.answer[0]] == ["10 feedback-smtp.us-east-1.svc.example."]


@pytest.mark.parametrize("name, kind, status", [
    ("nothing.svc.example", "A", "NXDOMAIN"),
    ("0123456789abcdef0123456789abcdef.dkim.svc.example", "TXT", "NXDOMAIN"),
    ("svc.example", "AAAA", "NOERROR"),
    ("dkim.svc.example", "TXT", "NOERROR"),            # there are names below it (RFC 8020)
    ("us-east-1.svc.example", "MX", "NOERROR"),        # the same
])
def test_negative_answers_carry_the_soa(kdig, name, kind, status, domain):
    answer = kdig(name, kind)
    assert (answer.status, answer.data()) == (status, [])
    assert "aa" in answer.flags
    soa, = answer.sections["AUTHORITY"]
    minimum = int(soa[4].split()[-1])
    assert (soa[0], soa[3]) == ("svc.example.", "SOA")
    assert int(soa[1]) <= minimum  # RFC 2308 section 3


def test_alias_of_a_customer_leads_into_the_service_zone(kdig, sandbox, domain):
    token = sandbox.client("sesv2").get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"][0]
    answer = kdig(f"{token}._domainkey.{domain}", "CNAME")
    assert answer.data() == [f"{token}.dkim.svc.example."]


def test_delegated_label_is_a_zone_of_its_own(kdig, domain):
    assert kdig(f"bounce.{domain}", "SOA").sections["ANSWER"][0][0] == f"bounce.{domain}."
    assert kdig(f"bounce.{domain}", "NS").data() == ["ns1.svc.example."]
    assert kdig(f"bounce.{domain}", "MX").data() == ["10 feedback-smtp.us-east-1.svc.example."]
    assert kdig(f"bounce.{domain}", "TXT").data() == ['"v=spf1 include:svc.example ~all"']
    below = kdig(f"x.bounce.{domain}", "A")
    assert (below.status, below.sections["AUTHORITY"][0][0]) == ("NXDOMAIN", f"bounce.{domain}.")


def test_label_delegated_elsewhere_is_a_referral(kdig, domain):
    answer = kdig(f"away.{domain}", "MX")
    assert (answer.status, answer.data()) == ("NOERROR", [])
    assert answer.data("AUTHORITY", "NS") == ["ns1.elsewhere.example."]
    assert "aa" not in answer.flags


def test_no_recursion_is_offered(kdig):
    asked = kdig("+rdflag", SERVICE, "SOA")
    assert "rd" in asked.flags and "ra" not in asked.flags
    assert "rd" not in kdig("+nordflag", SERVICE, "SOA").flags


def test_other_classes_and_operations_are_refused(kdig, sandbox):
    chaos = kdig("-c", "CH", "version.bind", "TXT")
    assert (chaos.status, chaos.data()) == ("REFUSED", [])
    transfer = subprocess.run(["kdig", "@127.0.0.1", "-p", str(sandbox.dns_port), "+timeout=5", SERVICE, "AXFR"],
                              capture_output=True, text=True, timeout=20)
    assert transfer.returncode != 0
    assert "server replied with error 'REFUSED'" in transfer.stderr


def test_names_outside_are_refused_in_production(tmp_path):
    """The sandbox answers for the whole world; a service answers for its own zone alone."""
    port = ports.free_port(udp=True)
    service = Sesame(tmp_path, {"dns.listen": [f"127.0.0.1:{port}"]}).start()
    try:
        for name in ("example.com", "com", ".", "xsvc.example", "1.0.0.127.in-addr.arpa"):
            answer = ask_kdig(port, name, "A")
            assert (answer.status, answer.data(), answer.data("AUTHORITY")) == ("REFUSED", [], [])
        assert ask_kdig(port, SERVICE, "SOA").status == "NOERROR"
    finally:
        service.stop()


def test_edns_is_answered_with_edns_and_only_then(kdig):
    plain = kdig("+noedns", SERVICE, "TXT")
    assert plain.edns is None
    extended = kdig("+bufsize=4096", SERVICE, "TXT")
    assert extended.edns[1] == "0" and int(extended.edns[3]) <= 1232
    unknown = kdig("+edns=1", SERVICE, "TXT")
    assert (unknown.status, unknown.data()) == ("BADVERS", [])


def test_too_long_for_udp_is_truncated_and_whole_by_tcp(kdig, sandbox, domain):
    long_text = " ".join(f'"{letter * 250}"' for letter in "abcdef")
    sandbox.publish(domain, (f"long.{domain}", "TXT", long_text))
    for limit in (["+noedns"], ["+bufsize=4096"]):
        cut = kdig("+ignore", *limit, f"long.{domain}", "TXT")
        assert "tc" in cut.flags
        assert cut.data() == []
    whole = kdig("+noedns", f"long.{domain}", "TXT")  # kdig comes back by TCP by itself
    assert "tc" not in whole.flags
    assert whole.data() == [long_text]


def test_any_is_answered_small(kdig):
    answer = kdig(SERVICE, "ANY")
    assert answer.status == "NOERROR"
    assert len(answer.sections["ANSWER"]) <= 1  # RFC 8482


def test_octets_that_are_no_question_do_not_disturb_it(kdig, sandbox):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for junk in (b"", b"\0", b"\xff" * 11, b"\xff" * 600, b"\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1"):
            peer.sendto(junk, ("127.0.0.1", sandbox.dns_port))
    with socket.create_connection(("127.0.0.1", sandbox.dns_port), timeout=10) as peer:
        peer.sendall(b"\0\5hello")
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(100) == b""
    assert kdig(SERVICE, "SOA").status == "NOERROR"
