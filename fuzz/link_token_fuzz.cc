// Tokens of links: none but those made with the key is read, and what is written is read back.
#include <cstdint>

#include "campaign/link_token.h"
#include "check.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const campaign::LinkTokens tokens(Secret("a key nobody else has"));
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto forged = tokens.read(input);
  if (forged) check(tokens.write(*forged) == input);

  // The first octet says how many fields the rest is split into.
  campaign::LinkClaim claim{
      campaign::LinkKind::click, "0100019c1234abcd-01234567-89ab-4cde-8f01-23456789abcd-000000", {}};
  std::string_view rest = input;
  const std::size_t fields = input.empty() ? 0 : data[0] % 5;
  for (std::size_t i = 0; i < fields; ++i) {
    const std::size_t take = rest.size() / (fields - i);
    claim.fields.emplace_back(rest.substr(0, take));
    rest.remove_prefix(take);
  }
  const auto token = tokens.write(claim);
  if (!token) {
    check(size > 8 * 1024);
    return 0;
  }
  check(token->size() <= campaign::max_token_characters);
  check(tokens.read(*token) == claim);
  return 0;
}
