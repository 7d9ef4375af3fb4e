// MIME: parts lie within the message, decoded bodies are no longer than their source, limits hold.
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "message/mime_reader.h"

using namespace sesame;
using namespace sesame::message;

namespace {
std::size_t walk(const MimePart& part, std::string_view within, std::size_t depth, const MimeLimits& limits) {
  const std::string_view body = part.entity.body;
  check(depth <= limits.max_depth);
  check(body.empty() || (body.data() >= within.data() && body.data() + body.size() <= within.data() + within.size()));
  check(part.octets().size() <= body.size());
  check(is_utf8(part.text()) && is_utf8(part.file_name));
  std::size_t parts = 1;
  for (const MimePart& inner : part.parts) parts += walk(inner, body, depth + 1, limits);
  return parts;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const MimeLimits limits{.max_depth = 5, .max_parts = 20};
  const MimeMessage message = read_mime(octets, limits);
  check(walk(message.root, octets, 0, limits) <= limits.max_parts);
  check(message.limited || read_mime(octets).leaves().size() == message.leaves().size());
  return 0;
}
