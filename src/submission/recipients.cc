#include "submission/recipients.h"

#include <fmt/format.h>

#include <algorithm>

#include "message/address_list.h"

namespace sesame::submission {
namespace {

void add(std::vector<std::string>& recipients, const message::Mailbox& mailbox) {
  std::string forward_path = message::to_wire(mailbox.address);
  if (std::find(recipients.begin(), recipients.end(), forward_path) == recipients.end()) {
    recipients.push_back(std::move(forward_path));
  }
}

SubmissionError bad_address(const std::string& field, message::AddressProblem problem) {
  return {SubmissionErrc::invalid_parameter, std::string(message::describe(problem)), field};
}

}  // namespace

SubmissionResult<std::vector<std::string>> recipients_of(const std::vector<std::string>& addresses,
                                                         const std::string& member) {
  std::vector<std::string> recipients;
  for (const std::string& text : addresses) {
    const auto mailbox = message::parse_mailbox(text);
    if (!mailbox) return std::unexpected(bad_address(member, mailbox.error().problem));
    add(recipients, *mailbox);
  }
  return recipients;
}

SubmissionResult<std::vector<std::string>> recipients_of(const message::ParsedMessage& message) {
  std::vector<std::string> recipients;
  for (const char* name : {"To", "Cc", "Bcc"}) {
    for (const message::HeaderField* field : message.all(name)) {
      const auto mailboxes = message::parse_address_list(field->value);
      if (!mailboxes) return std::unexpected(bad_address(name, mailboxes.error().problem));
      for (const message::Mailbox& mailbox : *mailboxes) add(recipients, mailbox);
    }
  }
  return recipients;
}

SubmissionResult<void> check_count(std::size_t named, const std::vector<std::string>& recipients) {
  if (recipients.empty()) {
    return std::unexpected(SubmissionError{SubmissionErrc::invalid_parameter,
                                           "Missing required parameter: at least one recipient.", "Destination"});
  }
  if (named > max_recipients) {
    return std::unexpected(SubmissionError{SubmissionErrc::too_many_recipients,
                                           fmt::format("Recipient count exceeds {}.", max_recipients), "Destination"});
  }
  return {};
}

}  // namespace sesame::submission
