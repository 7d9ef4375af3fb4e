// Templates. The rest of the campaign store, if there is more, is in files of its own.
#include <fmt/format.h>

#include "store/sqlite/campaign_store.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/row_errors.h"
#include "store/sqlite/tags_json.h"

namespace sesame::store::sqlite {
namespace {

std::string describe(std::string_view account_id, std::string_view name) {
  return fmt::format("template {}/{}", account_id, name);
}

}  // namespace

StoreTask<void> SqliteCampaignStore::create_template(EmailTemplate made) {
  auto operation = [made = std::move(made)](Database& db) -> StoreResult<void> {
    Query(db,
          "insert into email_templates (account_id, name, created, subject, text_part, html_part, tags) "
          "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing",
          made.account_id, made.name, made.created, made.subject, made.text, made.html, tags_to_json(made.tags))
        .run();
    return expect_made(db, describe(made.account_id, made.name));
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteCampaignStore::update_template(EmailTemplate changed) {
  auto operation = [changed = std::move(changed)](Database& db) -> StoreResult<void> {
    Query(db,
          "update email_templates set subject = ?3, text_part = ?4, html_part = ?5 where account_id = ?1 and name = ?2",
          changed.account_id, changed.name, changed.subject, changed.text, changed.html)
        .run();
    return expect_found(db, describe(changed.account_id, changed.name));
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<EmailTemplate> SqliteCampaignStore::find_template(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id),
                    name = std::move(name)](Database& db) -> StoreResult<EmailTemplate> {
    Query query(db,
                "select created, subject, text_part, html_part, tags from email_templates "
                "where account_id = ?1 and name = ?2",
                account_id, name);
    if (!query.step()) return not_found(describe(account_id, name));
    return EmailTemplate{.account_id = account_id,
                         .name = name,
                         .created = query.time(0),
                         .subject = query.text(1),
                         .text = query.optional_text(2),
                         .html = query.optional_text(3),
                         .tags = read_tags(describe(account_id, name), query.text(4))};
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<void> SqliteCampaignStore::delete_template(std::string account_id, std::string name) {
  auto operation = [account_id = std::move(account_id), name = std::move(name)](Database& db) -> StoreResult<void> {
    Query(db, "delete from email_templates where account_id = ?1 and name = ?2", account_id, name).run();
    return expect_found(db, describe(account_id, name));
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<TemplatePage> SqliteCampaignStore::list_templates(std::string account_id, std::string after,
                                                            std::size_t limit) {
  auto operation = [account_id = std::move(account_id), after = std::move(after),
                    limit](Database& db) -> StoreResult<TemplatePage> {
    Query query(db,
                "select name, created from email_templates where account_id = ?1 and name > ?2 order by name limit ?3",
                account_id, after, limit + 1);
    TemplatePage page;
    while (query.step()) {
      if (page.entries.size() == limit) {
        page.next_after = page.entries.empty() ? after : page.entries.back().name;
        break;
      }
      page.entries.push_back({query.text(0), query.time(1)});
    }
    return page;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteCampaignStore::count_templates(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<std::uint64_t> {
    Query query(db, "select count(*) from email_templates where account_id = ?1", account_id);
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
