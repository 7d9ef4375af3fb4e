"""`sesame classify` on the command line: a page, JSON, standard input, exit statuses. What it knows is docs/classification.md."""
import json
import subprocess

import pytest

from harness import terminal
from harness.sesame import BINARY

BOUNCE = """From: MAILER-DAEMON@mx.example.net
To: <tag@bounce.example.com>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; bob@example.net
Action: {action}
Status: {status}
Remote-MTA: dns; store.example.net
Diagnostic-Code: smtp; {diagnostic}
--b
Content-Type: text/rfc822-headers

Message-ID: <0100@email.svc.example>
From: ann@example.com
--b--
"""
UNKNOWN_USER = BOUNCE.format(action="failed", status="5.1.1", diagnostic="550 5.1.1 No such user \x1b[31mhere")
DELAYED = BOUNCE.format(action="delayed", status="4.4.1", diagnostic="451 4.4.1 Not now")
DELIVERED = BOUNCE.format(action="delivered", status="2.0.0", diagnostic="250 2.0.0 Ok")
COMPLAINT = """From: abuse@example.net
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody pressed the button.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: ButtonPresser/1.0
Version: 1
Original-Rcpt-To: bob@example.net
--b
Content-Type: message/rfc822

From: ann@example.com
Message-ID: <0100@email.svc.example>

text
--b--
"""
AUTO_REPLY = "From: bob@example.net\nAuto-Submitted: auto-replied\nSubject: I am away\n\nUntil Monday.\n"
LETTER = "From: bob@example.net\nSubject: Re: lunch\n\nAt noon?\n"

KINDS = {"bounce": (UNKNOWN_USER, 1), "delayed": (DELAYED, 0), "delivered": (DELIVERED, 0), "complaint": (COMPLAINT, 1),
         "auto_reply": (AUTO_REPLY, 0), "none": (LETTER, 0)}


def classify(*arguments, mail=None):
    return subprocess.run([BINARY, "classify", *arguments], capture_output=True, text=True, timeout=30,
                          input=None if mail is None else mail.replace("\n", "\r\n"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_and_the_exit_status(kind):
    mail, status = KINDS[kind]
    result = classify("-", "--json", mail=mail)
    assert (json.loads(result.stdout)["kind"], result.returncode, result.stderr) == (kind, status, "")


def test_json_has_what_scripts_rely_on():
    found = json.loads(classify("-", "--json", mail=UNKNOWN_USER).stdout)
    assert found["message_id"] == "<0100@email.svc.example>"
    recipient, = found["recipients"]
    assert {key: recipient[key] for key in ("address", "action", "status", "bounce_type", "bounce_subtype", "remote_mta")} == {
        "address": "bob@example.net", "action": "failed", "status": "5.1.1", "bounce_type": "Permanent",
        "bounce_subtype": "General", "remote_mta": "dns; store.example.net"}
    assert recipient["diagnostic_code"].startswith("smtp; 550 5.1.1 No such user")
    complaint = json.loads(classify("-", "--json", mail=COMPLAINT).stdout)["complaint"]
    assert (complaint["feedback_type"], complaint["user_agent"]) == ("abuse", "ButtonPresser/1.0")


def test_a_file_says_the_same_as_standard_input_and_line_ends_do_not_matter(tmp_path):
    mail = tmp_path / "bounce.eml"
    mail.write_text(UNKNOWN_USER)  # LF
    assert classify(str(mail), "--json").stdout == classify("-", "--json", mail=UNKNOWN_USER).stdout


def test_the_page_is_for_people_plain_in_a_pipe_and_harmless(tmp_path):
    mail = tmp_path / "bounce.eml"
    mail.write_text(UNKNOWN_USER)
    page = classify(str(mail))
    assert page.returncode == 1 and page.stderr == ""
    assert "bob@example.net" in page.stdout and "550 5.1.1 No such user" in page.stdout
    assert "\x1b" not in page.stdout
    mail.write_text(DELAYED)
    shown = terminal.shown([BINARY, "classify", str(mail)])
    assert b"\x1b[" in shown and b"bob@example.net" in shown


def test_nothing_at_all_is_no_bounce():
    result = classify("-", "--json", mail="")
    assert (json.loads(result.stdout)["kind"], result.returncode) == ("none", 0)


@pytest.mark.parametrize("arguments", [[], ["/nowhere/at/all.eml"], ["-", "--yaml"], ["/"]])
def test_what_cannot_be_read_is_status_2_and_said(arguments):
    result = classify(*arguments, mail="")
    assert (result.returncode, result.stdout) == (2, "") and result.stderr
