#include "store/attempt_tls.h"

namespace sesame::store {
namespace {
constexpr std::string_view separator = "; ";
}  // namespace

std::string to_text(const AttemptTls& tls) {
  if (tls.problem.empty()) return tls.version;
  return tls.version + std::string(separator) + tls.problem;
}

AttemptTls read_attempt_tls(std::string_view text) {
  const std::size_t at = text.find(separator);
  if (at == text.npos) return {std::string(text), ""};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + separator.size()))};
}

}  // namespace sesame::store
