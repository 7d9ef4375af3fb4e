// sqlite/contact_schema.h: the part of control.db that store/contact_store.h is about. Described in
// docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* contact_tables = R"sql(
create table contact_lists (
  list_id      integer primary key,
  account_id   text not null,
  name         text not null,
  description  text not null,
  tags         text not null,
  created      integer not null,
  updated      integer not null,
  unique (account_id, name)
) strict;

create table list_topics (
  list_id         integer not null references contact_lists on delete cascade,
  position        integer not null,
  name            text not null,
  display_name    text not null,
  description     text not null,
  default_status  integer not null,
  primary key (list_id, position),
  unique (list_id, name)
) strict, without rowid;

create table contacts (
  contact_id       integer primary key,
  list_id          integer not null references contact_lists on delete cascade,
  address          text not null,
  unsubscribe_all  integer not null,
  attributes_data  text not null,
  created          integer not null,
  updated          integer not null,
  unique (list_id, address)
) strict;

create table topic_preferences (
  contact_id  integer not null references contacts on delete cascade,
  topic       text not null,
  status      integer not null,
  primary key (contact_id, topic)
) strict, without rowid;
)sql";

}  // namespace sesame::store::sqlite
