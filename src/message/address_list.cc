#include "message/address_list.h"

#include <optional>

#include "base/text.h"
#include "message/charset.h"
#include "message/encoded_word.h"

// One pass over the value. What stands before '<', '@', ':' or ',' is read as a list of words first; only the character
// after it tells whether they were a display name, a local part or a group's name.

namespace sesame::message {
namespace {

using enum AddressProblem;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_word_octet(char c) { return is_atext(c) || static_cast<unsigned char>(c) >= 0x80; }

struct Word {
  enum class Kind { atom, quoted, dot } kind;
  std::string text;
  bool blank_before;
  std::size_t position;
};

class Parser {
 public:
  Parser(std::string_view text, bool allow_groups) : text_(text), allow_groups_(allow_groups) {}

  Result<std::vector<Mailbox>, AddressError> run() {
    while (!error_ && at_ < text_.size()) element();
    if (!error_ && in_group_) fail(unterminated);
    if (error_) return std::unexpected(*error_);
    return std::move(found_);
  }

 private:
  bool fail(AddressProblem problem) { return fail(problem, at_); }
  bool fail(AddressProblem problem, std::size_t position) {
    if (!error_) error_ = AddressError{problem, position};
    return false;
  }
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }  // a NUL in the text is no token either

  // Octets of the line end at_ that folds, 0 if there is none.
  std::size_t fold_length() const {
    const std::string_view rest = text_.substr(at_);
    const std::size_t n = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
    return n != 0 && rest.size() > n && is_blank(rest[n]) ? n : 0;
  }

  bool skip_cfws() {
    blank_ = false;
    while (!at_end()) {
      if (is_blank(peek())) {
        ++at_;
      } else if (const std::size_t fold = fold_length(); fold != 0) {
        at_ += fold + 1;
      } else if (peek() == '(') {
        if (!comment()) return false;
      } else {
        break;
      }
      blank_ = true;
    }
    return true;
  }

  // Common to comments and quoted strings: one octet of content, unescaped, into `out`; nothing for a fold.
  bool content(std::string& out) {
    if (const std::size_t fold = fold_length(); fold != 0) {
      at_ += fold;
      return true;
    }
    if (peek() == '\\') ++at_;
    const char c = peek();
    if (at_end()) return fail(unterminated);
    if (c == '\r' || c == '\n' || c == '\0') return fail(illegal);
    out += c;
    ++at_;
    return true;
  }

  bool comment() {
    std::size_t depth = 0;
    std::string inner;
    do {
      if (at_end()) return fail(unterminated);
      const char c = peek();
      if (c == '(' || c == ')') {
        depth = c == '(' ? depth + 1 : depth - 1;
        if (depth > 1 || (depth == 1 && c == ')')) inner += c;
        ++at_;
      } else if (!content(inner)) {
        return false;
      }
    } while (depth != 0);
    comment_ = decode_encoded_words(trim(inner));
    return true;
  }

  bool quoted_string(std::string& out) {
    ++at_;
    while (peek() != '"') {
      if (at_end()) return fail(unterminated);
      if (!content(out)) return false;
    }
    ++at_;
    return true;
  }

  std::string_view atom() {
    // Encoded words in the wild hold what no atom may: take them whole.
    std::size_t end = at_ + encoded_word_length(text_.substr(at_));
    if (end == at_) {
      while (end < text_.size() && is_word_octet(text_[end])) ++end;
    }
    const std::string_view taken = text_.substr(at_, end - at_);
    at_ = end;
    return taken;
  }

  bool words(std::vector<Word>& out) {
    for (;;) {
      if (!skip_cfws()) return false;
      Word word{Word::Kind::atom, {}, blank_, at_};
      if (peek() == '"') {
        word.kind = Word::Kind::quoted;
        if (!quoted_string(word.text)) return false;
      } else if (peek() == '.') {
        word.kind = Word::Kind::dot;
        word.text = ".";
        ++at_;
      } else {
        word.text = atom();
        if (word.text.empty()) return true;
      }
      out.push_back(std::move(word));
    }
  }

  void element() {
    std::vector<Word> before;
    comment_.clear();
    if (!words(before)) return;
    const char c = peek();
    if (c == '<') {
      angle_address(before);
    } else if (c == '@') {
      AddressSpec address;
      if (address_after(before, address)) add({}, std::move(address));
    } else if (c == ':' && !at_end()) {
      group_start(before);
      return;
    } else if (!before.empty()) {
      bare_words(before);
    }
    end_of_element();
  }

  void end_of_element() {
    if (error_ || at_end()) return;
    const char c = peek();
    if (c == ';' && in_group_) {
      in_group_ = false;
      ++at_;
      skip_cfws();
      if (peek() == ',') ++at_;
    } else if (c == ',') {
      ++at_;
    } else {
      fail(illegal);
    }
  }

  void group_start(const std::vector<Word>& name) {
    if (!allow_groups_ || in_group_ || name.empty()) {
      fail(illegal);
      return;
    }
    in_group_ = true;
    ++at_;
  }

  // Words that no '@' follows: the nearest thing to an address without its domain.
  void bare_words(const std::vector<Word>& before) {
    const char c = peek();
    if (!at_end() && c != ',' && c != ';') {
      fail(static_cast<unsigned char>(c) <= 32 ? local_part_blank : illegal);
      return;
    }
    for (std::size_t i = 1; i < before.size(); ++i) {
      const bool joined = before[i].kind == Word::Kind::dot || before[i - 1].kind == Word::Kind::dot;
      if (before[i].blank_before && !joined) {
        fail(local_part_blank, before[i].position - 1);
        return;
      }
    }
    fail(missing_at);
  }

  void angle_address(const std::vector<Word>& before) {
    const std::size_t start = at_++;
    std::vector<Word> local;
    AddressSpec address;
    if (!skip_cfws() || !route() || !words(local)) return;
    if (peek() != '@') {
      fail(at_end() ? unterminated : local.empty() ? empty : peek() == '>' ? missing_at : illegal);
      return;
    }
    if (!address_after(local, address)) return;
    if (peek() != '>') {
      fail(at_end() ? unterminated : illegal, at_end() ? start : at_);
      return;
    }
    ++at_;
    if (!skip_cfws()) return;
    add(display_name(before), std::move(address));
  }

  // obs-route: "@a.example,@b.example:" before the address (RFC 5322 §4.4), read and dropped.
  bool route() {
    if (peek() != '@') return true;
    while (peek() == '@' || peek() == ',') {
      std::string ignored;
      const bool at_sign = peek() == '@';
      if (at_sign && !domain(ignored)) return false;
      if (!at_sign) ++at_;
      if (!skip_cfws()) return false;
    }
    if (peek() != ':') return fail(illegal);
    ++at_;
    return true;
  }

  // Stands on '@'. `local` are the words before it.
  bool address_after(const std::vector<Word>& local, AddressSpec& out) {
    const std::size_t start = local.empty() ? at_ : local.front().position;
    if (local.empty()) return fail(missing_local_part);
    std::string local_part, domain_text;
    for (std::size_t i = 0; i < local.size(); ++i) {
      const bool want_dot = i % 2 == 1, is_dot = local[i].kind == Word::Kind::dot;
      if (!want_dot && is_dot) return fail(local_part_illegal, local[i].position);
      if (want_dot && !is_dot) {
        return fail(local[i].blank_before ? local_part_blank : local_part_illegal, local[i].position);
      }
      local_part += local[i].text;
    }
    if (local.size() % 2 == 0) return fail(local_part_illegal, local.back().position);
    const std::size_t domain_start = at_ + 1;
    if (!domain(domain_text) || !skip_cfws()) return false;
    auto made = make_addr_spec(local_part, domain_text);
    if (!made) {
      const bool in_domain = made.error().problem == domain_illegal || made.error().problem == domain_too_long;
      return fail(made.error().problem, in_domain ? domain_start : start);
    }
    out = std::move(*made);
    return true;
  }

  // Stands on '@'.
  bool domain(std::string& out) {
    ++at_;
    if (!skip_cfws()) return false;
    if (peek() == '[') {
      const auto end = text_.find(']', at_);
      if (end == std::string_view::npos) return fail(unterminated);
      out = text_.substr(at_, end + 1 - at_);
      at_ = end + 1;
      return true;
    }
    for (;;) {
      const std::size_t start = at_;
      while (!at_end() && is_word_octet(peek())) ++at_;
      if (at_ == start) return fail(out.empty() && peek() != '.' ? missing_domain : domain_illegal);
      out += text_.substr(start, at_ - start);
      if (!skip_cfws()) return false;
      if (peek() != '.') return true;
      out += '.';
      ++at_;
      if (!skip_cfws()) return false;
    }
  }

  std::string display_name(const std::vector<Word>& phrase) const {
    std::string name, encoded;  // `encoded`: the run of encoded words being gathered
    const auto flush = [&] {
      if (!encoded.empty()) name += decode_encoded_words(encoded);
      encoded.clear();
    };
    for (const Word& word : phrase) {
      const bool is_encoded = word.kind == Word::Kind::atom && encoded_word_length(word.text) == word.text.size();
      if (is_encoded && !encoded.empty()) {
        encoded += ' ';
      } else {
        flush();
        if (word.blank_before && !name.empty()) name += ' ';
      }
      (is_encoded ? encoded : name) += word.text;
    }
    flush();
    return name;
  }

  // For people to read: valid UTF-8 without controls, which quoted strings and comments may hold (obs-qtext, HTAB).
  static std::string as_display_name(std::string_view text) {
    std::string name = replace_invalid_utf8(text);
    for (char& c : name) {
      if ((c >= 0 && c < 32) || c == 127) c = ' ';
    }
    return name;
  }

  void add(const std::string& name, AddressSpec address) {
    if (found_.size() == max_list_mailboxes) {
      fail(too_many_addresses);
      return;
    }
    found_.push_back({as_display_name(name.empty() ? comment_ : name), std::move(address)});
  }

  std::string_view text_;
  bool allow_groups_;
  std::size_t at_ = 0;
  bool blank_ = false;  // the last skip_cfws skipped something
  bool in_group_ = false;
  std::string comment_;  // the last comment of the current element
  std::vector<Mailbox> found_;
  std::optional<AddressError> error_;
};

bool is_plain_phrase(std::string_view name) {
  char before = ' ';
  for (char c : name) {
    if (c == ' ' ? before == ' ' : !is_atext(c)) return false;
    before = c;
  }
  return before != ' ' && name.find("=?") == std::string_view::npos;
}

bool is_printable(std::string_view name) {
  for (char c : name) {
    if (c < 32 || c > 126) return false;
  }
  return true;
}

std::string format_display_name(std::string_view name) {
  if (is_plain_phrase(name)) return std::string(name);
  // In a quoted string readers often decode what looks like an encoded word, so that is encoded as well.
  if (!is_printable(name) || name.find("=?") != std::string_view::npos) return encode_words(name);
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

Result<std::vector<Mailbox>, AddressError> parse_address_list(std::string_view value) {
  return Parser(value, true).run();
}

Result<std::vector<Mailbox>, AddressError> parse_mailbox_list(std::string_view value) {
  auto list = Parser(value, false).run();
  if (list && list->empty()) return std::unexpected(AddressError{empty, value.size()});
  return list;
}

Result<Mailbox, AddressError> parse_mailbox(std::string_view value) {
  auto list = parse_mailbox_list(value);
  if (!list) return std::unexpected(list.error());
  if (list->size() > 1) return std::unexpected(AddressError{illegal, value.size()});
  return std::move(list->front());
}

std::string format_mailbox(const Mailbox& mailbox) {
  if (mailbox.display_name.empty()) return to_wire(mailbox.address);
  return format_display_name(mailbox.display_name) + " <" + to_wire(mailbox.address) + ">";
}

std::string format_mailbox_list(std::span<const Mailbox> mailboxes) {
  std::string out;
  for (const Mailbox& mailbox : mailboxes) {
    if (!out.empty()) out += ", ";
    out += format_mailbox(mailbox);
  }
  return out;
}

}  // namespace sesame::message
