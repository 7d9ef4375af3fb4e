"""`sesame verify` with nothing but the binary and a name server: against messages signed by dkimpy, pyspf's opinion on the
envelope and dkimpy's on the signatures."""
import base64
import json
import subprocess

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from harness import judges, ports, terminal
from harness.knot import Knot
from harness.sesame import BINARY

CLIENT = "192.0.2.1"
NOW = 1767225600
MESSAGE = (b"From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject:  folded\r\n\t subject \r\n"
           b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n"
           b"Hello  Bob, \r\n\r\n\tsee you.\r\n\r\n\r\n")


class Keys:
    def __init__(self):
        rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.rsa = rsa_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                         serialization.NoEncryption())
        rsa_public = rsa_key.public_key().public_bytes(serialization.Encoding.DER,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo)
        ed = ed25519.Ed25519PrivateKey.generate()
        self.ed25519 = base64.b64encode(ed.private_bytes(
            serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()))
        ed_public = ed.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.records = {"rsa": "v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_public).decode(),
                        "ed": "v=DKIM1; k=ed25519; p=" + base64.b64encode(ed_public).decode()}


def txt(name, text):
    strings = " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))
    return f"{name} TXT {strings}"


# Below example.com; all in the one zone this name server has, the root.
ENVELOPES = {
    "bounce": "v=spf1 include:svc.example ~all",
    "redirected": "v=spf1 redirect=svc.example",
    "by-mx": "v=spf1 mx -all",
    "by-a": "v=spf1 a/24 -all",
    "by-macro": "v=spf1 exists:%{ir}.%{v}.allowed.example -all",
    "six": "v=spf1 ip6:2001:db8::/32 -all",
    "soft": "v=spf1 ip4:198.51.100.0/24 ~all",
    "neutral": "v=spf1 ?all",
    "elsewhere": "v=spf1 ip4:198.51.100.0/24 -all",
    "loop": "v=spf1 include:loop.example.com -all",
    "broken": "v=spf1 ip4:192.0.2 -all",
    "unknown": "v=spf1 nonsense -all",
    "voids": "v=spf1 a:v1.example a:v2.example a:v3.example +all",
    "costly": "v=spf1 " + " ".join(f"a:h{i}.costly.example" for i in range(11)) + " +all",
    "unpublished": None,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    keys = Keys()
    records = [txt("svc.example", "v=spf1 ip4:192.0.2.0/24 -all"), txt("_dmarc.example.com", "v=DMARC1; p=reject"),
               "by-mx.example.com MX 10 mx.example.com", f"mx.example.com A {CLIENT}", "by-a.example.com A 192.0.2.99",
               "1.2.0.192.in-addr.allowed.example A 127.0.0.2", "1.2.0.192.in-addr.arpa PTR mx.example.com", "unpublished.example.com A 192.0.2.7",
               txt("spf-only.example", "v=spf1 ip4:192.0.2.1 -all"), txt("esp.example", "v=spf1 ip4:192.0.2.1 -all")]
    records += [txt(f"{name}.example.com", record) for name, record in ENVELOPES.items() if record]
    records += [f"h{i}.costly.example A 198.51.100.{i}" for i in range(11)]
    for selector, record in keys.records.items():
        records.append(txt(f"{selector}._domainkey.example.com", record))
        records.append(txt(f"{selector}._domainkey.list.example", record))
    knot = Knot(tmp_path_factory.mktemp("knot")).zone(".", records).start()
    yield {"knot": knot, "keys": keys, "resolver": f"{knot.address}:{knot.port}",
           "judge": judges.Resolver(knot.address, knot.port)}
    knot.stop()


def run(message, *more, resolver, mail_from="id@bounce.example.com", ip=CLIENT, **options):
    return subprocess.run([BINARY, "verify", "-", "--ip", ip, "--helo", "out.svc.example", "--mail-from", mail_from,
                           "--resolver", resolver, "--now", str(NOW), *more],
                          input=message, capture_output=True, timeout=60, **options)


def verdict(world, message, **envelope):
    result = run(message, "--json", resolver=world["resolver"], **envelope)
    assert result.stderr == b""
    return json.loads(result.stdout), result.returncode


def sign(world, message, selector="rsa", domain=b"example.com", canonicalize=(b"relaxed", b"relaxed")):
    algorithm, key = {"rsa": (b"rsa-sha256", world["keys"].rsa), "ed": (b"ed25519-sha256", world["keys"].ed25519)}[selector]
    return dkim.sign(message, selector.encode(), domain, key, canonicalize=canonicalize,
                     signature_algorithm=algorithm) + message


def with_other_signature(signed):
    """Another first character of b=, so that the length stays."""
    start = signed.index(b" b=") + 3
    return signed[:start] + (b"B" if signed[start:start + 1] == b"A" else b"A") + signed[start + 1:]


def test_an_aligned_and_signed_message_is_genuine(world):
    found, status = verdict(world, sign(world, MESSAGE))
    assert status == 0
    assert found["spf"] == {"result": "pass", "domain": "bounce.example.com", "explanation": None, "problem": None}
    assert found["dkim"] == [{"result": "pass", "domain": "example.com", "selector": "rsa", "algorithm": "rsa-sha256",
                              "key_bits": 2048, "problem": None}]
    assert found["dmarc"] == {"result": "pass", "author_domain": "example.com", "policy_domain": "example.com",
                              "organizational_domain": "example.com", "policy": "reject", "disposition": "none",
                              "spf_aligned": True, "dkim_aligned": True, "problem": None}
    assert found["arc"] == {"result": "none"}
    assert set(found) == {"spf", "dkim", "dmarc", "arc", "receivers", "authentication_results"}
    assert "; dmarc=pass " in found["authentication_results"]


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("ip", [CLIENT, "203.0.113.9", "2001:db8::25"])
def test_spf_agrees_with_pyspf(world, name, ip):
    mail_from = f"id@{name}.example.com"
    found, _ = verdict(world, MESSAGE, mail_from=mail_from, ip=ip)
    assert found["spf"]["result"] == judges.spf_result(world["judge"], ip, mail_from, "out.svc.example"), found["spf"]


@pytest.mark.parametrize("selector", ["rsa", "ed"])
@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
def test_dkim_agrees_with_dkimpy_also_about_alterations(world, selector, header, body):
    signed = sign(world, MESSAGE, selector, canonicalize=(header, body))
    alterations = {
        "none": signed,
        "body word": signed.replace(b"see you", b"buy now"),
        "body blanks": signed.replace(b"Hello  Bob, \r\n", b"Hello Bob,\r\n"),
        "empty lines at the end": signed.rstrip(b"\r\n") + b"\r\n",
        "subject word": signed.replace(b"folded", b"changed"),
        "subject folding": signed.replace(b"folded\r\n\t subject", b"folded subject"),
        "field in front": b"Received: from nowhere\r\n" + signed,
        "second From in front": b"From: eve@evil.example\r\n" + signed,
        "signature": with_other_signature(signed),
    }
    for what, message in alterations.items():
        theirs = judges.dkim_signature(world["judge"], message) is not None
        ours = verdict(world, message)[0]["dkim"][0]
        assert (ours["result"] == "pass") == theirs, (what, ours)


def test_the_message_of_another_is_bad_news(world):
    found, status = verdict(world, sign(world, MESSAGE, domain=b"list.example"), mail_from="id@esp.example")
    assert (found["spf"]["result"], found["dkim"][0]["result"]) == ("pass", "pass")
    assert (found["dmarc"]["result"], found["dmarc"]["disposition"], status) == ("fail", "reject", 1)


def test_without_a_policy_spf_decides(world):
    message = MESSAGE.replace(b"example.com>", b"spf-only.example>")
    found, status = verdict(world, message, mail_from="id@spf-only.example")
    assert (found["dmarc"]["result"], found["dmarc"]["policy"], status) == ("none", None, 0)
    assert verdict(world, message, mail_from="id@spf-only.example", ip="203.0.113.9")[1] == 1


def test_a_chain_of_forwarders_is_validated(world):
    message = MESSAGE
    for forwarder, chain_status in ((b"list.example", b"none"), (b"example.com", b"pass")):
        message = b"Authentication-Results: " + forwarder + b"; arc=" + chain_status + b"; spf=pass\r\n" + message
        fields = dkim.arc_sign(message, b"rsa", forwarder, world["keys"].rsa, forwarder,
                               include_headers=[b"from", b"to", b"subject"])
        message = b"".join(fields) + message
    found, _ = verdict(world, message)
    assert found["arc"] == {"result": "pass"}
    assert "; arc=pass (i=2) header.oldest-pass=0;" in found["authentication_results"]
    assert verdict(world, message + b"PS\r\n")[0]["arc"] == {"result": "fail"}


def rule_results(found, receiver):
    return {entry["rule"]: entry["result"] for entry in found["receivers"][receiver]}


def test_rules_of_large_receivers_are_told_with_repairs(world):
    found, status = verdict(world, sign(world, MESSAGE))
    assert status == 0
    assert rule_results(found, "google") == {
        "spf_or_dkim": "pass", "spf": "pass", "dkim": "pass", "dkim_key": "pass", "dmarc_record": "pass",
        "alignment": "pass", "reverse_dns": "pass", "tls": "not applicable", "one_click_unsubscribe": "not applicable",
        "message_format": "pass"}
    assert set(rule_results(found, "yahoo")) < set(rule_results(found, "google")) > set(rule_results(found, "microsoft"))

    page = run(sign(world, MESSAGE), "--tls", "no", "--bulk", ip="203.0.113.9", resolver=world["resolver"]).stdout.decode()
    assert "fail  reverse DNS            203.0.113.9 has no PTR record.\n" in page
    assert "fail  TLS                    the message came without TLS.\n" in page
    assert "fail  one-click unsubscribe  there is no List-Unsubscribe field.\n" in page


def test_one_click_needs_both_fields_under_a_signature(world):
    fields = (b"List-Unsubscribe: <https://example.com/leave>\r\n"
              b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    signed_with = dkim.sign(fields + MESSAGE, b"rsa", b"example.com", world["keys"].rsa,
                            include_headers=[b"from", b"list-unsubscribe", b"list-unsubscribe-post"])
    signed_without = dkim.sign(fields + MESSAGE, b"rsa", b"example.com", world["keys"].rsa, include_headers=[b"from"])
    for signature, result in ((signed_with, "pass"), (signed_without, "fail")):
        found, _ = verdict(world, signature + fields + MESSAGE)
        assert rule_results(found, "google")["one_click_unsubscribe"] == result


def test_the_page_is_plain_in_a_pipe_and_in_colour_on_a_terminal(world, tmp_path):
    signed = sign(world, MESSAGE)
    page = run(signed, resolver=world["resolver"]).stdout.decode()
    assert page.startswith("Genuine: example.com stands behind this message.\n") and "\x1b" not in page
    (tmp_path / "message.eml").write_bytes(signed)
    shown = terminal.shown([BINARY, "verify", str(tmp_path / "message.eml"), "--ip", CLIENT, "--helo", "out.svc.example",
                            "--mail-from", "<id@bounce.example.com>", "--resolver", world["resolver"]])
    assert shown.startswith(b"\x1b[32mGenuine")


def test_silence_of_dns_is_status_3(world):
    nobody = f"127.0.0.1:{ports.free_port(udp=True)}"
    result = run(MESSAGE, "--json", resolver=nobody)
    assert result.returncode == 3
    assert json.loads(result.stdout)["spf"]["result"] == "temperror"


@pytest.mark.parametrize("arguments, complaint", [
    (["/nonexistent", "--ip", CLIENT], "/nonexistent cannot be opened"),
    (["-", "--ip", "mail.example"], "--ip: mail.example is not an address"),
    (["-", "--ip", CLIENT, "--resolver", "dns.example"], "--resolver: dns.example is not IP[:PORT]"),
    (["-", "--ip", CLIENT, "--now", "tomorrow"], "--now"),
    (["-"], "--ip"),
])
def test_usage_is_status_2(arguments, complaint):
    result = subprocess.run([BINARY, "verify", *arguments, "--helo", "h.example", "--mail-from", ""],
                            input="", capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert complaint in result.stderr
