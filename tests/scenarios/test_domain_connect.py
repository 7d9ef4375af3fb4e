"""Domain Connect: found by the DNS, asked by HTTPS, and a signed URL that the key in our zone verifies."""
import base64
import contextlib
import http.server
import json
import ssl
import threading
import types
import urllib.parse

import dns.message
import dns.query
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from harness import ports
from harness.certificates import Authority
from harness.knot import Knot
from harness.sesame import Sesame
from harness.signed import Refused, SignedApi

SERVER, OWN_DNS = "127.0.0.1", "127.0.0.3"
HOST = "api.provider.example"
ZONE = "shop.example"


class Provider:
    """Answers GETs by `answers`: {path: (status, text)}; keeps what was asked for."""

    def __init__(self, certificate):
        self.port = ports.free_port(SERVER)
        self.answers, self.asked = {}, []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                status, text = provider.answers.get(self.path, (404, "nothing here"))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server = http.server.ThreadingHTTPServer((SERVER, self.port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    directory = tmp_path_factory.mktemp("world")
    authority = Authority(directory)
    provider = Provider(authority.certificate(HOST))
    port = ports.free_port(SERVER, OWN_DNS, udp=True)
    sesame = Sesame(directory / "sesame", {
        "dns.stub_root": f"{SERVER}:{port}", "dns.authoritative_port": port, "dns.listen": [f"{OWN_DNS}:{port}"],
        "dns.allow_private_providers": True})
    sesame.environment = {"SSL_CERT_FILE": str(authority.file)}
    api = SignedApi(sesame.endpoint, sesame.credentials())
    knot = Knot(directory / "knot", SERVER, port)
    knot.zone(".").zone("provider.example", [f"api A {SERVER}"])
    knot.zone(ZONE, [f'_domainconnect TXT "{HOST}:{provider.port}/dc"']).zone("plain.example")
    knot.start()
    sesame.start()
    for name in (ZONE, "eu." + ZONE, "plain.example"):
        api.call("POST", "/v2/email/identities", {"EmailIdentity": name})
        api.call("PUT", f"/v2/email/identities/{name}/mail-from", {"MailFromDomain": "bounce." + name})
    yield types.SimpleNamespace(sesame=sesame, api=api, provider=provider, port=port)
    sesame.stop()
    knot.stop()
    provider.stop()


@pytest.fixture
def provider(world):
    settings = {"providerId": "provider.example", "providerName": "The Provider", "urlSyncUX": "https://apply.provider.example",
                "urlAPI": f"https://{HOST}:{world.provider.port}/dc", "width": 700, "height": 600}
    world.provider.asked.clear()
    world.provider.answers = {f"/dc/v2/{ZONE}/settings": (200, json.dumps(settings)),
                              "/dc/v2/domainTemplates/providers/svc.example/services/mail": (200, "{}")}
    return world.provider


def status(world, identity=ZONE):
    return world.api.call("GET", f"/v2/sesame/identities/{identity}/domain-connect")


def published_key(world):
    """Put together from the TXT records as a provider does."""
    query = dns.message.make_query("_dck1.svc.example", "TXT")
    answer = dns.query.tcp(query, OWN_DNS, port=world.port, timeout=5).answer[0]
    parts = [dict(field.split("=", 1) for field in b"".join(data.strings).decode().split(",")) for data in answer]
    assert all((part["a"], part["t"]) == ("RS256", "x509") for part in parts)
    return serialization.load_der_public_key(
        base64.b64decode("".join(part["d"] for part in sorted(parts, key=lambda part: int(part["p"])))))


def test_the_url_is_signed_by_the_key_in_our_zone(world, provider):
    found = status(world)
    assert (found["offered"], found["template_supported"], found["problem"]) == (True, True, None)
    assert found["provider"] == {"id": "provider.example", "name": "The Provider", "display_name": "The Provider"}
    assert (found["width"], found["height"]) == (700, 600)
    url = urllib.parse.urlsplit(found["apply_url"])
    assert (url.scheme, url.netloc) == ("https", "apply.provider.example")
    assert url.path == "/v2/domainTemplates/providers/svc.example/services/mail/apply"
    signed, _, signature = url.query.partition("&key=_dck1&sig=")
    published_key(world).verify(base64.b64decode(urllib.parse.unquote(signature)), signed.encode(), padding.PKCS1v15(),
                                hashes.SHA256())
    tokens = world.api.call("GET", f"/v2/email/identities/{ZONE}")["DkimAttributes"]["Tokens"]
    assert dict(urllib.parse.parse_qsl(signed)) == {
        "domain": ZONE, "mailfrom": "bounce", "groupId": "dkim,mail-from",
        **{f"token{number}": token for number, token in enumerate(tokens, 1)}}


def test_an_identity_below_the_zone_names_its_host(world, provider):
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(status(world, "eu." + ZONE)["apply_url"]).query))
    assert (query["domain"], query["host"], query["mailfrom"]) == (ZONE, "eu", "bounce")


def test_a_provider_without_it(world, provider):
    found = status(world, "plain.example")
    assert (found["offered"], found["apply_url"], found["problem"]) == (False, None, None)
    assert provider.asked == []


def test_a_template_that_was_not_taken_in(world, provider):
    provider.answers.pop("/dc/v2/domainTemplates/providers/svc.example/services/mail")
    found = status(world)
    assert (found["offered"], found["template_supported"], found["apply_url"]) == (True, False, None)
    assert "svc.example" in found["problem"]


@pytest.mark.parametrize("answer", [(200, "<html>"), (200, '{"providerName":"x","urlSyncUX":"http://x.example"}'),
                                    (500, "{}"), (302, "{}"), (200, "x" * 100_000)],
                         ids=["html", "http", "failure", "redirect", "large"])
def test_settings_that_cannot_be_used_are_a_problem_in_words(world, provider, answer):
    provider.answers[f"/dc/v2/{ZONE}/settings"] = answer
    found = status(world)
    assert (found["offered"], found["apply_url"]) == (False, None)
    assert found["problem"]


def test_the_template_is_told_as_providers_take_it_in(world):
    template, = world.api.call("GET", "/v2/sesame/dns/domain-connect-templates")["templates"]
    assert (template["providerId"], template["serviceId"], template["syncPubKeyDomain"]) == (
        "svc.example", "mail", "svc.example")


def test_hosts_inside_are_asked_only_where_that_is_allowed(world, provider):
    assert world.sesame.stop() == 0
    world.sesame.settings["dns.allow_private_providers"] = False
    world.sesame.write_config()
    world.sesame.start()
    found = status(world)
    assert found["offered"] is False
    assert "not a public address" in found["problem"]
    assert provider.asked == []
    for kind, settings, secret in [("rfc2136", {"server": "localhost:53", "key_name": "k"}, "key"),
                                   ("powerdns", {"url": f"https://{HOST}:{provider.port}"}, "api_key")]:
        with pytest.raises(Refused) as refusal:
            world.api.call("POST", "/v2/sesame/dns/connections", {
                "kind": kind, "zone": ZONE, "settings": settings, "secrets": {secret: "c2VjcmV0"}})
        assert (refusal.value.error_type, refusal.value.body["reason"]) == ("DnsProviderException", "bad_address")
    assert provider.asked == []
