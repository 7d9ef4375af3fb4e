// sqlite/provider_schema.h: the part of control.db that store/provider_store.h is about. Described in
// docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* provider_tables = R"sql(
create table provider_connections (
  connection_id   text not null primary key,
  account_id      text not null,
  kind            text not null,
  label           text not null,
  zone            text not null,
  settings        text not null,
  sealed_secrets  blob not null,
  created         integer not null,
  updated         integer not null
) strict, without rowid;
create index provider_connections_of_account on provider_connections (account_id, zone, created);

create table publications (
  publication_id    text not null primary key,
  account_id        text not null,
  identity          text not null,
  connection_id     text not null,
  connection_kind   text not null,
  connection_label  text not null,
  zone              text not null,
  mail_from         text not null,
  status            integer not null,
  at                integer not null,
  by                text not null,
  changes           text not null,
  undone_at         integer,
  undone_by         text not null
) strict, without rowid;
create index publications_of_identity on publications (account_id, identity, at);
)sql";

}  // namespace sesame::store::sqlite
