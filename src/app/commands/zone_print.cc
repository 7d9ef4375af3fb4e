#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/offline.h"
#include "app/service_zone_options.h"
#include "app/token_source.h"
#include "app/wait_for.h"
#include "dns_providers/domain_connect_finder.h"

namespace sesame::app {
namespace {

constexpr std::size_t tokens_per_read = 1000;

using Published = std::vector<std::pair<std::string, std::string>>;

net::Task<store::StoreResult<Published>> published(store::ControlStore& store) {
  Published tokens;
  std::string after;
  for (;;) {
    auto page = co_await store.published_tokens(after, tokens_per_read);
    if (!page) co_return std::unexpected(page.error());
    for (const std::string& token : *page) {
      auto key = co_await store.find_published_key(token);
      if (!key && key.error().code != store::StoreErrc::not_found) co_return std::unexpected(key.error());
      if (key) tokens.emplace_back(token, dkim_record_of(*key));  // else deleted meanwhile
    }
    if (page->size() < tokens_per_read) co_return tokens;
    after = page->back();
  }
}

}  // namespace

int zone_print(const ZonePrintArguments& arguments) {
  auto offline = OfflineStore::open(arguments.config_file);
  if (!offline) return complain(offline.error(), exit_usage);
  OfflineStore& o = **offline;
  auto tokens = wait_for(o.runtime(), published(o.control()));
  if (!tokens) return complain("DKIM tokens cannot be read: " + tokens.error().detail, exit_unknown);
  auto own_key = wait_for(o.runtime(), submission::load_service_key(o.control(), o.random()));
  if (!own_key) return complain(own_key.error(), exit_unknown);
  const auto domain_connect = wait_for(o.runtime(), dns_providers::load_domain_connect_key(o.control()));
  if (!domain_connect) return complain(domain_connect.error(), exit_unknown);
  zone::ServiceZoneOptions options = service_zone_options(o.config(), *own_key, **domain_connect);
  options.serial = static_cast<std::uint32_t>(to_unix_seconds(o.clock().now()));
  try {
    fmt::print("{}", zone::print_service_zone(options, *tokens));
  } catch (const std::invalid_argument& problem) {
    return complain(problem.what(), exit_usage);
  }
  return exit_good;
}

}  // namespace sesame::app
