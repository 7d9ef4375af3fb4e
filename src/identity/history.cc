#include "identity/history.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "store/identity_json.h"

namespace sesame::identity {
namespace {

namespace json = boost::json;

enum class Part { verification, dkim, mail_from };

std::string_view name(Part part) {
  switch (part) {
    case Part::verification: return "verification";
    case Part::dkim: return "dkim";
    case Part::mail_from: break;
  }
  return "mail_from";
}

json::value state_of(Part part, const store::IdentityRecord& identity) {
  const auto& dkim = identity.dkim;
  const auto& mail_from = identity.mail_from;
  if (part == Part::verification) return json::object{{"status", store::name(identity.verification)}};
  if (part == Part::dkim && dkim) {
    return json::object{{"status", store::name(dkim->status)},
                        {"signing_enabled", dkim->signing_enabled},
                        {"origin", store::name(dkim->origin)},
                        {"selectors", json::array(dkim->selectors.begin(), dkim->selectors.end())}};
  }
  if (part == Part::mail_from && mail_from) {
    return json::object{{"domain", mail_from->domain},
                        {"status", store::name(mail_from->status)},
                        {"behavior", store::name(mail_from->behavior)}};
  }
  return nullptr;
}

// Whether the look asked on behalf of this part as it is now: a MAIL FROM domain may have been set anew meanwhile.
bool belongs_to(Part part, const RecordFinding& record, const store::IdentityRecord& identity) {
  switch (record.purpose) {
    case RecordPurpose::dkim: return part == Part::dkim;
    case RecordPurpose::verification: return part == Part::verification;
    case RecordPurpose::mail_from_mx:
    case RecordPurpose::mail_from_spf:
    case RecordPurpose::mail_from_delegation: break;
  }
  return part == Part::mail_from && identity.mail_from && record.name == identity.mail_from->domain;
}

json::array bounded(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values) {
    if (array.size() == max_values) break;
    array.emplace_back(value.substr(0, max_value_octets));
  }
  return array;
}

bool is_text(const json::value* value, std::string_view text) {
  return value != nullptr && value->is_string() && value->as_string() == text;
}

// The values of the same record in the diagnosis before; nullptr: not known.
const json::array* found_before(const json::object& previous, const RecordFinding& record) {
  const json::value* records = previous.if_contains("records");
  if (records == nullptr || !records->is_array()) return nullptr;
  for (const json::value& one : records->as_array()) {
    const json::object* object = one.if_object();
    if (object == nullptr || !is_text(object->if_contains("name"), record.name) ||
        !is_text(object->if_contains("type"), dns::name(record.type)) ||
        !is_text(object->if_contains("purpose"), name(record.purpose))) {
      continue;
    }
    const json::value* found = object->if_contains("found");
    const bool is_known = !is_text(object->if_contains("status"), name(RecordStatus::unknown));
    return is_known && found != nullptr ? found->if_array() : nullptr;
  }
  return nullptr;
}

std::vector<std::string> sorted_texts(const json::array& values) {
  std::vector<std::string> texts;
  for (const json::value& value : values) {
    if (const json::string* text = value.if_string()) texts.emplace_back(text->subview());
  }
  std::ranges::sort(texts);
  return texts;
}

bool is_other(const json::array& before, std::vector<std::string> after) {
  std::ranges::sort(after);
  return sorted_texts(before) != after;
}

json::array records_of(Part part, const store::IdentityRecord& identity, const Seen* seen, bool state_changed) {
  json::array records;
  if (seen == nullptr) return records;
  for (const RecordFinding& record : seen->look.records) {
    if (!belongs_to(part, record, identity)) continue;
    const bool is_certain = record.status != RecordStatus::unknown && record.status != RecordStatus::partial;
    const json::array* before = found_before(seen->previous, record);
    const bool has_changed = is_certain && before != nullptr && is_other(*before, record.found);
    if (!state_changed && !has_changed) continue;
    records.push_back(json::object{{"purpose", name(record.purpose)},
                                   {"name", record.name},
                                   {"type", dns::name(record.type)},
                                   {"expected", record.expected},
                                   {"before", before == nullptr ? json::array() : bounded(sorted_texts(*before))},
                                   {"after", bounded(record.found)}});
  }
  return records;
}

store::HistoryEntry entry(Part part, json::value before, json::value after, json::array records, Time now) {
  const json::object document{{"subject", name(part)},
                              {"before", std::move(before)},
                              {"after", std::move(after)},
                              {"records", std::move(records)}};
  return {0, now, json::serialize(document)};
}

}  // namespace

std::vector<store::HistoryEntry> history_of(const store::IdentityRecord& before, const store::IdentityRecord& after,
                                            const Seen* seen, Time now) {
  std::vector<store::HistoryEntry> entries;
  for (const Part part : {Part::dkim, Part::verification, Part::mail_from}) {
    json::value old_state = state_of(part, before), new_state = state_of(part, after);
    const bool state_changed = old_state != new_state;
    json::array records = records_of(part, after, seen, state_changed);
    if (!state_changed && records.empty()) continue;
    entries.push_back(entry(part, std::move(old_state), std::move(new_state), std::move(records), now));
  }
  return entries;
}

std::vector<store::HistoryEntry> history_of_creation(const store::IdentityRecord& created) {
  return {entry(Part::verification, nullptr, state_of(Part::verification, created), json::array(), created.created)};
}

}  // namespace sesame::identity
