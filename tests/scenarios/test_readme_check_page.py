"""The page of `sesame check` that the README shows is what it prints, for a domain at two real name servers."""
import base64
import os
import pathlib
import subprocess
import textwrap

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness import certificates
from harness.knot import Knot
from harness.own_network import own_network
from harness.policy_server import PolicyServer
from harness.privileges import needs_namespaces
from harness.sesame import BINARY

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
FIRST, SECOND, WEB = "192.0.2.53", "198.51.100.53", "198.41.0.100"
# As in the README.
ARGUMENTS = ["check", "shop.example", "--mail-from", "bounce.shop.example", "--selector", "mine", "--ip", "192.0.2.10"]

pytestmark = needs_namespaces


def shop_zone(key_record):
    return f"""$ORIGIN shop.example.
$TTL 300
@ SOA ns1 hostmaster 2026112301 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A {FIRST}
ns2 A {SECOND}
@ MX 10 mx
mx A 192.0.2.80
bounce MX 10 feedback-smtp.us-east-1.svc.example.
bounce TXT "v=spf1 include:svc.example ~all"
mine._domainkey TXT {key_record}
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@shop.example"
_mta-sts TXT "v=STSv1; id=20261123"
mta-sts A {WEB}
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@shop.example"
"""


WORLD = ['svc.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"', "feedback-smtp.us-east-1.svc.example. A 192.0.2.25",
         "10.2.0.192.in-addr.arpa. PTR mail.svc.example.", "mail.svc.example. A 192.0.2.10"]


def key_record():
    public = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()
    return " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))


def test_the_page_in_the_readme_is_what_check_prints(tmp_path):
    authority = certificates.Authority(tmp_path)
    policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.shop.example\r\nmax_age: 604800\r\n"
    zone = shop_zone(key_record())
    with own_network(FIRST, SECOND, WEB), PolicyServer(WEB, authority.certificate("mta-sts.shop.example"), policy):
        world = Knot(tmp_path / "world").zone(".", WORLD).start()
        servers = [Knot(tmp_path / address, address, 53) for address in (FIRST, SECOND)]
        try:
            world.zone_text("shop.example", zone)
            for server in servers:
                server.zones["shop.example"] = zone
                server.start()
            result = subprocess.run([BINARY, *ARGUMENTS, "--resolver", f"{world.address}:{world.port}"], capture_output=True,
                                    text=True, timeout=60, env=os.environ | {"SSL_CERT_FILE": str(authority.file)})
        finally:
            for knot in [world, *servers]:
                knot.stop()
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    page = textwrap.indent(result.stdout, "    ").splitlines()
    readme = README.read_text().splitlines()
    start = readme.index(page[0])
    assert sorted(readme[start:start + len(page)]) == sorted(page), result.stdout  # name servers come in any order
