#include "submission/list_management.h"

#include "base/text.h"

namespace sesame::submission {

SubmissionResult<ListManagement> read_list_management(std::string_view value) {
  const auto parts = split(value, ';');
  ListManagement list{std::string(trim(parts.front())), std::nullopt};
  bool is_good = !list.contact_list.empty();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    is_good = is_good && equals != part.npos && ascii_iequals(trim(part.substr(0, equals)), "topic") && !list.topic;
    if (equals != part.npos) list.topic = trim(part.substr(equals + 1));
  }
  if (is_good && (!list.topic || !list.topic->empty())) return list;
  return std::unexpected(SubmissionError{SubmissionErrc::invalid_parameter,
                                         "Invalid X-SES-LIST-MANAGEMENT-OPTIONS header: expected list; topic=name.",
                                         "X-SES-LIST-MANAGEMENT-OPTIONS"});
}

net::Task<SubmissionResult<std::vector<std::string>>> find_opted_out(campaign::ContactLists& contacts,
                                                                     std::string account_id, ListManagement list,
                                                                     std::vector<std::string> recipients) {
  auto opted_out = co_await contacts.enrol(std::move(account_id), std::move(list.contact_list), std::move(list.topic),
                                           std::move(recipients));
  if (opted_out) co_return std::move(*opted_out);
  using enum campaign::ContactErrc;
  const campaign::ContactErrc why = opted_out.error().code;
  const bool is_missing = why == list_missing || why == topic_missing;
  co_return std::unexpected(
      SubmissionError{is_missing ? SubmissionErrc::contact_list_missing : SubmissionErrc::unavailable,
                      is_missing ? opted_out.error().text : "Temporary service failure", ""});
}

}  // namespace sesame::submission
