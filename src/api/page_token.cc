#include "api/page_token.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace sesame::api {
namespace {

constexpr std::size_t max_token_characters = 2048;
constexpr std::size_t digest_octets = 8;

std::string digest(std::string_view list, std::string_view account_id, std::string_view position) {
  const std::string all = fmt::format("{}:{}:{}:{}:{}", list.size(), list, account_id.size(), account_id, position);
  return sha256(all).substr(0, digest_octets);
}

}  // namespace

std::string make_page_token(std::string_view list, std::string_view account_id, std::string_view position) {
  return hex_encode(digest(list, account_id, position) + std::string(position));
}

std::optional<std::string> read_page_token(std::string_view list, std::string_view account_id, std::string_view token) {
  if (token.size() > max_token_characters) return std::nullopt;
  const auto octets = hex_decode(token);
  if (!octets || octets->size() < digest_octets || hex_encode(*octets) != token) return std::nullopt;
  std::string position = octets->substr(digest_octets);
  if (octets->substr(0, digest_octets) != digest(list, account_id, position)) return std::nullopt;
  return position;
}

}  // namespace sesame::api
