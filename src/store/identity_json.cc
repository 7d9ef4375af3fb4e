#include "store/identity_json.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <limits>

namespace sesame::store {
namespace {

namespace json = boost::json;

constexpr std::int64_t format_version = 1;

template <class E>
using Names = std::span<const std::pair<E, std::string_view>>;

// On disk; an enumerator may be added, none renamed.
constexpr std::pair<VerificationStatus, std::string_view> verification_names[] = {
    {VerificationStatus::not_started, "not_started"},
    {VerificationStatus::pending, "pending"},
    {VerificationStatus::success, "success"},
    {VerificationStatus::failed, "failed"},
    {VerificationStatus::temporary_failure, "temporary_failure"}};
constexpr std::pair<MailFromStatus, std::string_view> mail_from_names[] = {
    {MailFromStatus::pending, "pending"},
    {MailFromStatus::success, "success"},
    {MailFromStatus::failed, "failed"},
    {MailFromStatus::temporary_failure, "temporary_failure"}};
constexpr std::pair<BehaviorOnMxFailure, std::string_view> behavior_names[] = {
    {BehaviorOnMxFailure::use_default, "use_default"}, {BehaviorOnMxFailure::reject, "reject"}};
constexpr std::pair<LookError, std::string_view> look_error_names[] = {
    {LookError::none, "none"},
    {LookError::service_error, "service_error"},
    {LookError::dns_server_error, "dns_server_error"},
    {LookError::host_not_found, "host_not_found"},
    {LookError::type_not_found, "type_not_found"},
    {LookError::invalid_value, "invalid_value"}};
constexpr std::pair<DkimOrigin, std::string_view> origin_names[] = {{DkimOrigin::service, "service"},
                                                                    {DkimOrigin::external, "external"}};

Names<VerificationStatus> names_of(VerificationStatus) { return verification_names; }
Names<MailFromStatus> names_of(MailFromStatus) { return mail_from_names; }
Names<BehaviorOnMxFailure> names_of(BehaviorOnMxFailure) { return behavior_names; }
Names<LookError> names_of(LookError) { return look_error_names; }
Names<DkimOrigin> names_of(DkimOrigin) { return origin_names; }

// Writing: one overload for each kind of value.

// Empty: not an enumerator.
template <class E>
std::string_view name_of(E value) {
  for (const auto& [known, name] : names_of(value)) {
    if (known == value) return name;
  }
  return "";
}

template <class E>
  requires std::is_enum_v<E>
json::value to_json(E value) {
  const std::string_view name = name_of(value);
  if (name.empty()) return nullptr;  // reading it back fails
  return json::string(name);
}
json::value to_json(std::uint32_t value) { return std::int64_t{value}; }
json::value to_json(Time value) { return to_unix_ms(value); }
json::value to_json(const std::string& value) { return json::string(value); }
json::value to_json(const std::vector<std::string>& values) { return json::array(values.begin(), values.end()); }
json::value to_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json::array array;
  for (const auto& [key, value] : pairs) array.push_back(json::array{key, value});
  return array;
}
json::value to_json(const SoaFacts& soa);
json::value to_json(const DkimState& dkim);
json::value to_json(const MailFromState& mail_from);
template <class T>
json::value to_json(const std::optional<T>& value) {
  if (!value) return nullptr;
  return to_json(*value);
}

json::value to_json(const LookTimer& timer) {
  return json::object{{"window_opened", to_json(timer.window_opened)}, {"next_look", to_json(timer.next_look)},
                      {"last_checked", to_json(timer.last_checked)},   {"last_success", to_json(timer.last_success)},
                      {"bad_looks", to_json(timer.bad_looks)},         {"last_error", to_json(timer.last_error)}};
}

json::value to_json(const SoaFacts& soa) {
  return json::object{{"primary", soa.primary}, {"mailbox", soa.mailbox}, {"serial", to_json(soa.serial)}};
}

json::value to_json(const DkimState& dkim) {
  return json::object{{"signing_enabled", dkim.signing_enabled},
                      {"status", to_json(dkim.status)},
                      {"origin", to_json(dkim.origin)},
                      {"selectors", to_json(dkim.selectors)},
                      {"current_key_bits", to_json(dkim.current_key_bits)},
                      {"next_key_bits", to_json(dkim.next_key_bits)},
                      {"last_key_generated", to_json(dkim.last_key_generated)},
                      {"timer", to_json(dkim.timer)}};
}

json::value to_json(const MailFromState& mail_from) {
  return json::object{{"domain", mail_from.domain},
                      {"status", to_json(mail_from.status)},
                      {"behavior", to_json(mail_from.behavior)},
                      {"timer", to_json(mail_from.timer)},
                      {"status_since", to_json(mail_from.status_since)}};
}

// Reading. The first error is kept; what follows it does nothing.
class Reader {
 public:
  Result<void, std::string> outcome() const {
    if (error_.empty()) return {};
    return std::unexpected(error_);
  }
  void refuse(std::string_view where, std::string_view why) {
    if (error_.empty()) error_ = fmt::format("identity state: {}: {}", where, why);
  }

  void read(std::string_view where, const json::value& from, bool& to) {
    if (!from.is_bool()) return refuse(where, "not a boolean");
    to = from.get_bool();
  }
  void read(std::string_view where, const json::value& from, std::uint32_t& to) {
    if (!from.is_int64() || from.get_int64() < 0 || from.get_int64() > std::numeric_limits<std::uint32_t>::max()) {
      return refuse(where, "not a 32-bit number");
    }
    to = static_cast<std::uint32_t>(from.get_int64());
  }
  void read(std::string_view where, const json::value& from, Time& to) {
    if (!from.is_int64()) return refuse(where, "not a time");
    to = from_unix_ms(from.get_int64());
  }
  void read(std::string_view where, const json::value& from, std::string& to) {
    if (!from.is_string()) return refuse(where, "not a string");
    to.assign(from.get_string().data(), from.get_string().size());
  }
  template <class E>
    requires std::is_enum_v<E>
  void read(std::string_view where, const json::value& from, E& to) {
    std::string text;
    read(where, from, text);
    for (const auto& [known, name] : names_of(E{})) {
      if (name == text) {
        to = known;
        return;
      }
    }
    refuse(where, "not one of the known words");
  }
  template <class T>
  void read(std::string_view where, const json::value& from, std::optional<T>& to) {
    to.reset();
    if (!from.is_null()) read(where, from, to.emplace());
  }
  template <class T>
  void read(std::string_view where, const json::value& from, std::vector<T>& to) {
    to.clear();
    if (!from.is_array()) return refuse(where, "not an array");
    for (const json::value& element : from.get_array()) read(where, element, to.emplace_back());
  }
  void read(std::string_view where, const json::value& from, std::pair<std::string, std::string>& to) {
    if (!from.is_array() || from.get_array().size() != 2) return refuse(where, "not a pair");
    read(where, from.get_array()[0], to.first);
    read(where, from.get_array()[1], to.second);
  }
  void read(std::string_view where, const json::value& from, LookTimer& to) {
    read_object(where, from, "window_opened", to.window_opened, "next_look", to.next_look, "last_checked",
                to.last_checked, "last_success", to.last_success, "bad_looks", to.bad_looks, "last_error",
                to.last_error);
  }
  void read(std::string_view where, const json::value& from, SoaFacts& to) {
    read_object(where, from, "primary", to.primary, "mailbox", to.mailbox, "serial", to.serial);
  }
  void read(std::string_view where, const json::value& from, DkimState& to) {
    read_object(where, from, "signing_enabled", to.signing_enabled, "status", to.status, "origin", to.origin,
                "selectors", to.selectors, "current_key_bits", to.current_key_bits, "next_key_bits", to.next_key_bits,
                "last_key_generated", to.last_key_generated, "timer", to.timer);
  }
  void read(std::string_view where, const json::value& from, MailFromState& to) {
    read_object(where, from, "domain", to.domain, "status", to.status, "behavior", to.behavior, "timer", to.timer,
                "status_since", to.status_since);
  }

  // `members` are name, destination, name, destination, ...: exactly these and no others.
  template <class... Members>
  void read_object(std::string_view where, const json::value& from, Members&&... members) {
    if (!from.is_object()) return refuse(where, "not an object");
    if (from.get_object().size() != sizeof...(members) / 2) return refuse(where, "members missing or unknown");
    read_members(from.get_object(), std::forward<Members>(members)...);
  }

 private:
  void read_members(const json::object&) {}
  template <class T, class... Rest>
  void read_members(const json::object& object, std::string_view name, T& to, Rest&&... rest) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr) return refuse(name, "missing");
    read(name, *member, to);
    read_members(object, std::forward<Rest>(rest)...);
  }

  std::string error_;
};

}  // namespace

bool has_drifted(const IdentityRecord& identity) {
  const auto& dkim = identity.dkim;
  const auto& mail_from = identity.mail_from;
  if (identity.verification == VerificationStatus::temporary_failure) return true;
  if (dkim && dkim->status == VerificationStatus::temporary_failure) return true;
  if (dkim && dkim->status == VerificationStatus::failed && dkim->timer.last_success) return true;
  if (!mail_from) return false;
  return mail_from->status == MailFromStatus::temporary_failure ||
         (mail_from->status == MailFromStatus::failed && mail_from->timer.last_success);
}

std::string_view name(VerificationStatus status) { return name_of(status); }
std::string_view name(MailFromStatus status) { return name_of(status); }
std::string_view name(BehaviorOnMxFailure behavior) { return name_of(behavior); }
std::string_view name(DkimOrigin origin) { return name_of(origin); }

std::string identity_state_to_json(const IdentityRecord& identity) {
  return json::serialize(json::object{{"format", format_version},
                                      {"verification", to_json(identity.verification)},
                                      {"txt_token", to_json(identity.txt_token)},
                                      {"txt_timer", to_json(identity.txt_timer)},
                                      {"dkim", to_json(identity.dkim)},
                                      {"mail_from", to_json(identity.mail_from)},
                                      {"feedback_forwarding", identity.feedback_forwarding},
                                      {"configuration_set", to_json(identity.configuration_set)},
                                      {"soa", to_json(identity.soa)},
                                      {"tags", to_json(identity.tags)}});
}

Result<void, std::string> read_identity_state(std::string_view text, IdentityRecord& identity) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  options.allow_invalid_utf8 = true;  // what was written comes back, octet for octet
  const json::value document = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return std::unexpected(fmt::format("identity state: not JSON: {}", error.message()));
  Reader reader;
  std::uint32_t format = 0;
  reader.read_object("document", document, "format", format, "verification", identity.verification, "txt_token",
                     identity.txt_token, "txt_timer", identity.txt_timer, "dkim", identity.dkim, "mail_from",
                     identity.mail_from, "feedback_forwarding", identity.feedback_forwarding, "configuration_set",
                     identity.configuration_set, "soa", identity.soa, "tags", identity.tags);
  if (format != format_version) reader.refuse("format", "not 1");
  return reader.outcome();
}

}  // namespace sesame::store
