#include "feedback/operator_mail.h"

#include <fmt/format.h>

#include "base/text.h"
#include "message/encoded_word.h"
#include "message/header_section.h"

namespace sesame::feedback {
namespace {

constexpr std::size_t max_subject_octets = 200;
constexpr std::chrono::hours hour{1};

std::string subject_of(std::string_view content) {
  const message::ParsedMessage parsed = message::parse_message(content);
  const message::HeaderField* subject = parsed.first("Subject");
  if (subject == nullptr) return "";
  return printable_utf8(message::decode_encoded_words(message::unfold(subject->value)), max_subject_octets);
}

// Line by line, so that the notice is text whatever the original is.
std::string quote(std::string_view content) {
  std::string text;
  for (std::string_view line : split(content.substr(0, max_quoted_octets), '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    text += "> " + printable_utf8(line, max_quoted_octets) + "\n";
  }
  return text;
}

}  // namespace

bool is_operator_mailbox(std::string_view local_part) {
  return ascii_iequals(local_part, "postmaster") || ascii_iequals(local_part, "abuse");
}

identity::Notice operator_notice(const smtp::ReversePath& reverse_path, const smtp::Mailbox& forward_path,
                                 std::string_view peer, std::string_view content) {
  const std::string to = printable_utf8(smtp::format_path(forward_path), smtp::max_path_octets);
  const std::string from = printable_utf8(smtp::format_path(reverse_path), smtp::max_path_octets);
  identity::Notice notice;
  notice.subject = fmt::format("Mail for {}: {}", to, subject_of(content));
  notice.text = fmt::format("This came for {} from {}, handed over by {}.\n", to, from, peer);
  if (content.size() > max_quoted_octets) {
    notice.text += fmt::format("Only its first {} of {} octets are shown.\n", max_quoted_octets, content.size());
  }
  notice.text += "\n" + quote(content);
  return notice;
}

bool HourlyBudget::take() {
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  if (now >= began_ + hour) {
    began_ = now;
    taken_ = 0;
  }
  if (taken_ == most_) return false;
  ++taken_;
  return true;
}

}  // namespace sesame::feedback
