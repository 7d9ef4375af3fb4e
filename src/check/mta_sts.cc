#include "check/mta_sts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::check {
namespace {

constexpr std::string_view record_version = "v=STSv1";
constexpr std::size_t max_id_octets = 32;
constexpr std::size_t max_age_digits = 10;  // §3.2, sts-policy-max-age

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= max_id_octets && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

bool is_mx_pattern(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  return dns::is_valid_host(host);
}

std::optional<MtaStsMode> parse_mode(std::string_view word) {
  for (const MtaStsMode mode : {MtaStsMode::enforce, MtaStsMode::testing, MtaStsMode::none}) {
    if (word == name(mode)) return mode;
  }
  return std::nullopt;
}

// Words of UTF-8 with blanks between them, as extensions may have.
bool is_text(std::string_view value) {
  return !value.empty() && is_utf8(value) &&
         std::ranges::none_of(value, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

struct PolicyFields {
  std::map<std::string_view, std::string_view> once;  // the first of each name
  std::vector<std::string_view> mx;
};

Result<PolicyFields, RecordProblem> read_fields(std::string_view body) {
  PolicyFields fields;
  for (std::string_view line : split(body, '\n')) {
    line = trim(line);
    if (line.empty()) continue;
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || !is_field_name(name))
      return std::unexpected(RecordProblem{"has a line that is not \"name: value\""});
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_text(value)) return std::unexpected(RecordProblem{fmt::format("has an empty or unreadable {}", name)});
    if (name == "mx") {
      fields.mx.push_back(value);
    } else {
      fields.once.emplace(name, value);
    }
  }
  return fields;
}

std::optional<std::uint32_t> parse_age(std::string_view value) {
  const auto seconds = value.size() <= max_age_digits ? parse_decimal(value) : std::nullopt;
  if (!seconds || *seconds > max_policy_age_seconds) return std::nullopt;
  return static_cast<std::uint32_t>(*seconds);
}

}  // namespace

std::string_view name(MtaStsMode mode) {
  switch (mode) {
    case MtaStsMode::enforce: return "enforce";
    case MtaStsMode::testing: return "testing";
    case MtaStsMode::none: break;
  }
  return "none";
}

bool MtaStsPolicy::names_host(std::string_view mx_host) const {
  return std::ranges::any_of(mx, [&](std::string_view pattern) {
    if (!pattern.starts_with("*.")) return dns::equal(pattern, mx_host);
    return dns::equal(pattern.substr(2), dns::parent(mx_host));
  });
}

Result<MtaStsRecord, RecordProblem> parse_mta_sts_record(std::string_view txt) {
  const auto fields = txt_fields(txt, record_version);
  if (!fields) return std::unexpected(fields.error());
  MtaStsRecord record;
  for (const TxtField& field : *fields) {
    if (!is_field_value(field.value))
      return std::unexpected(RecordProblem{fmt::format("has a {}= that is not allowed", field.name)});
    if (field.name != "id") continue;
    if (!record.id.empty()) return std::unexpected(RecordProblem{"has more than one id="});
    if (!is_id(field.value)) return std::unexpected(RecordProblem{"has an id= that is not 1 to 32 letters and digits"});
    record.id = field.value;
  }
  if (record.id.empty()) return std::unexpected(RecordProblem{"has no id="});
  return record;
}

Result<MtaStsPolicy, RecordProblem> parse_mta_sts_policy(std::string_view body) {
  const auto fields = read_fields(body);
  if (!fields) return std::unexpected(fields.error());
  const auto value_of = [&](std::string_view name) {
    const auto found = fields->once.find(name);
    return found == fields->once.end() ? std::string_view() : found->second;
  };
  if (value_of("version") != "STSv1") return std::unexpected(RecordProblem{"has no \"version: STSv1\""});
  const auto mode = parse_mode(value_of("mode"));
  if (!mode) return std::unexpected(RecordProblem{"has no mode that is enforce, testing or none"});
  const auto max_age = parse_age(value_of("max_age"));
  if (!max_age)
    return std::unexpected(RecordProblem{fmt::format("has no max_age of 0 to {} seconds", max_policy_age_seconds)});
  MtaStsPolicy policy{*mode, {}, *max_age};
  for (const std::string_view host : fields->mx) {
    if (!is_mx_pattern(host)) return std::unexpected(RecordProblem{"has an mx that is not a host name or *.domain"});
    policy.mx.push_back(dns::canonical(host));
  }
  if (policy.mx.empty() && policy.mode != MtaStsMode::none)
    return std::unexpected(RecordProblem{fmt::format("has no mx, which mode {} needs", name(policy.mode))});
  return policy;
}

}  // namespace sesame::check
