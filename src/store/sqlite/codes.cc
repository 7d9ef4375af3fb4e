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
                                                     {RecipientState::expired, 3}};
constexpr Code<EventKind> event_kinds[] = {
    {EventKind::send, 0},      {EventKind::delivery, 1},   {EventKind::delivery_delay, 2}, {EventKind::bounce, 3},
    {EventKind::complaint, 4}, {EventKind::auto_reply, 5}, {EventKind::reject, 6}};

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

}  // namespace

std::int64_t code_of(IdentityKind kind) { return to_code(identity_kinds, kind); }
std::int64_t code_of(DkimOrigin origin) { return to_code(dkim_origins, origin); }
std::int64_t code_of(RecipientState state) { return to_code(recipient_states, state); }
std::int64_t code_of(EventKind kind) { return to_code(event_kinds, kind); }

IdentityKind identity_kind(Query& row, int column) { return from_code(identity_kinds, row.integer(column)); }
DkimOrigin dkim_origin(Query& row, int column) { return from_code(dkim_origins, row.integer(column)); }
RecipientState recipient_state(Query& row, int column) { return from_code(recipient_states, row.integer(column)); }
EventKind event_kind(Query& row, int column) { return from_code(event_kinds, row.integer(column)); }

}  // namespace sesame::store::sqlite
