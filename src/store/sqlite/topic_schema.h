// sqlite/topic_schema.h: the part of control.db that store/topic_store.h is about. Described in docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* topic_tables = R"sql(
create table topics (
  arn                text not null primary key,
  account_id         text not null,
  display_name       text not null,
  policy             text not null,
  signature_version  integer not null,
  created            integer not null
) strict, without rowid;
create index topics_of_account on topics (account_id, arn);

create table subscriptions (
  arn                          text not null primary key,
  topic_arn                    text not null references topics on delete cascade,
  account_id                   text not null,
  endpoint                     text not null,
  confirmed                    integer not null,
  raw_message_delivery         integer not null,
  authenticate_on_unsubscribe  integer not null,
  token_sha256                 text not null,
  created                      integer not null
) strict, without rowid;
create unique index subscriptions_by_endpoint on subscriptions (topic_arn, endpoint);
create index subscriptions_of_account on subscriptions (account_id, arn);
create index subscriptions_pending on subscriptions (created) where confirmed = 0;

create table feedback_topics (
  identity_id   integer not null references identities on delete cascade,
  kind          integer not null,
  topic_arn     text,
  with_headers  integer not null,
  primary key (identity_id, kind)
) strict, without rowid;
)sql";

}  // namespace sesame::store::sqlite
