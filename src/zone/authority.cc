#include "zone/authority.h"

#include "dns/name.h"

namespace sesame::zone {
namespace {

bool is_referral(const ZoneAnswer& answer) {
  return answer.rcode == dns::Rcode::noerror && !answer.authoritative && answer.answers.empty();
}

}  // namespace

void Authority::put(std::string_view apex, std::shared_ptr<ZoneSource> zone) {
  const std::lock_guard lock(mutex_);
  zones_.insert_or_assign(dns::canonical(apex), std::move(zone));
}

void Authority::remove(std::string_view apex) {
  const std::lock_guard lock(mutex_);
  zones_.erase(dns::canonical(apex));
}

std::vector<std::string> Authority::apexes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [apex, zone] : zones_) names.push_back(apex);
  return names;
}

void Authority::set_fallback(std::shared_ptr<ZoneSource> source) {
  const std::lock_guard lock(mutex_);
  fallback_ = std::move(source);
}

Authority::Sources Authority::find(std::string_view name, dns::RecordType type) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<ZoneSource> own;  // of the zone whose apex is `name`, while a zone above is looked for
  for (std::string_view at = name;; at = dns::parent(at)) {
    const auto found = zones_.find(at);
    if (found != zones_.end()) {
      if (type != dns::RecordType::ds || at != name || name.empty()) return {found->second, fallback_};
      own = found->second;
    }
    if (at.empty()) return {own, fallback_};
  }
}

net::Task<ZoneAnswer> Authority::answer(std::string name, dns::RecordType type) const {
  const Sources sources = find(name, type);
  if (!sources.zone && !sources.fallback) co_return refused();
  if (!sources.zone) co_return co_await sources.fallback->answer(std::move(name), type);
  ZoneAnswer answer = co_await sources.zone->answer(name, type);
  if (!sources.fallback || !is_referral(answer)) co_return answer;
  ZoneAnswer below = co_await sources.fallback->answer(std::move(name), type);
  if (below.rcode == dns::Rcode::refused) co_return answer;
  co_return below;
}

}  // namespace sesame::zone
