// bench/smtp_load.h: mails brought to an SMTP door over many sessions.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/endpoint.h"
#include "smtp/path.h"

namespace sesame::bench {

struct Mail {
  smtp::ReversePath reverse_path;
  smtp::Mailbox recipient;
  std::string content;
};

struct SmtpLoad {
  net::Endpoint door;
  std::string user, password;  // none: without AUTH
  std::size_t count = 0;
  std::size_t mails_per_session = 1;  // then it is closed, and another opened
  std::size_t sessions = 1;           // at a time
  std::function<Mail(std::size_t number)> mail;
};

// Brings them all and prints one line of JSON: mails that were answered 250, others and what was said of the first of
// them, per second, the CPU seconds of this process. Returns the process's exit code: 0 if all were accepted.
int run(SmtpLoad load);

}  // namespace sesame::bench
