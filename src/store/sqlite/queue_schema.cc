#include "store/sqlite/queue_schema.h"

#include "store/sqlite/outbox_schema.h"
#include "store/sqlite/pool_schema.h"

namespace sesame::store::sqlite {
namespace {

// `autoincrement`: a number that has been given out is never given out again, also after the newest rows are forgotten.
constexpr const char* version_1 = R"sql(
create table messages (
  queue_id            integer primary key autoincrement,
  api_message_id      text not null,
  account_id          text not null,
  identity            text not null,
  author_address      text not null,
  subject             text not null,
  feedback_address    text not null,
  configuration_set   text,
  tags                text not null,
  accepted_through    text not null,
  source_ip           text not null,
  reverse_path        text not null,
  needs_eightbitmime  integer not null,
  needs_smtputf8      integer not null,
  accepted            integer not null,
  expires             integer not null,
  unfinished          integer not null
) strict;
create unique index messages_by_api_message_id on messages (api_message_id);
create index messages_of_account on messages (account_id);
create index messages_unfinished on messages (accepted) where unfinished > 0;
create index messages_finished on messages (accepted) where unfinished = 0;

create table contents (
  queue_id  integer primary key,
  octets    blob not null
) strict;

create table recipients (
  recipient_id  integer primary key autoincrement,
  queue_id      integer not null,
  forward_path  text not null,
  state         integer not null,
  next_attempt  integer,
  attempts      integer not null,
  check ((state = 0) = (next_attempt is not null))
) strict;
create index recipients_of_message on recipients (queue_id);
create index recipients_due on recipients (next_attempt) where next_attempt is not null;

create table attempts (
  recipient_id     integer not null,
  number           integer not null,
  at               integer not null,
  remote_host      text not null,
  remote_ip        text not null,
  source_ip        text not null,
  tls              text not null,
  reply_code       integer not null,
  enhanced_status  text not null,
  reply_text       text not null,
  primary key (recipient_id, number)
) strict, without rowid;

create table events (
  sequence        integer primary key autoincrement,
  account_id      text not null,
  api_message_id  text not null,
  kind            integer not null,
  at              integer not null,
  recipient       text not null,
  detail          text not null
) strict;
create index events_of_message on events (api_message_id);
create index events_of_account on events (account_id);

create table accepted_counts (
  account_id  text not null,
  minute      integer not null,
  recipients  integer not null,
  primary key (account_id, minute)
) strict, without rowid;
create index accepted_counts_by_minute on accepted_counts (minute);
)sql";

// `header_section` comes last: it may be long, and what reads the columns before it need not follow it to other pages.
constexpr const char* version_2 = R"sql(
alter table messages add column operation text not null default '';
alter table messages add column caller text not null default '';
alter table messages add column tls_policy integer not null default 0;
alter table messages add column suppression integer not null default 3;
alter table messages add column header_section_cut integer not null default 0;
alter table messages add column header_section text not null default '';

create table suppressed_destinations (
  account_id      text not null,
  address         text not null,
  reason          integer not null,
  updated         integer not null,
  api_message_id  text not null,
  event_sequence  integer not null,
  primary key (account_id, address)
) strict, without rowid;

create table metrics (
  account_id         text not null,
  dimension          integer not null,
  interval           integer not null,
  name               text not null,
  sends              integer not null,
  deliveries         integer not null,
  permanent_bounces  integer not null,
  transient_bounces  integer not null,
  complaints         integer not null,
  rejects            integer not null,
  primary key (account_id, dimension, interval, name)
) strict, without rowid;
create index metrics_by_interval on metrics (interval);
)sql";

// Large contents are in files. What may be forgotten is found in the order of acceptance, which is that of the numbers.
constexpr const char* content_places = R"sql(
create table content_places (
  queue_id  integer primary key,
  file      integer not null,
  at        integer not null,
  octets    integer not null
) strict;

drop index messages_finished;
)sql";

// `priority` is of the recipient's narrow row, not behind the header section of its message.
constexpr const char* pauses_and_priority = R"sql(
alter table recipients add column priority integer not null default 0;

create table pauses (
  account_id  text not null,
  scope       integer not null,
  value       text not null,
  since       integer not null,
  note        text not null,
  primary key (account_id, scope, value)
) strict, without rowid;
)sql";

constexpr const char* deferral_counters = "alter table metrics add column deferrals integer not null default 0";

constexpr const char* steps[] = {version_1,           version_2,   outbox_tables,    content_places,
                                 pauses_and_priority, pool_tables, deferral_counters};

}  // namespace

const Schema queue_schema = {.application_id = 0x53535131, .steps = steps};  // "SSQ1"

}  // namespace sesame::store::sqlite
