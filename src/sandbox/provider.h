// sandbox/provider.h: the pretend DNS provider: zones that the user edits, served by the built-in name server.
//
// A zone begins with the first record put into it. It has an SOA and NS of its own, which cannot be edited, and until
// somebody changes that an MX at its apex that leads to the receiver.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sandbox/hosts.h"
#include "sandbox/zones_file.h"
#include "zone/authority.h"

namespace sesame::sandbox {

enum class ProviderErrc {
  bad_zone_name,    // not a domain of two labels or more, or one the sandbox needs for itself
  no_such_zone,     // nothing was ever put there, or it was removed
  no_such_records,  // nothing to remove
  refused,          // the records cannot stand in the zone, or there would be too many; nothing was changed
  unavailable,      // the file cannot be written; nothing was changed; `text` is for the log
};

struct ProviderError {
  ProviderErrc code;
  std::string text;  // one line
};

template <class T>
using ProviderResult = Result<T, ProviderError>;

// Thread-safe. What changes zones writes the file and blocks: call it on a worker. `authority` and `clock` must outlive
// it.
class Provider {
 public:
  static constexpr std::size_t max_zones = 1'000;
  static constexpr std::size_t max_zone_records = 2'000;
  static constexpr std::size_t max_set_records = 100;  // of one name and type

  struct Deps {
    zone::Authority& authority;
    const Clock& clock;
  };

  // Reads the zones that are in `file` and serves them.
  static Result<std::unique_ptr<Provider>, ZonesFileError> open(Deps deps, Hosts hosts, std::filesystem::path file);

  // The canonical name, if a zone may have it.
  ProviderResult<std::string> zone_name(std::string_view text) const;

  // `zone` as zone_name() gives it. All of these return the records of the zone: SOA, NS and the user's own.
  using Records = std::vector<dns::Record>;
  ProviderResult<Records> records(const std::string& zone) const;
  // Each name and type in `records` becomes exactly the records given for it; other sets stay. All or nothing.
  ProviderResult<Records> put(const std::string& zone, const Records& records);
  // One set, or everything at the name.
  ProviderResult<Records> remove(const std::string& zone, const std::string& name, std::optional<dns::RecordType> type);

  ProviderResult<void> remove_zone(const std::string& zone);

  std::vector<std::string> zones() const;  // in order of name

  // The zone `name` lies in; nullptr if in none.
  std::shared_ptr<const zone::ZoneData> zone_holding(std::string_view name) const;

 private:
  Provider(Deps deps, Hosts hosts, std::filesystem::path file);

  std::shared_ptr<zone::Zone> find(std::string_view zone) const;
  std::uint32_t new_serial() const;
  // With `zone` as it is about to be; nullptr: without it.
  ProviderResult<void> save(const std::string& zone, const zone::ZoneData* next) const;
  ProviderResult<Records> publish(const std::string& zone, zone::ZoneData next);

  Deps deps_;
  const Hosts hosts_;
  const std::filesystem::path file_;
  std::mutex writing_;        // held from reading a zone to publishing its next version
  mutable std::mutex mutex_;  // guards zones_
  std::map<std::string, std::shared_ptr<zone::Zone>, std::less<>> zones_;
};

}  // namespace sesame::sandbox
