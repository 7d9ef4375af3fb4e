// sqlite/outbox_schema.h: the part of queue.db that store/outbox.h is about. Described in docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

// A database that has events already begins after them: they happened before anybody could ask to be told.
inline constexpr const char* outbox_tables = R"sql(
create table outbox (
  entry_id        integer primary key autoincrement,
  kind            integer not null,
  account_id      text not null,
  destination     text not null,
  order_key       text not null,
  event_sequence  integer not null,
  topic_arn       text not null,
  payload         text not null,
  created         integer not null,
  next_attempt    integer not null,
  attempts        integer not null,
  last_error      text not null,
  dead            integer not null
) strict;
create index outbox_waiting on outbox (destination, next_attempt) where dead = 0;
create index outbox_by_order_key on outbox (destination, order_key) where dead = 0;
create index outbox_dead on outbox (destination, entry_id) where dead = 1;

create table published (
  only_row  integer primary key check (only_row = 1),
  through   integer not null
) strict;
insert into published (only_row, through)
  select 1, coalesce((select seq from sqlite_sequence where name = 'events'), 0);
)sql";

}  // namespace sesame::store::sqlite
