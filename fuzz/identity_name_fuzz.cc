// Names people give to identities: what is accepted is kept in a form that is accepted again as itself.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/governing.h"
#include "identity/names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sesame::identity;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const auto name = parse_identity_name(text);
  if (name) {
    const auto again = parse_identity_name(name->name);
    if (!again || again->name != name->name || again->kind != name->kind) std::abort();
    if (lookup_name(text) != name->name) std::abort();
    if (domain_of(name->name).empty()) std::abort();
  } else if (std::ranges::any_of(name.error().text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
    std::abort();
  }

  const auto mail_from = parse_mail_from_domain(text, "example.com");
  if (mail_from && !mail_from->ends_with(".example.com")) std::abort();

  const auto candidates = candidate_names(text);
  if (!candidates.empty() && candidates.front() != text) std::abort();
  if (candidates.size() > 2 + 127) std::abort();  // the address, without its label, and as many parents as labels fit
  return 0;
}
