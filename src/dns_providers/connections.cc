#include "dns_providers/connections.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "base/log.h"
#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

constexpr std::size_t id_characters = 20;

PublishError from_store(const store::StoreError& error, const std::string& what) {
  if (error.code == store::StoreErrc::not_found) return {PublishErrc::not_found, what + " does not exist."};
  log::error("dns_providers", "the store failed", {{"detail", error.detail}});
  return {PublishErrc::unavailable, "The service is temporarily unable to process the request."};
}

template <class Map>
std::string texts_to_json(const Map& texts) {
  json::object object;
  for (const auto& [name, value] : texts) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Secret>) {
      object[name] = value.reveal();
    } else {
      object[name] = value;
    }
  }
  return json::serialize(object);
}

template <class Put>
void each_text(std::string_view document, Put put) {
  boost::system::error_code problem;
  const json::value parsed = json::parse(json::string_view(document), problem);
  if (problem || !parsed.is_object()) return;
  for (const auto& [name, value] : parsed.get_object()) {
    if (value.is_string()) put(std::string(name), std::string(value.get_string()));
  }
}

Credentials credentials_of(const store::ProviderConnection& stored) {
  Credentials credentials;
  each_text(stored.settings, [&](std::string name, std::string value) {
    credentials.settings.emplace(std::move(name), std::move(value));
  });
  each_text(stored.secrets.reveal(), [&](std::string name, std::string value) {
    credentials.secrets.emplace(std::move(name), Secret(std::move(value)));
  });
  return credentials;
}

// nullopt: of a kind this version does not know.
std::optional<Connection> shown(const store::ProviderConnection& stored) {
  const Kind* const kind = find_kind(stored.kind);
  if (kind == nullptr) return std::nullopt;
  Credentials credentials = credentials_of(stored);
  Connection connection{stored.connection_id, stored.label,  stored.zone, kind, std::move(credentials.settings), {},
                        stored.created,       stored.updated};
  for (const auto& [name, value] : credentials.secrets) connection.secrets.push_back(name);
  return connection;
}

std::unexpected<PublishError> no_connection(const std::string& id) {
  return refuse(PublishErrc::not_found, fmt::format("Connection {} does not exist.", id));
}

}  // namespace

std::unexpected<PublishError> refuse(PublishErrc code, std::string text) {
  return std::unexpected(PublishError{code, std::move(text)});
}

PublishError from_provider(ProviderError error) {
  PublishError failed{PublishErrc::provider, error.text};
  failed.provider = std::move(error);
  return failed;
}

PublishTask<std::vector<Connection>> Connections::list(std::string account_id, std::string identity) {
  const auto stored = co_await deps_.store.list_connections(account_id);
  if (!stored) co_return std::unexpected(from_store(stored.error(), "The account"));
  std::vector<Connection> connections;
  for (const auto& each : *stored) {
    const bool is_asked_for = identity.empty() || dns::is_at_or_below(identity, each.zone);
    auto connection = is_asked_for ? shown(each) : std::nullopt;
    if (connection) connections.push_back(std::move(*connection));
  }
  if (!identity.empty()) {
    std::ranges::sort(connections, [](const Connection& a, const Connection& b) {
      const std::size_t labels_a = dns::label_count(a.zone), labels_b = dns::label_count(b.zone);
      return labels_a != labels_b ? labels_a > labels_b : std::tie(a.created, a.id) < std::tie(b.created, b.id);
    });
  }
  co_return connections;
}

// The record to store, once what was entered has been found good (and, if asked for, has worked).
PublishTask<store::ProviderConnection> Connections::checked(store::ProviderConnection base, const Kind& kind,
                                                            ConnectionInput input) {
  base.zone = dns::canonical(trim(input.zone));
  // Not only hosts: _domainkey.example.com may be a zone of its own.
  const bool is_zone = dns::is_valid_name(base.zone) && dns::label_count(base.zone) > 1 && !base.zone.starts_with('*');
  if (!is_zone) co_return refuse(PublishErrc::invalid, "zone: It must be a domain name.");
  base.label = input.label.empty() ? base.zone : input.label;
  if (base.label.size() > max_label_octets || base.label != printable_utf8(base.label, max_label_octets)) {
    co_return refuse(PublishErrc::invalid, fmt::format("label: At most {} octets on one line.", max_label_octets));
  }
  auto credentials = check_fields(kind, std::move(input.credentials));
  if (!credentials) {
    co_return refuse(PublishErrc::invalid, fmt::format("{}: {}", credentials.error().field, credentials.error().text));
  }
  const auto provider = deps_.factory.make(kind, base.zone, *credentials);
  if (!provider) {
    co_return refuse(PublishErrc::invalid, fmt::format("{}: {}", provider.error().field, provider.error().text));
  }
  if (input.test) {
    const auto works = co_await (*provider)->test(net::after(test_patience));
    if (!works) co_return std::unexpected(from_provider(works.error()));
  }
  base.settings = texts_to_json(credentials->settings);
  base.secrets = Secret(texts_to_json(credentials->secrets));
  base.updated = deps_.clock.now();
  co_return base;
}

PublishTask<Connection> Connections::create(std::string account_id, ConnectionInput input) {
  const Kind* const kind = find_kind(input.kind);
  if (kind == nullptr) {
    co_return refuse(PublishErrc::invalid, "kind: There is no such kind of provider.");
  }
  const auto known = co_await deps_.store.list_connections(account_id);
  if (!known) co_return std::unexpected(from_store(known.error(), "The account"));
  if (known->size() >= max_connections) {
    co_return refuse(PublishErrc::limit_exceeded,
                     fmt::format("The account has {} connections already: delete one first.", max_connections));
  }
  store::ProviderConnection base;
  base.connection_id = "c-" + hex_encode(deps_.random.octets(id_characters / 2));
  base.account_id = account_id;
  base.kind = input.kind;
  base.created = deps_.clock.now();
  auto made = co_await checked(std::move(base), *kind, std::move(input));
  if (!made) co_return std::unexpected(made.error());
  auto connection = shown(*made);
  const auto stored = co_await deps_.store.create_connection(std::move(*made));
  if (!stored) co_return std::unexpected(from_store(stored.error(), "The account"));
  if (!connection) co_return no_connection("");
  log::info("dns_providers", "connection made", {{"connection", connection->id}, {"zone", connection->zone}});
  co_return std::move(*connection);
}

PublishTask<Connection> Connections::get(std::string account_id, std::string id) {
  const auto stored = co_await deps_.store.find_connection(account_id, id);
  if (!stored) co_return std::unexpected(from_store(stored.error(), "Connection " + id));
  auto connection = shown(*stored);
  if (!connection) co_return no_connection(id);
  co_return std::move(*connection);
}

PublishTask<Connection> Connections::update(std::string account_id, std::string id, ConnectionInput input) {
  auto stored = co_await deps_.store.find_connection(account_id, id);
  if (!stored) co_return std::unexpected(from_store(stored.error(), "Connection " + id));
  const Kind* const kind = find_kind(stored->kind);
  if (kind == nullptr) co_return no_connection(id);
  if (input.credentials.secrets.empty()) {
    Credentials before = credentials_of(*stored);
    Credentials entered;
    entered.settings = input.credentials.settings;
    for (const auto& [name, secret] : before.secrets) entered.secrets.emplace(name, secret.share());
    const auto after = check_fields(*kind, std::move(entered));
    const bool same = after && after->settings == before.settings && dns::equal(trim(input.zone), stored->zone);
    if (!same) {
      co_return refuse(PublishErrc::invalid,
                       "secrets: Give them again with a change of anything but the label: "
                       "no secret is sent where it was not meant for.");
    }
    input.credentials.secrets = std::move(before.secrets);
    input.test = false;  // a label can be changed while the server is down
  }
  auto changed = co_await checked(std::move(*stored), *kind, std::move(input));
  if (!changed) co_return std::unexpected(changed.error());
  auto connection = shown(*changed);
  const auto updated = co_await deps_.store.update_connection(std::move(*changed));
  if (!updated) co_return std::unexpected(from_store(updated.error(), "Connection " + id));
  if (!connection) co_return no_connection(id);
  co_return std::move(*connection);
}

PublishTask<void> Connections::remove(std::string account_id, std::string id) {
  const auto removed = co_await deps_.store.delete_connection(account_id, id);
  if (!removed) co_return std::unexpected(from_store(removed.error(), "Connection " + id));
  log::info("dns_providers", "connection deleted", {{"connection", id}});
  co_return Result<void, PublishError>();
}

PublishTask<OpenConnection> Connections::open(std::string account_id, std::string id) {
  const auto stored = co_await deps_.store.find_connection(account_id, id);
  if (!stored) co_return std::unexpected(from_store(stored.error(), "Connection " + id));
  auto connection = shown(*stored);
  if (!connection) co_return no_connection(id);
  const Credentials credentials = credentials_of(*stored);
  auto provider = deps_.factory.make(*connection->kind, connection->zone, credentials);
  if (!provider) {
    co_return refuse(PublishErrc::invalid, fmt::format("{}: {}", provider.error().field, provider.error().text));
  }
  OpenConnection opened{std::move(*connection), std::move(*provider)};
  co_return opened;
}

PublishTask<TestResult> Connections::test(std::string account_id, std::string id) {
  auto opened = co_await open(account_id, id);
  if (!opened) co_return std::unexpected(opened.error());
  auto outcome = co_await opened->provider->test(net::after(test_patience));
  TestResult result{opened->connection.zone, std::move(outcome)};
  co_return result;
}

}  // namespace sesame::dns_providers
