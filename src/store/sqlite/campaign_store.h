// sqlite/campaign_store.h: templates on control.db.
#pragma once

#include "store/campaign_store.h"
#include "store/sqlite/engine.h"

namespace sesame::store::sqlite {

// `engine` is the control store's and must outlive it. No operation may be under way when it is destroyed.
class SqliteCampaignStore final : public CampaignStore {
 public:
  explicit SqliteCampaignStore(Engine& engine) : engine_(engine) {}

  StoreTask<void> create_template(EmailTemplate made) override;
  StoreTask<void> update_template(EmailTemplate changed) override;
  StoreTask<EmailTemplate> find_template(std::string account_id, std::string name) override;
  StoreTask<void> delete_template(std::string account_id, std::string name) override;
  StoreTask<TemplatePage> list_templates(std::string account_id, std::string after, std::size_t limit) override;
  StoreTask<std::uint64_t> count_templates(std::string account_id) override;

 private:
  Engine& engine_;
};

}  // namespace sesame::store::sqlite
