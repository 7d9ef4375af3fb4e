// What a look found, in the JSON of DESIGN 3.1 (`check`): `domain`, `mail_from` and `records`. What receivers would
// make of it (`spf`, `dkim`, `dmarc`, `provider`, `verdict`) comes from a ReceiversView.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "identity/look.h"

namespace sesame::identity {
namespace {

namespace json = boost::json;

// The spelling of GetEmailIdentity, so that one comparison in a script serves both.
std::string_view name(store::MailFromStatus status) {
  switch (status) {
    case store::MailFromStatus::pending: return "PENDING";
    case store::MailFromStatus::success: return "SUCCESS";
    case store::MailFromStatus::failed: return "FAILED";
    case store::MailFromStatus::temporary_failure: break;
  }
  return "TEMPORARY_FAILURE";
}

json::array texts(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values) array.emplace_back(value);
  return array;
}

json::string text(std::string_view value) { return json::string(value.data(), value.size()); }

// What to_json(Look) writes; other members are the receivers' view.
bool is_of_look(std::string_view member) { return member == "domain" || member == "mail_from" || member == "records"; }

bool was_looked_at(std::string_view purpose, const LookOptions& looked) {
  if (purpose == name(RecordPurpose::dkim)) return looked.dkim;
  if (purpose == name(RecordPurpose::verification)) return looked.txt;
  return looked.mail_from;
}

}  // namespace

std::string_view name(RecordPurpose purpose) {
  switch (purpose) {
    case RecordPurpose::dkim: return "dkim";
    case RecordPurpose::verification: return "verification";
    case RecordPurpose::mail_from_mx: return "mail_from_mx";
    case RecordPurpose::mail_from_spf: return "mail_from_spf";
    case RecordPurpose::mail_from_delegation: break;
  }
  return "mail_from_delegation";
}

std::string_view name(RecordStatus status) {
  switch (status) {
    case RecordStatus::good: return "good";
    case RecordStatus::missing: return "missing";
    case RecordStatus::wrong: return "wrong";
    case RecordStatus::partial: return "partial";
    case RecordStatus::unknown: break;
  }
  return "unknown";
}

json::object to_json(const RecordFinding& record) {
  json::array servers;
  for (const ServerFinding& server : record.servers) {
    servers.push_back(json::object{{"name", server.server},
                                   {"address", server.address},
                                   {"status", text(dns::name(server.status))},
                                   {"found", texts(server.found)}});
  }
  return json::object{{"purpose", text(name(record.purpose))}, {"name", record.name},
                      {"type", dns::name(record.type)},        {"expected", record.expected},
                      {"found", texts(record.found)},          {"servers", std::move(servers)},
                      {"status", text(name(record.status))},   {"advice", record.advice}};
}

json::object to_json(const Look& look, const store::IdentityRecord& identity) {
  json::object object;
  object["domain"] = identity.name;
  if (identity.mail_from) {
    object["mail_from"] = json::object{{"domain", identity.mail_from->domain},
                                       {"status", text(name(identity.mail_from->status))},
                                       {"problems", texts(look.mail_from_problems)}};
  }
  json::array records;
  for (const RecordFinding& record : look.records) records.push_back(to_json(record));
  object["records"] = std::move(records);
  return object;
}

json::object with_parts_of(json::object now, const json::object& previous, const LookOptions& looked) {
  const bool keeps_view = !now.contains("verdict");
  for (const auto& [member, value] : previous) {
    if (!is_of_look(member) && keeps_view) now[member] = value;
  }
  const json::value* old_records = previous.if_contains("records");
  if (!old_records || !old_records->is_array()) return now;
  for (const json::value& record : old_records->as_array()) {
    const json::value* purpose = record.is_object() ? record.as_object().if_contains("purpose") : nullptr;
    if (!purpose || !purpose->is_string() || was_looked_at(purpose->as_string(), looked)) continue;
    now["records"].as_array().push_back(record);
  }
  if (looked.mail_from || !now.contains("mail_from")) return now;
  const json::value* old_mail_from = previous.if_contains("mail_from");
  const json::value* problems =
      old_mail_from && old_mail_from->is_object() ? old_mail_from->as_object().if_contains("problems") : nullptr;
  if (problems) now["mail_from"].as_object()["problems"] = *problems;
  return now;
}

}  // namespace sesame::identity
