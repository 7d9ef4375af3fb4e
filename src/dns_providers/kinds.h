// dns_providers/kinds.h: the kinds of providers that can be connected to, with their fields: one table for the form,
// the check of what was entered and the making of a provider.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "dns_providers/provider.h"

namespace sesame::dns_providers {

struct Field {
  std::string_view name;
  std::string_view label;
  std::string_view description;
  std::string_view example;
  std::string_view default_value;  // what an empty field means; empty: nothing
  bool required = false;
  bool secret = false;                        // never shown again
  std::span<const std::string_view> choices;  // empty: free text
};

struct Kind {
  std::string_view kind;  // as it is stored and called in the API
  std::string_view name;  // for people
  bool atomic = false;    // a change set is made as a whole or not at all
  bool guarded = false;   // the provider itself refuses when something is not as expected
  std::span<const Field> fields;
  std::span<const std::string_view> provider_names;  // in check/provider_table.inc
};
std::span<const Kind> kinds();
const Kind* find_kind(std::string_view kind);  // nullptr: there is none

// What was entered, checked against the table: only fields of the kind, those that may be empty left out when they are.
struct Credentials {
  std::map<std::string, std::string, std::less<>> settings;
  std::map<std::string, Secret, std::less<>> secrets;

  std::string setting(std::string_view field) const;  // empty: not given
  std::string_view secret(std::string_view field) const;
};

struct FieldError {
  std::string field;  // "settings.server"
  std::string text;   // a sentence
};

inline constexpr std::size_t max_value_octets = 2048;

// Fields that are required, too long, unknown, or none of the choices; texts with control characters. Fills in
// defaults.
Result<Credentials, FieldError> check_fields(const Kind& kind, Credentials entered);

// Makes providers. The real one is ProviderMaker (provider_maker.h).
class ProviderFactory {
 public:
  virtual ~ProviderFactory() = default;
  // `credentials` have been through check_fields; what cannot be checked by the table is refused here.
  virtual Result<std::unique_ptr<Provider>, FieldError> make(const Kind& kind, std::string zone,
                                                             const Credentials& credentials) = 0;
};

}  // namespace sesame::dns_providers
