// sqlite/campaign_schema.h: the part of control.db that store/campaign_store.h is about. Described in
// docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* template_tables = R"sql(
create table email_templates (
  account_id  text not null,
  name        text not null,
  created     integer not null,
  subject     text not null,
  text_part   text,
  html_part   text,
  tags        text not null,
  primary key (account_id, name)
) strict;
)sql";

// Of configuration sets: where links of tracked messages lead.
inline constexpr const char* tracking_columns = R"sql(
alter table configuration_sets add column redirect_domain text;
alter table configuration_sets add column https_policy integer not null default 0;
)sql";

}  // namespace sesame::store::sqlite
