#!/usr/bin/python3
"""Signing, verifying and SPF by the engine and by others, on the same inputs in one run: CPU time a call, and how many
times ours that is: mailauth_peers.py BUILD/bench, after `ninja mailauth_peers`. Needs the clients of tests/scenarios."""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import dkim
import spf
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = HERE.parent / "tests/scenarios/clients"
MESSAGE_OCTETS = 10 * 1024
ZONE = {"bounce.example.com": "v=spf1 include:_spf.mail.example include:svc.example ~all",
        "_spf.mail.example": "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 ~all",
        "svc.example": "v=spf1 ip4:192.0.2.0/24 -all"}


def message():
    header = (b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.net>\r\nSubject: Benchmarks of a Thursday\r\n"
              b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <0100019b@example.com>\r\nMIME-Version: 1.0\r\n"
              b"Content-Type: text/plain; charset=utf-8\r\nReply-To: ann@example.com\r\n\r\n")
    line = b"the quick brown fox jumps over a lazy dog, and the lazy dog sleeps on\r\n"
    return header + line * ((MESSAGE_OCTETS - len(header)) // len(line))


def write_inputs(directory):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = {"encryption_algorithm": serialization.NoEncryption(), "format": serialization.PrivateFormat.PKCS8}
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                            serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    text = message()
    signature = dkim.sign(text, b"s1", b"example.com", pem, canonicalize=(b"relaxed", b"relaxed"))
    for name, octets in (("message.eml", text), ("signed.eml", signature + text), ("key.pem", pem), ("record.txt", record),
                         ("key.der", key.private_bytes(serialization.Encoding.DER, **private))):
        (directory / name).write_bytes(octets)


def microseconds(call):
    """As bench/mailauth_inputs.h: CPU time, the best of five rounds of at least 0.2 s."""
    best = None
    for _ in range(5):
        start, calls = time.process_time(), 0
        while time.process_time() - start < 0.2:
            call()
            calls += 1
        each = (time.process_time() - start) * 1e6 / calls
        best = each if best is None else min(best, each)
    return best


def must(ok):
    if not ok:
        raise RuntimeError("a benchmark does not do what it measures")


def by_dkimpy(directory):
    text, signed = (directory / "message.eml").read_bytes(), (directory / "signed.eml").read_bytes()
    pem, record = (directory / "key.pem").read_bytes(), (directory / "record.txt").read_bytes()
    return {"sign": microseconds(lambda: dkim.sign(text, b"s1", b"example.com", pem, canonicalize=(b"relaxed", b"relaxed"))),
            "verify, key new": microseconds(lambda: must(dkim.DKIM(signed).verify(dnsfunc=lambda *_, **__: record)))}


def by_pyspf():
    spf.DNSLookup = lambda name, kind, *_: ([((name, kind), [ZONE[name].encode()])] if kind == "TXT" and name in ZONE else [])
    return {"spf": microseconds(lambda: must(
        spf.check2(i="192.0.2.25", s="0100019b@bounce.example.com", h="out.svc.example")[0] == "pass"))}


def of(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    programs = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        write_inputs(directory)
        ours = of([programs / "mailauth_ours", name])
        peers = {"dkimpy": by_dkimpy(directory), "pyspf": by_pyspf(),
                 "mailauth (npm)": of(["node", HERE / "mailauth_npm.mjs", name, CLIENTS])}
        if (programs / "mailauth_opendkim").exists():  # built only where libopendkim-dev is installed
            peers["libopendkim"] = of([programs / "mailauth_opendkim", name])
    print(f"{'CPU microseconds a call':<26}{'Sesame':>8}" + "".join(f"{peer:>24}" for peer in peers))
    for what, mine in ours.items():
        cells = (f"{figures[what]:.1f} ({figures[what] / mine:.1f} times)" if what in figures else "-"
                 for figures in peers.values())
        print(f"{what:<26}{mine:>8.1f}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    main()
