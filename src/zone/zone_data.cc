#include "zone/zone_data.h"

#include <algorithm>

#include "dns/name.h"

namespace sesame::zone {
namespace {

using dns::Record;
using dns::RecordType;

constexpr std::size_t max_cname_steps = 8;

std::string_view take_last_label(std::string_view& name) {
  const auto dot = name.rfind('.');
  const auto label = dot == name.npos ? name : name.substr(dot + 1);
  name = dot == name.npos ? std::string_view() : name.substr(0, dot);
  return label;
}

void append(std::vector<Record>& to, const std::vector<Record>& set, std::string_view owner) {
  for (Record record : set) {
    record.name = owner;
    to.push_back(std::move(record));
  }
}

std::string_view host_of(const Record& record) {
  if (const auto* mx = std::get_if<dns::Mx>(&record.data)) return mx->exchange;
  if (const auto* ns = std::get_if<dns::Ns>(&record.data)) return ns->host;
  return {};
}

}  // namespace

bool LabelOrder::operator()(std::string_view a, std::string_view b) const {
  while (!a.empty() && !b.empty()) {
    const auto order = take_last_label(a).compare(take_last_label(b));
    if (order != 0) return order < 0;
  }
  return a.empty() && !b.empty();
}

ZoneData::ZoneData(std::string apex, dns::Soa soa, std::uint32_t soa_ttl)
    : apex_(dns::canonical(apex)), soa_(std::move(soa)), soa_ttl_(soa_ttl) {
  nodes_[apex_];
}

bool ZoneData::may_hold(const Sets* sets, RecordType type) const {
  if (type == RecordType::soa || type == RecordType::any) return false;
  if (sets == nullptr || sets->empty()) return true;
  if (type == RecordType::cname) return sets->size() == 1 && sets->contains(type);
  return !sets->contains(RecordType::cname);
}

bool ZoneData::add(Record record) {
  if (!dns::is_at_or_below(record.name, apex_) || !may_hold(node(record.name), record.type)) return false;
  if (record.type == RecordType::cname && record.name == apex_) return false;
  auto& set = nodes_[record.name][record.type];
  if (record.type == RecordType::cname && !set.empty() && set.front().data != record.data) return false;
  const bool known = std::ranges::any_of(set, [&](const Record& other) { return other.data == record.data; });
  if (!known) set.push_back(std::move(record));
  return true;
}

bool ZoneData::replace(std::string_view name, RecordType type, std::span<const Record> records) {
  ZoneData next = *this;
  next.remove(name, type);
  for (const Record& record : records) {
    if (record.name != name || record.type != type || !next.add(record)) return false;
  }
  *this = std::move(next);
  return true;
}

void ZoneData::remove(std::string_view name, RecordType type) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) return;
  found->second.erase(type);
  if (found->second.empty() && name != apex_) nodes_.erase(found);
}

void ZoneData::remove(std::string_view name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) return;
  found->second.clear();
  if (name != apex_) nodes_.erase(found);
}

Record ZoneData::soa_record() const { return {apex_, RecordType::soa, soa_ttl_, soa_}; }

std::vector<Record> ZoneData::records() const {
  std::vector<Record> all = {soa_record()};
  for (const auto& [name, sets] : nodes_) {
    for (const auto& [type, set] : sets) all.insert(all.end(), set.begin(), set.end());
  }
  return all;
}

std::vector<Record> ZoneData::set(std::string_view name, RecordType type) const {
  if (type == RecordType::soa && name == apex_) return {soa_record()};
  const Sets* sets = node(name);
  if (sets == nullptr) return {};
  const auto found = sets->find(type);
  return found == sets->end() ? std::vector<Record>() : found->second;
}

const ZoneData::Sets* ZoneData::node(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

// A name exists if it, or one below it, holds records: an empty non-terminal exists.
bool ZoneData::exists(std::string_view name) const {
  const auto next = nodes_.lower_bound(name);
  return next != nodes_.end() && dns::is_at_or_below(next->first, name);
}

const std::vector<Record>* ZoneData::delegation(std::string_view name, RecordType type) const {
  // A DS set belongs to the parent's side of the cut (RFC 4035 §3.1.4.1).
  std::string_view at = type == RecordType::ds && name != apex_ ? dns::parent(name) : name;
  const std::vector<Record>* nearest_apex = nullptr;
  for (; at != apex_ && dns::is_below(at, apex_); at = dns::parent(at)) {
    const Sets* sets = node(at);
    if (sets == nullptr) continue;
    const auto found = sets->find(RecordType::ns);
    if (found != sets->end()) nearest_apex = &found->second;
  }
  return nearest_apex;
}

// RFC 4592 §3.3.1: only the asterisk directly below the closest encloser counts.
const ZoneData::Sets* ZoneData::wildcard(std::string_view name) const {
  std::string_view encloser = dns::parent(name);
  while (encloser != apex_ && !exists(encloser)) encloser = dns::parent(encloser);
  return node(encloser.empty() ? "*" : "*." + std::string(encloser));
}

ZoneAnswer ZoneData::no_data() const {
  ZoneAnswer answer;
  answer.authority.push_back(soa_record());
  answer.authority.back().ttl = std::min(soa_ttl_, soa_.minimum);  // RFC 2308 §3
  return answer;
}

ZoneAnswer ZoneData::name_error() const {
  ZoneAnswer answer = no_data();
  answer.rcode = dns::Rcode::nxdomain;
  return answer;
}

std::optional<std::string> ZoneData::step(std::string_view name, RecordType type, ZoneAnswer& answer) const {
  if (const auto* cut = delegation(name, type)) {
    if (answer.answers.empty()) answer.authoritative = false;
    append(answer.authority, *cut, cut->front().name);
    return std::nullopt;
  }
  const bool at_apex = name == apex_;
  const Sets* sets = node(name);
  if (sets == nullptr && !exists(name)) sets = wildcard(name);
  if (sets == nullptr && !exists(name)) {
    answer.rcode = dns::Rcode::nxdomain;
    answer.authority = no_data().authority;
    return std::nullopt;
  }
  if (at_apex && (type == RecordType::soa || type == RecordType::any)) {
    answer.answers.push_back(soa_record());
    return std::nullopt;
  }
  if (sets != nullptr && !sets->empty()) {
    const auto found = type == RecordType::any ? sets->begin() : sets->find(type);
    if (found != sets->end()) {
      append(answer.answers, found->second, name);
      return std::nullopt;
    }
    if (const auto alias = sets->find(RecordType::cname); alias != sets->end()) {
      append(answer.answers, alias->second, name);
      return std::get<dns::Cname>(alias->second.front().data).target;
    }
  }
  answer.authority = no_data().authority;
  return std::nullopt;
}

// Addresses of the hosts that the answer names, as far as this zone or its glue has them.
void ZoneData::append_addresses(ZoneAnswer& answer) const {
  std::vector<std::string_view> hosts;
  for (const auto* section : {&answer.answers, &answer.authority}) {
    for (const Record& record : *section) {
      const std::string_view host = host_of(record);
      if (!host.empty() && std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
    }
  }
  for (const std::string_view host : hosts) {
    for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
      const auto addresses = set(host, type);
      append(answer.additional, addresses, host);
    }
  }
}

ZoneAnswer ZoneData::lookup(std::string_view name, RecordType type) const {
  if (!dns::is_at_or_below(name, apex_)) return refused();
  ZoneAnswer answer;
  std::optional<std::string> next = std::string(name);
  for (std::size_t steps = 0; next && steps <= max_cname_steps && dns::is_at_or_below(*next, apex_); ++steps) {
    const std::string at = std::move(*next);
    next = step(at, type, answer);
  }
  append_addresses(answer);
  return answer;
}

Zone::Zone(ZoneData data) : data_(std::make_shared<const ZoneData>(std::move(data))) {}

std::shared_ptr<const ZoneData> Zone::snapshot() const {
  const std::lock_guard lock(mutex_);
  return data_;
}

void Zone::publish(ZoneData data) {
  auto next = std::make_shared<const ZoneData>(std::move(data));
  const std::lock_guard lock(mutex_);
  data_.swap(next);
}

net::Task<ZoneAnswer> Zone::answer(std::string name, RecordType type) { co_return snapshot()->lookup(name, type); }

}  // namespace sesame::zone
