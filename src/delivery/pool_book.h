// delivery/pool_book.h: which addresses the mail of an account and configuration set may leave from.
//
// A pool is some of an account's dedicated addresses (store/pool_store.h), or the shared addresses. Not thread-safe:
// lives on the engine's executor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/host_book.h"
#include "delivery/route.h"
#include "delivery/source.h"
#include "store/pool_store.h"

namespace sesame::delivery {

struct Pool {
  std::string key;  // "account/name"; "" for the shared one
  std::vector<SourcePtr> sources;
};

class PoolBook {
 public:
  // Of the shared addresses those that are configured; for a family without any the system chooses.
  PoolBook(const std::vector<OwnAddress>& configured, const std::string& helo_name);

  // Which pool each dedicated address is in, of those that are configured, and which sets name a pool.
  void replace(const std::vector<store::DedicatedAddress>& known, const std::vector<store::PoolChoice>& choices);

  // False: all mail leaves from shared().sources.front().
  bool has_choice() const { return shared_.sources.size() > 1 || !pools_.empty(); }
  const Pool& shared() const { return shared_; }
  // The pool the set names, else the account's default one; the shared one if there is no address in it.
  const Pool& pool_of(const std::string& account_id, const std::optional<std::string>& configuration_set) const;
  // By its key; the shared one if it has gone.
  const Pool& pool(const std::string& key) const;
  // The dedicated address of that name; nullptr: it is none.
  SourcePtr find(const std::string& address) const;

 private:
  std::vector<OwnAddress> configured_;
  std::string helo_name_;
  Pool shared_;
  std::map<std::string, Pool> pools_;                                      // by key
  std::map<std::string, SourcePtr> dedicated_;                             // by address
  std::map<std::pair<std::string, std::string>, std::string> pool_names_;  // by account and set
};

// Hosts that a source should reach: those of the best preference that are not put aside; of none, all.
struct Families {
  bool v4 = false, v6 = false;
  bool overlaps(const Source& source) const { return (v4 && source.v4) || (v6 && source.v6); }
};
// From the best on, one for each preference that has a host which is not aside, and then that of all hosts.
std::vector<Families> families_of(const Site& site, const HostBook& hosts, HostBook::Moment now);

// One of them, each as often as its weight says; nullptr if there is none.
SourcePtr draw(const std::vector<SourcePtr>& sources, RandomSource& random);

}  // namespace sesame::delivery
