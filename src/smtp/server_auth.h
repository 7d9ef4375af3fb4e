// smtp/server_auth.h: the server's side of one AUTH exchange.
//
// Source: RFC 4954 §4 (exchange, initial response, "*", "="); RFC 4616 (PLAIN); LOGIN has no RFC:
// draft-murchison-sasl-login. No I/O; who may log in is asked elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"

namespace sesame::smtp {

enum class AuthMechanism { plain, login };

// Any case; nullopt for one we do not speak.
std::optional<AuthMechanism> auth_mechanism(std::string_view name);

struct Credentials {
  std::string authorization_identity;  // PLAIN's authzid: whom to act as; empty for the user itself
  std::string user;                    // valid UTF-8, without NUL
  Secret password;                     // the same
};

// To be sent as "334 <text>".
struct AuthChallenge {
  std::string text;  // base64
};

enum class AuthError {
  cancelled,   // the client sent "*"
  not_base64,  // RFC 4954 §4: answered 501
  malformed,   // base64, but not the mechanism's message
};

using AuthStep = std::variant<AuthChallenge, Credentials, AuthError>;

// Made for one AUTH command: start(), then on_response() for as long as the step is a challenge.
class AuthExchange {
 public:
  explicit AuthExchange(AuthMechanism mechanism) : mechanism_(mechanism) {}

  // `initial_response` as AuthCommand has it: base64, or "=" for the empty response.
  AuthStep start(const std::optional<std::string>& initial_response);
  // One line from the client, without CRLF.
  AuthStep on_response(std::string_view line);

 private:
  AuthStep on_message(std::string message);

  const AuthMechanism mechanism_;
  std::optional<std::string> login_user_;
};

}  // namespace sesame::smtp
