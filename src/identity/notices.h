// identity/notices.h: mails the service itself sends about identities. The words are here, the sending is wired in
// app/.
#pragma once

#include <string>

#include "net/task.h"

namespace sesame::identity {

struct Notice {
  std::string account_id;
  std::string to;  // an address; for notices to the account, its notice address
  std::string subject;
  std::string text;  // plain text, lines end with \n
};

class NoticeSender {
 public:
  virtual ~NoticeSender() = default;
  // Durable when it returns true (the mail is queued). False: could not be queued; the caller logs and goes on.
  virtual net::Task<bool> send(Notice notice) = 0;
};

}  // namespace sesame::identity
