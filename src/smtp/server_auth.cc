#include "smtp/server_auth.h"

#include "base/text.h"

namespace sesame::smtp {
namespace {

constexpr std::string_view login_user_prompt = "VXNlcm5hbWU6";      // "Username:"
constexpr std::string_view login_password_prompt = "UGFzc3dvcmQ6";  // "Password:"

bool is_clean(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

// RFC 4616 §2: [authzid] NUL authcid NUL passwd, neither of the last two empty.
AuthStep read_plain(std::string_view message) {
  const auto parts = split(message, '\0');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty() || !is_utf8(message)) return AuthError::malformed;
  return Credentials{std::string(parts[0]), std::string(parts[1]), Secret(std::string(parts[2]))};
}

}  // namespace

std::optional<AuthMechanism> auth_mechanism(std::string_view name) {
  if (ascii_iequals(name, "PLAIN")) return AuthMechanism::plain;
  if (ascii_iequals(name, "LOGIN")) return AuthMechanism::login;
  return std::nullopt;
}

AuthStep AuthExchange::start(const std::optional<std::string>& initial_response) {
  if (!initial_response) {
    return AuthChallenge{mechanism_ == AuthMechanism::login ? std::string(login_user_prompt) : std::string()};
  }
  return *initial_response == "=" ? on_message({}) : on_response(*initial_response);
}

AuthStep AuthExchange::on_response(std::string_view line) {
  if (line == "*") return AuthError::cancelled;
  auto message = base64_decode(line);
  if (!message) return AuthError::not_base64;
  return on_message(std::move(*message));
}

AuthStep AuthExchange::on_message(std::string message) {
  if (mechanism_ == AuthMechanism::plain) {
    const Secret holds_the_password(std::move(message));  // wiped with it
    return read_plain(holds_the_password.reveal());
  }
  if (message.empty() || !is_clean(message)) return AuthError::malformed;
  if (!login_user_) {
    login_user_ = std::move(message);
    return AuthChallenge{std::string(login_password_prompt)};
  }
  return Credentials{{}, std::move(*login_user_), Secret(std::move(message))};
}

}  // namespace sesame::smtp
