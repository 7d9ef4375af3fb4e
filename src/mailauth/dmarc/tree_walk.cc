#include "mailauth/dmarc/tree_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "dns/name.h"

namespace sesame::mailauth::dmarc {

std::vector<std::string> walk_targets(std::string_view domain) {
  std::vector<std::string> targets{std::string(domain)};
  std::string_view target = dns::parent(domain);
  // §4.10 step 4: from a name of eight labels or more go straight to the last seven.
  while (dns::label_count(target) > max_walk_queries - 1) target = dns::parent(target);
  for (; !target.empty(); target = dns::parent(target)) targets.emplace_back(target);
  return targets;
}

// §4.10.2, from the longest name to the shortest.
std::string TreeWalk::organizational_domain() const {
  for (const WalkStep& step : found) {
    if (step.record.psd == PublicSuffix::no) return step.domain;
    if (step.record.psd == PublicSuffix::yes && step.domain != start) {
      std::string_view below = start;
      while (dns::label_count(below) > dns::label_count(step.domain) + 1) below = dns::parent(below);
      return std::string(below);
    }
  }
  return found.empty() ? start : found.back().domain;
}

const WalkStep* TreeWalk::at(std::string_view domain) const {
  const auto step = std::ranges::find(found, domain, &WalkStep::domain);
  return step == found.end() ? nullptr : &*step;
}

const WalkStep* TreeWalk::public_suffix() const {
  const auto step = std::ranges::find_if(found, [](const auto& s) { return s.record.psd == PublicSuffix::yes; });
  return step == found.end() ? nullptr : &*step;
}

net::Task<TreeWalk> TreeWalker::walk(std::string domain) {
  TreeWalk walk;
  walk.start = domain;
  for (const std::string& target : walk_targets(domain)) {
    const Look* look_here = co_await look(target);
    if (walk.problem.empty()) walk.problem = look_here->problem;
    walk.temperror = walk.temperror || look_here->temperror;
    if (look_here->temperror) break;
    if (!look_here->record) continue;
    walk.found.push_back({target, *look_here->record});
    if (look_here->record->psd != PublicSuffix::unknown) break;
  }
  co_return walk;
}

// Steps 2 and 6: what is not DMARC is discarded, and so are several records at one name.
net::Task<const TreeWalker::Look*> TreeWalker::look(std::string domain) {
  if (const auto known = looks_.find(domain); known != looks_.end()) co_return &known->second;
  Look look;
  std::string name = "_dmarc." + domain;
  dns::Answer answer;
  answer.status = dns::AnswerStatus::nxdomain;
  if (name.size() <= dns::max_name_octets) answer = co_await resolver_.resolve(name, dns::RecordType::txt, deadline_);
  if (answer.status == dns::AnswerStatus::servfail || answer.status == dns::AnswerStatus::timeout) {
    look.temperror = true;
    look.problem = fmt::format("DNS did not answer the question for TXT of {}", name);
  }
  std::size_t records = 0;
  for (const dns::Record& record : answer.records) {
    const auto* txt = std::get_if<dns::Txt>(&record.data);
    if (txt == nullptr) continue;
    auto parsed = parse_record(txt->joined());
    if (!parsed && parsed.error() == RecordError::not_dmarc) continue;
    ++records;
    if (!parsed) {
      look.problem = fmt::format("the record at {} gives a tag twice and is ignored", name);
    } else {
      look.record = *std::move(parsed);
      if (!look.record->problem.empty()) look.problem = fmt::format("the record at {} {}", name, look.record->problem);
    }
  }
  if (records > 1) {
    look.record.reset();
    look.problem = fmt::format("{} DMARC records at {}; all are ignored", records, name);
  }
  co_return &looks_.emplace(std::move(domain), std::move(look)).first->second;
}

}  // namespace sesame::mailauth::dmarc
