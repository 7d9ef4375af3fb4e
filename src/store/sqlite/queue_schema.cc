#include "store/sqlite/queue_schema.h"

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

constexpr const char* steps[] = {version_1};

}  // namespace

const Schema queue_schema = {.application_id = 0x53535131, .steps = steps};  // "SSQ1"

}  // namespace sesame::store::sqlite
