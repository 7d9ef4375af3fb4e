#include "api/sesame/pause_shapes.h"

#include "api/json.h"
#include "base/text.h"

namespace sesame::api {
namespace {

using store::Pause;
using store::PauseScope;

constexpr EnumWords<PauseScope, 5> scope_words{{{"account", PauseScope::account},
                                                {"identity", PauseScope::identity},
                                                {"configuration_set", PauseScope::configuration_set},
                                                {"domain", PauseScope::domain},
                                                {"mx", PauseScope::mx}}};

bool holds(const Pause& pause, const store::NewMessage& message, std::string_view domain) {
  if (pause.account_id != message.account_id) return false;
  switch (pause.scope) {
    case PauseScope::account: return true;
    case PauseScope::identity: return pause.value == message.identity;
    case PauseScope::configuration_set: return pause.value == message.configuration_set;
    case PauseScope::domain: return pause.value == domain;
    case PauseScope::mx: return false;  // only delivery knows the hosts
  }
  return false;
}

}  // namespace

std::string_view word_of_scope(PauseScope scope) { return word_of(scope_words, scope); }

std::optional<PauseScope> scope_named(std::string_view word) {
  for (const auto& [known, scope] : scope_words) {
    if (known == word) return scope;
  }
  return std::nullopt;
}

std::string what_of(const Pause& pause) {
  const std::string scope(word_of_scope(pause.scope));
  return pause.scope == PauseScope::account ? scope : scope + " " + pause.value;
}

const Pause* holding_pause(const std::vector<Pause>& pauses, const store::NewMessage& message,
                           std::string_view forward_path) {
  const auto at = forward_path.rfind('@');
  const std::string domain = at == forward_path.npos ? "" : ascii_lower(forward_path.substr(at + 1));
  for (const Pause& pause : pauses) {
    if (holds(pause, message, domain)) return &pause;
  }
  return nullptr;
}

}  // namespace sesame::api
