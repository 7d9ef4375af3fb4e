#include "dns_providers/kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace sesame::dns_providers {
namespace {

constexpr std::string_view algorithms[] = {"hmac-sha256", "hmac-sha512"};
constexpr std::string_view transports[] = {"tcp", "udp"};

constexpr Field rfc2136_fields[] = {
    {"server",
     "Server",
     "Name or address of the primary name server, with :port if that is not 53.",
     "ns1.example.com:53",
     "",
     true,
     false,
     {}},
    {"key_name", "Key name", "What the server's configuration calls the TSIG key.", "sesame-key", "", true, false, {}},
    {"algorithm", "Algorithm", "That of the key.", "hmac-sha256", "hmac-sha256", false, false, algorithms},
    {"transport", "Transport", "How the server is asked. Long messages go over TCP in any case.", "tcp", "tcp", false,
     false, transports},
    {"key", "Secret", "The key's secret in base64, as in the server's configuration.", "", "", true, true, {}},
};

constexpr Field powerdns_fields[] = {
    {"url", "URL", "Where the server's API listens, without /api/v1.", "http://192.0.2.1:8081", "", true, false, {}},
    {"server_id", "Server", "What the API calls the server.", "localhost", "localhost", false, false, {}},
    {"api_key", "API key", "api-key in the server's configuration.", "", "", true, true, {}},
};

constexpr Field cloudflare_fields[] = {
    {"zone_id",
     "Zone id",
     "On the zone's overview page. Found by the zone's name if it is not given.",
     "",
     "",
     false,
     false,
     {}},
    {"api_token",
     "API token",
     "A token that may read the zone and edit its DNS (Zone:Read, DNS:Edit).",
     "",
     "",
     true,
     true,
     {}},
};
constexpr std::string_view cloudflare_names[] = {"Cloudflare"};

constexpr Field route53_fields[] = {
    {"access_key_id",
     "Access key id",
     "Of a user that may route53:ListHostedZonesByName, ListResourceRecordSets and ChangeResourceRecordSets.",
     "AKIAIOSFODNN7EXAMPLE",
     "",
     true,
     false,
     {}},
    {"hosted_zone_id",
     "Hosted zone id",
     "Found by the zone's name if it is not given.",
     "Z1D633PJN98FT9",
     "",
     false,
     false,
     {}},
    {"secret_access_key", "Secret access key", "That of the access key.", "", "", true, true, {}},
};
constexpr std::string_view route53_names[] = {"Amazon Route 53"};

constexpr Kind table[] = {
    {"rfc2136", "Name server (RFC 2136 with TSIG)", true, true, rfc2136_fields, {}},
    {"powerdns", "PowerDNS (HTTP API)", true, false, powerdns_fields, {}},
    {"cloudflare", "Cloudflare", true, false, cloudflare_fields, cloudflare_names},
    {"route53", "Amazon Route 53", true, true, route53_fields, route53_names},
};

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

// "" if nothing is wrong.
std::string problem_of(const Field& field, std::string_view value) {
  if (value.size() > max_value_octets) return fmt::format("It is longer than {} characters.", max_value_octets);
  if (has_control(value)) return "It holds a control character.";
  if (!field.choices.empty() && std::ranges::find(field.choices, value) == field.choices.end()) {
    return fmt::format("It must be one of {}.", fmt::join(field.choices, ", "));
  }
  return "";
}

std::string path_of(const Field& field) {
  return fmt::format("{}.{}", field.secret ? "secrets" : "settings", field.name);
}

const Field* field_named(const Kind& kind, std::string_view name, bool secret) {
  const auto found = std::ranges::find_if(
      kind.fields, [&](const Field& field) { return field.name == name && field.secret == secret; });
  return found == kind.fields.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Kind> kinds() { return table; }

const Kind* find_kind(std::string_view kind) {
  const auto found = std::ranges::find(table, kind, &Kind::kind);
  return found == std::end(table) ? nullptr : &*found;
}

std::string Credentials::setting(std::string_view field) const {
  const auto found = settings.find(field);
  return found == settings.end() ? "" : found->second;
}

std::string_view Credentials::secret(std::string_view field) const {
  const auto found = secrets.find(field);
  return found == secrets.end() ? std::string_view() : found->second.reveal();
}

Result<Credentials, FieldError> check_fields(const Kind& kind, Credentials entered) {
  for (const auto& [name, value] : entered.settings) {
    if (field_named(kind, name, false) == nullptr) {
      return std::unexpected(FieldError{"settings." + name, fmt::format("{} has no such setting.", kind.kind)});
    }
  }
  for (const auto& [name, value] : entered.secrets) {
    if (field_named(kind, name, true) == nullptr) {
      return std::unexpected(FieldError{"secrets." + name, fmt::format("{} has no such secret.", kind.kind)});
    }
  }
  for (const Field& field : kind.fields) {
    const std::string name(field.name);
    std::string_view value = field.secret ? entered.secret(name) : std::string_view(entered.settings[name]);
    if (value.empty() && field.required) return std::unexpected(FieldError{path_of(field), "It is missing."});
    if (value.empty()) {
      entered.secrets.erase(name);
      entered.settings.erase(name);
      if (!field.default_value.empty()) entered.settings[name] = field.default_value;
      continue;
    }
    if (std::string problem = problem_of(field, value); !problem.empty()) {
      return std::unexpected(FieldError{path_of(field), std::move(problem)});
    }
    if (field.secret) entered.settings.erase(name);
  }
  return entered;
}

}  // namespace sesame::dns_providers
