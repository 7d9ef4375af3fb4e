"""What mail servers send home, as texts with LF line ends."""


def dsn(recipient, action="failed", status="5.1.1", diagnostic="550 5.1.1 No such user", host="mx.rcpt.example",
        returned="From: ann@author.example\nSubject: a message\n"):
    """A report of RFC 3464 by `host` about one recipient; `returned` is the header section of the message."""
    return f"""From: MAILER-DAEMON@{host}
To: <>
Subject: Delivery Status Notification
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message did not make it yet, or at all.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; store.example.net
Diagnostic-Code: smtp; {diagnostic}

--b
Content-Type: text/rfc822-headers

{returned}
--b--
"""


def complaint(recipient, host="mx.rcpt.example", returned="From: ann@author.example\nSubject: a message\n"):
    """A report of RFC 5965 by `host`."""
    return f"""From: abuse@{host}
To: <>
Subject: a complaint
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
Original-Rcpt-To: {recipient}

--b
Content-Type: message/rfc822

{returned}
text

--b--
"""


def with_crlf(text):
    return text.replace("\n", "\r\n")
