"""Configuration sets through Debian's boto3, both versions of the API, and what they do to mail."""
import datetime
import email.message
import email.policy
import smtplib

import pytest

from harness.clients import error_of

DOMAIN = "sets.example"
FROM = f"hello@{DOMAIN}"
READER = "reader@inbox.example"


def refusal(call, *positional, **arguments):
    """(code, message)"""
    return error_of(lambda: call(*positional, **arguments))[1:3]


def send(v2, **more):
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello.\n"}}}}
    arguments = dict(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content=content) | more
    return v2.send_email(**arguments)["MessageId"]


def raw(*fields):
    lines = [f"From: {FROM}", f"To: {READER}", "Subject: Hello", *fields, "", "Hello.", ""]
    return {"Raw": {"Data": "\r\n".join(lines).encode()}}


def limit_delivery(box, name, seconds, tls_policy):
    """Debian's boto3 is older than MaxDeliverySeconds."""
    box.api.call("PUT", f"/v2/email/configuration-sets/{name}/delivery-options",
                     {"TlsPolicy": tls_policy, "MaxDeliverySeconds": seconds})


def delivery_options(box, name):
    return box.api.call("GET", f"/v2/email/configuration-sets/{name}")["DeliveryOptions"]


def test_a_set_made_with_v2_is_the_one_v1_describes(box, v1, v2):
    v2.create_configuration_set(
        ConfigurationSetName="both", DeliveryOptions={"TlsPolicy": "OPTIONAL"},
        ReputationOptions={"ReputationMetricsEnabled": True}, SendingOptions={"SendingEnabled": True},
        SuppressionOptions={"SuppressedReasons": ["COMPLAINT"]}, Tags=[{"Key": "team", "Value": "mail"}])
    limit_delivery(box, "both", 3600, "REQUIRE")
    assert delivery_options(box, "both") == {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 3600}
    got = v2.get_configuration_set(ConfigurationSetName="both")
    assert got["SuppressionOptions"] == {"SuppressedReasons": ["COMPLAINT"]}
    assert got["Tags"] == [{"Key": "team", "Value": "mail"}]
    described = v1.describe_configuration_set(ConfigurationSetName="both", ConfigurationSetAttributeNames=[
        "eventDestinations", "deliveryOptions", "reputationOptions"])
    assert described["ConfigurationSet"] == {"Name": "both"}
    assert described["DeliveryOptions"] == {"TlsPolicy": "Require"}
    assert described["ReputationOptions"] == {"SendingEnabled": True, "ReputationMetricsEnabled": True}
    assert described["EventDestinations"] == []
    v1.put_configuration_set_delivery_options(ConfigurationSetName="both", DeliveryOptions={"TlsPolicy": "Optional"})
    v1.update_configuration_set_sending_enabled(ConfigurationSetName="both", Enabled=False)
    got = v2.get_configuration_set(ConfigurationSetName="both")
    assert delivery_options(box, "both") == {"TlsPolicy": "OPTIONAL", "MaxDeliverySeconds": 3600}
    assert got["SendingOptions"] == {"SendingEnabled": False}
    assert "both" in v2.list_configuration_sets()["ConfigurationSets"]
    assert {"Name": "both"} in v1.list_configuration_sets()["ConfigurationSets"]
    v1.delete_configuration_set(ConfigurationSetName="both")
    assert refusal(v2.get_configuration_set, ConfigurationSetName="both") == (
        "NotFoundException", "Configuration set <both> does not exist.")


def test_the_set_is_named_by_parameter_header_or_identity(box, v2):
    for name in ("parameter", "header", "default"):
        v2.create_configuration_set(ConfigurationSetName=name)
    used = lambda message_id: box.message(message_id)["configuration_set"]
    assert used(send(v2)) is None
    assert used(send(v2, ConfigurationSetName="parameter")) == "parameter"
    assert used(send(v2, Content=raw("X-Ses-Configuration-Set: header"))) == "header"
    assert used(send(v2, Content=raw("X-SES-CONFIGURATION-SET: header"), ConfigurationSetName="parameter")) == "parameter"
    v2.put_email_identity_configuration_set_attributes(EmailIdentity=DOMAIN, ConfigurationSetName="default")
    assert v2.get_email_identity(EmailIdentity=DOMAIN)["ConfigurationSetName"] == "default"
    assert used(send(v2)) == "default"
    v2.delete_configuration_set(ConfigurationSetName="default")
    assert refusal(send, v2) == ("NotFoundException", "Configuration set <default> does not exist.")
    v2.put_email_identity_configuration_set_attributes(EmailIdentity=DOMAIN)
    assert used(send(v2)) is None


def test_smtp_mail_names_its_set_and_tags_in_headers_that_nobody_sees(box, v2):
    v2.create_configuration_set(ConfigurationSetName="smtp")
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, READER, "By SMTP"
    message["X-SES-CONFIGURATION-SET"] = "smtp"
    message["X-SES-MESSAGE-TAGS"] = "campaign=spring, kind=a.b@c"
    message.set_content("Hello.\n")
    with smtplib.SMTP("127.0.0.1", box.smtp_port, timeout=20) as smtp:
        smtp.starttls()
        smtp.login(box.key["AccessKeyId"], box.smtp_password)
        smtp.mail(FROM)
        smtp.rcpt(READER)
        code, answer = smtp.data(message.as_bytes(policy=email.policy.SMTP))
    assert code == 250
    message_id = answer.decode().split()[-1]
    stored = box.message(message_id)
    assert stored["configuration_set"] == "smtp"
    assert stored["tags"] == {"campaign": "spring", "kind": "a.b@c"}
    octets = box.raw(box.received_as(message_id))
    assert b"x-ses-" not in octets.lower()


def test_tags_of_the_call_replace_those_of_the_header(box, v1, v2):
    content = raw("X-SES-MESSAGE-TAGS: from=header")
    assert box.message(send(v2, Content=content))["tags"] == {"from": "header"}
    tagged = send(v2, Content=content, EmailTags=[{"Name": "from", "Value": "call"}])
    assert box.message(tagged)["tags"] == {"from": "call"}
    sent = v1.send_raw_email(RawMessage=content["Raw"], Tags=[{"Name": "from", "Value": "v1"}])
    assert box.message(sent["MessageId"])["tags"] == {"from": "v1"}
    for bad in ("a b", "a/b", "\u00e9"):
        with pytest.raises(v2.exceptions.BadRequestException):
            send(v2, EmailTags=[{"Name": "k", "Value": bad}])


def test_a_paused_set_and_a_paused_account_send_nothing(v1, v2):
    v2.create_configuration_set(ConfigurationSetName="paused", SendingOptions={"SendingEnabled": False})
    letter = dict(Source=FROM, Destination={"ToAddresses": [READER]},
                  Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}})
    assert refusal(send, v2, ConfigurationSetName="paused")[0] == "SendingPausedException"
    assert refusal(v1.send_email, **letter, ConfigurationSetName="paused")[0] == "ConfigurationSetSendingPausedException"
    v1.update_account_sending_enabled(Enabled=False)
    try:
        assert v1.get_account_sending_enabled()["Enabled"] is False
        assert v2.get_account()["SendingEnabled"] is False
        assert refusal(send, v2)[0] == "SendingPausedException"
        assert refusal(v1.send_email, **letter)[0] == "AccountSendingPausedException"
    finally:
        v2.put_account_sending_attributes(SendingEnabled=True)
    send(v2)
    v2.put_configuration_set_sending_options(ConfigurationSetName="paused", SendingEnabled=True)
    send(v2, ConfigurationSetName="paused")
    assert "LastFreshStart" in v2.get_configuration_set(ConfigurationSetName="paused")["ReputationOptions"]


def test_delivery_options_take_effect(box, v2):
    v2.create_configuration_set(ConfigurationSetName="strict")
    limit_delivery(box, "strict", 300, "REQUIRE")
    message_id = send(v2, ConfigurationSetName="strict")
    box.received_as(message_id)
    message = box.message(message_id)
    accepted, expires = (message[name].replace("Z", "+00:00") for name in ("accepted", "expires"))
    assert (datetime.datetime.fromisoformat(expires) - datetime.datetime.fromisoformat(accepted)).seconds == 300


def test_what_would_have_no_effect_is_refused_by_name(v1, v2):
    v2.create_configuration_set(ConfigurationSetName="refusals")
    refused = lambda call, **arguments: refusal(call, ConfigurationSetName="refusals", **arguments)
    assert refused(v2.put_configuration_set_tracking_options, CustomRedirectDomain="t.example") == (
        "BadRequestException", "CustomRedirectDomain <t.example> is not a verified domain.")
    assert refused(v2.put_configuration_set_delivery_options, SendingPoolName="pool") == (
        "NotFoundException", "Sending pool <pool> does not exist.")
    stream = {"MatchingEventTypes": ["SEND"], "KinesisFirehoseDestination": {
        "IamRoleArn": "arn:aws:iam::000000000000:role/r", "DeliveryStreamArn": "arn:aws:firehose:::deliverystream/d"}}
    assert refused(v2.create_configuration_set_event_destination, EventDestinationName="d", EventDestination=stream) == (
        "BadRequestException", "KinesisFirehoseDestination is not supported.")
    gone = {"MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:gone"}}
    assert refused(v2.create_configuration_set_event_destination, EventDestinationName="d", EventDestination=gone) == (
        "BadRequestException", "SNS topic <arn:aws:sns:us-east-1:000000000000:gone> not found.")
    assert refused(v1.delete_configuration_set_tracking_options)[0] == "TrackingOptionsDoesNotExistException"


def test_event_destinations_come_and_go(box, v1, v2):
    v2.create_configuration_set(ConfigurationSetName="told")
    target = "/v2/email/configuration-sets/told/event-destinations"
    hook = {"Enabled": False, "MatchingEventTypes": ["BOUNCE", "DELIVERY"],
            "WebhookDestination": {"Url": "https://hooks.example/ses"}}
    box.api.call("POST", target, {"EventDestinationName": "hook", "EventDestination": hook})
    shown = v2.get_configuration_set_event_destinations(ConfigurationSetName="told")["EventDestinations"]
    assert [(d["Name"], d["Enabled"], sorted(d["MatchingEventTypes"])) for d in shown] == [
        ("hook", False, ["BOUNCE", "DELIVERY"])]
    described = v1.describe_configuration_set(ConfigurationSetName="told",
                                              ConfigurationSetAttributeNames=["eventDestinations"])
    assert described["EventDestinations"][0]["Name"] == "hook"
    v2.delete_configuration_set_event_destination(ConfigurationSetName="told", EventDestinationName="hook")
    assert v2.get_configuration_set_event_destinations(ConfigurationSetName="told")["EventDestinations"] == []


def test_statistics_count_what_was_sent(v1, v2):
    attempts = lambda: sum(point["DeliveryAttempts"] for point in v1.get_send_statistics()["SendDataPoints"])
    before, quota = attempts(), v1.get_send_quota()
    assert quota["Max24HourSend"] == -1 and quota["MaxSendRate"] == -1
    send(v2, Destination={"ToAddresses": [READER], "CcAddresses": ["second@inbox.example"]})
    assert attempts() == before + 2
    assert v2.get_account()["SendQuota"]["SentLast24Hours"] == quota["SentLast24Hours"] + 2
