// Any field value: what was read, written again, reads as the same, on one line as well as folded.
#include <cstdint>
#include <cstdlib>

#include "mailauth/results/authentication_results.h"

using namespace sesame::mailauth;

namespace {

bool writable(const AuthenticationResults& results) {
  const auto plain = [](const std::string& text) {
    for (const char c : text) {
      if ((c >= 0 && c < ' ') || c == 0x7f) return false;
    }
    return true;
  };
  // Names are written as they are, so only names that are tokens come back.
  const auto token = [&](const std::string& text) {
    return !text.empty() && plain(text) && text.find_first_of(" ()<>@,;:\\\"/[]?=.") == text.npos;
  };
  if (!plain(results.authserv_id)) return false;
  for (const MethodResult& one : results.results) {
    if (!token(one.method) || !token(one.result) || !plain(one.reason)) return false;
    for (const ResultProperty& property : one.properties) {
      if (!token(property.type) || !token(property.name) || !plain(property.value)) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const auto results = parse_authentication_results(value);
  if (!results) return results.error().position <= size ? 0 : (std::abort(), 0);
  const std::string field = format_field(*results);
  for (std::size_t i = 0; i + 2 < field.size(); ++i) {
    if (field[i] == '\n' && field[i + 1] != '\t') std::abort();  // a line somebody else began
  }
  if (!writable(*results)) return 0;
  if (parse_authentication_results(format_value(*results)) != *results) std::abort();
  if (parse_authentication_results(std::string_view(field).substr(23)) != *results) std::abort();
  return 0;
}
