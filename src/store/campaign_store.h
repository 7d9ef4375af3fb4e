// store/campaign_store.h: what mail to many is made of: the templates of accounts.
//
// Part of control.db. As of store/control_store.h: implementations are thread-safe, reads see every write that has
// returned, every operation may also fail with full, unavailable or corrupt, lists are as long as `limit` at most and
// go on after `after` ("" at the start).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/error.h"

namespace sesame::store {

struct EmailTemplate {
  std::string account_id;
  std::string name;  // unique in the account, case-sensitive
  Time created{};
  std::string subject;
  std::optional<std::string> text, html;
  std::vector<std::pair<std::string, std::string>> tags;
  friend bool operator==(const EmailTemplate&, const EmailTemplate&) = default;
};

struct TemplatePage {
  struct Entry {
    std::string name;
    Time created{};
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries;             // ordered by name
  std::optional<std::string> next_after;  // pass as `after` for the next page; unset at the end
};

class CampaignStore {
 public:
  virtual ~CampaignStore() = default;

  virtual StoreTask<void> create_template(EmailTemplate made) = 0;  // already_exists
  // Subject and bodies; what else is known of it stays. not_found
  virtual StoreTask<void> update_template(EmailTemplate changed) = 0;
  virtual StoreTask<EmailTemplate> find_template(std::string account_id, std::string name) = 0;  // not_found
  virtual StoreTask<void> delete_template(std::string account_id, std::string name) = 0;         // not_found
  virtual StoreTask<TemplatePage> list_templates(std::string account_id, std::string after, std::size_t limit) = 0;
  virtual StoreTask<std::uint64_t> count_templates(std::string account_id) = 0;
};

}  // namespace sesame::store
