// sqlite/session_schema.h: the part of control.db that store/session_store.h is about. Described in
// docs/store-format.md.
#pragma once

namespace sesame::store::sqlite {

inline constexpr const char* session_tables = R"sql(
create table console_sessions (
  token_sha256   text not null primary key,
  account_id     text not null,
  access_key_id  text not null,
  created        integer not null,
  last_used      integer not null,
  expires        integer not null
) strict, without rowid;
create index console_sessions_of_account on console_sessions (account_id, last_used);
create index console_sessions_by_expiry on console_sessions (expires);
)sql";

}  // namespace sesame::store::sqlite
