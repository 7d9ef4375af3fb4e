#include "dns_providers/change_set.h"

#include <algorithm>
#include <boost/json.hpp>

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

constexpr std::int64_t format = 1;

json::value side_to_json(const RecordSet& set) {
  if (set.data.empty()) return nullptr;
  json::array data;
  for (const dns::RecordData& each : set.data) data.emplace_back(dns::presentation(each));
  return json::object{{"ttl", set.ttl}, {"data", std::move(data)}};
}

// nullopt: damaged.
std::optional<RecordSet> side_from_json(const json::object& change, std::string_view member, const SetKey& key) {
  RecordSet set{key.name, key.type, 0, {}};
  const json::value* side = change.if_contains(member);
  if (side == nullptr) return std::nullopt;
  if (side->is_null()) return set;
  const json::object* object = side->if_object();
  const json::value* ttl = object ? object->if_contains("ttl") : nullptr;
  const json::value* data = object ? object->if_contains("data") : nullptr;
  if (ttl == nullptr || data == nullptr || !ttl->is_int64() || !data->is_array()) return std::nullopt;
  set.ttl = static_cast<std::uint32_t>(ttl->get_int64());
  for (const json::value& each : data->get_array()) {
    if (!each.is_string()) return std::nullopt;
    auto parsed = dns::parse_record_data(key.type, each.get_string());
    auto* good = std::get_if<dns::RecordData>(&parsed);
    if (good == nullptr) return std::nullopt;
    set.data.push_back(std::move(*good));
  }
  return set;
}

std::optional<Change> change_from_json(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* name = object ? object->if_contains("name") : nullptr;
  const json::value* type = object ? object->if_contains("type") : nullptr;
  if (name == nullptr || type == nullptr || !name->is_string() || !type->is_string()) return std::nullopt;
  const auto record_type = dns::parse_record_type(type->get_string());
  if (!record_type) return std::nullopt;
  const SetKey key{std::string(name->get_string()), *record_type};
  auto before = side_from_json(*object, "before", key);
  auto after = side_from_json(*object, "after", key);
  if (!before || !after) return std::nullopt;
  return Change{std::move(*before), std::move(*after)};
}

std::vector<std::string> sorted_texts(const RecordSet& set) {
  std::vector<std::string> texts;
  for (const dns::RecordData& each : set.data) texts.push_back(dns::presentation(each));
  std::ranges::sort(texts);
  return texts;
}

}  // namespace

std::vector<SetKey> keys_of(const std::vector<RecordSet>& sets) {
  std::vector<SetKey> keys;
  for (const RecordSet& set : sets) keys.push_back(key_of(set));
  return keys;
}

bool same_data(const RecordSet& a, const RecordSet& b) { return sorted_texts(a) == sorted_texts(b); }

RecordSet set_at(const std::vector<RecordSet>& sets, const SetKey& key) {
  const auto found = std::ranges::find(sets, key, key_of);
  return found == sets.end() ? RecordSet{key.name, key.type, 0, {}} : *found;
}

void expect_nothing_beside_aliases(ChangeSet& set) {
  using enum dns::RecordType;
  for (const Change& change : set.changes) {
    if (change.key().type != cname || change.after.data.empty()) continue;
    for (const dns::RecordType type : {a, aaaa, mx, ns, txt}) {
      const SetKey beside{change.key().name, type};
      const bool is_known = std::ranges::find(set.expected, beside, key_of) != set.expected.end();
      if (!is_known) set.expected.push_back({beside.name, beside.type, 0, {}});
    }
  }
}

ChangeSet inverse(const std::vector<Change>& changes) {
  ChangeSet undo;
  for (const Change& change : changes) {
    undo.expected.push_back(change.after);
    undo.changes.push_back({change.after, change.before});
  }
  expect_nothing_beside_aliases(undo);
  return undo;
}

std::string to_document(const std::vector<Change>& changes) {
  json::array list;
  for (const Change& change : changes) {
    list.push_back(json::object{{"name", change.before.name},
                                {"type", dns::name(change.before.type)},
                                {"before", side_to_json(change.before)},
                                {"after", side_to_json(change.after)}});
  }
  return json::serialize(json::object{{"format", format}, {"changes", std::move(list)}});
}

Result<std::vector<Change>, std::string> from_document(std::string_view document) {
  boost::system::error_code error;
  const json::value parsed = json::parse(json::string_view(document), error);
  const json::object* object = error ? nullptr : parsed.if_object();
  const json::value* version = object ? object->if_contains("format") : nullptr;
  const json::value* list = object ? object->if_contains("changes") : nullptr;
  if (version == nullptr || *version != json::value(format))
    return std::unexpected("not a list of changes of format 1");
  std::vector<Change> changes;
  if (list == nullptr || !list->is_array()) return std::unexpected("the list of changes is damaged");
  for (const json::value& each : list->get_array()) {
    auto change = change_from_json(each);
    if (!change) return std::unexpected("the list of changes is damaged");
    changes.push_back(std::move(*change));
  }
  return changes;
}

}  // namespace sesame::dns_providers
