"""Event destinations of configuration sets: topics and URLs that are told of what they match."""
from harness.sns_consumer import SIMULATOR, send, subscribed, told

DOMAIN = "destinations.example"
FROM = f"Ann <ann@{DOMAIN}>"
EVERY_KIND = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY"]


def configuration_set(v2, name, topic_arn):
    v2.create_configuration_set(ConfigurationSetName=name)
    v2.create_configuration_set_event_destination(
        ConfigurationSetName=name, EventDestinationName="topic",
        EventDestination={"Enabled": True, "MatchingEventTypes": EVERY_KIND, "SnsDestination": {"TopicArn": topic_arn}})
    return name


def test_a_topic_is_told_of_every_kind_with_tags_and_headers(sns, v2, front, receiver):
    topic_arn = subscribed(sns, front, receiver, "events")
    name = configuration_set(v2, "every-kind", topic_arn)
    validated = receiver.wait_for(lambda d: d.type == "Notification")
    assert validated.envelope()["Message"] == "Successfully validated SNS topic for Amazon SES event publishing."
    assert "Subject" not in validated.envelope()

    taken = send(v2, FROM, f"success@{SIMULATOR}", name, EmailTags=[{"Name": "campaign", "Value": "spring"}])
    bounced = send(v2, FROM, f"bounce@{SIMULATOR}", name)
    refused = send(v2, FROM, f"bounce+session@{SIMULATOR}", name)
    complained = send(v2, FROM, f"complaint@{SIMULATOR}", name)
    sent = told(receiver, taken, "Send")
    assert sent.envelope()["Subject"] == "Amazon SES Email Event Notification"
    assert sent.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert sent.headers["x-amz-sns-topic-arn"] == topic_arn
    assert sent.headers["x-amz-sns-message-id"] == sent.envelope()["MessageId"]
    mail = sent.event()["mail"]
    assert list(sent.event()) == ["eventType", "mail", "send"]
    assert (mail["messageId"], mail["source"], mail["destination"]) == (taken, FROM, [f"success@{SIMULATOR}"])
    assert mail["tags"]["campaign"] == ["spring"]
    assert mail["tags"]["ses:configuration-set"] == [name]
    assert mail["tags"]["ses:operation"] == ["SendEmail"]
    assert mail["tags"]["ses:from-domain"] == [DOMAIN]
    assert mail["commonHeaders"]["subject"] == "Grüße"
    assert {"name": "From", "value": FROM} in mail["headers"]

    delivered = told(receiver, taken, "Delivery").event()["delivery"]
    assert delivered["recipients"] == [f"success@{SIMULATOR}"]
    assert delivered["smtpResponse"].startswith("250 ")
    dsn = told(receiver, bounced, "Bounce").event()["bounce"]
    assert (dsn["bounceType"], dsn["bouncedRecipients"][0]["emailAddress"]) == ("Permanent", f"bounce@{SIMULATOR}")
    in_session = told(receiver, refused, "Bounce").event()["bounce"]
    assert in_session["bouncedRecipients"][0]["diagnosticCode"].startswith("smtp; 550 ")
    complaint = told(receiver, complained, "Complaint").event()["complaint"]
    assert complaint["complainedRecipients"] == [{"emailAddress": f"complaint@{SIMULATOR}"}]
    assert complaint["complaintFeedbackType"] == "abuse"
