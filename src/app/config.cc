// One table lists every key with the function that takes its value, so that file and environment share the checks, and
// an unknown key is one that is not in the table.
#include "app/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/config_addresses.h"
#include "app/config_groups.h"
#include "base/text.h"
#include "dns/name.h"
#include "message/address.h"
#include "store/open.h"

namespace sesame::app {
namespace {

// A value as written: one text, or several for a list. The setter returns what is wrong with it, or "".
using Values = std::vector<std::string>;
using Setter = std::function<std::string(Config&, const Values&)>;

struct Key {
  const char* section;
  const char* name;
  bool is_list;
  Setter set;
};

Setter text(std::string& (*member)(Config&)) {
  return [member](Config& config, const Values& values) -> std::string {
    member(config) = values.at(0);
    return "";
  };
}

Setter domain_name(std::string& (*member)(Config&)) {
  return [member](Config& config, const Values& values) -> std::string {
    const std::string name = dns::canonical(values.at(0));
    if (!dns::is_valid_host(name)) return fmt::format("\"{}\" is not a domain name", values[0]);
    member(config) = name;
    return "";
  };
}

Setter endpoints(std::vector<net::Endpoint>& (*member)(Config&), std::uint16_t default_port) {
  return [member, default_port](Config& config, const Values& values) -> std::string {
    std::vector<net::Endpoint> parsed;
    for (const std::string& value : values) {
      const auto endpoint = net::parse_endpoint(value, default_port);
      if (!endpoint) return fmt::format("\"{}\" is not an address and port such as 127.0.0.1:8025", value);
      parsed.push_back(*endpoint);
    }
    member(config) = std::move(parsed);
    return "";
  };
}

template <class Number>
Setter number(Number& (*member)(Config&), std::uint64_t least, std::uint64_t most) {
  return [member, least, most](Config& config, const Values& values) -> std::string {
    const auto value = parse_decimal(values.at(0));
    if (!value || *value < least || *value > most) {
      return fmt::format("\"{}\" is not a number from {} to {}", values[0], least, most);
    }
    member(config) = Number(*value);
    return "";
  };
}

Setter flag(bool& (*member)(Config&)) {
  return [member](Config& config, const Values& values) -> std::string {
    if (values.at(0) != "true" && values[0] != "false") return fmt::format("\"{}\" is not true or false", values[0]);
    member(config) = values[0] == "true";
    return "";
  };
}

// -1 is no limit, as SES writes it.
template <class Number>
Setter limit(std::optional<Number>& (*member)(Config&), std::uint64_t most) {
  return [member, most](Config& config, const Values& values) -> std::string {
    member(config).reset();
    if (values.at(0) == "-1") return "";
    const auto value = parse_decimal(values[0]);
    if (!value || *value > most) return fmt::format("\"{}\" is neither -1 nor a number from 0 to {}", values[0], most);
    member(config) = Number(*value);
    return "";
  };
}

std::string set_admin_email(Config& config, const Values& values) {
  config.service.admin_email = values.at(0);
  const bool usable = values[0].empty() || message::parse_addr_spec(values[0]);
  return usable ? "" : fmt::format("\"{}\" is not an email address", values[0]);
}

std::string set_other_regions(Config& config, const Values& values) {
  config.service.other_regions.clear();
  for (const std::string& value : values) {
    if (value.empty() || !dns::is_valid_name(value))
      return fmt::format("\"{}\" cannot be a label of a domain name", value);
    config.service.other_regions.push_back(value);
  }
  return "";
}

std::string set_store_url(Config& config, const Values& values) {
  config.store.url = values.at(0);
  return values[0].empty() ? "" : store::url_problem(values[0]);  // empty: the default
}

std::string set_scanner(Config& config, const Values& values) {
  config.submission.scanner.reset();
  if (values.at(0).empty()) return "";
  config.submission.scanner = submission::parse_scanner_address(values[0]);
  if (config.submission.scanner) return "";
  return fmt::format("\"{}\" is neither unix:<absolute path> nor tcp:<address>:<port>", values[0]);
}

std::string set_unscanned(Config& config, const Values& values) {
  if (values.at(0) != "refuse" && values[0] != "accept")
    return fmt::format("\"{}\" is not refuse or accept", values[0]);
  config.submission.unscanned = values[0] == "accept" ? submission::Unscanned::accept : submission::Unscanned::refuse;
  return "";
}

std::string set_also_sign(Config& config, const Values& values) {
  config.submission.also_sign = {};
  for (const std::string& value : values) {
    if (value != "ed25519" && value != "service") return fmt::format("\"{}\" is not ed25519 or service", value);
    (value == "service" ? config.submission.also_sign.service : config.submission.also_sign.ed25519) = true;
  }
  return "";
}

std::string set_trust_anchor(Config& config, const Values& values) {
  config.dns.trust_anchor = values.at(0);
  return values[0].empty() ? "must be \"builtin\", \"none\" or a file" : "";
}

std::string set_stub_root(Config& config, const Values& values) {
  config.dns.stub_root = net::parse_endpoint(values.at(0), 53);
  return config.dns.stub_root ? "" : fmt::format("\"{}\" is not an address and port", values[0]);
}

std::string set_source_addresses(Config& config, const Values& values) {
  config.delivery.source_addresses.clear();
  for (const std::string& value : values) {
    const auto address = net::parse_ip(value);
    if (!address) return fmt::format("\"{}\" is not an IP address", value);
    config.delivery.source_addresses.push_back(*address);
  }
  return "";
}

std::string set_log_level(Config& config, const Values& values) {
  static const std::map<std::string, log::Level, std::less<>> levels{{"debug", log::Level::debug},
                                                                     {"info", log::Level::info},
                                                                     {"warning", log::Level::warning},
                                                                     {"error", log::Level::error}};
  const auto found = levels.find(values.at(0));
  if (found == levels.end()) return fmt::format("\"{}\" is not debug, info, warning or error", values[0]);
  config.log.level = found->second;
  return "";
}

std::string set_log_format(Config& config, const Values& values) {
  if (values.at(0) != "text" && values[0] != "json") return fmt::format("\"{}\" is not text or json", values[0]);
  config.log.format = values[0] == "json" ? log::Format::json : log::Format::text;
  return "";
}

using C = Config;
const std::vector<Key>& keys() {
  static const std::vector<Key> all{
      {"service", "domain", false, domain_name([](C& c) -> std::string& { return c.service.domain; })},
      {"service", "region", false, text([](C& c) -> std::string& { return c.service.region; })},
      {"service", "other_regions", true, set_other_regions},
      {"service", "hostname", false, domain_name([](C& c) -> std::string& { return c.service.hostname; })},
      {"service", "data_dir", false, text([](C& c) -> std::string& { return c.service.data_dir; })},
      {"service", "admin_email", false, set_admin_email},
      {"store", "url", false, set_store_url},
      {"store", "retention_days", false,
       number<std::chrono::days>([](C& c) -> std::chrono::days& { return c.store.retention; }, 45, 36500)},
      {"http", "listen", true, endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.http.listen; }, 8025)},
      {"http", "tls_certificate", false, text([](C& c) -> std::string& { return c.http.tls_certificate; })},
      {"http", "tls_key", false, text([](C& c) -> std::string& { return c.http.tls_key; })},
      {"http", "public_url", false, text([](C& c) -> std::string& { return c.http.public_url; })},
      {"submission", "listen", true,
       endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.submission.listen; }, 587)},
      {"submission", "listen_tls", true,
       endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.submission.listen_tls; }, 465)},
      {"submission", "tls_certificate", false, text([](C& c) -> std::string& { return c.submission.tls_certificate; })},
      {"submission", "tls_key", false, text([](C& c) -> std::string& { return c.submission.tls_key; })},
      {"submission", "daily_quota", false,
       limit<std::uint64_t>([](C& c) -> std::optional<std::uint64_t>& { return c.submission.quota.per_day; },
                            1'000'000'000)},
      {"submission", "max_send_rate", false,
       limit<double>([](C& c) -> std::optional<double>& { return c.submission.quota.per_second; }, 1'000'000)},
      {"submission", "scanner", false, set_scanner},
      {"submission", "when_not_scanned", false, set_unscanned},
      {"submission", "also_sign", true, set_also_sign},
      {"submission", "require_tls", false, flag([](C& c) -> bool& { return c.submission.require_tls; })},
      {"feedback", "listen", true,
       endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.feedback.listen; }, 25)},
      {"feedback", "tls_certificate", false, text([](C& c) -> std::string& { return c.feedback.tls_certificate; })},
      {"feedback", "tls_key", false, text([](C& c) -> std::string& { return c.feedback.tls_key; })},
      {"dns", "resolvers", true, endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.dns.resolvers; }, 53)},
      {"dns", "trust_anchor", false, set_trust_anchor},
      {"dns", "listen", true, endpoints([](C& c) -> std::vector<net::Endpoint>& { return c.dns.listen; }, 53)},
      {"dns", "authoritative_port", false,
       number<std::uint16_t>([](C& c) -> std::uint16_t& { return c.dns.authoritative_port; }, 1, 65535)},
      {"dns", "stub_root", false, set_stub_root},
      {"dns", "allow_private_servers", false, flag([](C& c) -> bool& { return c.dns.allow_private_servers; })},
      {"dns", "allow_private_providers", false, flag([](C& c) -> bool& { return c.dns.allow_private_providers; })},
      {"delivery", "port", false,
       number<std::uint16_t>([](C& c) -> std::uint16_t& { return c.delivery.port; }, 1, 65535)},
      {"delivery", "source_addresses", true, set_source_addresses},
      {"delivery", "max_connections", false,
       number<std::size_t>([](C& c) -> std::size_t& { return c.delivery.max_connections; }, 1, 100000)},
      {"delivery", "max_connections_per_group", false,
       number<std::size_t>([](C& c) -> std::size_t& { return c.delivery.limits.max_connections; }, 1, 10000)},
      {"delivery", "max_messages_per_connection", false,
       number<std::size_t>([](C& c) -> std::size_t& { return c.delivery.limits.max_messages_per_connection; }, 1,
                           1000000)},
      {"delivery", "max_delivery_seconds", false,
       number<std::chrono::seconds>([](C& c) -> std::chrono::seconds& { return c.delivery.max_delivery_seconds; }, 300,
                                    50400)},
      {"delivery", "allow_private_destinations", false,
       flag([](C& c) -> bool& { return c.delivery.allow_private_destinations; })},
      {"events", "allow_private_destinations", false,
       flag([](C& c) -> bool& { return c.events.allow_private_destinations; })},
      {"events", "max_delivery_seconds", false,
       number<std::chrono::seconds>([](C& c) -> std::chrono::seconds& { return c.events.max_delivery_seconds; }, 1,
                                    1209600)},
      {"log", "level", false, set_log_level},
      {"log", "format", false, set_log_format},
  };
  return all;
}

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& key : keys()) {
    if (section == key.section && name == key.name) return &key;
  }
  return nullptr;
}

Result<std::string, std::string> scalar_text(const toml::node& node) {
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return std::to_string(value->get());
  if (const auto* value = node.as_boolean()) return value->get() ? "true" : "false";
  return std::unexpected("must be a text, a whole number, true or false");
}

Result<Values, std::string> values_of(const Key& key, const toml::node& node) {
  Values values;
  if (!key.is_list) {
    auto one = scalar_text(node);
    if (!one) return std::unexpected(one.error());
    values.push_back(std::move(*one));
    return values;
  }
  const auto* array = node.as_array();
  if (array == nullptr) return std::unexpected("must be a list such as [\"127.0.0.1:8025\"]");
  for (const toml::node& element : *array) {
    auto one = scalar_text(element);
    if (!one) return std::unexpected(one.error());
    values.push_back(std::move(*one));
  }
  return values;
}

Result<void, std::string> apply_file(Config& config, const toml::table& file, const std::string& where) {
  for (const auto& [section, node] : file) {
    const auto* table = node.as_table();
    if (table == nullptr)
      return std::unexpected(fmt::format("{}: key {} stands outside a section", where, section.str()));
    for (const auto& [name, value] : *table) {
      if (section.str() == "delivery" && name.str() == "group") {
        auto groups = read_groups(value);
        if (!groups) return std::unexpected(fmt::format("{}: {}", where, groups.error()));
        config.delivery.groups = std::move(*groups);
        continue;
      }
      if (section.str() == "delivery" && name.str() == "address") {
        auto addresses = read_addresses(value);
        if (!addresses) return std::unexpected(fmt::format("{}: {}", where, addresses.error()));
        config.delivery.addresses = std::move(*addresses);
        continue;
      }
      const Key* key = find_key(section.str(), name.str());
      if (key == nullptr)
        return std::unexpected(fmt::format("{}: unknown key {}.{}", where, section.str(), name.str()));
      auto values = values_of(*key, value);
      if (!values) return std::unexpected(fmt::format("{}: {}.{} {}", where, key->section, key->name, values.error()));
      const std::string problem = key->set(config, *values);
      if (!problem.empty())
        return std::unexpected(fmt::format("{}: {}.{}: {}", where, key->section, key->name, problem));
    }
  }
  return {};
}

std::string variable_name(const Key& key) { return ascii_upper(fmt::format("SESAME_{}_{}", key.section, key.name)); }

Values values_of_variable(const Key& key, const std::string& text) {
  if (!key.is_list) return {text};
  Values values;
  for (std::string_view part : split(text, ',')) {
    if (!trim(part).empty()) values.emplace_back(trim(part));
  }
  return values;
}

// True for a name that can only be meant as a key: SESAME_, a section, and something that is no key of it.
bool is_mistyped(const std::string& variable) {
  const auto is_its_section = [&](const Key& key) {
    return variable.starts_with(ascii_upper(fmt::format("SESAME_{}_", key.section)));
  };
  const auto is_it = [&](const Key& key) { return variable == variable_name(key); };
  return std::ranges::any_of(keys(), is_its_section) && std::ranges::none_of(keys(), is_it);
}

Result<void, std::string> apply_environment(Config& config, const Environment& environment) {
  for (const auto& [name, value] : environment) {
    if (is_mistyped(name)) return std::unexpected(fmt::format("{}: unknown key", name));
  }
  for (const Key& key : keys()) {
    const auto found = environment.find(variable_name(key));
    if (found == environment.end()) continue;
    const std::string problem = key.set(config, values_of_variable(key, found->second));
    if (!problem.empty()) return std::unexpected(fmt::format("{}: {}", found->first, problem));
  }
  return {};
}

// Needs every key in place: defaults that follow from others, and values that contradict each other.
Result<void, std::string> complete(Config& config) {
  if (config.service.domain.empty()) {
    return std::unexpected("service.domain is required: the domain this service stands under");
  }
  if (config.service.region.empty() || !dns::is_valid_name(config.service.region)) {
    return std::unexpected(
        fmt::format("service.region: \"{}\" cannot be a label of a domain name", config.service.region));
  }
  for (const net::IpAddress& address : config.delivery.source_addresses) {
    if (std::ranges::find(config.delivery.addresses, address, &delivery::OwnAddress::address) !=
        config.delivery.addresses.end()) {
      return std::unexpected(
          fmt::format("delivery.source_addresses: {} is a [[delivery.address]] already", address.to_string()));
    }
  }
  if (config.service.hostname.empty()) config.service.hostname = "mail." + config.service.domain;
  if (config.store.url.empty()) config.store.url = "sqlite:" + config.service.data_dir;
  const auto pair = [](const std::string& certificate, const std::string& key) {
    return certificate.empty() == key.empty();
  };
  if (!pair(config.http.tls_certificate, config.http.tls_key)) {
    return std::unexpected("http.tls_certificate and http.tls_key must be given together");
  }
  if (!pair(config.submission.tls_certificate, config.submission.tls_key)) {
    return std::unexpected("submission.tls_certificate and submission.tls_key must be given together");
  }
  if (!pair(config.feedback.tls_certificate, config.feedback.tls_key)) {
    return std::unexpected("feedback.tls_certificate and feedback.tls_key must be given together");
  }
  return {};
}

}  // namespace

std::vector<delivery::OwnAddress> Config::Delivery::own_addresses() const {
  std::vector<delivery::OwnAddress> own = addresses;
  for (const net::IpAddress& address : source_addresses) own.push_back({.address = address, .helo_name = ""});
  return own;
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != text.npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<Config, std::string> parse_config(const std::string& toml, const std::string& where,
                                         const Environment& environment) {
  const toml::parse_result file = toml::parse(toml, where);
  if (!file) {
    return std::unexpected(
        fmt::format("{}:{}: {}", where, file.error().source().begin.line, file.error().description()));
  }
  Config config;
  const net::IpAddress loopback = boost::asio::ip::make_address("127.0.0.1");
  config.http.listen = {{loopback, 8025}};
  config.submission.listen = {{loopback, 2587}};
  config.feedback.listen = {{loopback, 2525}};
  if (auto applied = apply_file(config, file.table(), where); !applied) return std::unexpected(applied.error());
  if (auto applied = apply_environment(config, environment); !applied) return std::unexpected(applied.error());
  if (auto completed = complete(config); !completed) return std::unexpected(completed.error());
  return config;
}

Result<Config, std::string> load_config(const std::filesystem::path& file, const Environment& environment) {
  if (file.empty()) return parse_config("", "configuration", environment);
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::unexpected(fmt::format("cannot read configuration file {}", file.string()));
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_config(text, file.string(), environment);
}

}  // namespace sesame::app
