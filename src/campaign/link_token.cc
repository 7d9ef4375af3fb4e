#include "campaign/link_token.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"

namespace sesame::campaign {
namespace {

constexpr std::string_view secret_name = "links/1";
constexpr std::size_t key_octets = 32, tag_octets = 16, id_octets = 24;
constexpr std::string_view id_tail = "-000000";
// Of "0123456789abcdef-01234567-0123-0123-0123-0123456789ab-000000": where dashes stand before the tail.
constexpr std::size_t dashes_at[] = {16, 25, 30, 35, 40};
constexpr std::size_t max_field_octets = 0xffff;

// The hex digits of an id as octets.
std::optional<std::string> pack_id(std::string_view id) {
  if (!id.ends_with(id_tail) || id.size() != 2 * id_octets + std::size(dashes_at) + id_tail.size()) return std::nullopt;
  std::string digits(id.substr(0, id.size() - id_tail.size()));
  for (auto at = std::rbegin(dashes_at); at != std::rend(dashes_at); ++at) {
    if (digits[*at] != '-') return std::nullopt;
    digits.erase(*at, 1);
  }
  if (std::ranges::any_of(digits, [](char c) { return c >= 'A' && c <= 'F'; })) return std::nullopt;
  return hex_decode(digits);
}

std::string unpack_id(std::string_view octets) {
  std::string id = hex_encode(octets);
  for (const std::size_t at : dashes_at) id.insert(at, 1, '-');
  return id.append(id_tail);
}

std::string base64url(std::string_view octets) {
  std::string text = base64_encode(octets);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

// Exactly what base64url() writes: a token has one spelling.
std::optional<std::string> base64url_decode(std::string_view text) {
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto octets = base64_decode(padded);
  if (!octets || base64url(*octets) != text) return std::nullopt;
  return octets;
}

std::string tag_of(const Secret& key, std::string_view claim) {
  return hmac_sha256(key.reveal(), claim).substr(0, tag_octets);
}

std::optional<std::vector<std::string>> read_fields(std::string_view octets) {
  std::vector<std::string> fields;
  while (!octets.empty()) {
    if (octets.size() < 2) return std::nullopt;
    const auto size = std::size_t(static_cast<unsigned char>(octets[0])) << 8 | static_cast<unsigned char>(octets[1]);
    octets.remove_prefix(2);
    if (size > octets.size()) return std::nullopt;
    fields.emplace_back(octets.substr(0, size));
    octets.remove_prefix(size);
  }
  return fields;
}

}  // namespace

net::Task<Result<LinkTokens, std::string>> LinkTokens::load(store::ControlStore& store, RandomSource& random) {
  auto kept = co_await store.secrets_with_prefix(std::string(secret_name));
  if (!kept) co_return std::unexpected("the key of links in mail cannot be read: " + kept.error().detail);
  if (!kept->empty()) co_return LinkTokens(std::move(kept->front().second));
  Secret made(random.octets(key_octets));
  Secret stored = made.share();
  const auto put = co_await store.put_secret(std::string(secret_name), std::move(stored));
  if (!put) co_return std::unexpected("the key of links in mail cannot be stored: " + put.error().detail);
  co_return LinkTokens(std::move(made));
}

std::optional<std::string> LinkTokens::write(const LinkClaim& claim) const {
  const auto id = pack_id(claim.api_message_id);
  if (!id) return std::nullopt;
  std::string octets(1, static_cast<char>(claim.kind));
  octets += *id;
  for (const std::string& field : claim.fields) {
    if (field.size() > max_field_octets) return std::nullopt;
    octets += static_cast<char>(field.size() >> 8);
    octets += static_cast<char>(field.size() & 0xff);
    octets += field;
  }
  std::string token = base64url(tag_of(key_, octets) + octets);
  if (token.size() > max_token_characters) return std::nullopt;
  return token;
}

std::optional<LinkClaim> LinkTokens::read(std::string_view token) const {
  if (token.size() > max_token_characters) return std::nullopt;
  const auto octets = base64url_decode(token);
  if (!octets || octets->size() < tag_octets + 1 + id_octets) return std::nullopt;
  const std::string_view claimed = std::string_view(*octets).substr(tag_octets);
  if (!equal_constant_time(tag_of(key_, claimed), std::string_view(*octets).substr(0, tag_octets))) return std::nullopt;
  const LinkKind kind{claimed.front()};
  if (kind != LinkKind::open && kind != LinkKind::click && kind != LinkKind::unsubscribe) return std::nullopt;
  auto fields = read_fields(claimed.substr(1 + id_octets));
  if (!fields) return std::nullopt;
  return LinkClaim{kind, unpack_id(claimed.substr(1, id_octets)), std::move(*fields)};
}

}  // namespace sesame::campaign
