#include "feedback/mail.h"

#include <algorithm>

#include "base/text.h"
#include "feedback/html_text.h"
#include "feedback/report.h"
#include "feedback/signs.h"
#include "message/address_list.h"
#include "message/charset.h"
#include "message/encoded_word.h"

namespace sesame::feedback {
namespace {

constexpr message::MimeLimits limits{.max_depth = 8, .max_parts = 200};
constexpr std::size_t max_text_octets = 256 << 10;

// Files of old systems end lines with CR alone.
bool has_cr_line_ends(std::string_view octets) {
  const std::string_view head = octets.substr(0, 64 << 10);
  return head.find('\n') == head.npos && head.find('\r') != head.npos;
}

// "From MAILER-DAEMON Thu Apr 29 16:51:04 2007" of a mailbox file, and empty lines, in front of the header.
std::string_view without_mailbox_line(std::string_view octets) {
  if (octets.starts_with("\xef\xbb\xbf")) octets.remove_prefix(3);  // a byte order mark of an editor
  octets.remove_prefix(std::min(octets.find_first_not_of("\r\n"), octets.size()));
  if (octets.starts_with("From ") || octets.starts_with(">From ")) {
    const auto end = octets.find('\n');
    octets.remove_prefix(end == octets.npos ? octets.size() : end + 1);
  }
  return octets;
}

bool is_returned_message(const message::MimePart& part) {
  for (const char* type : {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers",
                           "text/rfc822", "message/rfc822-headers", "text/rfc822-header"}) {
    if (part.is(type)) return true;
  }
  return false;
}

void collect_leaves(const message::MimePart& part, std::vector<const message::MimePart*>& out) {
  if (part.parts.empty() || is_returned_message(part)) {
    out.push_back(&part);
    return;
  }
  for (const message::MimePart& inner : part.parts) collect_leaves(inner, out);
}

// CRLF and CR as LF.
std::string unix_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

}  // namespace

std::string field_text(std::string_view value) { return printable_utf8(trim(value), max_field_octets); }

Mail::Mail(std::string_view octets) {
  if (has_cr_line_ends(octets)) {
    with_lf_ = octets;
    std::ranges::replace(with_lf_, '\r', '\n');
    octets = with_lf_;
  }
  mime_ = message::read_mime(without_mailbox_line(octets), limits);
  collect_leaves(mime_.root, leaves_);
  subject_ = field("Subject");
  read_author();
  read_text();
  split_text();
}

std::string Mail::field(std::string_view name) const {
  const message::HeaderField* found = header().first(name);
  if (found == nullptr) return "";
  return field_text(message::decode_encoded_words(message::unfold(found->value)));
}

const message::MimePart* Mail::part(std::initializer_list<std::string_view> types) const {
  for (const message::MimePart* leaf : leaves_) {
    if (std::ranges::any_of(types, [&](std::string_view type) { return leaf->is(type); })) return leaf;
  }
  return nullptr;
}

void Mail::read_author() {
  const message::HeaderField* from = header().first("From");
  if (from == nullptr) return;
  if (const auto authors = message::parse_mailbox_list(from->value)) {
    from_address_ = message::to_wire(authors->front().address);
    from_name_ = authors->front().display_name;
    return;
  }
  from_name_ = field("From");  // "MAILER-DAEMON", "Mail System <>" and what else is no mailbox
}

void Mail::read_text() {
  std::string html;
  for (const message::MimePart* leaf : leaves_) {
    if (leaf->disposition == "attachment" || text_.size() > max_text_octets) continue;
    if (leaf->content_type.value.starts_with("text/plain")) {  // also without the semicolon behind it
      text_ += unix_lines(leaf->text());
      text_ += '\n';
    } else if (leaf->is("text/html") && html.empty()) {
      html = leaf->text();
    }
  }
  if (is_blank(text_) && !html.empty()) text_ = html_to_text(html, max_text_octets);
  // Parts that cannot be told apart, or a type that is none: read it as it stands.
  const bool unread_structure =
      leaves_.size() == 1 && !leaves_[0]->is("text/plain") && !is_returned_message(*leaves_[0]);
  if (is_blank(text_) && unread_structure) {
    text_ = unix_lines(message::replace_invalid_utf8(header().body.substr(0, max_text_octets)));
  }
  if (text_.size() > max_text_octets) text_.resize(max_text_octets);
}

void Mail::split_text() {
  std::size_t end = 0;
  bool found = false;
  while (end < text_.size() && end < max_notice_octets) {
    const auto lf = std::min(text_.find('\n', end), text_.size());
    const std::string_view line(text_.data() + end, lf - end);
    if (begins_returned_message(line)) {
      found = true;
      break;
    }
    notice_lines_.push_back(line);
    end = lf + 1;
  }
  end = std::min(end, text_.size());
  notice_ = std::string_view(text_).substr(0, end);
  read_returned(found ? end : text_.size());
}

void Mail::read_returned(std::size_t quoted_from) {
  for (const message::MimePart* leaf : leaves_) {
    if (!is_returned_message(*leaf)) continue;
    returned_octets_ = leaf->octets();
    returned_ = message::parse_message(returned_octets_);
    return;
  }
  std::string_view quoted = std::string_view(text_).substr(quoted_from);
  // Behind the mark ("--- Below this line …") and empty lines; a field that is the mark itself stays.
  while (!quoted.empty()) {
    const auto lf = std::min(quoted.find('\n'), quoted.size() - 1);
    const std::string_view line = quoted.substr(0, lf);
    const auto colon = line.find(':');
    if (colon != line.npos && message::is_field_name(line.substr(0, colon)) && line.find_first_of("-=") != 0) break;
    quoted.remove_prefix(lf + 1);
  }
  returned_octets_ = quoted;
  returned_ = message::parse_message(returned_octets_);
}

}  // namespace sesame::feedback
