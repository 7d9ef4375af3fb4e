// Replies of a scanner: no verdict but from the two words that are one, and names are fit for a log line.
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "check.h"
#include "submission/clamd.h"

using namespace sesame;
using namespace sesame::submission;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view reply(reinterpret_cast<const char*>(data), size);
  const ScanResult result = parse_clamd_reply(reply);
  const std::string_view line = reply.substr(0, reply.find_last_not_of('\n') + 1);
  if (!result) {
    check(result.error().detail == printable_utf8(result.error().detail, 1000));
    check(result.error().code != ScanErrc::too_large || line.ends_with(" ERROR"));
  } else if (result->malware.empty()) {
    check(line == "stream: OK");
  } else {
    check(line.starts_with("stream: ") && line.ends_with(" FOUND"));
    check(result->malware == printable_utf8(result->malware, 1000));
  }
  return 0;
}
