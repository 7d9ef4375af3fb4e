#include "feedback/html_text.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace sesame::feedback {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> references{{{"&nbsp;", " "},
                                                                                   {"&lt;", "<"},
                                                                                   {"&gt;", ">"},
                                                                                   {"&amp;", "&"},
                                                                                   {"&quot;", "\""},
                                                                                   {"&apos;", "'"},
                                                                                   {"&#39;", "'"},
                                                                                   {"&#43;", "+"},
                                                                                   {"&#64;", "@"}}};

bool is_block(std::string_view name) {
  for (const char* block : {"br", "p", "div", "tr", "td", "li", "table", "h1", "h2", "h3", "pre", "blockquote", "hr"}) {
    if (name == block) return true;
  }
  return false;
}

// "</P >" and "<p class=x>" -> "p"
std::string tag_name(std::string_view tag) {
  tag.remove_prefix(tag.starts_with("</") ? 2 : 1);
  return ascii_lower(tag.substr(0, tag.find_first_of(" \t\r\n/>")));
}

// Octets of the tag at the front, with what belongs to it and is no text.
std::size_t tag_length(std::string_view html) {
  if (html.starts_with("<!--")) {
    const auto end = html.find("-->");
    return end == html.npos ? html.size() : end + 3;
  }
  const auto end = html.find('>');
  if (end == html.npos) return html.size();
  const std::string name = tag_name(html.substr(0, end));
  if (html[1] != '/' && (name == "style" || name == "script")) {
    const auto closed = html.find("</", end);
    return closed == html.npos ? html.size() : closed;
  }
  return end + 1;
}

}  // namespace

std::string html_to_text(std::string_view html, std::size_t max_octets) {
  html = html.substr(0, max_octets);
  std::string out;
  while (!html.empty()) {
    if (html[0] == '<' && html.size() > 1) {
      const std::size_t length = tag_length(html);
      if (is_block(tag_name(html.substr(0, length)))) out += '\n';
      html.remove_prefix(length);
      continue;
    }
    if (html[0] == '&') {
      bool resolved = false;
      for (const auto& [reference, text] : references) {
        if (!html.starts_with(reference)) continue;
        out += text;
        html.remove_prefix(reference.size());
        resolved = true;
        break;
      }
      if (resolved) continue;
    }
    const bool line_end = html[0] == '\r' || html[0] == '\n';
    out += line_end ? ' ' : html[0];
    html.remove_prefix(1);
  }
  return out;
}

}  // namespace sesame::feedback
