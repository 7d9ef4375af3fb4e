// sqlite/pool_schema.h: what store/pool_store.h is about. Described in docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* pool_tables = R"sql(
create table sending_pools (
  account_id  text not null,
  name        text not null,
  created     integer not null,
  tags        text not null,
  primary key (account_id, name)
) strict, without rowid;

create table dedicated_addresses (
  address       text not null primary key,
  account_id    text not null,
  pool          text not null,
  warmup_began  integer
) strict, without rowid;

create table pool_choices (
  account_id         text not null,
  configuration_set  text not null,
  pool               text not null,
  primary key (account_id, configuration_set)
) strict, without rowid;

create table accounts_without_warmup (
  account_id  text not null primary key
) strict, without rowid;

create table warmup_counts (
  day            integer not null,
  address        text not null,
  receiver_group text not null,
  recipients     integer not null,
  primary key (day, address, receiver_group)
) strict, without rowid;
)sql";

}  // namespace sesame::store::sqlite
