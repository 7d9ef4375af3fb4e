// feedback/operator_mail.h: mail for the people behind the service: postmaster and abuse.
//
// Source: RFC 5321 §4.5.1 (a host that takes mail takes it for postmaster, with or without a domain), RFC 2142 §4, §5.
// What comes for them goes to the operator as a notice, the original quoted as text: it is not relayed under its own
// name, which SPF and DMARC would refuse, and nothing in it can act.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "identity/notices.h"
#include "smtp/path.h"

namespace sesame::feedback {

// Of a message as it is quoted; what is longer is cut, and the notice says so.
constexpr std::size_t max_quoted_octets = 64 * 1024;

// "postmaster" or "abuse", in any case.
bool is_operator_mailbox(std::string_view local_part);

// Without account and recipient, which the door fills in. `peer` is who handed it over.
identity::Notice operator_notice(const smtp::ReversePath& reverse_path, const smtp::Mailbox& forward_path,
                                 std::string_view peer, std::string_view content);

// Anybody may write to postmaster, and each such mail makes us send one: so many in an hour and not more. Thread-safe.
constexpr std::size_t max_notices_per_hour = 20;
class HourlyBudget {
 public:
  HourlyBudget(const Clock& clock, std::size_t most) : clock_(clock), most_(most) {}

  // False: spent; the next hour begins at most an hour from now.
  bool take();

 private:
  const Clock& clock_;
  const std::size_t most_;
  std::mutex mutex_;
  Time began_{};
  std::size_t taken_ = 0;
};

}  // namespace sesame::feedback
