// campaign/link_token.h: what stands in the links the service puts into mail: keyed, so that nobody but the service can
// have made them.
//
//   token    base64url without padding (RFC 4648 §5) of  tag (16 octets) | kind (1) | message id (24) | fields
//   fields   each with its length in front, two octets, the high one first
//   tag      HMAC-SHA-256 of the rest, its first 16 octets
//
// The place a click leads to is in the token, under the tag: the door redirects to what the service itself wrote into a
// mail and to nothing else. Tokens carry no time; how long they count is for the door to say. The key is kept in the
// store under "links/1".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/secret.h"
#include "net/task.h"
#include "store/control_store.h"

namespace sesame::campaign {

inline constexpr std::size_t max_token_characters = 16 * 1024;

enum class LinkKind : char { open = 'o', click = 'c', unsubscribe = 'u' };

struct LinkClaim {
  LinkKind kind = LinkKind::open;
  std::string api_message_id;  // spec 3.1
  // click: the URL, then names and values of its tags in turn. unsubscribe: campaign/subscriptions.h. Each at most
  // 65,535 octets.
  std::vector<std::string> fields;
  friend bool operator==(const LinkClaim&, const LinkClaim&) = default;
};

// Thread-safe.
class LinkTokens {
 public:
  explicit LinkTokens(Secret key) : key_(std::move(key)) {}

  // Makes the key if there is none. The error is a line for the operator.
  static net::Task<Result<LinkTokens, std::string>> load(store::ControlStore& store, RandomSource& random);

  // nullopt: the id has not the form of one, or it would be longer than max_token_characters.
  std::optional<std::string> write(const LinkClaim& claim) const;
  // nullopt: not a token that write() made with this key.
  std::optional<LinkClaim> read(std::string_view token) const;

 private:
  Secret key_;
};

}  // namespace sesame::campaign
