#include "store/sqlite/control_schema.h"

#include "store/sqlite/campaign_schema.h"
#include "store/sqlite/contact_schema.h"
#include "store/sqlite/provider_schema.h"
#include "store/sqlite/session_schema.h"
#include "store/sqlite/topic_schema.h"

namespace sesame::store::sqlite {
namespace {

constexpr const char* version_1 = R"sql(
create table accounts (
  account_id      text not null primary key,
  notice_address  text not null,
  created         integer not null
) strict, without rowid;

create table credentials (
  access_key_id  text not null primary key,
  account_id     text not null,
  sealed_secret  blob not null,
  description    text not null,
  created        integer not null
) strict, without rowid;
create index credentials_of_account on credentials (account_id, access_key_id);

create table identities (
  identity_id       integer primary key,
  account_id        text not null,
  name              text not null,
  kind              integer not null,
  created           integer not null,
  version           integer not null,
  next_look         integer,
  mail_from_domain  text,
  state             text not null
) strict;
create unique index identities_by_name on identities (account_id, name);
create index identities_by_kind on identities (account_id, kind, name);
create index identities_to_look_at on identities (next_look) where next_look is not null;
create index identities_by_mail_from_domain on identities (mail_from_domain) where mail_from_domain is not null;

create table dkim_keys (
  identity_id         integer not null references identities on delete cascade,
  selector            text not null,
  origin              integer not null,
  bits                integer not null,
  public_key          text not null,
  sealed_private_key  blob not null,
  created             integer not null,
  primary key (identity_id, selector)
) strict;
create unique index dkim_keys_by_token on dkim_keys (selector) where origin = 0;

create table diagnoses (
  identity_id  integer primary key references identities on delete cascade,
  at           integer not null,
  document     text not null
) strict;

create table address_verifications (
  token_sha256  text not null primary key,
  account_id    text not null,
  identity      text not null,
  expires       integer not null
) strict, without rowid;
create index address_verifications_of_identity on address_verifications (account_id, identity);
create index address_verifications_by_expiry on address_verifications (expires);

create table secrets (
  name          text not null primary key,
  sealed_value  blob not null
) strict, without rowid;
)sql";

// An account without a row has the defaults. `suppression` is a sum of reasons: 1 bounce, 2 complaint.
constexpr const char* version_2 = R"sql(
create table account_attributes (
  account_id       text not null primary key,
  sending_enabled  integer not null default 1,
  suppression      integer not null default 3
) strict, without rowid;

create table configuration_sets (
  set_id                      integer primary key,
  account_id                  text not null,
  name                        text not null,
  created                     integer not null,
  version                     integer not null,
  tls_policy                  integer not null,
  max_delivery_seconds        integer,
  sending_enabled             integer not null,
  reputation_metrics_enabled  integer not null,
  last_fresh_start            integer,
  suppression                 integer,
  tags                        text not null
) strict;
create unique index configuration_sets_by_name on configuration_sets (account_id, name);

create table event_destinations (
  set_id       integer not null references configuration_sets on delete cascade,
  position     integer not null,
  name         text not null,
  enabled      integer not null,
  matching     integer not null,
  target_kind  integer not null,
  target       text not null,
  primary key (set_id, position),
  unique (set_id, name)
) strict, without rowid;
)sql";

constexpr const char* notice_tables = R"sql(
create table notices (
  notice_id   integer primary key autoincrement,
  account_id  text not null,
  recipient   text not null,
  subject     text not null,
  text        text not null,
  created     integer not null
) strict;
)sql";

// `drifted` is what has_drifted() of store/identity_record.h says of the state.
constexpr const char* history_tables = R"sql(
create table identity_history (
  entry_id     integer primary key autoincrement,
  identity_id  integer not null references identities on delete cascade,
  at           integer not null,
  document     text not null
) strict;
create index history_of_identity on identity_history (identity_id, entry_id);

alter table identities add column drifted integer not null default 0;
update identities set drifted = 1 where
  '"temporary_failure"' in (state -> '$.verification', state -> '$.dkim.status', state -> '$.mail_from.status')
  or (state -> '$.dkim.status' = '"failed"' and state ->> '$.dkim.timer.last_success' is not null)
  or (state -> '$.mail_from.status' = '"failed"' and state ->> '$.mail_from.timer.last_success' is not null);
create index identities_drifted on identities (account_id, name) where drifted = 1;
)sql";

constexpr const char* steps[] = {version_1,       version_2,        topic_tables,   notice_tables,   session_tables,
                                 template_tables, tracking_columns, contact_tables, provider_tables, history_tables};

}  // namespace

const Schema control_schema = {.application_id = 0x53534331, .steps = steps};  // "SSC1"

}  // namespace sesame::store::sqlite
