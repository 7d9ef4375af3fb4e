// mailauth/testing/zone_resolver.h: answers from a table that may hold anything.
//
// dns::FakeResolver takes only well-formed data. The suites need broken names and empty strings in MX, PTR, CNAME and
// TXT records too, and a name is NXDOMAIN here unless it has a record itself or was made to exist.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/resolver.h"

namespace sesame::mailauth::testing {

class ZoneResolver final : public dns::Resolver {
 public:
  void add(std::string_view name, dns::RecordType type, dns::RecordData data);
  void add_txt(std::string_view name, std::string_view text);
  void fail(std::string_view name, dns::RecordType type, dns::AnswerStatus status);

  net::Task<dns::Answer> resolve(std::string name, dns::RecordType type, net::Deadline deadline) override;
  std::size_t questions() const { return asked_.size(); }
  const std::vector<std::string>& asked() const { return asked_; }  // names, in order

 private:
  using Key = std::pair<std::string, dns::RecordType>;
  std::map<Key, std::vector<dns::RecordData>> records_;
  std::map<Key, dns::AnswerStatus> failures_;
  std::set<std::string> names_;
  std::vector<std::string> asked_;
};

}  // namespace sesame::mailauth::testing
