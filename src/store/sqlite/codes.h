// sqlite/codes.h: enumerators as the small integers kept in columns. On disk: a code may be added, none changed.
// Reading an unknown code throws EngineFailure(corrupt).
#pragma once

#include "store/contact_store.h"
#include "store/control_store.h"
#include "store/pause_store.h"
#include "store/provider_store.h"
#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

std::int64_t code_of(IdentityKind kind);
std::int64_t code_of(DkimOrigin origin);
std::int64_t code_of(RecipientState state);
std::int64_t code_of(EventKind kind);
std::int64_t code_of(TlsPolicy policy);
std::int64_t code_of(Priority priority);
std::int64_t code_of(PauseScope scope);
std::int64_t code_of(PublicationStatus status);
std::int64_t code_of(HttpsPolicy policy);
std::int64_t code_of(SubscriptionStatus status);
std::int64_t code_of(SuppressionReason reason);
std::int64_t code_of(MetricDimension dimension);
std::int64_t code_of(SuppressionReasons reasons);              // the sum of their codes
std::int64_t code_of(const std::vector<EventKind>& matching);  // a bit for each, by its code

// The literals in the SQL of partial indexes and queries.
inline constexpr std::int64_t code_of_service_origin = 0;
inline constexpr std::int64_t code_of_queued = 0;
inline constexpr std::int64_t code_of_suppressed = 4;
inline constexpr std::int64_t code_of_not_rendered = 5;
inline constexpr std::int64_t code_of_rejected = 6;

// Reads the code in `column` of the current row.
IdentityKind identity_kind(Query& row, int column);
DkimOrigin dkim_origin(Query& row, int column);
RecipientState recipient_state(Query& row, int column);
EventKind event_kind(Query& row, int column);
TlsPolicy tls_policy(Query& row, int column);
Priority priority(Query& row, int column);
PauseScope pause_scope(Query& row, int column);
PublicationStatus publication_status(Query& row, int column);
HttpsPolicy https_policy(Query& row, int column);
SubscriptionStatus subscription_status(Query& row, int column);
SuppressionReason suppression_reason(Query& row, int column);
SuppressionReasons suppression_reasons(Query& row, int column);
std::vector<EventKind> event_kinds_of(Query& row, int column);

}  // namespace sesame::store::sqlite
