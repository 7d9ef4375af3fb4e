#include "mailauth/results/authentication_results.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::mailauth {
namespace {

bool is_token_octet(char c) {
  return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What a field may hold: no controls.
std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, '?');
  return out;
}

std::string quoted(std::string_view text, std::string_view escaped, char open, char close) {
  std::string out(1, open);
  for (const char c : printable(text)) {
    if (escaped.find(c) != escaped.npos) out += '\\';
    out += c;
  }
  return out + close;
}

// §2.2 value, and pvalue with its "@".
std::string as_value(std::string_view text, bool address_allowed) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_token_octet(c) || (address_allowed && c == '@');
  });
  return plain ? std::string(text) : quoted(text, "\"\\", '"', '"');
}

std::string format(const AuthenticationResults& results, std::string_view between) {
  std::string out = as_value(results.authserv_id, false);
  if (results.results.empty()) return out + "; none";
  for (const MethodResult& one : results.results) {
    out += ';';
    out += between;
    out += printable(one.method) + "=" + printable(one.result);
    if (!one.comment.empty()) out += " " + quoted(one.comment, "()\\", '(', ')');
    if (!one.reason.empty()) out += " reason=" + as_value(one.reason, false);
    for (const ResultProperty& property : one.properties)
      out += " " + property.type + "." + property.name + "=" + as_value(property.value, true);
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read(AuthenticationResults& into) {
    skip();
    if (at_end()) return true;
    into.authserv_id = value();
    skip();
    if (!at_end() && text_[at_] != ';') word();  // the version
    skip();
    while (take(';')) {
      skip();
      if (at_end()) return true;
      if (!method(into)) return false;
      skip();
    }
    return at_end();
  }
  std::size_t position() const { return at_; }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // Blanks and comments, which nest.
  void skip() {
    std::size_t depth = 0;
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '(')
        ++depth;
      else if (depth == 0 && !is_blank(c))
        return;
      else if (c == ')')
        --depth;
      else if (c == '\\' && at_ + 1 < text_.size())
        ++at_;
    }
  }

  // Everything up to what ends a value or a name.
  std::string word() {
    const std::size_t start = at_;
    while (!at_end() && !is_blank(text_[at_]) && std::string_view(";=(\"").find(text_[at_]) == std::string_view::npos)
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  // A quoted local part may have its domain behind it (pvalue).
  std::string value() {
    if (!take('"')) return word();
    std::string out;
    while (!at_end() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_++];
    }
    if (take('"') && !at_end() && text_[at_] == '@') out += word();
    return out;
  }

  bool assignment(std::string& name, std::string& to) {
    name = ascii_lower(word());
    skip();
    if (name.empty() || !take('=')) return false;
    skip();
    to = value();
    return true;
  }

  bool method(AuthenticationResults& into) {
    MethodResult one;
    const std::size_t start = at_;
    if (!assignment(one.method, one.result)) {
      if (ascii_iequals(trim(text_.substr(start, at_ - start)), "none")) return true;
      return false;
    }
    one.method = one.method.substr(0, one.method.find('/'));
    one.result = ascii_lower(one.result);
    skip();
    while (!at_end() && text_[at_] != ';') {
      std::string name, text;
      if (!assignment(name, text)) return false;
      const std::size_t dot = name.find('.');
      if (name == "reason")
        one.reason = text;
      else if (dot == name.npos)
        return false;
      else
        one.properties.push_back({name.substr(0, dot), name.substr(dot + 1), text});
      skip();
    }
    into.results.push_back(std::move(one));
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string format_value(const AuthenticationResults& results) { return format(results, " "); }

std::string format_field(const AuthenticationResults& results) {
  return "Authentication-Results: " + format(results, "\r\n\t") + "\r\n";
}

Result<AuthenticationResults, ResultsParseError> parse_authentication_results(std::string_view value) {
  AuthenticationResults results;
  Reader reader(value);
  if (!reader.read(results)) return std::unexpected(ResultsParseError{reader.position()});
  return results;
}

}  // namespace sesame::mailauth
