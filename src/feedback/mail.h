// feedback/mail.h: a message that came back, laid out for reading: its header, its notice, what it returns.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "message/mime_reader.h"

namespace sesame::feedback {

constexpr std::size_t max_notice_octets = 64 << 10;  // of text that is read for sentences and addresses

class Mail {
 public:
  // `octets` must outlive the Mail. Line ends may be CRLF, LF or CR.
  explicit Mail(std::string_view octets);
  Mail(const Mail&) = delete;
  Mail& operator=(const Mail&) = delete;

  // The field's text, unfolded, as one line of UTF-8; encoded words decoded. "" when there is none.
  std::string field(std::string_view name) const;
  bool has(std::string_view name) const { return header().first(name) != nullptr; }
  const message::ParsedMessage& header() const { return mime_.root.entity; }
  const message::MimePart& root() const { return mime_.root; }

  // The first part of one of these types in the mail itself, not in a message that it returns; nullptr if none.
  const message::MimePart* part(std::initializer_list<std::string_view> types) const;

  // Author address and name of From; "" when missing or null.
  const std::string& from_address() const { return from_address_; }
  const std::string& from_name() const { return from_name_; }
  const std::string& subject() const { return subject_; }

  // What the mail says in words, before the message it returns: UTF-8, LF line ends, at most max_notice_octets.
  std::string_view notice() const { return notice_; }
  // The same by lines, without their ends.
  const std::vector<std::string_view>& notice_lines() const { return notice_lines_; }
  // All text, what is quoted from the returned message included.
  std::string_view text() const { return text_; }

  // Header section of the returned message: of its part, else of what is quoted below the notice.
  const message::ParsedMessage& returned() const { return returned_; }

 private:
  void read_author();
  void read_text();
  void split_text();
  void read_returned(std::size_t quoted_from);

  std::string with_lf_;  // the octets when their line ends had to be changed
  message::MimeMessage mime_;
  std::vector<const message::MimePart*> leaves_;  // not looking into returned messages
  std::string from_address_, from_name_, subject_;
  std::string text_;
  std::string_view notice_;
  std::vector<std::string_view> notice_lines_;
  std::string returned_octets_;
  message::ParsedMessage returned_;
};

// One line of well-formed UTF-8, as the fields of a Report are.
std::string field_text(std::string_view value);

}  // namespace sesame::feedback
