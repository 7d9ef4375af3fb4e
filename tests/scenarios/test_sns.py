"""Topics: what existing consumers of SNS are told of the mail, and that they can verify it."""
import email
import email.policy
import json
import subprocess
import threading
import urllib.parse

import botocore.exceptions
import pytest

from harness import clients, wait
from harness.sandbox import Sandbox
from harness.sns_consumer import SIMULATOR, SnsValidator, send, subscribed, told, verify_independently

DOMAIN = "topics.example"
FROM = f"Ann <ann@{DOMAIN}>"


@pytest.fixture(scope="module")
def npm(front):
    validator = SnsValidator(front)
    yield validator
    validator.stop()


# ---- the whole way ----

def identity_with_topic(box, v1, domain, topic_arn, kinds=("Bounce", "Complaint", "Delivery")):
    box.verified_domain(domain)
    for kind in kinds:
        v1.set_identity_notification_topic(Identity=domain, NotificationType=kind, SnsTopic=topic_arn)
    return "ann@" + domain


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_consumer_confirms_is_told_and_can_verify(box, sns, v1, v2, front, receiver, npm, version):
    topic_arn = subscribed(sns, front, receiver, f"feedback-{version}", SignatureVersion=version)
    assert topic_arn == f"arn:aws:sns:us-east-1:000000000000:feedback-{version}"
    sender = identity_with_topic(box, v1, f"verified-{version}.example", topic_arn)
    delivered = told(receiver, send(v2, sender, f"success@{SIMULATOR}"), "Delivery")
    assert delivered.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert delivered.headers["x-amz-sns-topic-arn"] == topic_arn
    assert delivered.headers["x-amz-sns-message-id"] == delivered.envelope()["MessageId"]
    delivery = delivered.event()["delivery"]
    assert delivery["recipients"] == [f"success@{SIMULATOR}"]
    assert delivery["smtpResponse"].startswith("250 ")
    dsn = told(receiver, send(v2, sender, f"bounce@{SIMULATOR}"), "Bounce").event()["bounce"]
    assert (dsn["bounceType"], dsn["bouncedRecipients"][0]["emailAddress"]) == ("Permanent", f"bounce@{SIMULATOR}")
    in_session = told(receiver, send(v2, sender, f"bounce+session@{SIMULATOR}"), "Bounce").event()["bounce"]
    assert in_session["bouncedRecipients"][0]["diagnosticCode"].startswith("smtp; 550 ")
    complaint = told(receiver, send(v2, sender, f"complaint@{SIMULATOR}"), "Complaint").event()["complaint"]
    assert complaint["complainedRecipients"] == [{"emailAddress": f"complaint@{SIMULATOR}"}]
    assert complaint["complaintFeedbackType"] == "abuse"

    for taken in receiver.taken():
        envelope = taken.envelope()
        assert envelope["SignatureVersion"] == version
        verify_independently(front, envelope)
        assert npm.validate(taken.body) == {"valid": envelope["MessageId"]}
    altered = json.loads(receiver.taken()[-1].body)
    altered["Message"] += " "
    assert "error" in npm.validate(json.dumps(altered))


def test_an_identitys_feedback_goes_to_its_topics(sns, v1, v2, box, front, receiver):
    box.verified_domain("identity.example")
    topic_arn = subscribed(sns, front, receiver, "identity-feedback")
    refused = clients.error_of(v1.set_identity_feedback_forwarding_enabled, Identity="identity.example",
                               ForwardingEnabled=False)
    assert refused[1] == "InvalidParameterValue"
    for kind in ("Bounce", "Complaint", "Delivery"):
        v1.set_identity_notification_topic(Identity="identity.example", NotificationType=kind, SnsTopic=topic_arn)
        receiver.wait_for(lambda d: "AmazonSnsSubscriptionSucceeded" in d.body.decode() and f"'{kind}'" in d.body.decode())
    v1.set_identity_headers_in_notifications_enabled(Identity="identity.example", NotificationType="Bounce", Enabled=True)
    v1.set_identity_feedback_forwarding_enabled(Identity="identity.example", ForwardingEnabled=False)
    shown = v1.get_identity_notification_attributes(Identities=["identity.example"])["NotificationAttributes"]
    assert shown["identity.example"] == {
        "BounceTopic": topic_arn, "ComplaintTopic": topic_arn, "DeliveryTopic": topic_arn, "ForwardingEnabled": False,
        "HeadersInBounceNotificationsEnabled": True, "HeadersInComplaintNotificationsEnabled": False,
        "HeadersInDeliveryNotificationsEnabled": False}
    sender = "ann@identity.example"
    bounced = told(receiver, send(v2, sender, f"bounce@{SIMULATOR}"), "Bounce").event()
    assert list(bounced) == ["notificationType", "bounce", "mail"]
    assert "tags" not in bounced["mail"]
    assert bounced["mail"]["headersTruncated"] is False
    assert bounced["mail"]["sourceIp"] == "127.0.0.1"
    delivered = told(receiver, send(v2, sender, f"success@{SIMULATOR}"), "Delivery").event()
    assert "headers" not in delivered["mail"]
    missing = clients.error_of(v1.set_identity_notification_topic, Identity="identity.example",
                               NotificationType="Bounce", SnsTopic=topic_arn + "-none")
    assert missing[1] == "InvalidParameterValue"


def test_raw_delivery_and_publish(sns, front, receiver):
    topic_arn = subscribed(sns, front, receiver, "raw", raw=True)
    message_id = sns.publish(TopicArn=topic_arn, Message="plain text", Subject="s")["MessageId"]
    delivery = receiver.wait_for(lambda d: d.type == "Notification")
    assert delivery.body == b"plain text"
    assert delivery.headers["x-amz-sns-message-id"] == message_id
    assert delivery.headers["x-amz-sns-rawdelivery"] == "true"


def test_message_attributes_and_structure(sns, front, receiver):
    topic_arn = subscribed(sns, front, receiver, "attributes")
    sns.publish(TopicArn=topic_arn, MessageStructure="json", Message=json.dumps({"default": "d", "http": "for http"}),
                MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    envelope = receiver.wait_for(lambda d: d.type == "Notification").envelope()
    assert envelope["Message"] == "for http"
    assert envelope["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}}


def test_unsubscribing_by_the_url_that_was_sent(sns, front, receiver):
    topic_arn = subscribed(sns, front, receiver, "leaving")
    sns.publish(TopicArn=topic_arn, Message="one")
    envelope = receiver.wait_for(lambda d: d.type == "Notification").envelope()
    assert front.get(envelope["UnsubscribeURL"])[0] == 200
    assert sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"] == []


def test_a_token_is_good_for_its_own_subscription_while_that_is_there(sns, front, receiver):
    topic_arn = sns.create_topic(Name="replayed")["TopicArn"]
    other_arn = sns.create_topic(Name="not-asked")["TopicArn"]
    sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=receiver.url())
    asking = receiver.wait_for(lambda d: d.type == "SubscriptionConfirmation").envelope()

    def refused(arn):
        error = clients.error_of(sns.confirm_subscription, TopicArn=arn, Token=asking["Token"])
        return error[1] == "InvalidParameter"

    def subscriptions(arn):
        return [s["SubscriptionArn"] for s in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]]

    assert refused(other_arn) and subscriptions(other_arn) == []
    arn = sns.confirm_subscription(TopicArn=topic_arn, Token=asking["Token"],
                                   AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    # Said again, by the link this time, it changes nothing: leaving still takes a signature.
    assert front.get(asking["SubscribeURL"])[0] == 200
    assert subscriptions(topic_arn) == [arn]
    sns.publish(TopicArn=topic_arn, Message="one")
    told = receiver.wait_for(lambda d: d.type == "Notification").envelope()
    assert front.get(told["UnsubscribeURL"])[0] == 403 and subscriptions(topic_arn) == [arn]
    sns.unsubscribe(SubscriptionArn=arn)
    assert refused(topic_arn) and front.get(asking["SubscribeURL"])[0] == 400
    assert subscriptions(topic_arn) == []


# ---- the command line, and refusals ----

def test_the_aws_command_line(box, receiver):
    def aws(*arguments):
        result = subprocess.run(["/usr/bin/aws", "--endpoint-url", box.endpoint, "--output", "json", "sns", *arguments],
                                env=box.client_environment(), capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout.strip() else None
    topic_arn = aws("create-topic", "--name", "cli")["TopicArn"]
    assert aws("create-topic", "--name", "cli")["TopicArn"] == topic_arn
    aws("subscribe", "--topic-arn", topic_arn, "--protocol", "http", "--notification-endpoint", receiver.url())
    asking = receiver.wait_for(lambda d: d.type == "SubscriptionConfirmation").envelope()
    pending = aws("list-subscriptions-by-topic", "--topic-arn", topic_arn)["Subscriptions"]
    assert [s["SubscriptionArn"] for s in pending] == ["PendingConfirmation"]
    arn = aws("confirm-subscription", "--topic-arn", topic_arn, "--token", asking["Token"])["SubscriptionArn"]
    assert aws("get-subscription-attributes", "--subscription-arn", arn)["Attributes"]["PendingConfirmation"] == "false"
    aws("set-subscription-attributes", "--subscription-arn", arn, "--attribute-name", "RawMessageDelivery",
        "--attribute-value", "true")
    aws("set-topic-attributes", "--topic-arn", topic_arn, "--attribute-name", "DisplayName", "--attribute-value", "D")
    attributes = aws("get-topic-attributes", "--topic-arn", topic_arn)["Attributes"]
    assert (attributes["DisplayName"], attributes["SubscriptionsConfirmed"]) == ("D", "1")
    assert {"TopicArn": topic_arn} in aws("list-topics")["Topics"]
    aws("publish", "--topic-arn", topic_arn, "--message", "hello")
    assert receiver.wait_for(lambda d: d.type == "Notification").body == b"hello"
    aws("unsubscribe", "--subscription-arn", arn)
    aws("delete-topic", "--topic-arn", topic_arn)
    aws("delete-topic", "--topic-arn", topic_arn)
    assert {"TopicArn": topic_arn} not in aws("list-topics")["Topics"]


def test_refusals_are_those_of_sns(sns, receiver):
    topic_arn = sns.create_topic(Name="refusals")["TopicArn"]
    cases = [
        (sns.create_topic, {"Name": "no blanks"}, "InvalidParameterException", "InvalidParameter", 400),
        (sns.create_topic, {"Name": "f.fifo"}, "InvalidParameterException", "InvalidParameter", 400),
        (sns.publish, {"TopicArn": topic_arn + "x", "Message": "m"}, "NotFoundException", "NotFound", 404),
        (sns.publish, {"TopicArn": topic_arn, "Message": ""}, "InvalidParameterException", "InvalidParameter", 400),
        (sns.get_topic_attributes, {"TopicArn": topic_arn + "x"}, "NotFoundException", "NotFound", 404),
        (sns.subscribe, {"TopicArn": topic_arn, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:0:q"},
         "InvalidParameterException", "InvalidParameter", 400),
        (sns.subscribe, {"TopicArn": topic_arn, "Protocol": "https", "Endpoint": receiver.url()},
         "InvalidParameterException", "InvalidParameter", 400),
        (sns.confirm_subscription, {"TopicArn": topic_arn, "Token": "x"}, "InvalidParameterException",
         "InvalidParameter", 400),
        (sns.get_subscription_attributes, {"SubscriptionArn": topic_arn + ":x"}, "NotFoundException", "NotFound", 404),
    ]
    for call, arguments, exception, code, status in cases:
        error = clients.error_of(call, **arguments)
        assert (error[0], error[1], error[3]) == (exception, code, status), (call, error)
    unknown = clients.error_of(sns.list_platform_applications)
    assert unknown[1] == "InvalidAction"


# ---- failures ----

def test_a_receiver_that_fails_and_recovers_misses_nothing_and_sees_the_order(box, sns, v1, v2, front, receiver):
    topic_arn = subscribed(sns, front, receiver, "flaky", raw=True)
    sender = identity_with_topic(box, v1, "flaky.example", topic_arn)
    wait.until(lambda: len(receiver.taken()) == 4, 30, "the three greetings")
    receiver.statuses = [500, 503, 429]
    ids = [send(v2, sender, f"bounce@{SIMULATOR}") for _ in range(5)]
    for api_message_id in ids:
        told(receiver, api_message_id, "Bounce", seconds=60)
        kinds = [d.event()["notificationType"] for d in receiver.taken() if api_message_id.encode() in d.body]
        assert kinds.index("Delivery") < kinds.index("Bounce")


def test_a_backlog_reaches_a_receiver_that_lets_few_connections_wait(sns, front, receiver):
    """A listen queue of five, as Python's servers have it: what comes beyond is heard a second later, or reset."""
    assert receiver.server.request_queue_size == 5
    topic_arn = subscribed(sns, front, receiver, "backlog", raw=True)
    receiver.status = 503
    texts = {f"news {n}" for n in range(500)}
    for text in texts:
        sns.publish(TopicArn=topic_arn, Message=text)
    receiver.status = 200
    wait.until(lambda: texts <= {d.body.decode() for d in receiver.taken()}, 15, "all of the backlog")


def test_what_is_never_taken_is_a_dead_letter_that_can_be_sent_again(tmp_path, receiver):
    with Sandbox(tmp_path, {"SESAME_EVENTS_MAX_DELIVERY_SECONDS": "1"}) as box:
        sns = box.client("sns")
        topic_arn = sns.create_topic(Name="dead")["TopicArn"]
        sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=receiver.url())
        token = receiver.wait_for(lambda d: d.type == "SubscriptionConfirmation").envelope()["Token"]
        arn = sns.confirm_subscription(TopicArn=topic_arn, Token=token)["SubscriptionArn"]
        receiver.status = 500
        sns.publish(TopicArn=topic_arn, Message="lost?")

        def given_up():
            states = box.api.call("GET", "/v2/sesame/destinations")["destinations"]
            return next((s for s in states if s["destination"] == arn and s["dead"] == 1), None)
        assert wait.until(given_up, 30)["last_error"] == "status 500"
        path = "/v2/sesame/destinations/" + urllib.parse.quote(arn, safe="")
        letter, = box.api.call("GET", path + "/dead-letters")["dead_letters"]
        assert letter["last_error"] == "status 500" and letter["attempts"] >= 2
        metrics = box.api.octets("GET", "/metrics").decode()
        assert "\nsesame_events_dead 1\n" in metrics
        receiver.status = 200
        assert box.api.call("POST", path + "/retry") == {"entries": 1}
        assert receiver.wait_for(lambda d: d.type == "Notification").envelope()["Message"] == "lost?"


def test_private_destinations_are_refused_where_they_are_not_allowed(tmp_path, receiver):
    with Sandbox(tmp_path, {"SESAME_EVENTS_ALLOW_PRIVATE_DESTINATIONS": "false"}) as box:
        sns = box.client("sns")
        topic_arn = sns.create_topic(Name="inner")["TopicArn"]
        for host in ("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"):
            error = clients.error_of(sns.subscribe, TopicArn=topic_arn, Protocol="http",
                                     Endpoint=f"http://{host}:{receiver.port}/")
            assert error[1] == "InvalidParameter", host
        # A name is judged when it is resolved.
        box.publish("inner.example", ("hook.inner.example", "A", "127.0.0.1"))
        sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=f"http://hook.inner.example:{receiver.port}/")

        def refused():
            states = box.api.call("GET", "/v2/sesame/destinations")["destinations"]
            return next((s for s in states if "not a public address" in s["last_error"]), None)
        wait.until(refused, 30)
        assert receiver.attempts() == []


# ---- by mail ----

def test_without_a_topic_feedback_is_forwarded_by_mail(box, v2):
    box.verified_domain("mailed.example")
    api_message_id = v2.send_email(
        FromEmailAddress="ann@mailed.example", FeedbackForwardingEmailAddress="feedback@mailed.example",
        Destination={"ToAddresses": [f"bounce@{SIMULATOR}"]},
        Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "text"}}}})["MessageId"]

    def queued():
        return box.api.call("GET", "/v2/sesame/messages?recipient=feedback%40mailed.example")["messages"]
    report, = wait.until(queued, 30, "a report")
    assert report["from"] == "MAILER-DAEMON@svc.example"
    detail = box.message(report["api_message_id"])
    assert [r["address"] for r in detail["recipients"]] == ["feedback@mailed.example"]
    assert detail["accepted_through"] == "service"
    assert box.message(api_message_id)["events"][-1]["kind"] == "bounce"


def test_the_forwarded_report_is_a_dsn_with_a_null_sender(box, v2):
    box.verified_domain("inbox-sender.example")
    box.publish("inbox-sender.example", ("inbox-sender.example", "MX", "10 mx.receiver.example"))
    last = box.last()
    v2.send_email(FromEmailAddress="ann@inbox-sender.example",
                  Destination={"ToAddresses": [f"bounce@{SIMULATOR}"]},
                  Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "text"}}}})
    summary = box.received(lambda m: "Delivery Status Notification" in m["subject"], after=last)
    report = email.message_from_bytes(box.raw(summary), policy=email.policy.default)
    assert summary["envelope"]["mail_from"] == ""
    assert report["Auto-Submitted"] == "auto-generated"
    assert "MAILER-DAEMON@svc.example" in report["From"]
    assert report.get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in report.iter_parts()] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers"]
    assert f"bounce@{SIMULATOR}" in report.as_string()


# ---- kill -9 ----

def flood(v2, sender, ids):
    """Sends until it is no more answered."""
    try:
        while True:
            ids.append(send(v2, sender, f"bounce+session@{SIMULATOR}"))
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
        return


def test_kill_9_in_a_flood_of_bounces_loses_no_event(tmp_path, receiver):
    """Whatever stands in the store as an event reaches the receiver, however often the service is killed."""
    with Sandbox(tmp_path) as box:
        sns = box.client("sns")
        topic_arn = sns.create_topic(Name="flood")["TopicArn"]
        sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=receiver.url(),
                      Attributes={"RawMessageDelivery": "true"})
        token = receiver.wait_for(lambda d: d.type == "SubscriptionConfirmation").envelope()["Token"]
        sns.confirm_subscription(TopicArn=topic_arn, Token=token)
        sender = identity_with_topic(box, box.client("ses"), "flood.example", topic_arn, ("Bounce",))
        ids = []
        for _ in range(5):
            seen = len(receiver.attempts())
            sending = threading.Thread(target=flood, args=(box.client("sesv2"), sender, ids))
            sending.start()
            wait.until(lambda: len(receiver.attempts()) > seen + 20, 60, "some deliveries")
            box.process.kill()
            box.process.wait()
            sending.join()
            box.process.stdout.close()
            box.errors.close()
            box.start()

        def events():
            after, found = 0, set()
            while True:
                page = box.api.call("GET", f"/v2/sesame/events?after={after}&limit=1000")["events"]
                if not page:
                    return found
                after = page[-1]["sequence"]
                found |= {(e["api_message_id"], e["kind"]) for e in page}

        def all_bounced():
            found = events()
            return found if all((i, "bounce") in found for i in ids) else None
        wait.until(all_bounced, 120, "every bounce", every=1)

        def bounced():
            # Also of messages the kill kept from being acknowledged after they were stored.
            return {pair for pair in events() if pair[1] == "bounce"}

        def delivered():
            return {(d.event()["mail"]["messageId"], d.event()["notificationType"].lower()) for d in receiver.taken()
                    if d.type == "Notification" and b'"mail":' in d.body}
        wait.until(lambda: bounced() == delivered(), 120, "every event at the receiver, and none that is not stored", every=1)
        assert len(delivered()) >= len(ids)
