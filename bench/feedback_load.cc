// Brings delivery status notifications home over many SMTP sessions, and says how fast they were taken.
//
//   feedback_load HOST PORT RETURN_PATHS SESSIONS MAILS_PER_SESSION
//
// RETURN_PATHS is a file with a return path and the address that failed on each line: one mail each, of some 3 KiB, as
// Postfix writes them. SESSIONS are open at a time; each is closed after its mails and another is opened. One line of
// JSON: mails that were answered 250, others, per second, the generator's own CPU seconds.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "smtp_load.h"

namespace {

using namespace sesame;

struct Bounce {
  smtp::Mailbox return_path;
  std::string recipient;
};

std::string returned_header(const Bounce& bounce) {
  std::string header;
  for (int hop = 0; hop < 6; ++hop) {
    header += fmt::format(
        "Received: from relay{0}.example.net (relay{0}.example.net [192.0.2.{0}])\r\n"
        "\tby relay{1}.example.net (Postfix) with ESMTPS id 4XyZ{0}12345z9AbC\r\n"
        "\tfor <{2}>; Mon, 23 Nov 2026 12:00:0{0} +0000 (UTC)\r\n",
        hop, hop + 1, bounce.recipient);
  }
  return header +
         fmt::format(
             "From: Shop <hello@sender.test>\r\nTo: {}\r\nSubject: Your order\r\nMessage-ID: <{}@email.svc.example>\r\n"
             "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n",
             bounce.recipient, bounce.return_path.local_part);
}

std::string report(const Bounce& bounce) {
  return fmt::format(
             "Date: Mon, 23 Nov 2026 12:00:07 +0000 (UTC)\r\nFrom: MAILER-DAEMON@mx.example.net (Mail Delivery "
             "System)\r\n"
             "Subject: Undelivered Mail Returned to Sender\r\nTo: {0}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: "
             "1.0\r\n"
             "Content-Type: multipart/report; "
             "report-type=delivery-status;\r\n\tboundary=\"4XyZ.1/mx.example.net\"\r\n\r\n"
             "This is a MIME-encapsulated message.\r\n\r\n--4XyZ.1/mx.example.net\r\nContent-Description: "
             "Notification\r\n"
             "Content-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mx.example.net.\r\n\r\n"
             "I'm sorry to have to inform you that your message could not\r\nbe delivered to one or more "
             "recipients.\r\n\r\n"
             "<{1}>: host store.example.net[192.0.2.99] said: 550 5.1.1\r\n    <{1}>: Recipient address rejected: User "
             "unknown"
             " (in reply to RCPT TO command)\r\n\r\n--4XyZ.1/mx.example.net\r\nContent-Description: Delivery report\r\n"
             "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\nX-Postfix-Sender: "
             "rfc822; {0}\r\n"
             "Arrival-Date: Mon, 23 Nov 2026 12:00:06 +0000 (UTC)\r\n\r\nFinal-Recipient: rfc822; {1}\r\n"
             "Original-Recipient: rfc822;{1}\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; "
             "store.example.net\r\n"
             "Diagnostic-Code: smtp; 550 5.1.1 <{1}>: Recipient address rejected: User unknown\r\n\r\n"
             "--4XyZ.1/mx.example.net\r\nContent-Description: Undelivered Message Headers\r\n"
             "Content-Type: text/rfc822-headers\r\n\r\n",
             smtp::format_path(bounce.return_path), bounce.recipient) +
         returned_header(bounce) + "\r\n--4XyZ.1/mx.example.net--\r\n";
}

bool read_bounces(const char* file, std::vector<Bounce>& bounces) {
  std::ifstream in(file);
  for (std::string path, recipient; in >> path >> recipient;) {
    const auto mailbox = smtp::parse_mailbox(path, smtp::Utf8::refuse);
    if (!mailbox) return false;
    bounces.push_back({*mailbox, recipient});
  }
  return in.eof() && !bounces.empty();
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Bounce> bounces;
  const auto ip = argc == 6 ? net::parse_ip(argv[1]) : std::nullopt;
  if (!ip || !read_bounces(argv[3], bounces)) {
    fmt::print(stderr, "usage: feedback_load HOST PORT RETURN_PATHS SESSIONS MAILS_PER_SESSION\n");
    return 2;
  }
  bench::SmtpLoad load;
  load.door = {*ip, static_cast<std::uint16_t>(std::atoi(argv[2]))};
  load.count = bounces.size();
  load.mails_per_session = std::strtoul(argv[5], nullptr, 10);
  load.sessions = std::strtoul(argv[4], nullptr, 10);
  load.mail = [&](std::size_t number) { return bench::Mail{{}, bounces[number].return_path, report(bounces[number])}; };
  return bench::run(std::move(load));
}
