// Edits: the result has CRLF lines and the fields asked for, and editing it again for nothing changes nothing.
#include <cstdint>

#include "check.h"
#include "message/edit.h"
#include "message/header_section.h"

using namespace sesame::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const HeaderEdits edits{
      .remove = {"Bcc"}, .replace = {{"Date", "now"}}, .prepend = {{"Received", "x"}}, .append = {{"X-Last", "y"}}};
  const auto edited = edit_message(octets, edits);
  check(edited && has_crlf_line_ends(*edited) && edited->ends_with("\r\n"));
  check(edit_message(*edited, {}) == *edited);
  const ParsedMessage message = parse_message(*edited);
  if (message.fields.size() == max_header_fields) return 0;
  check(!message.malformed_at && message.count("Bcc") == 0 && message.count("Date") == 1);
  check(message.fields.front().name == "Received" && message.fields.back().name == "X-Last");
  const std::string normalised = normalise_line_ends(octets);
  const std::string_view body = parse_message(normalised).body;
  check(message.body == body || message.body == std::string(body) + "\r\n");
  return 0;
}
