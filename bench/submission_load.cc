// Hands messages in at the submission door over many sessions, and says how fast they were accepted.
//
//   submission_load PORT RECIPIENTS SESSIONS OCTETS SENDER
//
// RECIPIENTS is a file with an address on each line: one message each, with a body of OCTETS. The user and the password
// of the door are in SMTP_USER and SMTP_PASSWORD. Prints what smtp_load.h says.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "smtp_load.h"

namespace {

using namespace sesame;

std::string body_of(std::size_t octets) {
  static constexpr std::string_view line = "All work and no play makes a benchmark a dull measurement to read.\r\n";
  std::string body;
  while (body.size() < octets) body += line;
  return body;
}

std::vector<smtp::Mailbox> read_addresses(const char* file) {
  std::ifstream in(file);
  std::vector<smtp::Mailbox> addresses;
  for (std::string address; in >> address;) {
    auto mailbox = smtp::parse_mailbox(address, smtp::Utf8::refuse);
    if (!mailbox) return {};
    addresses.push_back(std::move(*mailbox));
  }
  return addresses;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  const auto sender = smtp::parse_mailbox(argc == 6 ? argv[5] : "", smtp::Utf8::refuse);
  const auto recipients = sender ? read_addresses(argv[2]) : std::vector<smtp::Mailbox>();
  if (!sender || recipients.empty()) {
    fmt::print(stderr, "usage: submission_load PORT RECIPIENTS SESSIONS OCTETS SENDER\n");
    return 2;
  }
  const std::string body = body_of(std::strtoul(argv[4], nullptr, 10));
  bench::SmtpLoad load;
  load.door = {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::atoi(argv[1]))};
  load.user = variable("SMTP_USER");
  load.password = variable("SMTP_PASSWORD");
  load.count = recipients.size();
  load.mails_per_session = 100;
  load.sessions = std::strtoul(argv[3], nullptr, 10);
  load.mail = [&](std::size_t number) {
    return bench::Mail{smtp::ReversePath(*sender), recipients[number],
                       fmt::format("From: {}\r\nTo: {}\r\nSubject: a message\r\n\r\n{}", smtp::format_mailbox(*sender),
                                   smtp::format_mailbox(recipients[number]), body)};
  };
  return bench::run(std::move(load));
}
