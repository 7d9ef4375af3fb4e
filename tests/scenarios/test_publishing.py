"""Publishing in one press at real name servers: connect, preview, conflicts, publish, Confirmed, undo."""
import base64
import itertools
import types

import pytest

from harness import ports
from harness.bind import Bind
from harness.knot import Knot
from harness.powerdns import PowerDns
from harness.sesame import Sesame
from harness.signed import Refused, SignedApi
from harness.tsig_zone import TsigZone

SERVER, OWN_DNS = "127.0.0.1", "127.0.0.3"
SECRET = base64.b64encode(b"the secret both of them have....").decode()
OTHER_SECRET = base64.b64encode(b"another secret, of nobody at all").decode()
FEEDBACK = "10 feedback-smtp.us-east-1.svc.example"
SPF = '"v=spf1 include:svc.example ~all"'
ZONES = [f"shop{number}.example" for number in range(1, 18)]


def zone_file(name, server, *records):
    fqdn = name.rstrip(".") + "."
    host = "ns1." + (fqdn if fqdn != "." else "root.")
    return "\n".join([f"$ORIGIN {fqdn}", "$TTL 5", f"@ SOA {host} hostmaster.{host} 1 60 60 600 1", f"@ NS {host}",
                      f"{host} A {server}", *records]) + "\n"


def knot(directory, port, zones):
    actions = ["query", "update", "transfer"]
    server = Knot(directory, SERVER, port, keys={
        "sesame-key": ("hmac-sha256", SECRET, actions), "long-key": ("hmac-sha512", SECRET, actions),
        "reader-key": ("hmac-sha256", SECRET, ["query", "transfer"])})
    for name, text in zones.items():
        server.zones[name] = text
    return server.start()


def bind(directory, port, zones):
    server = Bind(directory, SERVER, port, keys={
        "sesame-key": ("hmac-sha256", SECRET, True), "long-key": ("hmac-sha512", SECRET, True),
        "reader-key": ("hmac-sha256", SECRET, False)})
    for name, text in zones.items():
        server.zone_text(name, text)
    return server.start()


def powerdns(directory, port, zones):
    server = PowerDns(directory, SERVER, port, api_key=SECRET)
    for name, text in zones.items():
        server.zone_text(name, text)
    return server.start()


WITH_TSIG = pytest.mark.parametrize("world", [knot, bind], ids=["knot", "bind"], indirect=True)
WITH_POWERDNS = pytest.mark.parametrize("world", [powerdns], ids=["powerdns"], indirect=True)


@pytest.fixture(scope="module", params=[knot, bind, powerdns], ids=["knot", "bind", "powerdns"])
def world(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp(request.param.__name__)
    port = ports.free_port(SERVER, OWN_DNS, udp=True)
    sesame = Sesame(directory / "sesame", {
        "dns.stub_root": f"{SERVER}:{port}", "dns.authoritative_port": port, "dns.listen": [f"{OWN_DNS}:{port}"],
        "dns.allow_private_providers": True})
    key = sesame.credentials()
    zones = {name: zone_file(name, SERVER, "www A 192.0.2.1") for name in [".", *ZONES]}
    zones["svc.example"] = sesame.run("zone", "print").stdout
    server = request.param(directory / "dns", port, zones)
    sesame.start()
    world = types.SimpleNamespace(port=port, sesame=sesame, server=server, api=SignedApi(sesame.endpoint, key),
                                  names=itertools.cycle(ZONES), has_tsig=request.param is not powerdns)
    yield world
    sesame.stop()
    server.stop()


def connection_to(world, zone, secret=SECRET, test=True, **settings):
    if world.has_tsig:
        kind, field = "rfc2136", "key"
        settings = {"server": f"{SERVER}:{world.port}", "key_name": "sesame-key", **settings}
    else:
        kind, field = "powerdns", "api_key"
        settings = {"url": world.server.url, **settings}
    return world.api.call("POST", "/v2/sesame/dns/connections", {
        "kind": kind, "label": "ours", "zone": zone, "test": test, "settings": settings, "secrets": {field: secret}})


class Shop:
    """An identity with a MAIL FROM domain whose zone is at the real server."""

    def __init__(self, world, zone):
        self.api, self.name = world.api, zone
        self.bounce = "bounce." + zone
        key = ("sesame-key", SECRET) if world.has_tsig else ()
        self.zone = TsigZone(SERVER, world.port, zone, *key)
        self.before = self.zone.records()
        self.path = f"/v2/sesame/identities/{zone}/records"
        self.api.call("POST", "/v2/email/identities", {"EmailIdentity": zone})
        self.api.call("PUT", f"/v2/email/identities/{zone}/mail-from", {"MailFromDomain": self.bounce})
        self.connection = connection_to(world, zone)["id"]

    def tokens(self):
        return self.api.call("GET", f"/v2/email/identities/{self.name}")["DkimAttributes"]["Tokens"]

    def preview(self, **wishes):
        return self.api.call("POST", self.path + "/preview", {"connection": self.connection, **wishes})

    def publish(self, seen=None, **wishes):
        seen = seen or self.preview(**wishes)["seen"]
        return self.api.call("POST", self.path + "/publish", {"connection": self.connection, "seen": seen, **wishes})

    def undo(self, publication):
        return self.api.call("POST", f"{self.path}/publications/{publication['id']}/undo", {})

    def publications(self):
        return self.api.call("GET", self.path + "/publications")["publications"]


@pytest.fixture
def shop(world):
    return Shop(world, next(world.names))


def refused(operation, *arguments, **named):
    with pytest.raises(Refused) as refusal:
        operation(*arguments, **named)
    return refusal.value


def changes(answer):
    return {(change["type"], change["host"]): (change["action"], change["after"] and change["after"]["values"])
            for change in answer["changes"]}


def test_one_press_and_confirmed_and_undone_to_the_octet(shop):
    preview = shop.preview()
    expected = {("CNAME", token + "._domainkey"): ("create", [f"{token}.dkim.svc.example"]) for token in shop.tokens()}
    expected[("MX", "bounce")] = ("create", [FEEDBACK])
    expected[("TXT", "bounce")] = ("create", [SPF])
    assert changes(preview) == expected
    assert (preview["conflicts"], preview["unchanged"]) == ([], [])
    assert shop.zone.records() == shop.before  # a preview changes nothing

    published = shop.publish(preview["seen"])
    assert (published["mail_from_status"], published["dkim_status"]) == ("SUCCESS", "SUCCESS")
    added = sorted(set(shop.zone.records()) - set(shop.before))
    assert added == sorted([f"bounce 300 MX {FEEDBACK}.", f"bounce 300 TXT {SPF}",
                            *[f"{t}._domainkey 300 CNAME {t}.dkim.svc.example." for t in shop.tokens()]])
    assert shop.preview()["changes"] == []
    assert shop.publish()["publication"] is None  # nothing left to do

    publication, = shop.publications()
    assert publication == published["publication"]
    assert (publication["status"], publication["can_undo"], publication["connection"]["label"]) == ("applied", True, "ours")
    undone = shop.undo(publication)["publication"]
    assert (undone["status"], undone["can_undo"]) == ("undone", False)
    assert shop.zone.records() == shop.before
    assert refused(shop.undo, publication).error_type == "BadRequestException"


def test_nothing_of_others_is_overwritten_unless_it_is_named(shop):
    shop.zone.update(("add", "bounce", 77, "MX", "10 mx.shop.example."),
                     ("add", "bounce", 78, "TXT", '"v=spf1 include:other.example -all"'),
                     ("add", "bounce", 78, "TXT", '"some-verification=1"'))
    before = shop.zone.records()
    preview = shop.preview(include=["mail_from"])
    assert {(c["reason"], c["type"], tuple(c["found"])) for c in preview["conflicts"] if c["type"] == "MX"} == {
        ("foreign_mx", "MX", ("10 mx.shop.example",))}
    assert [c["reason"] for c in preview["conflicts"]] == ["foreign_mx", "second_spf"]
    assert preview["changes"] == []

    one = [{"name": shop.bounce, "type": "MX"}]
    refusal = refused(shop.publish, preview["seen"], include=["mail_from"], replace=one)
    assert (refusal.status, refusal.error_type, refusal.body["reason"]) == (409, "ConflictException", "conflicts")
    assert [(c["reason"], c["accepted"]) for c in refusal.body["conflicts"]] == [("foreign_mx", True), ("second_spf", False)]
    assert shop.zone.records() == before

    both = one + [{"name": shop.bounce, "type": "TXT"}]
    published = shop.publish(include=["mail_from"], replace=both)
    assert published["mail_from_status"] == "SUCCESS"
    assert [r for r in shop.zone.records() if r.startswith("bounce ")] == sorted([
        f"bounce 77 MX {FEEDBACK}.", f"bounce 78 TXT {SPF}", 'bounce 78 TXT "some-verification=1"'])
    shop.undo(published["publication"])
    assert shop.zone.records() == before


def test_an_alias_at_the_mail_from_domain(shop):
    shop.zone.update(("add", "bounce", 60, "CNAME", "www"))
    before = shop.zone.records()
    conflict, = shop.preview(include=["mail_from"])["conflicts"]
    assert (conflict["reason"], conflict["type"], conflict["found"]) == ("cname", "CNAME", ["www." + shop.name])
    published = shop.publish(include=["mail_from"], replace=[{"name": shop.bounce, "type": "CNAME"}])
    assert published["mail_from_status"] == "SUCCESS"
    shop.undo(published["publication"])
    assert shop.zone.records() == before


def test_what_a_wildcard_answers_is_no_record_of_the_name(shop):
    shop.zone.update(("add", "*", 60, "MX", "5 mx.shop.example."), ("add", "*", 60, "TXT", '"v=spf1 -all"'),
                     ("add", "bounce", 60, "TXT", '"some-verification=1"'))
    before = shop.zone.records()
    preview = shop.preview()
    assert preview["conflicts"] == []
    published = shop.publish(preview["seen"])
    assert (published["mail_from_status"], published["dkim_status"]) == ("SUCCESS", "SUCCESS")
    shop.undo(published["publication"])
    assert shop.zone.records() == before


def test_one_record_delegates_the_label(shop):
    records = shop.publish(include=["mail_from"])
    preview = shop.preview(include=["mail_from"], mail_from="delegation")
    assert changes(preview) == {("MX", "bounce"): ("delete", None), ("TXT", "bounce"): ("delete", None),
                                ("NS", "bounce"): ("create", ["ns1.svc.example"])}
    delegated = shop.publish(include=["mail_from"], mail_from="delegation")
    assert delegated["mail_from_status"] == "SUCCESS"
    assert [r for r in shop.zone.records() if r.startswith("bounce ")] == ["bounce 300 NS ns1.svc.example."]
    assert shop.preview(include=["mail_from"], mail_from="delegation")["changes"] == []
    assert delegated["publication"]["id"] in refused(shop.undo, records["publication"]).message  # the later one first
    shop.undo(delegated["publication"])
    shop.undo(records["publication"])
    assert shop.zone.records() == shop.before


def test_a_change_by_somebody_else_is_not_overwritten(shop):
    seen = shop.preview()["seen"]
    shop.zone.update(("add", "bounce", 60, "MX", "5 mx.shop.example."))
    before = shop.zone.records()
    refusal = refused(shop.publish, seen)
    assert (refusal.status, refusal.error_type, refusal.body["reason"]) == (409, "ConflictException", "changed")
    assert shop.zone.records() == before
    shop.zone.update(("delete", "bounce", "MX"))
    published = shop.publish()["publication"]
    shop.zone.update(("add", "bounce", 60, "MX", "5 mx.shop.example."))
    before = shop.zone.records()
    refusal = refused(shop.undo, published)
    assert refusal.body["reason"] == "changed"
    difference, = refusal.body["changed"]
    assert (difference["type"], difference["expected"], sorted(difference["found"])) == (
        "MX", [FEEDBACK], [FEEDBACK, "5 mx.shop.example"])
    assert shop.zone.records() == before


@WITH_TSIG
def test_longer_keys_and_datagrams(world, shop):
    made = connection_to(world, shop.name, key_name="long-key", algorithm="hmac-sha512", transport="udp")
    assert made["settings"]["transport"] == "udp"
    shop.connection = made["id"]
    published = shop.publish()
    assert published["mail_from_status"] == "SUCCESS"
    shop.undo(published["publication"])
    assert shop.zone.records() == shop.before


@WITH_TSIG
@pytest.mark.parametrize("wrong, reason, field", [
    ({"secret": OTHER_SECRET}, "bad_credentials", "secrets.key"),
    ({"key_name": "no-such-key"}, "bad_key_name", "settings.key_name"),
    ({"algorithm": "hmac-sha512"}, ("bad_key_name", "bad_credentials"), ("settings.key_name", "secrets.key")),
    ({"key_name": "reader-key"}, ("forbidden", "bad_key_name"), "settings.key_name"),  # Knot says BADKEY
    ({"zone": "elsewhere.example"}, "no_zone", "zone"),
], ids=["secret", "key", "algorithm", "may_only_read", "zone"])
def test_what_is_wrong_with_a_connection_is_said_of_its_field(world, wrong, reason, field):
    refusal = refused(connection_to, world, **{"zone": ZONES[0], **wrong})
    assert (refusal.status, refusal.error_type) == (400, "DnsProviderException"), refusal
    reasons, fields = ([each] if isinstance(each, str) else each for each in (reason, field))
    assert refusal.body["reason"] in reasons and refusal.body["field"] in fields, refusal.body
    assert world.api.call("GET", "/v2/sesame/dns/connections?identity=elsewhere.example")["connections"] == []


@WITH_POWERDNS
@pytest.mark.parametrize("wrong, status, reason, field", [
    ({"secret": OTHER_SECRET}, 400, "bad_credentials", "secrets.api_key"),
    ({"zone": "elsewhere.example"}, 400, "no_zone", "zone"),
    ({"server_id": "other"}, 400, "no_zone", "zone"),
], ids=["key", "zone", "server_id"])
def test_what_is_wrong_with_powerdns_is_said_of_its_field(world, wrong, status, reason, field):
    refusal = refused(connection_to, world, **{"zone": ZONES[0], **wrong})
    assert (refusal.status, refusal.body["reason"], refusal.body["field"]) == (status, reason, field), refusal.body


@WITH_POWERDNS
def test_disabled_records_are_not_lost(world, shop):
    world.server.api("PATCH", f"/zones/{shop.name}.", {"rrsets": [{
        "name": shop.bounce + ".", "type": "MX", "ttl": 60, "changetype": "REPLACE",
        "records": [{"content": "10 mx.example.net.", "disabled": True}]}]})
    refusal = refused(shop.preview)
    assert (refusal.error_type, refusal.body["reason"]) == ("DnsProviderException", "refused")
    assert "disabled MX records" in refusal.message


def test_a_server_that_is_not_there(world, shop):
    dead = f"{SERVER}:{ports.free_port(SERVER, udp=True)}"
    setting, where = ("server", dead) if world.has_tsig else ("url", "http://" + dead)
    refusal = refused(connection_to, world, shop.name, **{setting: where})
    assert (refusal.status, refusal.error_type) == (502, "DnsProviderUnavailableException")
    assert (refusal.body["reason"], refusal.body["field"]) == ("unreachable", "settings." + setting)
    untested = connection_to(world, shop.name, test=False, **{setting: where})
    tested = world.api.call("POST", f"/v2/sesame/dns/connections/{untested['id']}/test", {})
    assert (tested["ok"], tested["reason"], tested["field"]) == (False, "unreachable", "settings." + setting)
    shop.connection = untested["id"]
    assert refused(shop.preview).body["reason"] == "unreachable"


def test_secrets_are_never_shown_and_go_nowhere_else(world, shop):
    path = f"/v2/sesame/dns/connections/{shop.connection}"
    shown = world.api.call("GET", path)
    assert shown["secrets"] == ["key" if world.has_tsig else "api_key"]
    assert SECRET not in world.api.octets("GET", "/v2/sesame/dns/connections").decode()
    body = {"label": "renamed", "zone": shop.name, "settings": shown["settings"]}
    assert world.api.call("PUT", path, body)["label"] == "renamed"
    setting = "server" if world.has_tsig else "url"
    moved = {**body, "settings": {**shown["settings"], setting: "http://192.0.2.1"}}
    assert "secrets" in refused(world.api.call, "PUT", path, moved).message
    assert refused(world.api.call, "PUT", path, {**body, "zone": "other.example"}).error_type == "BadRequestException"
    assert world.api.call("POST", path + "/test", {})["ok"]
    for file in (world.sesame.directory / "data").glob("control.db*"):
        assert SECRET.encode() not in file.read_bytes()


def test_publications_outlive_their_connection(world, shop):
    publication = shop.publish(include=["mail_from"])["publication"]
    world.api.call("DELETE", f"/v2/sesame/dns/connections/{shop.connection}")
    kept, = shop.publications()
    assert (kept["connection"]["deleted"], kept["can_undo"]) == (True, False)
    assert refused(shop.undo, publication).error_type == "BadRequestException"
