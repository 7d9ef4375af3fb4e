// mailauth/dmarc/tree_walk.h: finding DMARC records and organizational domains by asking up the tree.
//
// Source: RFC 9989 §4.10 (the walk, at most eight questions), §4.10.2 (the organizational domain).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.h"
#include "mailauth/dmarc/record.h"
#include "net/task.h"

namespace sesame::mailauth::dmarc {

constexpr std::size_t max_walk_queries = 8;

// The names a walk from `domain` asks about, in order, without the "_dmarc" label. At most max_walk_queries.
std::vector<std::string> walk_targets(std::string_view domain);

struct WalkStep {
  std::string domain;
  DmarcRecord record;
};

struct TreeWalk {
  std::string start;
  std::vector<WalkStep> found;  // in the order of the walk: the longest name first
  bool temperror = false;       // DNS did not answer somewhere; `found` may lack records
  std::string problem;          // what was discarded or did not answer, one sentence

  // Never empty: without any record it is the domain the walk started at.
  std::string organizational_domain() const;
  // The record at `domain` itself, if the walk found one.
  const WalkStep* at(std::string_view domain) const;
  // The record of the public suffix domain above the organizational domain, if any.
  const WalkStep* public_suffix() const;
};

// Walks, asking each name at most once however many walks need it. Belongs to one evaluation; not thread-safe.
class TreeWalker {
 public:
  TreeWalker(dns::Resolver& resolver, net::Deadline deadline) : resolver_(resolver), deadline_(deadline) {}

  // `domain` is an A-label name in lower case.
  net::Task<TreeWalk> walk(std::string domain);

 private:
  struct Look {
    std::optional<DmarcRecord> record;
    bool temperror = false;
    std::string problem;
  };
  net::Task<const Look*> look(std::string domain);

  dns::Resolver& resolver_;
  net::Deadline deadline_;
  std::map<std::string, Look, std::less<>> looks_;
};

}  // namespace sesame::mailauth::dmarc
