// dns_providers/change_set.h: a change of a zone, record set by record set, with what it was before: what is shown as a
// preview, applied as a whole, kept, and turned round to undo it. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dns/update.h"

namespace sesame::dns_providers {

using dns::RecordSet;

// A set that may be there. One without data is not there.
struct SetKey {
  std::string name;
  dns::RecordType type = dns::RecordType::a;
  friend auto operator<=>(const SetKey&, const SetKey&) = default;
};
inline SetKey key_of(const RecordSet& set) { return {set.name, set.type}; }

std::vector<SetKey> keys_of(const std::vector<RecordSet>& sets);

// The same records, in whatever order and with whatever TTL.
bool same_data(const RecordSet& a, const RecordSet& b);

// What holds at `key` among `sets`: a set without data if none does.
RecordSet set_at(const std::vector<RecordSet>& sets, const SetKey& key);

// Both of the same name and type; without data: not there. They differ.
struct Change {
  RecordSet before, after;

  SetKey key() const { return key_of(before); }
};

struct ChangeSet {
  // Must all still be as given when the changes are made, or none of them is: sets that change and their neighbours.
  std::vector<RecordSet> expected;
  std::vector<Change> changes;
};

// An alias that comes can have nothing beside it (RFC 1034 §3.6.2), and BIND passes over one that has without a word,
// making the other changes: adds to what is expected that nothing is there but what is expected already.
void expect_nothing_beside_aliases(ChangeSet& set);

// What undoes `changes`; expects what they have made, and nothing beside aliases that come back.
ChangeSet inverse(const std::vector<Change>& changes);

// As it is kept (format 1): {"format":1,"changes":[{"name","type","before":{"ttl","data":[zone-file form]} or null,
// "after"}]}. Reading what was written gives the same octets.
std::string to_document(const std::vector<Change>& changes);
// The error is one line: the document is damaged or of a later version.
Result<std::vector<Change>, std::string> from_document(std::string_view document);

}  // namespace sesame::dns_providers
