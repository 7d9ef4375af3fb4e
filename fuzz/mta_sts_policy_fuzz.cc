// Any policy file: what parses keeps the rules of RFC 8461 §3.2; line ends and what is said twice make no difference.
#include <cstdint>
#include <string>

#include "check.h"
#include "check/mta_sts.h"

using namespace sesame::check;

namespace {

std::string written(const MtaStsPolicy& policy) {
  std::string text = "version: STSv1\r\nmode: " + std::string(name(policy.mode)) + "\r\n";
  for (const std::string& mx : policy.mx) text += "mx: " + mx + "\r\n";
  return text + "max_age: " + std::to_string(policy.max_age_seconds) + "\r\n";
}

bool same(const MtaStsPolicy& a, const MtaStsPolicy& b) {
  return a.mode == b.mode && a.mx == b.mx && a.max_age_seconds == b.max_age_seconds;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const auto policy = parse_mta_sts_policy(body);
  if (!policy) {
    check(!policy.error().text.empty());
    return 0;
  }
  check(policy->max_age_seconds <= max_policy_age_seconds);
  check(policy->mode == MtaStsMode::none || !policy->mx.empty());
  for (const std::string& mx : policy->mx) check(policy->names_host(mx.starts_with("*.") ? "x" + mx.substr(1) : mx));
  const auto again = parse_mta_sts_policy(written(*policy));
  check(again && same(*again, *policy));
  const auto repeated = parse_mta_sts_policy(body + "\nmax_age: 1\nmode: none\nversion: x\n");
  check(repeated && same(*repeated, *policy));
  return 0;
}
