// api/ses_v1/xml.h: answers of SES API v1 as XML, two blanks deeper per level, as SES writes them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::api::ses_v1 {

// Names are ours and not escaped; values are anybody's and are (api/answers.h, xml_escape). An element that was opened
// and closed with nothing between is written "<name/>".
class XmlWriter {
 public:
  void open(std::string_view name, std::string_view xml_namespace = {});
  void close();

  void text(std::string_view name, std::string_view value);
  void flag(std::string_view name, bool value);
  void number(std::string_view name, double value);  // "200.0"
  // <name> with one <member> per value.
  void list(std::string_view name, std::span<const std::string> values);

  // Everything opened must have been closed.
  std::string take() && { return std::move(written_); }

 private:
  void begin_line();

  std::string written_;
  std::vector<std::string> open_;   // names, outermost first
  bool start_tag_is_open_ = false;  // "<name" still lacks its ">" or "/>"
};

}  // namespace sesame::api::ses_v1
