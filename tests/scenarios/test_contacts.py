"""Contact lists through boto3: who is on them, how they leave, and who is told."""
import email
import email.policy
import http.client
import smtplib
import urllib.parse

import pytest

from harness.clients import error_of
from harness.sns_consumer import subscribed, told

DOMAIN = "contacts.example"
FROM = f"Ann <ann@{DOMAIN}>"


@pytest.fixture(scope="module")
def news(v2):
    v2.create_contact_list(ContactListName="news", Topics=[
        {"TopicName": "weekly", "DisplayName": "Weekly", "DefaultSubscriptionStatus": "OPT_IN"},
        {"TopicName": "daily", "DisplayName": "Daily", "DefaultSubscriptionStatus": "OPT_OUT"}])
    return "news"


def send(v2, to, news, topic, **more):
    return v2.send_email(
        FromEmailAddress=FROM, Destination={"ToAddresses": [to]},
        ListManagementOptions={"ContactListName": news, "TopicName": topic}, **more, Content={"Simple": {
            "Subject": {"Data": "News"}, "Body": {"Html": {"Data": '<a href="{{amazonSESUnsubscribeUrl}}">leave</a>'},
                                                  "Text": {"Data": "leave: {{amazonSESUnsubscribeUrl}}\n"}}}})["MessageId"]


def ways_out(message):
    """The link and the address of List-Unsubscribe."""
    link, by_mail = (way.strip("<> ") for way in message["List-Unsubscribe"].split(","))
    return link, by_mail


def post(box, url, body):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(box.endpoint).netloc, timeout=20)
    connection.request("POST", parts.path, body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page


def test_contacts_come_change_and_go(v2, news):
    v2.create_contact(ContactListName=news, EmailAddress="one@inbox.example", AttributesData='{"name": "One"}',
                      TopicPreferences=[{"TopicName": "daily", "SubscriptionStatus": "OPT_IN"}])
    contact = v2.get_contact(ContactListName=news, EmailAddress="one@inbox.example")
    assert contact["TopicPreferences"] == [{"TopicName": "daily", "SubscriptionStatus": "OPT_IN"}]
    assert {d["TopicName"]: d["SubscriptionStatus"] for d in contact["TopicDefaultPreferences"]} == {
        "weekly": "OPT_IN", "daily": "OPT_OUT"}
    v2.update_contact(ContactListName=news, EmailAddress="one@inbox.example", UnsubscribeAll=True)
    assert v2.get_contact(ContactListName=news, EmailAddress="one@inbox.example")["UnsubscribeAll"] is True
    v2.delete_contact(ContactListName=news, EmailAddress="one@inbox.example")
    assert error_of(lambda: v2.get_contact(ContactListName=news, EmailAddress="one@inbox.example"))[1] == "NotFoundException"
    assert error_of(lambda: v2.create_contact_list(ContactListName="second"))[1:3] == (
        "LimitExceededException", "A maximum of 1 Lists allowed per account.")


def test_one_click_is_told_and_ends_the_mail(box, v2, news, front, receiver):
    topic_arn = subscribed(box.client("sns"), front, receiver, "contacts")
    v2.create_configuration_set(ConfigurationSetName="contacts")
    v2.create_configuration_set_event_destination(
        ConfigurationSetName="contacts", EventDestinationName="topic", EventDestination={
            "Enabled": True, "MatchingEventTypes": ["SUBSCRIPTION", "BOUNCE", "CLICK"],
            "SnsDestination": {"TopicArn": topic_arn}})
    reader = "reader@inbox.example"
    message_id = send(v2, reader, news, "weekly", ConfigurationSetName="contacts")
    shown = box.received_as(message_id)
    assert shown["verdict"]["dkim"][0]["result"] == "pass"
    message = email.message_from_bytes(box.raw(shown), policy=email.policy.default)
    link, by_mail = ways_out(message)
    assert by_mail == f"mailto:u-{message_id}@svc.example?subject=unsubscribe"
    assert link.startswith(f"{front.url}/u/") and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "list-unsubscribe:list-unsubscribe-post" in message["DKIM-Signature"].lower().replace(" ", "") or (
        "list-unsubscribe-post" in message["DKIM-Signature"].lower())
    assert link in message.get_body(("html",)).get_content() and link in message.get_body(("plain",)).get_content()

    status, page = front.get(link)
    assert status == 200 and "Unsubscribe from weekly" in page
    status, page = post(box, link, "List-Unsubscribe=One-Click")
    assert status == 200 and "unsubscribed" in page
    event = told(receiver, message_id, "Subscription").event()
    assert list(event) == ["eventType", "mail", "subscription"]
    body = event["subscription"]
    assert (body["contactList"], body["source"]) == (news, "UnsubscribeHeader")
    status_of = lambda key: {t["topicName"]: t["subscriptionStatus"] for t in body[key]["topicSubscriptionStatus"]}
    assert status_of("oldTopicPreferences") == {"weekly": "OptIn", "daily": "OptOut"}
    assert status_of("newTopicPreferences") == {"weekly": "OptOut", "daily": "OptOut"}
    assert body["newTopicPreferences"]["unsubscribeAll"] is False

    refused = send(v2, reader, news, "weekly", ConfigurationSetName="contacts")
    bounce = told(receiver, refused, "Bounce").event()["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "UnsubscribedRecipient")
    assert box.message(refused)["recipients"][0]["state"] == "suppressed"


def test_a_mail_leaves_the_list_too(box, v2, news):
    reader = "writer@inbox.example"
    message_id = send(v2, reader, news, "weekly")
    message = email.message_from_bytes(box.raw(box.received_as(message_id)), policy=email.policy.default)
    address = ways_out(message)[1].removeprefix("mailto:").partition("?")[0]
    door = int(box.environment["SESAME_FEEDBACK_LISTEN"].rsplit(":", 1)[1])
    with smtplib.SMTP("127.0.0.1", door, local_hostname="mx.inbox.example", timeout=20) as session:
        session.sendmail(reader, [address], f"From: {reader}\r\nTo: {address}\r\nSubject: unsubscribe\r\n\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            session.sendmail("", [address], "Subject: Undelivered Mail Returned to Sender\r\n\r\n")
    contact = v2.get_contact(ContactListName=news, EmailAddress=reader)
    assert contact["TopicPreferences"] == [{"TopicName": "weekly", "SubscriptionStatus": "OPT_OUT"}]
    event, = (e for e in box.message(message_id)["events"] if e["kind"] == "subscription")
    assert (event["recipient"], event["detail"]["source"]) == (reader, "UnsubscribeHeader")


def test_the_header_of_raw_mail_names_the_list(box, v2, news):
    lines = [f"From: {FROM}", "To: raw@inbox.example", f"X-SES-LIST-MANAGEMENT-OPTIONS: {news}; topic=weekly",
             "Subject: raw", "", "Text", ""]
    message_id = v2.send_email(Content={"Raw": {"Data": "\r\n".join(lines).encode()}})["MessageId"]
    message = email.message_from_bytes(box.raw(box.received_as(message_id)), policy=email.policy.default)
    assert "/u/" in message["List-Unsubscribe"] and "X-SES-LIST-MANAGEMENT-OPTIONS" not in message
    assert v2.get_contact(ContactListName=news, EmailAddress="raw@inbox.example")["UnsubscribeAll"] is False
    addresses = [c["EmailAddress"] for c in v2.list_contacts(ContactListName=news)["Contacts"]]
    assert "raw@inbox.example" in addresses


def test_the_page_unsubscribes_from_everything(box, v2, news):
    message_id = send(v2, "page@inbox.example", news, "weekly")
    message = email.message_from_bytes(box.raw(box.received_as(message_id)), policy=email.policy.default)
    assert post(box, ways_out(message)[0], "from=page&choice=everything")[0] == 200
    assert v2.get_contact(ContactListName=news, EmailAddress="page@inbox.example")["UnsubscribeAll"] is True
