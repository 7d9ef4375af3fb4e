// zone/zone_data.h: the records of one zone, and the answers they give.
//
// Source: RFC 1034 §4.3.2 (the algorithm), RFC 4592 (wildcards, empty non-terminals), RFC 2308 (negative answers),
// RFC 6604 (the verdict of a CNAME chain is that of its end), RFC 8482 (ANY). No DNSSEC records are made.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/zone_source.h"

namespace sesame::zone {

// Orders names by labels from the right, so that all names below one follow it directly.
struct LabelOrder {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

// A value; not thread-safe by itself. Names are canonical (dns/name.h) and at or below the apex.
class ZoneData {
 public:
  // `apex` "" is the root zone.
  ZoneData(std::string apex, dns::Soa soa, std::uint32_t soa_ttl = 300);

  const std::string& apex() const { return apex_; }
  const dns::Soa& soa() const { return soa_; }
  void set_serial(std::uint32_t serial) { soa_.serial = serial; }

  // False, and nothing is changed, for a name outside the zone, an SOA, or a CNAME that would stand beside other data
  // (RFC 1034 §3.6.2). Adding a record twice keeps one.
  [[nodiscard]] bool add(dns::Record record);
  // All records of the name and type become `records`; none removes the set. The same conditions, for all or nothing.
  [[nodiscard]] bool replace(std::string_view name, dns::RecordType type, std::span<const dns::Record> records);
  void remove(std::string_view name, dns::RecordType type);
  void remove(std::string_view name);

  // The SOA first, then in LabelOrder.
  std::vector<dns::Record> records() const;
  std::vector<dns::Record> set(std::string_view name, dns::RecordType type) const;

  // REFUSED for a name outside the zone.
  ZoneAnswer lookup(std::string_view name, dns::RecordType type) const;
  ZoneAnswer no_data() const;
  ZoneAnswer name_error() const;

 private:
  using Sets = std::map<dns::RecordType, std::vector<dns::Record>>;
  using Nodes = std::map<std::string, Sets, LabelOrder>;

  const Sets* node(std::string_view name) const;
  bool exists(std::string_view name) const;
  bool may_hold(const Sets* sets, dns::RecordType type) const;
  // The set that delegates `name` or an ancestor of it away, if one does.
  const std::vector<dns::Record>* delegation(std::string_view name, dns::RecordType type) const;
  const Sets* wildcard(std::string_view name) const;
  // One step of the algorithm; the name to go on with after a CNAME, else "done".
  std::optional<std::string> step(std::string_view name, dns::RecordType type, ZoneAnswer& answer) const;
  void append_addresses(ZoneAnswer& answer) const;
  dns::Record soa_record() const;

  std::string apex_;
  dns::Soa soa_;
  std::uint32_t soa_ttl_;
  Nodes nodes_;
};

// A zone that changes while it is served: readers see the whole of one version. Thread-safe.
class Zone final : public ZoneSource {
 public:
  explicit Zone(ZoneData data);

  std::shared_ptr<const ZoneData> snapshot() const;
  // `change` gets a copy, which becomes the next version with the serial one higher; returning false drops it.
  template <class Change>
  bool update(Change change) {
    const std::lock_guard writer(writing_);
    ZoneData next = *snapshot();
    if (!change(next)) return false;
    next.set_serial(next.soa().serial + 1);
    publish(std::move(next));
    return true;
  }

  net::Task<ZoneAnswer> answer(std::string name, dns::RecordType type) override;

 private:
  void publish(ZoneData data);

  std::mutex writing_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ZoneData> data_;
};

}  // namespace sesame::zone
