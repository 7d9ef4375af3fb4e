#include "sandbox/provider.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::sandbox {
namespace {

using dns::Record;
using dns::RecordType;

std::unexpected<ProviderError> fail(ProviderErrc code, std::string text) {
  return std::unexpected(ProviderError{code, std::move(text)});
}

bool is_own(const zone::ZoneData& zone, std::string_view name, RecordType type) {
  return name == zone.apex() && (type == RecordType::soa || type == RecordType::ns);
}

// Records of one name and type, with the place of the first in the list they came in.
struct RecordSet {
  std::size_t index;
  std::vector<Record> records;
};

std::vector<RecordSet> sets_of(const std::vector<Record>& records) {
  std::map<std::pair<std::string_view, RecordType>, std::size_t> known;
  std::vector<RecordSet> sets;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [entry, is_new] = known.try_emplace({records[i].name, records[i].type}, sets.size());
    if (is_new) sets.push_back({i, {}});
    sets[entry->second].records.push_back(records[i]);
  }
  return sets;
}

std::vector<std::string> types_at(const zone::ZoneData& zone, std::string_view name) {
  std::vector<std::string> types;
  for (const Record& record : zone.records()) {
    if (record.name != name) continue;
    std::string type = dns::name(record.type);
    if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
  }
  return types;
}

// Why ZoneData::add would not have one of them.
std::string explain_conflict(const zone::ZoneData& zone, const RecordSet& set) {
  const Record& first = set.records.front();
  if (first.type == RecordType::soa) return "an SOA stands only at the top of a zone";
  if (first.type != RecordType::cname) {
    return fmt::format("{} is a CNAME, and nothing can stand beside one (RFC 1034 §3.6.2); delete it first",
                       first.name);
  }
  if (first.name == zone.apex()) return "a CNAME cannot stand at the top of a zone (RFC 1034 §3.6.2)";
  const auto others = types_at(zone, first.name);
  const bool alone = others.empty() || others == std::vector<std::string>{"CNAME"};
  if (alone) return fmt::format("{} can have only one CNAME (RFC 1034 §3.6.2)", first.name);
  return fmt::format("{} has {} records, and a CNAME stands alone at its name (RFC 1034 §3.6.2); delete them first",
                     first.name, fmt::join(others, " and "));
}

// On error `zone` is good for nothing any more: it is a copy of the one that is served.
ProviderResult<void> apply(zone::ZoneData& zone, const std::vector<Record>& records) {
  for (const RecordSet& set : sets_of(records)) {
    const Record& first = set.records.front();
    // What was read and is written back unchanged is no edit, whosever it is.
    if (zone.set(first.name, first.type) == set.records) continue;
    const auto refuse = [&](std::string_view why) {
      return fail(ProviderErrc::refused, fmt::format("records[{}]: {}", set.index, why));
    };
    if (is_own(zone, first.name, first.type)) {
      return refuse("the SOA and NS records at the top of a zone are the provider's own; leave them out");
    }
    if (set.records.size() > Provider::max_set_records) {
      return refuse(fmt::format("more than {} records of one name and type", Provider::max_set_records));
    }
    zone.remove(first.name, first.type);
    for (const Record& record : set.records) {
      if (!zone.add(record)) return refuse(explain_conflict(zone, set));
    }
  }
  if (zone.records().size() > Provider::max_zone_records) {
    return fail(ProviderErrc::refused,
                fmt::format("the zone would have more than {} records", Provider::max_zone_records));
  }
  return {};
}

// What the file keeps.
std::vector<Record> edited_records(const zone::ZoneData& zone) {
  std::vector<Record> records = zone.records();
  std::erase_if(records, [&](const Record& record) { return is_own(zone, record.name, record.type); });
  return records;
}

}  // namespace

Provider::Provider(Deps deps, Hosts hosts, std::filesystem::path file)
    : deps_(deps), hosts_(std::move(hosts)), file_(std::move(file)) {}

Result<std::unique_ptr<Provider>, ZonesFileError> Provider::open(Deps deps, Hosts hosts, std::filesystem::path file) {
  const auto damaged = [&](const std::string& zone, const std::string& why) {
    return std::unexpected(ZonesFileError{fmt::format("{} is damaged: zone {}: {}", file.string(), zone, why)});
  };
  auto kept = read_zones(file);
  if (!kept) return std::unexpected(kept.error());
  std::unique_ptr<Provider> provider(new Provider(deps, std::move(hosts), file));
  for (const auto& [name, records] : *kept) {
    if (const auto allowed = provider->zone_name(name); !allowed) return damaged(name, allowed.error().text);
    zone::ZoneData data = new_zone(provider->hosts_, name, provider->new_serial());
    if (const auto applied = apply(data, records); !applied) return damaged(name, applied.error().text);
    provider->zones_.emplace(name, std::make_shared<zone::Zone>(std::move(data)));
  }
  for (const auto& [name, zone] : provider->zones_) deps.authority.put(name, zone);
  return provider;
}

ProviderResult<std::string> Provider::zone_name(std::string_view text) const {
  const std::string name = is_ascii(text) ? dns::canonical(text) : dns::to_ascii(text).value_or("");
  if (!dns::is_valid_host(name)) {
    return fail(ProviderErrc::bad_zone_name, "A zone is named by a domain of at least two labels, as 'shop.example'.");
  }
  if (is_reserved(hosts_, name)) {
    return fail(ProviderErrc::bad_zone_name, fmt::format("{} belongs to the sandbox itself.", name));
  }
  return name;
}

std::shared_ptr<zone::Zone> Provider::find(std::string_view zone) const {
  const std::lock_guard lock(mutex_);
  const auto found = zones_.find(zone);
  return found == zones_.end() ? nullptr : found->second;
}

std::vector<std::string> Provider::zones() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, zone] : zones_) names.push_back(name);
  return names;
}

std::shared_ptr<const zone::ZoneData> Provider::zone_holding(std::string_view name) const {
  for (std::string_view at = name; !at.empty(); at = dns::parent(at)) {
    if (const auto zone = find(at)) return zone->snapshot();
  }
  return nullptr;
}

// Grows from one run to the next, as long as a zone changes less than once a second.
std::uint32_t Provider::new_serial() const { return static_cast<std::uint32_t>(to_unix_seconds(deps_.clock.now())); }

ProviderResult<Provider::Records> Provider::records(const std::string& zone) const {
  const auto found = find(zone);
  if (!found) return fail(ProviderErrc::no_such_zone, fmt::format("Zone {} does not exist.", zone));
  return found->snapshot()->records();
}

ProviderResult<Provider::Records> Provider::put(const std::string& zone, const Records& records) {
  const std::lock_guard writer(writing_);
  const auto present = find(zone);
  zone::ZoneData next = present ? *present->snapshot() : new_zone(hosts_, zone, new_serial());
  if (!present) add_record(next, zone, RecordType::mx, fmt::format("10 {}", mx_host));
  if (auto applied = apply(next, records); !applied) return std::unexpected(applied.error());
  return publish(zone, std::move(next));
}

ProviderResult<Provider::Records> Provider::remove(const std::string& zone, const std::string& name,
                                                   std::optional<RecordType> type) {
  const std::lock_guard writer(writing_);
  const auto present = find(zone);
  if (!present) return fail(ProviderErrc::no_such_zone, fmt::format("Zone {} does not exist.", zone));
  zone::ZoneData next = *present->snapshot();
  bool removed = false;
  for (const Record& record : present->snapshot()->records()) {
    if (record.name != name || (type && record.type != *type) || is_own(next, name, record.type)) continue;
    next.remove(name, record.type);
    removed = true;
  }
  if (!removed) {
    const std::string what = type ? dns::name(*type) + " records" : "records";
    return fail(ProviderErrc::no_such_records, fmt::format("Zone {} has no {} to delete at {}.", zone, what, name));
  }
  return publish(zone, std::move(next));
}

ProviderResult<void> Provider::remove_zone(const std::string& zone) {
  const std::lock_guard writer(writing_);
  if (!find(zone)) return fail(ProviderErrc::no_such_zone, fmt::format("Zone {} does not exist.", zone));
  if (auto saved = save(zone, nullptr); !saved) return saved;
  deps_.authority.remove(zone);
  const std::lock_guard lock(mutex_);
  zones_.erase(zone);
  return {};
}

ProviderResult<void> Provider::save(const std::string& zone, const zone::ZoneData* next) const {
  ZoneRecords all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, kept] : zones_) {
      if (name != zone) all[name] = edited_records(*kept->snapshot());
    }
  }
  if (next != nullptr) all[zone] = edited_records(*next);
  if (all.size() > max_zones) return fail(ProviderErrc::refused, fmt::format("There are {} zones already.", max_zones));
  const auto written = write_zones(file_, all);
  if (!written) return fail(ProviderErrc::unavailable, written.error().text);
  return {};
}

ProviderResult<Provider::Records> Provider::publish(const std::string& zone, zone::ZoneData next) {
  if (auto saved = save(zone, &next); !saved) return std::unexpected(saved.error());
  auto present = find(zone);
  if (present) {
    present->update([&](zone::ZoneData& data) {
      data = std::move(next);
      return true;
    });
  } else {
    present = std::make_shared<zone::Zone>(std::move(next));
    deps_.authority.put(zone, present);
    const std::lock_guard lock(mutex_);
    zones_.emplace(zone, present);
  }
  return present->snapshot()->records();
}

}  // namespace sesame::sandbox
