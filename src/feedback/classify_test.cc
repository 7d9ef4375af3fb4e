// The classifier on mails made here: each form, and what must not be taken for one. Mails of the world: corpus_test.cc.
#include "feedback/classify.h"

#include <gtest/gtest.h>

#include <chrono>

#include "feedback/delivery_status.h"

namespace sesame::feedback {
namespace {

std::string dsn(const std::string& groups, const std::string& type = "message/delivery-status") {
  return "From: MAILER-DAEMON@mx.example.net\r\nTo: bounce@example.com\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
         "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: " +
         type + "\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n" + groups +
         "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <1@example.com>\r\nTo: "
         "bob@example.net\r\n\r\nx\r\n"
         "--b--\r\n";
}

std::string text_mail(const std::string& header, const std::string& text) { return header + "\r\n" + text; }

const std::string daemon_header =
    "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: bounce@example.com\r\nSubject: failure "
    "notice\r\n";

std::string kind(const std::string& mail) { return std::string(to_text(classify(mail).kind)); }

TEST(Classify, ReadsEveryRecipientOfADeliveryStatus) {
  const Report report = classify(dsn(
      "Final-Recipient: rfc822; <bob@example.net>\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n"
      "Diagnostic-Code: smtp; 550 5.1.1\r\n unknown\r\nRemote-MTA: dns; mx.example.org\r\n\r\n"
      "Original-Recipient: rfc822;eve@example.net\r\nFinal-Recipient: rfc822;eve2@example.net\r\nAction: delayed\r\n"
      "Status: 4.4.1\r\n"));
  EXPECT_EQ(report.kind, ReportKind::bounce);
  EXPECT_EQ(report.reporting_mta, "dns; mx.example.net");
  EXPECT_EQ(report.message_id, "<1@example.com>");
  ASSERT_EQ(report.recipients.size(), 2u);
  EXPECT_EQ(report.recipients[0].address, "bob@example.net");
  EXPECT_EQ(report.recipients[0].status, "5.1.1");
  EXPECT_EQ(report.recipients[0].diagnostic_code, "smtp; 550 5.1.1 unknown");
  EXPECT_EQ(report.recipients[0].remote_mta, "dns; mx.example.org");
  EXPECT_EQ(report.recipients[0].bounce_kind(), (replies::BounceKind{"Permanent", "General"}));
  EXPECT_EQ(report.recipients[1].address, "eve2@example.net");
  EXPECT_EQ(report.recipients[1].original_address, "eve@example.net");
  EXPECT_EQ(report.recipients[1].action, DsnAction::delayed);
  EXPECT_EQ(report.recipients[1].bounce_kind().type, "Transient");
}

TEST(Classify, TheActionsDecideTheKind) {
  const auto with = [](const std::string& action) {
    return kind(dsn("Final-Recipient: rfc822; a@b.example\r\nAction: " + action + "\r\nStatus: 2.0.0\r\n"));
  };
  EXPECT_EQ(with("failed"), "bounce");
  EXPECT_EQ(with("delayed"), "delayed");
  for (const char* success : {"delivered", "relayed", "expanded", "Delivered (to mailbox)"})
    EXPECT_EQ(with(success), "delivered");
  EXPECT_EQ(kind(dsn("Final-Recipient: rfc822; a@b.example\r\nStatus: 4.2.2\r\n")), "delayed");
  EXPECT_EQ(kind(dsn("Final-Recipient: rfc822; a@b.example\r\nStatus: 2.1.5\r\n")), "delivered");
}

TEST(Classify, InternationalisedDeliveryStatus) {
  const Report report =
      classify(dsn("Final-Recipient: utf-8; j\xc3\xb6rg@b\xc3\xbc"
                   "cher.example\r\nAction: failed\r\nStatus: 5.6.7\r\n"
                   "\r\nFinal-Recipient: utf-8; j\\x{F6}rg@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n",
                   "message/global-delivery-status"));
  ASSERT_EQ(report.recipients.size(), 2u);
  EXPECT_EQ(report.recipients[0].address,
            "j\xc3\xb6rg@b\xc3\xbc"
            "cher.example");
  EXPECT_EQ(report.recipients[0].cause.reason, replies::Reason::utf8_unsupported);
  EXPECT_EQ(report.recipients[1].address, "j\xc3\xb6rg@example.net");
}

TEST(Classify, GroupsMayRunTogetherOrFallApart) {
  EXPECT_EQ(classify(dsn("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                         "Final-Recipient: rfc822; c@b.example\r\nAction: failed\r\nStatus: 5.2.1\r\n"))
                .recipients.size(),
            2u);
  const Report apart =
      classify(dsn("Original-Recipient: rfc822; a@b.example\r\n\r\nAction: failed\r\n\r\nStatus: 5.1.1\r\n"));
  ASSERT_EQ(apart.recipients.size(), 1u);
  EXPECT_EQ(apart.recipients[0].status, "5.1.1");
}

TEST(Classify, TextsArePrintableWhateverTheReporterWrote) {
  std::string long_text = "x";
  for (int i = 0; i < 600; ++i) long_text += "é";
  const auto recipients = classify(dsn("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
                                       "Diagnostic-Code: smtp; 550 bo\xeete pleine\x1b[2J\r\n\r\n"
                                       "Final-Recipient: rfc822; c@b.example\r\nAction: failed\r\nDiagnostic-Code: " +
                                       long_text + "\r\n"))
                              .recipients;
  EXPECT_EQ(recipients.at(0).diagnostic_code, "smtp; 550 bo\xef\xbf\xbdte pleine [2J");
  EXPECT_EQ(recipients.at(1).diagnostic_code, long_text.substr(0, 999));
}

TEST(Classify, NoticesInWordsOfManySystems) {
  struct Case {
    const char *subject, *text, *address, *type;
  };
  const Case cases[] = {
      {"failure notice",
       "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message.\n\n"
       "<bob@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the "
       "message.\n",
       "bob@example.org", "Permanent"},
      {"Mail delivery failed: returning message to sender",
       "The following address(es) failed:\n\n  bob@example.org\n    SMTP error from remote mail server after RCPT "
       "TO:<bob@example.org>:\n    host mx [192.0.2.1]: 452 4.2.2 Mailbox full\n",
       "bob@example.org", "Transient"},
      {"Returned mail: User unknown",
       "   ----- Transcript of session follows -----\n>>> RCPT To:<bob@example.org>\n<<< 550 <bob@example.org>... User "
       "unknown\n550 <bob@example.org>... User unknown\n   ----- Unsent message follows -----\n",
       "bob@example.org", "Permanent"},
      {"Undeliverable: x",
       "Your message\n\n  To: x\n\ndid not reach the following recipient(s):\n\nbob@example.org on Thu\n"
       "    The recipient name is not recognized\n",
       "bob@example.org", "Permanent"},
      {"Unzustellbar: Hallo",
       "Ihre Nachricht konnte nicht zugestellt werden:\n\nbob@example.org\n\nEmpfänger unbekannt\n", "bob@example.org",
       "Permanent"},
      {"退信", "无法投递: bob@example.org\n收件人不存在\n", "bob@example.org", "Permanent"},
  };
  for (const Case& c : cases) {
    const Report report = classify(
        text_mail("From: MAILER-DAEMON@mx.example.net\r\nTo: bounce@example.com\r\nSubject: " + std::string(c.subject) +
                      "\r\nContent-Type: text/plain; charset=utf-8\r\n",
                  c.text));
    EXPECT_EQ(report.kind, ReportKind::bounce) << c.subject;
    ASSERT_EQ(report.recipients.size(), 1u) << c.subject;
    EXPECT_EQ(report.recipients[0].address, c.address) << c.subject;
    EXPECT_EQ(report.recipients[0].bounce_kind().type, c.type) << c.subject;
  }
}

TEST(Classify, HtmlOnlyNotices) {
  const Report report = classify(text_mail(
      "From: postmaster@example.org\r\nTo: bounce@example.com\r\nSubject: Undeliverable: x\r\nContent-Type: "
      "text/html\r\n",
      "<html><style>p{}</style><p>Delivery has failed to these recipients:</p><a "
      "href=\"mailto:x@y.example\">bob@example.org</a><br>The email address wasn&#39;t found at the destination "
      "domain.</html>"));
  EXPECT_EQ(report.kind, ReportKind::bounce);
  ASSERT_EQ(report.recipients.size(), 1u);
  EXPECT_EQ(report.recipients[0].address, "bob@example.org");
  EXPECT_EQ(report.recipients[0].cause.reason, replies::Reason::user_unknown);
}

TEST(Classify, WarningsAreDelaysUntilTheyAreFinal) {
  const std::string warning =
      "The message has not yet been delivered to:\n\n  bob@example.org\n\n450 4.2.0 Greylisted\n";
  const Report report = classify(text_mail(daemon_header, warning));
  EXPECT_EQ(report.kind, ReportKind::delayed);
  EXPECT_EQ(report.recipients.at(0).cause.reason, replies::Reason::greylisted);
  EXPECT_EQ(kind(text_mail(daemon_header, warning + "I've given up.\n")), "bounce");
}

TEST(Classify, Complaints) {
  const std::string report_type = "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n";
  const Report arf =
      classify("From: fbl@example.net\r\nMIME-Version: 1.0\r\n" + report_type +
               "--b\r\n\r\nspam\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: "
               "abuse\r\nUser-Agent: X/1\r\n"
               "Original-Rcpt-To: <bob@example.net>\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
               "<1@example.com>\r\nCFBL-Feedback-ID: 3789e1ae\r\n\r\n--b--\r\n");
  EXPECT_EQ(arf.kind, ReportKind::complaint);
  EXPECT_EQ(arf.complaint.feedback_type, "abuse");
  EXPECT_EQ(arf.complaint.user_agent, "X/1");
  EXPECT_EQ(arf.complaint.feedback_id, "3789e1ae");
  EXPECT_EQ(arf.message_id, "<1@example.com>");
  ASSERT_EQ(arf.recipients.size(), 1u);
  EXPECT_EQ(arf.recipients[0].address, "bob@example.net");

  const Report xarf = classify(
      "From: fbl@example.net\r\nX-XARF: PLAIN\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nspam\r\n--b\r\n"
      "Content-Type: application/json; "
      "name=xarf.json\r\n\r\n{\"Report\":{\"ReportType\":\"Spam\",\"SmtpRcptToAddress\":"
      "\"bob@example.net\"}}\r\n--b--\r\n");
  EXPECT_EQ(xarf.kind, ReportKind::complaint);
  EXPECT_EQ(xarf.complaint.feedback_type, "abuse");
  EXPECT_EQ(xarf.recipients.at(0).address, "bob@example.net");

  const Report opt_out = classify("From: Bob <bob@example.net>\r\nSubject: unsubscribe\r\n\r\n");
  EXPECT_EQ(opt_out.kind, ReportKind::complaint);
  EXPECT_EQ(opt_out.complaint.feedback_type, "opt-out");
}

TEST(Classify, AutoRepliesAreNeverBounces) {
  const std::string from = "From: Bob <bob@example.net>\r\nSubject: Your order\r\n";
  for (const char* mark : {"Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (vacation)",
                           "Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: x"}) {
    for (const char* text :
         {"x", "I no longer work here. Mail to bob@example.net cannot be delivered: user unknown."}) {
      const Report report = classify(text_mail(from + mark + "\r\n", text));
      EXPECT_EQ(report.kind, ReportKind::auto_reply) << mark << " " << text;
      EXPECT_EQ(report.from, "bob@example.net");
    }
  }
  for (const char* subject : {"Out of Office: x", "Automatische Antwort: x", "Réponse automatique : x",
                              "=?utf-8?B?6Ieq5YuV5b+c562U?=", "AUTO: Bob is out", "Automatic reply: failure notice"}) {
    EXPECT_EQ(kind(text_mail("From: bob@example.net\r\nReturn-Path: <>\r\nSubject: " + std::string(subject) + "\r\n",
                             "Your message could not be delivered to me, I'm away.")),
              "auto_reply")
        << subject;
  }
}

TEST(Classify, ReadReceiptsAndChallengesAreAutoReplies) {
  EXPECT_EQ(kind("From: bob@example.net\r\nSubject: Read\r\nContent-Type: multipart/report; boundary=b; "
                 "report-type=disposition-notification\r\n\r\n--b\r\n\r\nread\r\n--b\r\nContent-Type: "
                 "message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;bob@example.net\r\nDisposition: "
                 "manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"),
            "auto_reply");
  EXPECT_EQ(kind(dsn("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 4.7.0\r\nDiagnostic-Code: "
                     "X-Notice; Sender not pre-approved\r\n")),
            "auto_reply");
}

TEST(Classify, PlainMailAndQuotedBouncesAreNone) {
  EXPECT_EQ(kind(""), "none");
  EXPECT_EQ(kind("\r\n\r\n"), "none");
  EXPECT_EQ(kind("Auto-Submitted: no\r\n\r\nx"), "none");
  EXPECT_EQ(kind("From: Ann <ann@example.com>\r\nSubject: Hello\r\n\r\nDinner at 8? 550 5.1.1 is my house number."),
            "none");
  EXPECT_EQ(
      kind("From: Ann <ann@example.com>\r\nSubject: Re: failure notice\r\n\r\nWhy did it say \"550 user unknown\", "
           "could not be delivered?"),
      "none");
  EXPECT_EQ(
      kind(
          "From: Ann <ann@example.com>\r\nSubject: look\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\n"
          "attached\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" +
          dsn("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n") + "\r\n--m--\r\n"),
      "none");
}

TEST(Classify, SaysTheRepairWhenTheCauseIsOurs) {
  const Report report =
      classify(dsn("Final-Recipient: rfc822; a@gmail.example\r\nAction: failed\r\nStatus: 5.7.26\r\n"
                   "Remote-MTA: dns; gmail-smtp-in.l.google.com\r\nDiagnostic-Code: smtp; 550-5.7.26 The "
                   "MAIL FROM domain [x.example] has\r\n an SPF record with a 550-5.7.26 hard fail policy\r\n"));
  const replies::Cause cause = report.recipients.at(0).cause;
  EXPECT_EQ(cause.reason, replies::Reason::spf);
  EXPECT_FALSE(replies::suppresses(cause));
  EXPECT_NE(replies::repair_of(cause.reason).find("SPF"), std::string_view::npos);
}

TEST(Classify, AnyLineEndsGiveTheSame) {
  const std::string crlf = dsn("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n");
  std::string lf, cr;
  for (const char c : crlf) {
    if (c != '\r') lf += c;
    if (c != '\n') cr += c;
  }
  for (const std::string& mail :
       {crlf, lf, cr, "From MAILER-DAEMON Thu Apr 29 16:51:04 2007\n" + lf, "\xef\xbb\xbf" + crlf}) {
    const Report report = classify(mail);
    EXPECT_EQ(report.kind, ReportKind::bounce);
    ASSERT_EQ(report.recipients.size(), 1u);
    EXPECT_EQ(report.recipients[0].address, "a@b.example");
  }
}

// ---- hostile input: bounded, and no guess ----

std::chrono::milliseconds time_of(const std::string& mail) {
  const auto start = std::chrono::steady_clock::now();
  classify(mail);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

// Far above what it takes (tens of milliseconds), far below what quadratic time would (minutes).
constexpr auto ample = std::chrono::seconds(10);

TEST(HostileMail, FortyMegabytesOfAnythingAreReadInBoundedTime) {
  constexpr std::size_t size = std::size_t{40} << 20;
  const auto filled = [&](std::string_view piece) {
    std::string block;
    while (block.size() < 64 * 1024) block += piece;
    std::string mail = daemon_header + "\r\n";
    mail.reserve(size + block.size());
    while (mail.size() < size) mail += block;
    return mail;
  };
  for (const char* piece :
       {"a", "@", "a@b.example ", "<a@b.example>:\n550 user unknown\n", "\n", "550 ", "\\x{41}", "<", "&lt;",
        "不@a.b不", "--b\r\n", "could not be delivered to the following", "=?utf-8?q?a?="}) {
    EXPECT_LT(time_of(filled(piece)), ample) << piece;
  }
}

TEST(HostileMail, NestedAHundredDeep) {
  std::string mail = daemon_header;
  for (int i = 0; i < 100; ++i) {
    mail +=
        "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n";
  }
  mail += "Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n";
  EXPECT_LT(time_of(mail), ample);
  std::string messages = "From: x@y.example\r\n";
  for (int i = 0; i < 100; ++i) messages += "Content-Type: message/rfc822\r\n\r\n";
  EXPECT_EQ(kind(messages), "none");
}

TEST(HostileMail, NulsEightBitHeadersAndBrokenMimeAreSurvived) {
  using namespace std::string_literals;
  EXPECT_EQ(kind("From: \xff\xfe\0MAILER\r\nSubject: \x80\x81\0\r\n\r\n\0\0"s), "none");
  const Report report = classify(
      "From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\nContent-Type: multipart/report; "
      "boundary=missing\r\n\r\n--other\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
      "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--other--\r\n");
  EXPECT_EQ(report.kind, ReportKind::bounce);
  ASSERT_EQ(report.recipients.size(), 1u);
  EXPECT_EQ(report.recipients[0].address, "a@b.example");
}

TEST(HostileMail, RecipientsAreBounded) {
  std::string groups;
  for (int i = 0; i < 1000; ++i)
    groups += "Final-Recipient: rfc822; u" + std::to_string(i) + "@b.example\r\nAction: failed\r\n\r\n";
  EXPECT_EQ(classify(dsn(groups)).recipients.size(), max_reported_recipients);
  std::string text = "could not be delivered to:\n";
  for (int i = 0; i < 1000; ++i) text += "<u" + std::to_string(i) + "@b.example>:\n";
  EXPECT_LE(classify(text_mail(daemon_header, text)).recipients.size(), max_reported_recipients);
}

TEST(TypedAddress, ReadsTheFormsOfTheWorld) {
  EXPECT_EQ(typed_address("rfc822; <ann@example.com> (Ann)"), "ann@example.com");
  EXPECT_EQ(typed_address("RFC822;ann@example.com"), "ann@example.com");
  EXPECT_EQ(typed_address("ann@example.com"), "ann@example.com");
  EXPECT_EQ(typed_address("rfc822; rfc822; ann@example.com"), "ann@example.com");
  EXPECT_EQ(typed_address("rfc822; ann+40example.com"), "ann@example.com");
  EXPECT_EQ(typed_address("rfc822; @relay.example:ann@example.com"), "ann@example.com");
  EXPECT_EQ(typed_address("rfc822; \"a b\"@example.com"), "\"a b\"@example.com");
  EXPECT_EQ(typed_address("rfc822;|/usr/bin/prog ann@example.com x"), "ann@example.com");
  EXPECT_EQ(typed_address("x400; /S=ann/ADMD= /C=GB/"), "");
  EXPECT_EQ(typed_address("utf-8; \\x{41}\\x{110000}@example.com"), "A\\x{110000}@example.com");
  EXPECT_EQ(typed_address(""), "");
}

}  // namespace
}  // namespace sesame::feedback
