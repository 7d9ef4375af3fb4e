#include "dns/testing/fake_resolver.h"

#include <algorithm>
#include <stdexcept>

#include "dns/name.h"

namespace sesame::dns {
namespace {

constexpr std::size_t max_cnames = 8;

}  // namespace

void FakeResolver::add(std::string_view name, RecordType type, std::string_view value, std::uint32_t ttl) {
  auto parsed = parse_record_data(type, value);
  if (const auto* error = std::get_if<RecordParseError>(&parsed)) throw std::invalid_argument(error->text);
  const std::string owner = canonical(name);
  const std::lock_guard lock(mutex_);
  records_[{owner, type}].push_back({owner, type, ttl, std::get<RecordData>(std::move(parsed))});
}

void FakeResolver::remove(std::string_view name, RecordType type) {
  const std::lock_guard lock(mutex_);
  records_.erase({canonical(name), type});
}

void FakeResolver::clear() {
  const std::lock_guard lock(mutex_);
  records_.clear();
  failures_.clear();
  signed_.clear();
  asked_.clear();
}

void FakeResolver::fail(std::string_view name, AnswerStatus status, std::optional<RecordType> type) {
  const std::lock_guard lock(mutex_);
  failures_[{canonical(name), type}] = status;
}

void FakeResolver::heal(std::string_view name) {
  const std::string owner = canonical(name);
  const std::lock_guard lock(mutex_);
  std::erase_if(failures_, [&](const auto& failure) { return failure.first.first == owner; });
}

void FakeResolver::sign(std::string_view name) {
  const std::lock_guard lock(mutex_);
  signed_[canonical(name)] = true;
}

std::size_t FakeResolver::questions() const {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const auto& [key, count] : asked_) sum += count;
  return sum;
}

std::size_t FakeResolver::questions(std::string_view name, RecordType type) const {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find({canonical(name), type});
  return found == asked_.end() ? 0 : found->second;
}

std::optional<Answer> FakeResolver::failure(const std::string& name, RecordType type) const {
  auto found = failures_.find({name, type});
  if (found == failures_.end()) found = failures_.find({name, std::nullopt});
  if (found == failures_.end()) return std::nullopt;
  Answer answer;
  answer.status = found->second;
  answer.detail = "set by the test";
  return answer;
}

bool FakeResolver::exists(const std::string& name) const {
  return std::ranges::any_of(records_, [&](const auto& entry) { return is_at_or_below(entry.first.first, name); });
}

Answer FakeResolver::answer(std::string_view name, RecordType type) {
  const std::lock_guard lock(mutex_);
  std::string at = canonical(name);
  ++asked_[{at, type}];
  Answer answer;
  while (true) {
    if (auto failed = failure(at, type)) {
      failed->cname_chain = std::move(answer.cname_chain);
      return *failed;
    }
    answer.secure = signed_.contains(at);
    if (const auto found = records_.find({at, type}); found != records_.end()) {
      answer.status = AnswerStatus::found;
      answer.records = found->second;
      return answer;
    }
    const auto alias = records_.find({at, RecordType::cname});
    if (alias == records_.end()) {
      answer.status = exists(at) ? AnswerStatus::no_data : AnswerStatus::nxdomain;
      return answer;
    }
    if (answer.cname_chain.size() == max_cnames) {
      answer.status = AnswerStatus::servfail;
      answer.detail = "too many CNAMEs";
      return answer;
    }
    at = std::get<Cname>(alias->second.front().data).target;
    answer.cname_chain.push_back(at);
  }
}

net::Task<Answer> FakeResolver::resolve(std::string name, RecordType type, net::Deadline) {
  co_return answer(name, type);
}

}  // namespace sesame::dns
