#include "submission/api_message_id.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

namespace sesame::submission {
namespace {

constexpr std::size_t id_octets = 60;
constexpr std::size_t uuid_at = 17, uuid_octets = 36;
constexpr std::size_t key_digit_at = uuid_at;
constexpr std::size_t version_at = uuid_at + 14, variant_at = uuid_at + 19;
// Where the 18 tag digits stand: after the version, after the variant, and the last group.
constexpr std::array<std::size_t, 18> tag_at = [] {
  std::array<std::size_t, 18> at{};
  std::size_t n = 0;
  for (std::size_t i = version_at + 1; i < version_at + 4; ++i) at[n++] = i;
  for (std::size_t i = variant_at + 1; i < variant_at + 4; ++i) at[n++] = i;
  for (std::size_t i = uuid_at + 24; i < uuid_at + 36; ++i) at[n++] = i;
  return at;
}();
constexpr std::string_view tail = "-000000";
constexpr std::string_view secret_prefix = "return-path/";

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool has_form(std::string_view id) {
  if (id.size() != id_octets || !id.ends_with(tail)) return false;
  for (std::size_t i = 0; i < uuid_at + uuid_octets; ++i) {
    const bool dash = i == 16 || i == uuid_at + 8 || i == uuid_at + 13 || i == uuid_at + 18 || i == uuid_at + 23;
    if (dash ? id[i] != '-' : !is_hex_digit(id[i])) return false;
  }
  return id[version_at] == '4' && std::string_view("89ab").contains(id[variant_at]);
}

unsigned hex_digit_value(char c) { return c <= '9' ? unsigned(c - '0') : unsigned(c - 'a' + 10); }

// The regions whose marks are known (spec 3.1); others get a stable mark of their own.
std::string region_mark(std::string_view region) {
  if (region == "us-east-1") return "0100";
  if (region == "us-west-2") return "0101";
  return "01" + sha256_hex(region).substr(0, 2);
}

}  // namespace

MessageIds::MessageIds(store::ControlStore& store, const Clock& clock, RandomSource& random, std::string region)
    : store_(store), clock_(clock), random_(random), region_mark_(region_mark(region)) {}

net::Task<Result<std::unique_ptr<MessageIds>, std::string>> MessageIds::load(store::ControlStore& store,
                                                                             const Clock& clock, RandomSource& random,
                                                                             std::string region) {
  std::unique_ptr<MessageIds> ids(new MessageIds(store, clock, random, std::move(region)));
  auto stored = co_await store.secrets_with_prefix(std::string(secret_prefix));
  if (!stored) co_return std::unexpected("return-path keys cannot be read: " + stored.error().detail);
  auto keys = std::make_shared<Keys>();
  bool any = false;
  for (auto& [name, value] : *stored) {
    // "return-path/<number>" -> "<ms when made>:<hex key>"
    const auto number = parse_decimal(std::string_view(name).substr(secret_prefix.size()));
    const std::string_view text = value.reveal();
    const auto colon = text.find(':');
    const auto made = parse_decimal(text.substr(0, colon));
    auto key = colon == text.npos ? std::nullopt : hex_decode(text.substr(colon + 1));
    if (!number || *number > 15 || !made || !key) co_return std::unexpected("return-path key " + name + " is damaged");
    keys->by_number[*number] = std::make_shared<const Secret>(std::move(*key));
    const Time made_at = from_unix_ms(static_cast<std::int64_t>(*made));
    if (!any || made_at >= keys->newest_made) {
      keys->newest_made = made_at;
      keys->newest = static_cast<unsigned>(*number);
    }
    any = true;
  }
  if (!any) keys->newest = 15;  // so that the first rotation makes number 0
  ids->keys_ = std::move(keys);
  if (!any) {
    auto made = co_await ids->rotate();
    if (!made) co_return std::unexpected(made.error());
  }
  co_return ids;
}

net::Task<Result<void, std::string>> MessageIds::rotate() {
  const auto current = keys();
  const unsigned number = (current->newest + 1) % 16;
  std::string key = random_.octets(32);
  const Time made = clock_.now();
  Secret stored(fmt::format("{}:{}", to_unix_ms(made), hex_encode(key)));
  auto put = co_await store_.put_secret(fmt::format("{}{}", secret_prefix, number), std::move(stored));
  if (!put) co_return std::unexpected("return-path key cannot be stored: " + put.error().detail);
  auto next = std::make_shared<Keys>(*current);
  next->by_number[number] = std::make_shared<const Secret>(std::move(key));
  next->newest = number;
  next->newest_made = made;
  const std::lock_guard lock(mutex_);
  keys_ = std::move(next);
  co_return Result<void, std::string>{};
}

std::shared_ptr<const MessageIds::Keys> MessageIds::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::string MessageIds::tag_for(const Secret& key, std::string_view id) const {
  std::string rest(id);
  for (std::size_t at : tag_at) rest[at] = '.';
  const std::string digits = hex_encode(hmac_sha256(key.reveal(), rest));
  return digits.substr(0, tag_at.size());
}

std::string MessageIds::mint() {
  const auto current = keys();
  std::string id = fmt::format("{}{:012x}-{}{}", region_mark_, to_unix_ms(clock_.now()), random_.uuid(), tail);
  id[key_digit_at] = "0123456789abcdef"[current->newest];
  const std::string tag = tag_for(*current->by_number[current->newest], id);
  for (std::size_t i = 0; i < tag_at.size(); ++i) id[tag_at[i]] = tag[i];
  return id;
}

IdCheck MessageIds::check(std::string_view id, std::chrono::hours lifetime) const {
  if (!has_form(id)) return IdCheck::malformed;
  const auto current = keys();
  const auto& key = current->by_number[hex_digit_value(id[key_digit_at])];
  if (!key) return IdCheck::forged;
  std::string given(tag_at.size(), '\0');
  for (std::size_t i = 0; i < tag_at.size(); ++i) given[i] = id[tag_at[i]];
  if (!equal_constant_time(tag_for(*key, id), given)) return IdCheck::forged;
  const auto accepted = accept_time(id);
  if (!accepted) return IdCheck::malformed;
  if (clock_.now() - *accepted > lifetime) return IdCheck::expired;
  return IdCheck::genuine;
}

std::optional<Time> accept_time(std::string_view id) {
  if (!has_form(id)) return std::nullopt;
  std::int64_t ms = 0;
  for (char c : id.substr(4, 12)) ms = ms << 4 | hex_digit_value(c);
  return from_unix_ms(ms);
}

}  // namespace sesame::submission
