"""Pools of source addresses and their warm-up, as the receiving side sees them."""
import collections

import pytest

from harness.post_office import AUTHOR, PostOffice
from harness.scripted_peer import ScriptedPeer

FOREIGN = "192.0.2.1"  # RFC 5737: nobody's


class PoolOffice(PostOffice):
    """Has a shared address and one that begins in the pool "news"."""

    def __init__(self, directory):
        super().__init__(directory)
        self.shared, self.dedicated = self.address(), self.address()
        self.own_addresses({"address": self.shared}, {"address": self.dedicated, "pool": "news", "warm": True,
                                                      "helo_name": "news.helo.example"})

    def own_addresses(self, *addresses):
        self.sesame.settings["delivery.address"] = list(addresses)
        self.sesame.write_config()

    def set_with_pool(self, name, pool):
        self.ses().create_configuration_set(ConfigurationSetName=name, DeliveryOptions={"SendingPoolName": pool})

    def send_with(self, configuration_set, recipient):
        return self._client.send_email(
            FromEmailAddress=AUTHOR, Destination={"ToAddresses": [recipient]}, ConfigurationSetName=configuration_set,
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "text"}}}})["MessageId"]


@pytest.fixture
def office(tmp_path):
    """Not started: each test says which addresses there are."""
    office = PoolOffice(tmp_path)
    try:
        yield office
    finally:
        office.stop()


def test_mail_leaves_from_the_pool_its_configuration_set_names(office):
    office.start()
    peer = office.address()
    office.domain("receiver.example", peer)
    office.set_with_pool("letters", "news")
    with ScriptedPeer(peer, office.mx_port) as receiver:
        letter = office.send_with("letters", "bob@receiver.example")
        office.wait_for_state(letter, "delivered")
        office.wait_for_state(office.send("bob@receiver.example"), "delivered")
        assert [(s.client, s.commands[0]) for s in receiver.sessions] == [
            (office.dedicated, "EHLO news.helo.example"), (office.shared, "EHLO mail.svc.example")]
        assert office.recipient(letter)["attempts"][0]["source_ip"] == office.dedicated

        ses = office.ses()
        ses.create_dedicated_ip_pool(PoolName="other")
        ses.put_dedicated_ip_in_pool(Ip=office.dedicated, DestinationPoolName="other")
        assert ses.get_dedicated_ip(Ip=office.dedicated)["DedicatedIp"] == {
            "Ip": office.dedicated, "WarmupStatus": "DONE", "WarmupPercentage": 100, "PoolName": "other"}
        again = office.send_with("letters", "bob@receiver.example")
        office.wait_for_state(again, "delivered")
        assert office.recipient(again)["attempts"][0]["source_ip"] == office.shared
        assert ses.list_dedicated_ip_pools()["DedicatedIpPools"] == ["news", "other"]
        assert ses.get_configuration_set(ConfigurationSetName="letters")["DeliveryOptions"]["SendingPoolName"] == "news"
        ses.delete_dedicated_ip_pool(PoolName="other")
        assert [ip["PoolName"] for ip in ses.get_dedicated_ips()["DedicatedIps"]] == ["ses-default-dedicated-pool"]


def test_a_new_address_is_warmed_up_and_the_rest_leaves_from_the_shared_ones(office):
    office.own_addresses({"address": office.shared}, {"address": office.dedicated, "pool": "news"})
    office.start()
    peer = office.address()
    office.domain("receiver.example", peer)
    office.set_with_pool("letters", "news")
    sources = collections.Counter()

    def send(count):
        sent = [office.send_with("letters", "bob@receiver.example") for _ in range(count)]
        for message in sent:
            sources[office.wait_for_state(message, "delivered")["attempts"][0]["source_ip"]] += 1

    with ScriptedPeer(peer, office.mx_port) as receiver:
        send(60)
        assert sources == {office.dedicated: 50, office.shared: 10}
        assert {s.client for s in receiver.sessions} == {office.dedicated, office.shared}
        assert office.sesame.stop() == 0
        office.restart()
        send(5)
        assert sources == {office.dedicated: 50, office.shared: 15}
        ses = office.ses()
        assert ses.get_dedicated_ip(Ip=office.dedicated)["DedicatedIp"]["WarmupStatus"] == "IN_PROGRESS"
        ses.put_dedicated_ip_warmup_attributes(Ip=office.dedicated, WarmupPercentage=100)
        send(5)
        assert sources == {office.dedicated: 55, office.shared: 15}


def test_an_address_that_is_not_there_is_put_aside_and_told_of(office):
    office.own_addresses({"address": office.shared}, {"address": FOREIGN, "pool": "news", "warm": True, "weight": 1000},
                         {"address": office.dedicated, "pool": "news", "warm": True})
    office.start()
    office.set_with_pool("letters", "news")
    peers = [office.address() for _ in range(3)]
    for n, peer in enumerate(peers):
        office.domain(f"receiver{n}.example", peer)
        with ScriptedPeer(peer, office.mx_port):  # each site is a choice of its own
            office.wait_for_state(office.send_with("letters", f"bob@receiver{n}.example"), "delivered")
    told = office.sesame.metrics()
    assert told[f'sesame_delivery_source_aside{{source="{FOREIGN}"}}'] == 1
    assert told[f'sesame_delivery_source_aside{{source="{office.dedicated}"}}'] == 0
    assert f"bind {FOREIGN}" in office.sesame.log_text()
