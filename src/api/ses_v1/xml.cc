#include "api/ses_v1/xml.h"

#include <fmt/format.h>

#include <iterator>

#include "api/answers.h"

namespace sesame::api::ses_v1 {

void XmlWriter::begin_line() {
  if (start_tag_is_open_) written_ += ">\n";
  start_tag_is_open_ = false;
  written_.append(2 * open_.size(), ' ');
}

void XmlWriter::open(std::string_view name, std::string_view xml_namespace) {
  begin_line();
  fmt::format_to(std::back_inserter(written_), "<{}", name);
  if (!xml_namespace.empty()) fmt::format_to(std::back_inserter(written_), " xmlns=\"{}\"", xml_namespace);
  open_.emplace_back(name);
  start_tag_is_open_ = true;
}

void XmlWriter::close() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  if (start_tag_is_open_) {
    written_ += "/>\n";
    start_tag_is_open_ = false;
    return;
  }
  begin_line();
  fmt::format_to(std::back_inserter(written_), "</{}>\n", name);
}

void XmlWriter::text(std::string_view name, std::string_view value) {
  begin_line();
  fmt::format_to(std::back_inserter(written_), "<{0}>{1}</{0}>\n", name, xml_escape(value));
}

void XmlWriter::flag(std::string_view name, bool value) { text(name, value ? "true" : "false"); }

void XmlWriter::number(std::string_view name, double value) { text(name, fmt::format("{:.1f}", value)); }

void XmlWriter::list(std::string_view name, std::span<const std::string> values) {
  open(name);
  for (const std::string& value : values) text("member", value);
  close();
}

}  // namespace sesame::api::ses_v1
