"""Openings and clicks: what is put into a mail, where it leads, and who is told."""
import email
import email.policy
import html.parser
import http.client
import urllib.parse

import pytest

from harness.clients import error_of
from harness.sns_consumer import subscribed, told

DOMAIN = "tracking.example"
FROM = f"Ann <ann@{DOMAIN}>"
READER = "reader@inbox.example"
SHOP = "https://shop.example/?a=1&b=2"
PAGE = (f'<html><body><a href="{SHOP.replace("&", "&amp;")}" ses:tags="colour:red;size:xl;size:m">shop</a>'
        '<a ses:no-track href="http://plain.example/">plain</a><a href="mailto:a@b.example">mail</a></body></html>')


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.images, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.attributes += values
        if tag == "a":
            self.links.append(values["href"])
        if tag == "img":
            self.images.append(values["src"])


@pytest.fixture
def tracked(box, v1, front, receiver):
    """A configuration set, made with v1, whose topic is told of openings and clicks."""
    topic_arn = subscribed(box.client("sns"), front, receiver, "visits")
    v1.create_configuration_set(ConfigurationSet={"Name": "tracked"})
    v1.create_configuration_set_event_destination(ConfigurationSetName="tracked", EventDestination={
        "Name": "topic", "Enabled": True, "MatchingEventTypes": ["open", "click"],
        "SNSDestination": {"TopicARN": topic_arn}})
    yield "tracked"
    v1.delete_configuration_set(ConfigurationSetName="tracked")


def send(v2, configuration_set=None, page=PAGE):
    more = {"ConfigurationSetName": configuration_set} if configuration_set else {}
    return v2.send_email(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, **more, Content={"Simple": {
        "Subject": {"Data": "News"}, "Body": {"Html": {"Data": page}, "Text": {"Data": f"shop: {SHOP}\n"}}}})["MessageId"]


def received(box, message_id):
    octets = box.raw(box.received_as(message_id))
    return email.message_from_bytes(octets, policy=email.policy.default)


def links_of(message):
    return Links(message.get_body(("html",)).get_content())


def visit(box, url, method="GET"):
    """As a mail reader does, with the name of the host the link has: (status, headers, body)."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(box.endpoint).netloc, timeout=20)
    connection.request(method, parts.path, headers={"Host": parts.netloc, "User-Agent": "Reader/1.0 (test)"})
    answer = connection.getresponse()
    result = answer.status, answer.headers, answer.read()
    connection.close()
    return result


def test_an_opening_and_a_click_are_told_of(box, v2, tracked, front, receiver):
    message_id = send(v2, tracked)
    message = received(box, message_id)
    links = links_of(message)
    assert not [name for name in links.attributes if name.startswith("ses:")]
    assert links.links[1:] == ["http://plain.example/", "mailto:a@b.example"]
    assert links.links[0].startswith(f"{front.url}/t/") and len(links.images) == 1
    assert message.get_body(("plain",)).get_content().rstrip() == f"shop: {SHOP}"

    status, headers, body = visit(box, links.images[0])
    assert (status, headers["Content-Type"], len(body)) == (200, "image/gif", 43)
    opened = told(receiver, message_id, "Open").event()
    assert list(opened) == ["eventType", "mail", "open"]
    assert opened["mail"]["tags"]["ses:configuration-set"] == [tracked]
    assert opened["mail"]["commonHeaders"]["subject"] == "News"
    assert opened["open"].keys() == {"ipAddress", "timestamp", "userAgent"}
    assert (opened["open"]["ipAddress"], opened["open"]["userAgent"]) == ("127.0.0.1", "Reader/1.0 (test)")

    status, headers, body = visit(box, links.links[0])
    assert (status, headers["Location"], body) == (302, SHOP, b"")
    clicked = told(receiver, message_id, "Click").event()["click"]
    assert clicked.pop("timestamp").endswith("Z")
    assert clicked == {"ipAddress": "127.0.0.1", "userAgent": "Reader/1.0 (test)", "link": SHOP,
                       "linkTags": {"colour": ["red"], "size": ["xl", "m"]}}
    kinds = [event["kind"] for event in box.message(message_id)["events"]]
    assert kinds.count("open") == 1 and kinds.count("click") == 1


def test_links_lead_nowhere_the_service_did_not_say(box, v2, tracked):
    link = links_of(received(box, send(v2, tracked))).links[0]
    path, token = link.rsplit("/", 1)
    for forged in (token[:-1], token[:40] + ("A" if token[40] != "A" else "B") + token[41:], "https://evil.example", ""):
        assert visit(box, f"{path}/{forged}")[0] in (403, 404)
    assert visit(box, link, "HEAD")[1]["Location"] == SHOP
    assert visit(box, link, "POST")[0] == 405


def test_what_nobody_asked_to_track_is_not_touched(box, v2, tracked):
    page = '<p><a href="http://a.example/">a</a>{{ses:openTracker}}</p>'
    assert links_of(received(box, send(v2, page=page))).links == ["http://a.example/"]
    assert "openTracker" not in received(box, send(v2, page=page)).get_body(("html",)).get_content()
    v2.update_configuration_set_event_destination(
        ConfigurationSetName=tracked, EventDestinationName="topic", EventDestination={
            "Enabled": False, "MatchingEventTypes": ["OPEN", "CLICK"], "SnsDestination": v2.
            get_configuration_set_event_destinations(ConfigurationSetName=tracked)["EventDestinations"][0]["SnsDestination"]})
    message = links_of(received(box, send(v2, tracked)))
    assert message.images == [] and SHOP in message.links


def test_mail_handed_over_whole_is_tracked_and_its_signature_holds(box, v2, tracked):
    lines = [f"From: {FROM}", f"To: {READER}", "Subject: raw", "MIME-Version: 1.0",
             "Content-Type: text/html; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit", "",
             'Gr\xfc\xdfe <a href="http://a.example/">a</a>', ""]
    message_id = v2.send_email(ConfigurationSetName=tracked, Content={
        "Raw": {"Data": "\r\n".join(lines).encode("iso-8859-1")}})["MessageId"]
    shown = box.received_as(message_id)
    assert shown["verdict"]["dkim"][0]["result"] == "pass"
    message = received(box, message_id)
    assert message["Subject"] == "raw"
    assert message.get_body(("html",)).get_content().startswith("Gr\xfc\xdfe <a")
    assert visit(box, links_of(message).links[0])[1]["Location"] == "http://a.example/"


def test_links_have_the_redirect_domain_of_the_set(box, v1, v2, tracked):
    refused = error_of(lambda: v1.create_configuration_set_tracking_options(
        ConfigurationSetName=tracked, TrackingOptions={"CustomRedirectDomain": "links.stranger.example"}))
    assert refused[1] == "InvalidTrackingOptions"
    v1.create_configuration_set_tracking_options(
        ConfigurationSetName=tracked, TrackingOptions={"CustomRedirectDomain": f"links.{DOMAIN}"})
    links = links_of(received(box, send(v2, tracked)))
    assert links.links[0].startswith(f"https://links.{DOMAIN}/t/")
    assert links.images[0].startswith(f"http://links.{DOMAIN}/t/")
    v2.put_configuration_set_tracking_options(ConfigurationSetName=tracked, CustomRedirectDomain=f"t.{DOMAIN}")
    described = v1.describe_configuration_set(ConfigurationSetName=tracked,
                                              ConfigurationSetAttributeNames=["trackingOptions"])
    assert described["TrackingOptions"] == {"CustomRedirectDomain": f"t.{DOMAIN}"}
    assert visit(box, links.links[0])[1]["Location"] == SHOP, "links of mail that is out stay good"
    v1.delete_configuration_set_tracking_options(ConfigurationSetName=tracked)
    assert "TrackingOptions" not in v2.get_configuration_set(ConfigurationSetName=tracked) or not v2.\
        get_configuration_set(ConfigurationSetName=tracked)["TrackingOptions"]
