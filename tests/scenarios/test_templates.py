"""Stored templates through both versions of the API and the AWS command line, and what happens when they do not fit."""
import email
import email.policy
import json
import subprocess

import pytest

from harness.clients import error_of
from harness.sns_consumer import subscribed, told

DOMAIN = "templates.example"
FROM = f"Ann <ann@{DOMAIN}>"
READER = "reader@inbox.example"
SUBJECT = "Order {{order.number}}"
HTML = ("<h1>Dear {{name}}</h1>{{#if items}}<ul>{{#each items}}<li>{{@index}} {{title}} for {{../name}}</li>{{/each}}</ul>"
        "{{else}}<p>nothing</p>{{/if}}")
DATA = {"name": "Bob & Co", "order": {"number": 7}, "items": [{"title": "tea"}, {"title": "cups"}]}


@pytest.fixture(scope="module")
def order(v2):
    v2.create_email_template(TemplateName="order", TemplateContent={
        "Subject": SUBJECT, "Text": "Dear {{name}}", "Html": HTML})
    return "order"


@pytest.fixture
def failures(box, v2, front, receiver):
    """A configuration set whose topic is told of rendering failures and of what is sent."""
    topic_arn = subscribed(box.client("sns"), front, receiver, "failures")
    v2.create_configuration_set(ConfigurationSetName="failures")
    v2.create_configuration_set_event_destination(
        ConfigurationSetName="failures", EventDestinationName="topic", EventDestination={
            "Enabled": True, "MatchingEventTypes": ["SEND", "RENDERING_FAILURE"],
            "SnsDestination": {"TopicArn": topic_arn}})
    yield "failures"
    v2.delete_configuration_set(ConfigurationSetName="failures")


def refusal(call, *positional, **arguments):
    """(code, message)"""
    return error_of(lambda: call(*positional, **arguments))[1:3]


def html_of(box, message_id):
    message = email.message_from_bytes(box.raw(box.received_as(message_id)), policy=email.policy.default)
    return message.get_body(("html",)).get_content()


def test_what_v2_stores_v1_shows_and_both_send(box, v1, v2, order):
    shown = v1.get_template(TemplateName=order)["Template"]
    assert shown == {"TemplateName": order, "SubjectPart": SUBJECT, "TextPart": "Dear {{name}}", "HtmlPart": HTML}
    assert order in [t["Name"] for t in v1.list_templates()["TemplatesMetadata"]]
    assert order in [t["TemplateName"] for t in v2.list_email_templates()["TemplatesMetadata"]]
    by_v2 = v2.send_email(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, Content={
        "Template": {"TemplateName": order, "TemplateData": json.dumps(DATA)}})["MessageId"]
    by_v1 = v1.send_templated_email(Source=FROM, Destination={"ToAddresses": [READER]}, Template=order,
                                    TemplateData=json.dumps(DATA))["MessageId"]
    for message_id in (by_v1, by_v2):
        assert html_of(box, message_id).strip() == (
            "<h1>Dear Bob & Co</h1><ul><li>0 tea for Bob & Co</li><li>1 cups for Bob & Co</li></ul>")
        assert box.message(message_id)["subject"] == "Order 7"


def test_texts_in_the_call_are_rendered_too(box):
    """Debian's boto3 is older than TemplateContent."""
    message_id = box.api.call("POST", "/v2/email/outbound-emails", {
        "FromEmailAddress": FROM, "Destination": {"ToAddresses": [READER]}, "Content": {"Template": {
            "TemplateContent": {"Subject": "Hi {{n}}", "Html": "<p>{{n}}</p>"}, "TemplateData": '{"n": "Bob"}'}}})["MessageId"]
    assert html_of(box, message_id).strip() == "<p>Bob</p>"


def test_bulk_mail_is_one_message_for_each_destination(box, v1, v2, order):
    everyone = [f"bulk{n}@inbox.example" for n in range(3)]
    replacement = lambda n: json.dumps({"name": f"reader {n}", "items": []})
    by_v2 = v2.send_bulk_email(
        FromEmailAddress=FROM, DefaultContent={"Template": {"TemplateName": order, "TemplateData": json.dumps(DATA)}},
        BulkEmailEntries=[{"Destination": {"ToAddresses": [address]}, "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": replacement(n)}}} for n, address in enumerate(everyone)])
    by_v1 = v1.send_bulk_templated_email(
        Source=FROM, Template=order, DefaultTemplateData=json.dumps(DATA),
        Destinations=[{"Destination": {"ToAddresses": [address]}, "ReplacementTemplateData": replacement(n)}
                      for n, address in enumerate(everyone + ["nobody"])])
    assert [(r["Status"], "MessageId" in r) for r in by_v1["Status"]] == 3 * [("Success", True)] + [
        ("InvalidParameterValue", False)]
    assert [r["Status"] for r in by_v2["BulkEmailEntryResults"]] == 3 * ["SUCCESS"]
    for n, result in enumerate(by_v2["BulkEmailEntryResults"]):
        assert html_of(box, result["MessageId"]).strip() == f"<h1>Dear reader {n}</h1><p>nothing</p>"


def test_a_message_that_cannot_be_rendered_is_told_of_and_not_sent(box, v1, v2, order, failures, receiver):
    by_v2 = v2.send_email(FromEmailAddress=FROM, Destination={"ToAddresses": [READER]}, ConfigurationSetName=failures,
                          Content={"Template": {"TemplateName": order, "TemplateData": '{"name": "Bob"}'}})["MessageId"]
    event = told(receiver, by_v2, "Rendering Failure").event()
    assert list(event) == ["eventType", "mail", "failure"]
    assert event["failure"] == {
        "templateName": order, "errorMessage": "Attribute 'order.number' is not present in the rendering data."}
    mail = event["mail"]
    assert (mail["messageId"], mail["source"], mail["destination"]) == (by_v2, FROM, [READER])
    assert mail["tags"]["ses:configuration-set"] == [failures]
    bulk = v1.send_bulk_templated_email(
        Source=FROM, Template=order, DefaultTemplateData="{}", ConfigurationSetName=failures,
        Destinations=[{"Destination": {"ToAddresses": [READER]}},
                      {"Destination": {"ToAddresses": [READER]}, "ReplacementTemplateData": json.dumps(DATA)}])["Status"]
    assert [result["Status"] for result in bulk] == ["Success", "Success"]
    failed, sent = (result["MessageId"] for result in bulk)
    told(receiver, failed, "Rendering Failure")
    told(receiver, sent, "Send")
    box.received_as(sent)
    assert box.message(failed)["recipients"][0]["state"] == "not_rendered"
    assert [event["kind"] for event in box.message(failed)["events"]] == ["rendering_failure"]
    assert all(message["api_message_id"] not in (by_v2, failed) for message in box.inbox()["messages"])


def test_errors_are_those_of_the_service(v1, v2, order):
    made = {"TemplateName": order, "SubjectPart": "x"}
    assert refusal(v1.create_template, Template=made)[0] == "AlreadyExists"
    assert refusal(v1.create_template, Template={"TemplateName": "bad", "SubjectPart": "{{x"})[0] == "InvalidTemplate"
    for call in (v1.get_template, v1.test_render_template):
        more = {"TemplateData": "{}"} if call == v1.test_render_template else {}
        assert refusal(call, TemplateName="none", **more) == ("TemplateDoesNotExist", "Template none does not exist.")
    missing = "Attribute 'order.number' is not present in the rendering data."
    assert refusal(v1.test_render_template, TemplateName=order, TemplateData="{}") == ("MissingRenderingAttribute", missing)
    assert refusal(v2.test_render_email_template, TemplateName=order, TemplateData="{}") == ("BadRequestException", missing)
    assert refusal(v1.test_render_template, TemplateName=order, TemplateData="x")[0] == "InvalidRenderingParameter"
    letter = dict(Source=FROM, Destination={"ToAddresses": [READER]}, TemplateData="{}")
    assert refusal(v1.send_templated_email, Template="none", **letter)[0] == "TemplateDoesNotExist"
    assert refusal(v2.get_email_template, TemplateName="none")[0] == "NotFoundException"


def test_the_command_line_makes_tests_and_deletes_a_template(box):
    def aws(*arguments):
        result = subprocess.run(["/usr/bin/aws", "--endpoint-url", box.endpoint, "--output", "json", "sesv2", *arguments],
                                env=box.client_environment(), capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout.strip() else None
    content = json.dumps({"Subject": "Hi {{n}}", "Text": "Text for {{n}}", "Html": "<p>{{n}}</p>"})
    aws("create-email-template", "--template-name", "cli", "--template-content", content)
    aws("update-email-template", "--template-name", "cli", "--template-content", content.replace("Hi", "Hello"))
    assert aws("get-email-template", "--template-name", "cli")["TemplateContent"]["Subject"] == "Hello {{n}}"
    rendered = aws("test-render-email-template", "--template-name", "cli", "--template-data", '{"n": "Bob"}')
    assert "Subject: Hello Bob" in rendered["RenderedTemplate"] and "<p>Bob</p>" in rendered["RenderedTemplate"]
    aws("delete-email-template", "--template-name", "cli")
    assert "cli" not in [t["TemplateName"] for t in aws("list-email-templates")["TemplatesMetadata"]]
