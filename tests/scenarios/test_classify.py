"""`sesame classify` on the command line: a page, JSON, standard input, exit statuses. What it knows is docs/classification.md."""
import json
import subprocess

import pytest

from harness import terminal
from harness.reports import complaint, dsn, with_crlf
from harness.sesame import BINARY

RETURNED = "Message-ID: <0100@email.svc.example>\nFrom: ann@example.com\n"


def report(action, status, diagnostic):
    return dsn("bob@example.net", action, status, diagnostic, host="mx.example.net", returned=RETURNED)


UNKNOWN_USER = report("failed", "5.1.1", "550 5.1.1 No such user \x1b[31mhere")
DELAYED = report("delayed", "4.4.1", "451 4.4.1 Not now")
DELIVERED = report("delivered", "2.0.0", "250 2.0.0 Ok")
COMPLAINT = complaint("bob@example.net", host="mx.example.net", returned=RETURNED)
AUTO_REPLY = "From: bob@example.net\nAuto-Submitted: auto-replied\nSubject: I am away\n\nUntil Monday.\n"
LETTER = "From: bob@example.net\nSubject: Re: lunch\n\nAt noon?\n"

KINDS = {"bounce": (UNKNOWN_USER, 1), "delayed": (DELAYED, 0), "delivered": (DELIVERED, 0), "complaint": (COMPLAINT, 1),
         "auto_reply": (AUTO_REPLY, 0), "none": (LETTER, 0)}


def classify(*arguments, mail=None):
    return subprocess.run([BINARY, "classify", *arguments], capture_output=True, text=True, timeout=30,
                          input=None if mail is None else with_crlf(mail))


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
