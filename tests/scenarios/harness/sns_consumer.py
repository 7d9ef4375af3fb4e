"""Consumers of SNS: subscribing, waiting for what one is told, and verifying it with code that is not ours."""
import base64
import json
import os
import pathlib
import subprocess
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

CLIENTS = pathlib.Path(__file__).parent.parent / "clients"
SIMULATOR = "simulator.svc.example"


def subscribed(sns, front, receiver, name, raw=False, **attributes):
    """A topic whose one subscriber has confirmed: its ARN."""
    topic_arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    answer = sns.subscribe(TopicArn=topic_arn, Protocol="http", Endpoint=receiver.url(),
                           Attributes={"RawMessageDelivery": "true"} if raw else {})
    assert answer["SubscriptionArn"] == "pending confirmation"
    asking = receiver.wait_for(lambda d: d.type == "SubscriptionConfirmation")
    status, body = front.get(asking.envelope()["SubscribeURL"])
    assert status == 200, body
    assert f"<SubscriptionArn>{topic_arn}:" in body
    return topic_arn


def send(v2, sender, recipient, configuration_set=None, **more):
    if configuration_set:
        more["ConfigurationSetName"] = configuration_set
    return v2.send_email(FromEmailAddress=sender, Destination={"ToAddresses": [recipient]}, **more,
                         Content={"Simple": {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "text"}}}})["MessageId"]


def told(receiver, api_message_id, kind, seconds=30):
    def is_it(delivery):
        if delivery.type != "Notification" or api_message_id.encode() not in delivery.body:
            return False
        event = delivery.event()
        return event.get("eventType", event.get("notificationType")) == kind
    return receiver.wait_for(is_it, seconds, f"{kind} of {api_message_id}")


class SnsValidator:
    def __init__(self, front):
        self.process = subprocess.Popen(
            ["node", "sns.mjs"], cwd=CLIENTS, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"NODE_EXTRA_CA_CERTS": str(front.certificate)})

    def validate(self, body):
        guard = threading.Timer(60, self.process.kill)
        guard.start()
        self.process.stdin.write(json.dumps(json.loads(body)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        guard.cancel()
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0
        self.process.stdout.close()


def verify_independently(front, envelope):
    """As the developer guide tells it, with another library: raises when the signature does not hold."""
    status, pem = front.get(envelope["SigningCertURL"])
    assert status == 200
    names = (["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] if envelope["Type"] == "Notification"
             else ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"])
    text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    digest = {"1": hashes.SHA1, "2": hashes.SHA256}[envelope["SignatureVersion"]]()
    x509.load_pem_x509_certificate(pem.encode()).public_key().verify(
        base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(), digest)
