// zone/authority.h: all the zones a server answers for.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "zone/zone_data.h"
#include "zone/zone_source.h"

namespace sesame::zone {

// The zone with the longest apex answers (RFC 1034 §4.3.2 step 2); a question for DS at an apex goes to the zone above
// if that is here too (RFC 4035 §3.1.4.1). Thread-safe; zones may come and go while questions are answered.
class Authority {
 public:
  void put(std::string_view apex, std::shared_ptr<ZoneSource> zone);
  void remove(std::string_view apex);
  std::vector<std::string> apexes() const;

  // Asked for names in none of the zones (without one they are REFUSED), and where a zone here delegates a name away:
  // if the source holds the zone below the cut, its answer takes the place of the referral.
  void set_fallback(std::shared_ptr<ZoneSource> source);

  net::Task<ZoneAnswer> answer(std::string name, dns::RecordType type) const;

 private:
  struct Sources {
    std::shared_ptr<ZoneSource> zone, fallback;  // either may be missing
  };
  Sources find(std::string_view name, dns::RecordType type) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ZoneSource>, std::less<>> zones_;
  std::shared_ptr<ZoneSource> fallback_;
};

}  // namespace sesame::zone
