#include "message/content_type.h"

#include <algorithm>

#include "base/text.h"
#include "message/charset.h"
#include "message/encoded_word.h"

namespace sesame::message {
namespace {

constexpr std::size_t max_short_value_octets = 60;
constexpr std::size_t max_section_octets = 50;  // of one RFC 2231 continuation, leaving room for its name

bool is_token_octet(char c) {  // RFC 2045 §5.1
  constexpr std::string_view tspecials = "()<>@,;:\\\"/[]?=";
  return c > 32 && c < 127 && tspecials.find(c) == std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_octet); }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A parameter as written: "filename*1*=..." is {filename, 1, percent}.
struct Section {
  std::string name;
  std::optional<std::uint64_t> number;
  bool percent = false;
  std::string value;
  std::size_t index = 0;  // order of appearance
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_cfws() {
    while (!at_end()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '(') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  // Up to one of `ends`, outer blanks removed; a comment ends it too.
  std::string_view until(std::string_view ends) {
    const std::size_t start = at_;
    while (!at_end() && text_[at_] != '(' && ends.find(text_[at_]) == std::string_view::npos) ++at_;
    return trim(text_.substr(start, at_ - start));
  }

  void skip_to(char c) {
    while (!at_end() && text_[at_] != c) ++at_;
  }

  // Stands on the quotation mark. Tolerates a missing end.
  std::string quoted() {
    std::string out;
    for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (text_[at_] != '\r' && text_[at_] != '\n') out += text_[at_];
    }
    take('"');
    return out;
  }

  bool on_quote() const { return !at_end() && text_[at_] == '"'; }

 private:
  void skip_comment() {
    std::size_t depth = 0;
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) ++at_;
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) {
        ++at_;
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Section split_name(std::string_view written) {
  Section section;
  if (written.ends_with('*')) {
    section.percent = true;
    written.remove_suffix(1);
  }
  const auto star = written.rfind('*');
  if (star != std::string_view::npos) {
    section.number = parse_decimal(written.substr(star + 1));
    if (section.number) written = written.substr(0, star);
  }
  section.name = ascii_lower(written);
  return section;
}

std::vector<Section> read_sections(Reader& reader) {
  std::vector<Section> sections;
  while (!reader.at_end() && sections.size() < max_parameters) {
    if (!reader.take(';')) reader.skip_to(';');
    reader.take(';');
    reader.skip_cfws();
    Section section = split_name(reader.until(";="));
    reader.skip_cfws();
    if (section.name.empty() || !reader.take('=')) continue;
    reader.skip_cfws();
    section.value = reader.on_quote() ? reader.quoted() : std::string(reader.until(";"));
    reader.skip_cfws();
    section.index = sections.size();
    sections.push_back(std::move(section));
  }
  return sections;
}

std::string percent_decode_tolerant(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? hex_decode(text.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += *octet;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Joins the sections [begin, end) of one name, already in order.
std::string join(std::vector<Section>::const_iterator begin, std::vector<Section>::const_iterator end) {
  std::string octets, charset;
  bool any_percent = false;
  for (auto section = begin; section != end; ++section) {
    std::string_view value = section->value;
    if (section->percent && section == begin) {
      const auto first = value.find('\'');
      const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
      if (second != std::string_view::npos) {
        charset = value.substr(0, first);
        value = value.substr(second + 1);
      }
    }
    any_percent |= section->percent;
    octets += section->percent ? percent_decode_tolerant(value) : std::string(value);
  }
  if (!any_percent) return replace_invalid_utf8(decode_encoded_words(octets));  // not allowed, but common (file names)
  const auto text = to_utf8(octets, charset);
  return text ? *text : replace_invalid_utf8(octets);
}

std::string format_extended(std::string_view name, std::string_view value) {
  const std::string encoded = percent_encode(value);
  constexpr std::string_view charset = "UTF-8''";
  if (encoded.size() <= max_section_octets) return fmt::format("; {}*={}{}", name, charset, encoded);
  std::string out;
  std::size_t number = 0;
  for (std::string_view left = encoded; !left.empty(); ++number) {
    std::size_t n = std::min(left.size(), max_section_octets);
    // An octet's "%XX" stays whole.
    for (std::size_t back = 1; back <= 2 && n < left.size(); ++back) {
      if (left[n - back] == '%') n -= back;
    }
    out += fmt::format("; {}*{}*={}{}", name, number, number == 0 ? charset : "", left.substr(0, n));
    left.remove_prefix(n);
  }
  return out;
}

}  // namespace

std::string_view ParameterizedValue::parameter(std::string_view name) const {
  for (const Parameter& p : parameters) {
    if (p.name == name) return p.value;
  }
  return {};
}

std::string_view ParameterizedValue::type() const {
  const auto slash = value.find('/');
  return slash == std::string::npos ? std::string_view{} : std::string_view(value).substr(0, slash);
}

std::string_view ParameterizedValue::subtype() const {
  const auto slash = value.find('/');
  return slash == std::string::npos ? std::string_view{} : std::string_view(value).substr(slash + 1);
}

ParameterizedValue parse_parameterized_value(std::string_view field_value) {
  Reader reader(field_value);
  reader.skip_cfws();
  ParameterizedValue parsed;
  for (char c : reader.until(";")) {
    if (!is_space(c)) parsed.value += ascii_lower(c);
  }
  reader.skip_cfws();
  std::vector<Section> sections = read_sections(reader);
  // The plain form of a name may stand beside the extended one for old readers: the extended one wins (RFC 6266 §4.3).
  std::sort(sections.begin(), sections.end(), [](const Section& a, const Section& b) {
    const auto key = [](const Section& s) {
      return std::tuple(std::string_view(s.name), !s.number && !s.percent, s.number.value_or(0), s.index);
    };
    return key(a) < key(b);
  });
  for (auto begin = sections.cbegin(); begin != sections.cend();) {
    auto end = begin + 1;
    while (begin->number && end != sections.cend() && end->name == begin->name && end->number) ++end;
    parsed.parameters.push_back({begin->name, join(begin, end)});
    const std::string& name = begin->name;
    begin = std::find_if(end, sections.cend(), [&](const Section& s) { return s.name != name; });
  }
  return parsed;
}

bool is_content_type(std::string_view text) {
  for (char c : text) {
    if (c != '\t' && (c < 32 || c > 126)) return false;
  }
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  std::string_view subtype = text.substr(slash + 1, text.find(';', slash) - slash - 1);
  while (subtype.ends_with(' ') || subtype.ends_with('\t')) subtype.remove_suffix(1);
  if (!is_token(text.substr(0, slash)) || !is_token(subtype)) return false;
  for (auto at = text.find(';', slash); at != std::string_view::npos;) {
    const auto equals = text.find('=', at);
    if (equals == std::string_view::npos || !is_token(trim(text.substr(at + 1, equals - at - 1)))) return false;
    std::string_view rest = text.substr(equals + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::size_t end = 0;
    if (rest.starts_with('"')) {
      for (end = 1; end < rest.size() && rest[end] != '"'; ++end) end += rest[end] == '\\' ? 1 : 0;
      if (end >= rest.size()) return false;
      ++end;
    } else {
      while (end < rest.size() && is_token_octet(rest[end])) ++end;
      if (end == 0) return false;
    }
    rest.remove_prefix(end);
    rest = trim(rest);
    if (!rest.empty() && !rest.starts_with(';')) return false;
    at = rest.empty() ? std::string_view::npos : static_cast<std::size_t>(rest.data() - text.data());
  }
  return true;
}

std::string format_parameter(std::string_view name, std::string_view value) {
  if (is_token(value) && value.size() <= max_short_value_octets) return fmt::format("; {}={}", name, value);
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c >= 32 && c < 127; });
  if (!printable || value.size() > max_short_value_octets) return format_extended(name, value);
  std::string quoted = fmt::format("; {}=\"", name);
  for (char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace sesame::message
