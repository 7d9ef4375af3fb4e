#include "campaign/html_tracking.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "campaign/handlebars.h"

namespace sesame::campaign {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";
// Elements whose content is text whatever it looks like.
constexpr auto text_elements =
    std::to_array<std::string_view>({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"});

bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

std::string escape_attribute(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

// The character a reference such as "amp" or "#38" stands for, if it is one a URL is written with.
std::optional<char> referred(std::string_view name) {
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  std::optional<std::uint64_t> code;
  if (name.starts_with('x') || name.starts_with('X')) {
    const std::string digits = std::string(name.size() % 2 == 0 ? "0" : "") + std::string(name.substr(1));
    const auto octets = hex_decode(ascii_lower(digits));
    if (octets && octets->size() == 1) code = static_cast<unsigned char>(octets->front());
  } else {
    code = parse_decimal(name);
  }
  if (!code || *code < 0x20 || *code > 0x7e) return std::nullopt;
  return static_cast<char>(*code);
}

std::string unescape_attribute(std::string_view value) {
  constexpr std::size_t longest_reference = 8;
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto end = value[i] == '&' ? value.substr(0, i + longest_reference).find(';', i) : value.npos;
    const auto character = end == value.npos ? std::nullopt : referred(value.substr(i + 1, end - i - 1));
    text += character.value_or(value[i]);
    if (character) i = end;
  }
  return text;
}

// As a Location field can hold it; nullopt: not a link to the web.
std::optional<std::string> web_url(std::string_view attribute) {
  std::string url;
  const std::string text = unescape_attribute(attribute);
  for (const char c : trim(text)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet == '\t' || octet == '\r' || octet == '\n') continue;  // browsers drop them
    if (octet <= 0x20 || octet >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\') {
      url += fmt::format("%{:02X}", octet);
    } else {
      url += c;
    }
  }
  const std::string lower = ascii_lower(url.substr(0, 8));
  const std::size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme || url.size() > max_tracked_url) return std::nullopt;
  return url;
}

std::vector<std::pair<std::string, std::string>> read_link_tags(std::string_view value) {
  constexpr std::size_t max_octets = 256;  // of a name or value
  std::vector<std::pair<std::string, std::string>> tags;
  const std::string text = unescape_attribute(value);
  for (const std::string_view part : split(text, ';')) {
    const auto colon = part.find(':');
    if (colon == part.npos || tags.size() == max_link_tags) continue;
    std::string name = printable_utf8(trim(part.substr(0, colon)), max_octets);
    if (!name.empty()) tags.emplace_back(std::move(name), printable_utf8(trim(part.substr(colon + 1)), max_octets));
  }
  return tags;
}

struct Attribute {
  std::string_view raw;  // with the blanks in front
  std::string_view name;
  std::string_view value;  // without quotes, references not resolved
};

struct Tag {
  std::vector<Attribute> attributes;
  std::string_view rest;  // behind the attributes: "/>" with its blanks
  std::size_t end = 0;    // behind the ">"
};

std::size_t skip(std::string_view html, std::size_t at, std::string_view characters) {
  const auto found = html.find_first_not_of(characters, at);
  return std::min(found, html.size());
}

std::size_t find_any(std::string_view html, std::size_t at, std::string_view characters) {
  return std::min(html.find_first_of(characters, at), html.size());
}

// One attribute, `at` behind the blanks in front of it. nullopt: the text ends in the middle.
std::optional<Attribute> read_attribute(std::string_view html, std::size_t begin, std::size_t& at) {
  Attribute attribute;
  const std::size_t name = at;
  at = find_any(html, at + 1, " \t\r\n\f/>=");  // the first character belongs to the name whatever it is
  attribute.name = html.substr(name, at - name);
  const std::size_t equals = skip(html, at, blanks);
  if (equals < html.size() && html[equals] == '=') {
    std::size_t value = skip(html, equals + 1, blanks);
    if (value == html.size()) return std::nullopt;
    if (html[value] == '"' || html[value] == '\'') {
      const auto close = html.find(html[value], value + 1);
      if (close == html.npos) return std::nullopt;
      attribute.value = html.substr(value + 1, close - value - 1);
      at = close + 1;
    } else {
      at = find_any(html, value, " \t\r\n\f>");
      attribute.value = html.substr(value, at - value);
    }
  }
  attribute.raw = html.substr(begin, at - begin);
  return attribute;
}

// `at` is behind the tag's name.
std::optional<Tag> read_tag(std::string_view html, std::size_t at) {
  Tag tag;
  while (true) {
    const std::size_t begin = at;
    at = skip(html, at, " \t\r\n\f/");
    if (at == html.size()) return std::nullopt;
    if (html[at] == '>') {
      tag.rest = html.substr(begin, at + 1 - begin);
      tag.end = at + 1;
      return tag;
    }
    auto attribute = read_attribute(html, begin, at);
    if (!attribute) return std::nullopt;
    tag.attributes.push_back(*attribute);
  }
}

bool is_no_track(std::string_view name) { return ascii_iequals(name, "ses:no-track"); }
bool is_tags(std::string_view name) { return ascii_iequals(name, "ses:tags"); }

class Rewriter {
 public:
  Rewriter(std::string_view html, const HtmlTracking& tracking) : html_(html), tracking_(tracking) {}

  std::string rewrite() {
    written_.reserve(html_.size() + html_.size() / 4);
    while (at_ < html_.size()) {
      const std::size_t open = std::min(html_.find('<', at_), html_.size());
      copy_to(open);
      if (open < html_.size()) take_markup();
    }
    put_pixel();
    return std::move(written_);
  }

 private:
  void copy_to(std::size_t end) {
    written_ += html_.substr(at_, end - at_);
    at_ = end;
  }
  void copy_through(std::string_view close) {
    const auto end = html_.find(close, at_);
    copy_to(end == html_.npos ? html_.size() : end + close.size());
  }

  // `at_` is at a '<'.
  void take_markup() {
    const std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return copy_through("-->");
    if (rest.starts_with("<!") || rest.starts_with("<?")) return copy_through(">");
    const bool is_end = rest.starts_with("</");
    const std::size_t name_at = at_ + (is_end ? 2 : 1);
    if (name_at >= html_.size() || !is_letter(html_[name_at])) return copy_to(name_at);
    const std::size_t name_end = find_any(html_, name_at, " \t\r\n\f/>");
    const std::string name = ascii_lower(html_.substr(name_at, name_end - name_at));
    const auto tag = read_tag(html_, name_end);
    if (!tag) return copy_to(html_.size());
    if (is_end && name == "body") body_end_ = written_.size();
    if (!is_end && (name == "a" || name == "area")) return take_link(name_end, *tag);
    copy_to(tag->end);
    if (!is_end && std::ranges::find(text_elements, name) != text_elements.end()) skip_text(name);
  }

  // To the end tag of an element whose content is no markup.
  void skip_text(const std::string& name) {
    while (at_ < html_.size()) {
      const auto close = html_.find("</", at_);
      if (close == html_.npos) return copy_to(html_.size());
      copy_to(close);
      if (ascii_iequals(html_.substr(at_ + 2, name.size()), name)) return;
      copy_to(at_ + 2);
    }
  }

  void take_link(std::size_t name_end, const Tag& tag) {
    copy_to(name_end);
    const Attribute* href = nullptr;
    bool is_tracked = true;
    TrackedLink link;
    for (const Attribute& attribute : tag.attributes) {
      if (href == nullptr && ascii_iequals(attribute.name, "href")) href = &attribute;
      if (is_no_track(attribute.name)) is_tracked = false;
      if (is_tags(attribute.name)) link.tags = read_link_tags(attribute.value);
    }
    const auto target = is_tracked && href != nullptr ? tracked(*href, std::move(link)) : std::nullopt;
    bool is_apart = true;  // from what stands before: what is left out takes its blank along
    for (const Attribute& attribute : tag.attributes) {
      const bool is_left_out = is_no_track(attribute.name) || is_tags(attribute.name);
      if (target && &attribute == href) {
        written_ += fmt::format(" href=\"{}\"", escape_attribute(*target));
      } else if (!is_left_out) {
        if (!is_apart && !blanks.contains(attribute.raw.front()) && attribute.raw.front() != '/') written_ += ' ';
        written_ += attribute.raw;
      }
      is_apart = !is_left_out;
    }
    written_ += tag.rest;
    at_ = tag.end;
  }

  std::optional<std::string> tracked(const Attribute& href, TrackedLink link) {
    if (!tracking_.link_url || links_ == max_tracked_links) return std::nullopt;
    auto url = web_url(href.value);
    if (!url) return std::nullopt;
    link.url = std::move(*url);
    auto target = tracking_.link_url(link);
    if (target) ++links_;
    return target;
  }

  void put_pixel() {
    std::string pixel;
    if (!tracking_.pixel_url.empty()) {
      pixel =
          fmt::format("<img alt=\"\" src=\"{}\" width=\"1\" height=\"1\" style=\"display:block;width:1px;height:1px\">",
                      escape_attribute(tracking_.pixel_url));
    }
    const auto mark = written_.find(open_tracker_mark);
    if (mark == written_.npos) {
      written_.insert(body_end_.value_or(written_.size()), pixel);
      return;
    }
    std::string without = written_.substr(0, mark) + pixel;
    std::string_view rest = std::string_view(written_).substr(mark + open_tracker_mark.size());
    for (auto next = rest.find(open_tracker_mark); next != rest.npos; next = rest.find(open_tracker_mark)) {
      without += rest.substr(0, next);
      rest.remove_prefix(next + open_tracker_mark.size());
    }
    without += rest;
    written_ = std::move(without);
  }

  std::string_view html_;
  const HtmlTracking& tracking_;
  std::size_t at_ = 0, links_ = 0;
  std::string written_;
  std::optional<std::size_t> body_end_;  // in written_: before the last </body>
};

}  // namespace

std::string track_html(std::string_view html, const HtmlTracking& tracking) {
  return Rewriter(html, tracking).rewrite();
}

}  // namespace sesame::campaign
