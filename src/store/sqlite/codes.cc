#include "store/sqlite/codes.h"

#include <fmt/format.h>

namespace sesame::store::sqlite {
namespace {

template <class E>
using Code = std::pair<E, std::int64_t>;

constexpr Code<IdentityKind> identity_kinds[] = {{IdentityKind::domain, 0}, {IdentityKind::email_address, 1}};
constexpr Code<DkimOrigin> dkim_origins[] = {{DkimOrigin::service, code_of_service_origin}, {DkimOrigin::external, 1}};
constexpr Code<RecipientState> recipient_states[] = {{RecipientState::queued, code_of_queued},
                                                     {RecipientState::delivered, 1},
                                                     {RecipientState::bounced, 2},
                                                     {RecipientState::expired, 3},
                                                     {RecipientState::suppressed, code_of_suppressed},
                                                     {RecipientState::not_rendered, code_of_not_rendered},
                                                     {RecipientState::rejected, code_of_rejected}};
constexpr Code<EventKind> event_kinds[] = {{EventKind::send, 0},           {EventKind::delivery, 1},
                                           {EventKind::delivery_delay, 2}, {EventKind::bounce, 3},
                                           {EventKind::complaint, 4},      {EventKind::auto_reply, 5},
                                           {EventKind::reject, 6},         {EventKind::open, 7},
                                           {EventKind::click, 8},          {EventKind::rendering_failure, 9},
                                           {EventKind::subscription, 10}};
constexpr Code<TlsPolicy> tls_policies[] = {{TlsPolicy::optional, 0}, {TlsPolicy::required, 1}};
constexpr Code<Priority> priorities[] = {{Priority::ordinary, 0}, {Priority::transactional, 1}};
constexpr Code<PauseScope> pause_scopes[] = {{PauseScope::account, 0},
                                             {PauseScope::identity, 1},
                                             {PauseScope::configuration_set, 2},
                                             {PauseScope::domain, 3},
                                             {PauseScope::mx, 4}};
constexpr Code<PublicationStatus> publication_statuses[] = {
    {PublicationStatus::uncertain, 0}, {PublicationStatus::applied, 1}, {PublicationStatus::undone, 2}};
constexpr Code<HttpsPolicy> https_policies[] = {
    {HttpsPolicy::optional, 0}, {HttpsPolicy::require_open_only, 1}, {HttpsPolicy::require, 2}};
constexpr Code<SubscriptionStatus> subscription_statuses[] = {{SubscriptionStatus::opt_in, 0},
                                                              {SubscriptionStatus::opt_out, 1}};
// Powers of two: a set of them is their sum.
constexpr Code<SuppressionReason> reason_codes[] = {{SuppressionReason::bounce, 1}, {SuppressionReason::complaint, 2}};
constexpr Code<MetricDimension> metric_dimensions[] = {{MetricDimension::account, 0},
                                                       {MetricDimension::identity, 1},
                                                       {MetricDimension::configuration_set, 2},
                                                       {MetricDimension::receiver_domain, 3}};

template <class E, std::size_t size>
std::int64_t to_code(const Code<E> (&codes)[size], E value) {
  for (const auto& [known, code] : codes) {
    if (known == value) return code;
  }
  throw EngineFailure({StoreErrc::unavailable, "an enumerator without a code"});
}

template <class E, std::size_t size>
E from_code(const Code<E> (&codes)[size], std::int64_t value) {
  for (const auto& [known, code] : codes) {
    if (code == value) return known;
  }
  throw EngineFailure({StoreErrc::corrupt, fmt::format("unknown code {} in a row", value)});
}

void refuse_bits(std::int64_t left) {
  if (left != 0) throw EngineFailure({StoreErrc::corrupt, fmt::format("unknown bits {} in a row", left)});
}

}  // namespace

std::int64_t code_of(IdentityKind kind) { return to_code(identity_kinds, kind); }
std::int64_t code_of(DkimOrigin origin) { return to_code(dkim_origins, origin); }
std::int64_t code_of(RecipientState state) { return to_code(recipient_states, state); }
std::int64_t code_of(EventKind kind) { return to_code(event_kinds, kind); }
std::int64_t code_of(TlsPolicy policy) { return to_code(tls_policies, policy); }
std::int64_t code_of(Priority priority) { return to_code(priorities, priority); }
std::int64_t code_of(PauseScope scope) { return to_code(pause_scopes, scope); }
std::int64_t code_of(PublicationStatus status) { return to_code(publication_statuses, status); }
std::int64_t code_of(HttpsPolicy policy) { return to_code(https_policies, policy); }
std::int64_t code_of(SubscriptionStatus status) { return to_code(subscription_statuses, status); }
std::int64_t code_of(SuppressionReason reason) { return to_code(reason_codes, reason); }
std::int64_t code_of(MetricDimension dimension) { return to_code(metric_dimensions, dimension); }

std::int64_t code_of(SuppressionReasons reasons) {
  std::int64_t sum = 0;
  for (const auto& [reason, code] : reason_codes) sum += reasons.has(reason) ? code : 0;
  return sum;
}

std::int64_t code_of(const std::vector<EventKind>& matching) {
  std::int64_t bits = 0;
  for (const EventKind kind : matching) bits |= std::int64_t{1} << code_of(kind);
  return bits;
}

IdentityKind identity_kind(Query& row, int column) { return from_code(identity_kinds, row.integer(column)); }
DkimOrigin dkim_origin(Query& row, int column) { return from_code(dkim_origins, row.integer(column)); }
RecipientState recipient_state(Query& row, int column) { return from_code(recipient_states, row.integer(column)); }
EventKind event_kind(Query& row, int column) { return from_code(event_kinds, row.integer(column)); }
TlsPolicy tls_policy(Query& row, int column) { return from_code(tls_policies, row.integer(column)); }
Priority priority(Query& row, int column) { return from_code(priorities, row.integer(column)); }
PauseScope pause_scope(Query& row, int column) { return from_code(pause_scopes, row.integer(column)); }
PublicationStatus publication_status(Query& row, int column) {
  return from_code(publication_statuses, row.integer(column));
}
HttpsPolicy https_policy(Query& row, int column) { return from_code(https_policies, row.integer(column)); }
SubscriptionStatus subscription_status(Query& row, int column) {
  return from_code(subscription_statuses, row.integer(column));
}
SuppressionReason suppression_reason(Query& row, int column) { return from_code(reason_codes, row.integer(column)); }

SuppressionReasons suppression_reasons(Query& row, int column) {
  const std::int64_t sum = row.integer(column);
  const SuppressionReasons reasons{.bounce = (sum & code_of(SuppressionReason::bounce)) != 0,
                                   .complaint = (sum & code_of(SuppressionReason::complaint)) != 0};
  refuse_bits(sum & ~code_of(reasons));
  return reasons;
}

std::vector<EventKind> event_kinds_of(Query& row, int column) {
  std::int64_t bits = row.integer(column);
  std::vector<EventKind> kinds;
  for (const auto& [kind, code] : event_kinds) {
    const std::int64_t bit = std::int64_t{1} << code;
    if ((bits & bit) != 0) kinds.push_back(kind);
    bits &= ~bit;
  }
  refuse_bits(bits);
  return kinds;
}

}  // namespace sesame::store::sqlite
