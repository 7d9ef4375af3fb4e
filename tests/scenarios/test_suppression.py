"""The suppression list: what it keeps from being sent, what gets onto it, and the command that operates it."""
import csv
import datetime
import io
import os
import subprocess

from harness import wait
from harness.clients import error_of
from harness.sesame import BINARY

DOMAIN = "suppressing.example"
FROM = f"hello@{DOMAIN}"
READER = "reader@inbox.example"


def refusal(call, *positional, **arguments):
    """(code, message)"""
    return error_of(lambda: call(*positional, **arguments))[1:3]


def send(v2, *to, **more):
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello.\n"}}}}
    return v2.send_email(FromEmailAddress=FROM, Destination={"ToAddresses": list(to)}, Content=content,
                         **more)["MessageId"]


def states(box, message_id):
    return {r["address"]: r["state"] for r in box.message(message_id)["recipients"]}


def events(box, message_id, kind):
    return [e for e in box.message(message_id)["events"] if e["kind"] == kind]


def event(box, message_id, kind):
    return wait.until(lambda: next(iter(events(box, message_id, kind)), None), 20, f"a {kind} of {message_id}")


def is_listed(v2, address):
    return any(entry["EmailAddress"] == address
               for entry in v2.list_suppressed_destinations()["SuppressedDestinationSummaries"])


def dead_domain(box, name):
    """Takes no mail (RFC 7505)."""
    box.publish(name, (name, "MX", "0 ."))
    return name


def test_listed_recipients_are_told_of_and_the_others_get_their_mail(box, v2):
    gone, angry = "gone@inbox.example", "angry@inbox.example"
    v2.put_suppressed_destination(EmailAddress="gone@INBOX.example", Reason="BOUNCE")
    v2.put_suppressed_destination(EmailAddress=angry, Reason="COMPLAINT")
    message_id = send(v2, READER, gone, angry)
    assert box.received_as(message_id)["envelope"]["rcpt_to"] == [READER]
    wait.until(lambda: states(box, message_id)[READER] == "delivered", 20, "the reader's copy")
    assert states(box, message_id) == {READER: "delivered", gone: "suppressed", angry: "suppressed"}
    assert len(events(box, message_id, "send")) == 1
    bounce, complaint = event(box, message_id, "bounce"), event(box, message_id, "complaint")
    assert bounce["recipient"] == gone
    assert (bounce["detail"]["bounce_type"], bounce["detail"]["bounce_subtype"]) == ("Permanent", "OnAccountSuppressionList")
    assert complaint["recipient"] == angry
    assert complaint["detail"]["complaint_subtype"] == "OnAccountSuppressionList"
    assert box.message(message_id)["finished"]


def test_a_set_has_rules_of_its_own(box, v2):
    listed = "override@inbox.example"
    v2.put_suppressed_destination(EmailAddress=listed, Reason="BOUNCE")
    v2.create_configuration_set(ConfigurationSetName="everybody", SuppressionOptions={"SuppressedReasons": []})
    box.received_as(send(v2, listed, ConfigurationSetName="everybody"))
    assert states(box, send(v2, listed)) == {listed: "suppressed"}
    v2.put_configuration_set_suppression_options(ConfigurationSetName="everybody", SuppressedReasons=["BOUNCE"])
    assert states(box, send(v2, listed, ConfigurationSetName="everybody")) == {listed: "suppressed"}


def test_a_hard_bounce_lists_the_address_and_names_its_message(box, v2):
    address = "nobody@" + dead_domain(box, "dead.example")
    message_id = send(v2, address)
    event(box, message_id, "bounce")
    entry = v2.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]
    assert entry["Reason"] == "BOUNCE"
    assert entry["Attributes"]["MessageId"] == message_id
    assert states(box, send(v2, address)) == {address: "suppressed"}
    v2.delete_suppressed_destination(EmailAddress=address)
    assert states(box, send(v2, address)) != {address: "suppressed"}


def test_a_reason_that_is_off_lists_nobody(box, v2):
    address = "nobody@" + dead_domain(box, "tolerated.example")
    v2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    try:
        assert v2.get_account()["SuppressionAttributes"] == {"SuppressedReasons": ["COMPLAINT"]}
        event(box, send(v2, address), "bounce")
        assert not is_listed(v2, address)
    finally:
        v2.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])


def test_the_simulators_addresses_are_never_listed(box, v2):
    listed = "suppressionlist+a@simulator.svc.example"
    message_id = send(v2, listed)
    bounce = event(box, message_id, "bounce")
    assert (bounce["detail"]["bounce_type"], bounce["detail"]["bounce_subtype"]) == ("Permanent", "Suppressed")
    assert states(box, message_id) == {listed: "suppressed"}
    for address, kind in (("bounce", "bounce"), ("complaint", "complaint")):
        address += "@simulator.svc.example"
        event(box, send(v2, address), kind)
        assert not is_listed(v2, address)


def test_the_list_is_filtered_and_paged(v2):
    for i in range(3):
        v2.put_suppressed_destination(EmailAddress=f"page{i}@pages.example", Reason="COMPLAINT")
    first = v2.list_suppressed_destinations(Reasons=["COMPLAINT"], PageSize=1)
    assert len(first["SuppressedDestinationSummaries"]) == 1
    second = v2.list_suppressed_destinations(Reasons=["COMPLAINT"], PageSize=1, NextToken=first["NextToken"])
    assert first["SuppressedDestinationSummaries"] != second["SuppressedDestinationSummaries"]
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    assert v2.list_suppressed_destinations(StartDate=tomorrow)["SuppressedDestinationSummaries"] == []
    assert len(v2.list_suppressed_destinations(EndDate=tomorrow)["SuppressedDestinationSummaries"]) >= 3
    assert refusal(v2.get_suppressed_destination, EmailAddress="unknown@pages.example")[0] == "NotFoundException"


def command(box, *arguments, **more):
    return subprocess.run([BINARY, "suppression", *arguments, "--endpoint", box.endpoint], capture_output=True,
                          text=True, timeout=60, env=os.environ | box.client_environment(), **more)


def test_the_command_imports_what_it_exports(box, v2, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("\ufeffReason,EmailAddress,Note\r\nBOUNCE,one@csv.example,\"a, b\"\r\n,two@csv.example,\r\n"
                    "complaint,three@csv.example,x\r\n")
    imported = command(box, "import", str(file))
    assert (imported.returncode, imported.stdout) == (0, "3 added, 0 refused\n"), imported.stderr
    exported = list(csv.DictReader(io.StringIO(command(box, "export").stdout)))
    reasons = {row["EmailAddress"]: row["Reason"] for row in exported if row["EmailAddress"].endswith("@csv.example")}
    assert reasons == {"one@csv.example": "BOUNCE", "two@csv.example": "BOUNCE", "three@csv.example": "COMPLAINT"}
    assert "three@csv.example" in command(box, "list", "--reason", "COMPLAINT").stdout
    assert "one@csv.example" not in command(box, "list", "--reason", "COMPLAINT").stdout
    assert command(box, "delete", "one@csv.example").returncode == 0
    shown = command(box, "show", "one@csv.example")
    assert shown.returncode == 1 and "NotFoundException" in shown.stderr
    assert command(box, "add", "one@csv.example", "--reason", "COMPLAINT").returncode == 0
    assert command(box, "show", "one@csv.example").stdout.startswith("COMPLAINT")


def test_a_wrong_line_keeps_the_whole_file_out(box, v2, tmp_path):
    file = tmp_path / "wrong.csv"
    file.write_text("fine@wrong.example,BOUNCE\nnobody\nother@wrong.example,SPITE\n")
    imported = command(box, "import", str(file))
    assert imported.returncode == 1 and imported.stdout == ""
    assert [line.split(":")[2] for line in imported.stderr.splitlines()] == ["2", "3"]
    assert not is_listed(v2, "fine@wrong.example")
