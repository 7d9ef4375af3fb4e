#include "dns_providers/shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ses_v2/identity_shapes.h"
#include "base/time_text.h"
#include "dns/name.h"
#include "identity/judge.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

json::array values_of(const std::vector<dns::RecordData>& data) {
  json::array values;
  for (const dns::RecordData& each : data) values.emplace_back(identity::shown(each));
  return values;
}

json::value side(const RecordSet& set) {
  if (set.data.empty()) return nullptr;
  return json::object{{"ttl", set.ttl}, {"values", values_of(set.data)}};
}

json::object place(const SetKey& at, std::string_view zone) {
  return {{"name", at.name}, {"host", host_in_zone(at.name, zone)}, {"type", dns::name(at.type)}};
}

std::string_view action_of(const Change& change) {
  if (change.before.data.empty()) return "create";
  return change.after.data.empty() ? "delete" : "update";
}

json::object to_json(const Change& change, std::string_view zone) {
  json::object object = place(change.key(), zone);
  object["action"] = action_of(change);
  object["before"] = side(change.before);
  object["after"] = side(change.after);
  return object;
}

json::array names_of(const std::vector<Purpose>& purposes) {
  json::array names;
  for (const Purpose purpose : purposes) names.emplace_back(name(purpose));
  return names;
}

json::object to_json(const Conflict& conflict, std::string_view zone) {
  json::object object = place(conflict.at, zone);
  object["reason"] = name(conflict.reason);
  object["found"] = values_of(conflict.found);
  object["wanted"] = values_of(conflict.wanted);
  object["explanation"] = conflict.explanation;
  object["replaceable"] = conflict.is_replaceable();
  object["accepted"] = conflict.accepted;
  return object;
}

json::array conflicts_to_json(const std::vector<Conflict>& conflicts, std::string_view zone) {
  json::array array;
  for (const Conflict& conflict : conflicts) array.push_back(to_json(conflict, zone));
  return array;
}

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

std::string_view word_of(store::PublicationStatus status) {
  switch (status) {
    case store::PublicationStatus::uncertain: return "uncertain";
    case store::PublicationStatus::applied: return "applied";
    case store::PublicationStatus::undone: return "undone";
  }
  return "?";
}

// An object of texts; what is no text is noted.
template <class Put>
void each_member(const json::object& body, std::string_view member, api::Validation& validation, Put put) {
  const json::value* value = body.if_contains(member);
  if (value == nullptr || value->is_null()) return;
  if (!value->is_object()) {
    validation.unreadable(std::string(member), "expected an object");
    return;
  }
  for (const auto& [name, text] : value->get_object()) {
    if (text.is_null()) continue;
    if (!text.is_string()) {
      validation.unreadable(fmt::format("{}.{}", member, std::string_view(name)), "expected a string");
      return;
    }
    put(std::string(name), std::string(text.get_string()));
  }
}

api::ErrorName error_name(const ProviderError& error) {
  switch (error.code) {
    case ProviderErrc::unreachable:
    case ProviderErrc::malformed: return api::ErrorName::dns_provider_unavailable;
    case ProviderErrc::bad_address:
    case ProviderErrc::bad_credentials:
    case ProviderErrc::bad_key_name:
    case ProviderErrc::bad_time:
    case ProviderErrc::no_zone:
    case ProviderErrc::forbidden:
    case ProviderErrc::refused:
    case ProviderErrc::changed: break;
  }
  return api::ErrorName::dns_provider;
}

}  // namespace

std::string host_in_zone(std::string_view name, std::string_view zone) {
  if (dns::equal(name, zone)) return "@";
  if (!dns::is_below(name, zone)) return std::string(name);
  return std::string(name.substr(0, name.size() - zone.size() - 1));
}

json::object to_json(const Kind& kind) {
  json::array fields, provider_names;
  for (const Field& field : kind.fields) {
    json::value choices;
    if (!field.choices.empty()) choices = json::array(field.choices.begin(), field.choices.end());
    fields.push_back(json::object{{"name", field.name},
                                  {"label", field.label},
                                  {"description", field.description},
                                  {"example", text_or_null(field.example)},
                                  {"required", field.required},
                                  {"secret", field.secret},
                                  {"default", text_or_null(field.default_value)},
                                  {"choices", std::move(choices)}});
  }
  for (const std::string_view each : kind.provider_names) provider_names.emplace_back(each);
  return {{"kind", kind.kind},       {"name", kind.name},           {"atomic", kind.atomic},
          {"guarded", kind.guarded}, {"fields", std::move(fields)}, {"provider_names", std::move(provider_names)}};
}

json::object to_json(const Connection& connection) {
  json::object settings;
  for (const auto& [name, value] : connection.settings) settings[name] = value;
  return {{"id", connection.id},
          {"kind", connection.kind->kind},
          {"label", connection.label},
          {"zone", connection.zone},
          {"settings", std::move(settings)},
          {"secrets", json::array(connection.secrets.begin(), connection.secrets.end())},
          {"created", format_rfc3339_ms(connection.created)},
          {"updated", format_rfc3339_ms(connection.updated)}};
}

json::object to_json(const Preview& preview) {
  const std::string& zone = preview.connection.zone;
  json::array changes, unchanged;
  for (const PlannedChange& planned : preview.plan.changes) {
    json::object change = to_json(planned.change, zone);
    change["purposes"] = names_of(planned.purposes);
    changes.push_back(std::move(change));
  }
  for (const Unchanged& each : preview.plan.unchanged) {
    json::object object = place(key_of(each.present), zone);
    object["purposes"] = names_of(each.purposes);
    object["values"] = values_of(each.present.data);
    unchanged.push_back(std::move(object));
  }
  return {{"connection", to_json(preview.connection)},
          {"zone", zone},
          {"mail_from", name(preview.mail_from)},
          {"changes", std::move(changes)},
          {"unchanged", std::move(unchanged)},
          {"conflicts", conflicts_to_json(preview.plan.conflicts, zone)},
          {"seen", preview.seen}};
}

json::object to_json(const Published& published) {
  const store::Publication& publication = published.publication;
  json::array changes;
  for (const Change& change : published.changes) changes.push_back(to_json(change, publication.zone));
  json::value undone;
  if (publication.undone_at) {
    undone = json::object{{"at", format_rfc3339_ms(*publication.undone_at)}, {"by", publication.undone_by}};
  }
  return {{"id", publication.publication_id},
          {"identity", publication.identity},
          {"connection",
           {{"id", publication.connection_id},
            {"kind", publication.connection_kind},
            {"label", publication.connection_label},
            {"zone", publication.zone},
            {"deleted", published.connection_deleted}}},
          {"status", word_of(publication.status)},
          {"at", format_rfc3339_ms(publication.at)},
          {"by", publication.by},
          {"mail_from", publication.mail_from},
          {"changes", std::move(changes)},
          {"undone", std::move(undone)},
          {"can_undo", publication.status != store::PublicationStatus::undone && !published.connection_deleted}};
}

json::object to_json(const TestResult& result) {
  if (!result.outcome) {
    const ProviderError& error = result.outcome.error();
    return {{"ok", false}, {"reason", name(error.code)}, {"field", text_or_null(error.field)}, {"message", error.text}};
  }
  json::value serial;
  const auto& found = result.outcome->serial;
  if (found) serial = *found;
  return {{"ok", true}, {"zone", result.zone}, {"serial", std::move(serial)}};
}

json::object to_json(const Outcome& outcome) {
  json::value publication, mail_from, dkim;
  if (outcome.published) publication = to_json(*outcome.published);
  if (outcome.identity.mail_from) mail_from = api::word(outcome.identity.mail_from->status);
  if (outcome.identity.dkim) dkim = api::word(outcome.identity.dkim->status);
  return {{"publication", std::move(publication)},
          {"mail_from_status", std::move(mail_from)},
          {"dkim_status", std::move(dkim)}};
}

json::object to_json(const DomainConnectStatus& status) {
  json::object object{{"offered", status.provider.has_value()},
                      {"provider", nullptr},
                      {"template_supported", status.template_supported},
                      {"apply_url", text_or_null(status.apply_url)},
                      {"width", nullptr},
                      {"height", nullptr},
                      {"problem", text_or_null(status.problem)}};
  if (const auto& provider = status.provider) {
    object["provider"] =
        json::object{{"id", provider->id}, {"name", provider->name}, {"display_name", provider->display_name}};
    object["width"] = provider->width;
    object["height"] = provider->height;
  }
  return object;
}

ConnectionInput connection_input(const json::object& body, api::Validation& validation) {
  const api::ObjectReader reader(body, validation);
  ConnectionInput input;
  input.kind = reader.text("kind").value_or("");
  input.label = reader.text("label").value_or("");
  input.zone = reader.required_text("zone");
  input.test = reader.flag("test").value_or(true);
  each_member(body, "settings", validation, [&](std::string name, std::string text) {
    input.credentials.settings[std::move(name)] = std::move(text);
  });
  each_member(body, "secrets", validation, [&](std::string name, std::string text) {
    input.credentials.secrets[std::move(name)] = Secret(std::move(text));
  });
  return input;
}

api::ApiResult<PublishInput> publish_input(const json::object& body) {
  static constexpr api::EnumWords<MailFromBy, 2> ways{
      {{"records", MailFromBy::records}, {"delegation", MailFromBy::delegation}}};
  api::Validation validation;
  const api::ObjectReader reader(body, validation);
  PublishInput input;
  input.connection_id = reader.required_text("connection");
  input.mail_from = reader.one_of("mail_from", ways).value_or(MailFromBy::records);
  const std::int64_t ttl = reader.number("ttl").value_or(input.ttl);
  validation.must(ttl >= RecordPublisher::min_ttl && ttl <= RecordPublisher::max_ttl, "ttl",
                  "Member must be from 30 to 86400");
  input.ttl = static_cast<std::uint32_t>(std::max<std::int64_t>(ttl, 0));
  if (reader.has("include")) {
    input.parts.emplace();
    for (const std::string& word : reader.texts("include")) {
      const auto part = std::ranges::find(all_parts, word, [](Part each) { return name(each); });
      validation.must(part != all_parts.end(), "include",
                      "Member must satisfy enum value set: [dkim, mail_from, verification, dmarc]");
      if (part != all_parts.end()) input.parts->push_back(*part);
    }
  }
  for (const api::ObjectReader& each : reader.objects("replace")) {
    const std::string domain = dns::canonical(each.required_text("name"));
    const auto type = dns::parse_record_type(each.required_text("type"));
    validation.must(type.has_value(), each.path_to("type"), "Member must be a record type");
    if (type) input.replace.push_back({domain, *type});
  }
  if (const auto error = validation.error()) return std::unexpected(*error);
  return input;
}

api::ApiError to_api_error(const PublishError& error) {
  using enum PublishErrc;
  switch (error.code) {
    case invalid: return {api::ErrorName::bad_request, error.text};
    case not_found: return {api::ErrorName::not_found, error.text};
    case limit_exceeded: return {api::ErrorName::limit_exceeded, error.text};
    case unavailable: return {api::ErrorName::internal_failure, error.text};
    case conflicts:
      return {api::ErrorName::conflict,
              error.text,
              {{"reason", "conflicts"}, {"conflicts", conflicts_to_json(error.conflicts, error.zone)}}};
    case changed: {
      json::array all;
      for (const Difference& each : error.differences) {
        all.push_back(json::object{{"name", each.expected.name},
                                   {"type", dns::name(each.expected.type)},
                                   {"expected", values_of(each.expected.data)},
                                   {"found", values_of(each.found.data)}});
      }
      return {api::ErrorName::conflict, error.text, {{"reason", "changed"}, {"changed", std::move(all)}}};
    }
    case provider: break;
  }
  if (!error.provider) return {api::ErrorName::internal_failure, error.text};
  return {error_name(*error.provider),
          error.text,
          {{"reason", name(error.provider->code)}, {"field", text_or_null(error.provider->field)}}};
}

}  // namespace sesame::dns_providers
