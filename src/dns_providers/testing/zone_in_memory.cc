#include "dns_providers/testing/zone_in_memory.h"

namespace sesame::dns_providers {

class ZoneInMemory::Access final : public Provider {
 public:
  explicit Access(ZoneInMemory& zone) : zone_(zone) {}

  ProviderTask<ZoneFacts> test(net::Deadline) override {
    if (zone_.no_zone) co_return std::unexpected(ProviderError{ProviderErrc::no_zone, "zone", "no such zone", false});
    co_return ZoneFacts{};
  }

  ProviderTask<std::vector<RecordSet>> read(std::vector<SetKey> questions, net::Deadline) override {
    if (zone_.unreadable_) co_return std::unexpected(lost());
    std::vector<RecordSet> found;
    for (const SetKey& question : questions) {
      const auto set = zone_.sets_.find(question);
      if (set != zone_.sets_.end()) found.push_back(set->second);
    }
    co_return found;
  }

  ProviderTask<void> apply(ChangeSet changes, net::Deadline) override {
    if (zone_.before_apply) zone_.before_apply();
    if (zone_.refuse_changes) co_return std::unexpected(ProviderError{ProviderErrc::refused, "", "no", false});
    for (const RecordSet& expected : changes.expected) {
      if (!same_data(expected, set_at(zone_.sets(), key_of(expected)))) {
        co_return std::unexpected(ProviderError{ProviderErrc::changed, "", "changed", false});
      }
    }
    if (!zone_.ignore_changes) make(changes);
    if (zone_.after_apply) zone_.after_apply();
    zone_.unreadable_ = zone_.fail_reads_after_apply;
    if (zone_.lose_answer) co_return std::unexpected(lost());
    co_return Result<void, ProviderError>();
  }

 private:
  static ProviderError lost() { return {ProviderErrc::unreachable, "settings.server", "no answer", true}; }

  void make(const ChangeSet& changes) {
    for (const Change& change : changes.changes) {
      zone_.remove(change.key());
      if (!change.after.data.empty()) zone_.put(change.after);
      ++zone_.changes_made;
    }
  }

  ZoneInMemory& zone_;
};

Result<std::unique_ptr<Provider>, FieldError> ZoneInMemory::make(const Kind&, std::string,
                                                                 const Credentials& credentials) {
  last_credentials.settings = credentials.settings;
  last_credentials.secrets.clear();
  for (const auto& [name, secret] : credentials.secrets) last_credentials.secrets.emplace(name, secret.share());
  return std::make_unique<Access>(*this);
}

std::vector<RecordSet> ZoneInMemory::sets() const {
  std::vector<RecordSet> all;
  for (const auto& [key, set] : sets_) all.push_back(set);
  return all;
}

void ZoneInMemory::heal() {
  lose_answer = fail_reads_after_apply = unreadable_ = false;
  before_apply = after_apply = nullptr;
}

}  // namespace sesame::dns_providers
