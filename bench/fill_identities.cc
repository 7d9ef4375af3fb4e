// Fills a data directory with identities whose MAIL FROM domains are confirmed, as months of customers would, without
// making a key pair for each: all share one, which no benchmark of the watcher looks at.
//
//   fill_identities DATA_DIRECTORY COUNT PARENT_DOMAIN SECONDS
//
// Identity i is c<i>.<PARENT_DOMAIN> with MAIL FROM domain bounce.c<i>.<PARENT_DOMAIN>; next looks are spread evenly
// over the coming SECONDS.
#include <fmt/format.h>

#include <cstdlib>

#include "app/data_dir.h"
#include "app/service.h"
#include "app/wait_for.h"
#include "base/seal.h"
#include "base/text.h"
#include "net/runtime.h"
#include "store/open.h"

namespace {

using namespace sesame;

store::IdentityRecord identity(std::uint64_t i, const std::string& parent, Time now, std::chrono::milliseconds spread) {
  store::IdentityRecord record;
  record.account_id = std::string(app::default_account);
  record.name = fmt::format("c{}.{}", i, parent);
  record.created = now;
  record.verification = store::VerificationStatus::success;
  store::MailFromState mail_from;
  mail_from.domain = "bounce." + record.name;
  mail_from.status = store::MailFromStatus::success;
  mail_from.status_since = now;
  mail_from.timer.last_success = now;
  mail_from.timer.next_look = now + spread;
  record.mail_from = mail_from;
  record.next_look = mail_from.timer.next_look;
  return record;
}

net::Task<std::string> fill(store::ControlStore& store, std::uint64_t count, std::string parent, std::int64_t seconds) {
  const Time now = SystemClock().now();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::chrono::milliseconds spread(seconds * 1000 * std::int64_t(i) / std::int64_t(count));
    auto created = co_await store.create_identity(identity(i, parent, now, spread), {});
    if (!created) co_return created.error().detail;
  }
  co_return "";
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc == 5 ? parse_decimal(argv[2]) : std::nullopt;
  const auto seconds = argc == 5 ? parse_decimal(argv[4]) : std::nullopt;
  if (!count || !seconds) {
    fmt::print(stderr, "usage: fill_identities DATA_DIRECTORY COUNT PARENT_DOMAIN SECONDS\n");
    return 2;
  }
  SecureRandom random;
  auto key = app::prepare_data_dir(argv[1], random);
  if (!key) return fmt::print(stderr, "{}\n", key.error()), 2;
  const Sealer sealer(std::move(*key), random);
  auto stores = store::open_stores(std::string("sqlite:") + argv[1], sealer);
  if (!stores) return fmt::print(stderr, "{}\n", stores.error()), 2;
  net::Runtime runtime(1);
  const std::string problem = app::wait_for(runtime, fill(*stores->control, *count, argv[3], std::int64_t(*seconds)));
  if (!problem.empty()) return fmt::print(stderr, "{}\n", problem), 1;
  return 0;
}
