#include "mailauth/testing/zone_resolver.h"

#include "dns/name.h"

namespace sesame::mailauth::testing {

void ZoneResolver::add(std::string_view name, dns::RecordType type, dns::RecordData data) {
  records_[{dns::canonical(name), type}].push_back(std::move(data));
  names_.insert(dns::canonical(name));
}

void ZoneResolver::add_txt(std::string_view name, std::string_view text) {
  add(name, dns::RecordType::txt, dns::Txt{{std::string(text)}});
}

void ZoneResolver::fail(std::string_view name, dns::RecordType type, dns::AnswerStatus status) {
  failures_[{dns::canonical(name), type}] = status;
}

net::Task<dns::Answer> ZoneResolver::resolve(std::string name, dns::RecordType type, net::Deadline) {
  asked_.push_back(name);
  dns::Answer answer;
  std::string owner = dns::canonical(name);
  for (int hops = 0; hops < 8; ++hops) {
    if (const auto failed = failures_.find({owner, type}); failed != failures_.end()) {
      answer.status = failed->second;
      co_return answer;
    }
    if (const auto found = records_.find({owner, type}); found != records_.end()) {
      answer.status = dns::AnswerStatus::found;
      for (const auto& data : found->second) answer.records.push_back({owner, type, 300, data});
      co_return answer;
    }
    const auto alias = records_.find({owner, dns::RecordType::cname});
    if (alias == records_.end()) {
      answer.status = names_.contains(owner) ? dns::AnswerStatus::no_data : dns::AnswerStatus::nxdomain;
      co_return answer;
    }
    owner = dns::canonical(std::get<dns::Cname>(alias->second[0]).target);
    answer.cname_chain.push_back(owner);
  }
  answer.status = dns::AnswerStatus::servfail;
  answer.detail = "CNAME loop";
  co_return answer;
}

}  // namespace sesame::mailauth::testing
