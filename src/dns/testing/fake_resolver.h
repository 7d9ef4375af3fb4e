// dns/testing/fake_resolver.h: a Resolver in memory, for tests.
//
//   FakeResolver dns;
//   dns.add("b.example", RecordType::mx, "10 mx.b.example");
//   dns.fail("slow.example", AnswerStatus::timeout);
//
// A name exists if it, or a name below it, holds a record; every other name is NXDOMAIN. CNAMEs are followed (at most
// 8). Answers come at once, time-outs too: no clock is involved. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "dns/resolver.h"

namespace sesame::dns {

class FakeResolver final : public Resolver {
 public:
  // `value` in the form of parse_record_data; throws std::invalid_argument if it is not one.
  void add(std::string_view name, RecordType type, std::string_view value, std::uint32_t ttl = 300);
  void remove(std::string_view name, RecordType type);
  void clear();

  // Every question for `name` (of one type, if given) ends so, whatever records there are, until heal().
  void fail(std::string_view name, AnswerStatus status, std::optional<RecordType> type = std::nullopt);
  void heal(std::string_view name);
  // Answers about `name` are marked as validated.
  void sign(std::string_view name);

  std::size_t questions() const;
  std::size_t questions(std::string_view name, RecordType type) const;

  net::Task<Answer> resolve(std::string name, RecordType type, net::Deadline deadline) override;
  // The same without a coroutine.
  Answer answer(std::string_view name, RecordType type);

 private:
  using Key = std::pair<std::string, RecordType>;

  std::optional<Answer> failure(const std::string& name, RecordType type) const;
  bool exists(const std::string& name) const;

  mutable std::mutex mutex_;
  std::map<Key, std::vector<Record>> records_;
  std::map<std::pair<std::string, std::optional<RecordType>>, AnswerStatus> failures_;
  std::map<std::string, bool> signed_;
  std::map<Key, std::size_t> asked_;
};

}  // namespace sesame::dns
