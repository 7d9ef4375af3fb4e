#include "dns_providers/xml_reader.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sesame::dns_providers {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// What stands between '&' and ';'.
bool append_reference(std::string& out, std::string_view name) {
  static constexpr std::pair<std::string_view, char> named[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [known, character] : named) {
    if (name == known) {
      out += character;
      return true;
    }
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  const bool whole = problem == std::errc() && end == name.data() + name.size();
  if (!whole || code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  append_utf8(out, code);
  return true;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  std::optional<XmlElement> document() {
    XmlElement root;
    if (!skip_between() || !element(root, 0) || !skip_between() || !rest_.empty()) return std::nullopt;
    return root;
  }

 private:
  bool take(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }
  bool skip_past(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == rest_.npos) return false;
    rest_.remove_prefix(at + end.size());
    return true;
  }
  std::string_view name() {
    const auto end = std::ranges::find_if_not(rest_, is_name_character);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  // Comments and instructions; false if one does not end.
  bool skip_asides() {
    while (true) {
      if (take("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (take("<?")) {
        if (!skip_past("?>")) return false;
      } else {
        return true;
      }
    }
  }
  bool skip_between() {
    while (true) {
      const std::size_t before = rest_.size();
      skip_blanks();
      if (!skip_asides()) return false;
      if (rest_.size() == before) return true;
    }
  }

  // Up to and with '>'; true in `empty` after "/>".
  bool attributes(bool& empty) {
    while (true) {
      skip_blanks();
      empty = take("/>");
      if (empty || take(">")) return true;
      if (name().empty()) return false;
      skip_blanks();
      if (!take("=")) return false;
      skip_blanks();
      const std::string_view quote = rest_.substr(0, 1);
      if ((quote != "\"" && quote != "'") || !take(quote) || !skip_past(quote)) return false;
    }
  }

  bool character_data(std::string& text) {
    while (!rest_.empty() && rest_[0] != '<') {
      if (!take("&")) {
        const std::size_t end = std::min(rest_.find_first_of("<&"), rest_.size());
        text += rest_.substr(0, end);
        rest_.remove_prefix(end);
        continue;
      }
      const std::size_t end = rest_.find(';');
      if (end == rest_.npos || end > 10 || !append_reference(text, rest_.substr(0, end))) return false;
      rest_.remove_prefix(end + 1);
    }
    return true;
  }

  bool element(XmlElement& read, std::size_t depth) {
    if (depth == max_xml_depth || ++elements_ > max_xml_elements || !take("<")) return false;
    read.name = name();
    bool empty = false;
    if (read.name.empty() || !attributes(empty)) return false;
    if (empty) return true;
    while (true) {
      if (!character_data(read.text) || !skip_asides()) return false;
      if (take("</")) break;
      if (!rest_.starts_with('<')) {
        if (rest_.empty()) return false;
        continue;
      }
      if (!element(read.children.emplace_back(), depth + 1)) return false;
    }
    if (name() != read.name) return false;
    skip_blanks();
    return take(">");
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? "" : std::string(trim(found->text));
}

std::optional<XmlElement> read_xml(std::string_view text) { return XmlReader(text).document(); }

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace sesame::dns_providers
