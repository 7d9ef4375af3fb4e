// api/sesame/message_shapes.h: messages and events as /v2/sesame writes them. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <vector>

#include "api/error.h"
#include "api/json.h"
#include "store/pause_store.h"
#include "store/queue_store.h"

namespace sesame::api {

inline constexpr EnumWords<store::RecipientState, 7> recipient_state_words{
    {{"queued", store::RecipientState::queued},
     {"delivered", store::RecipientState::delivered},
     {"bounced", store::RecipientState::bounced},
     {"expired", store::RecipientState::expired},
     {"suppressed", store::RecipientState::suppressed},
     {"not_rendered", store::RecipientState::not_rendered},
     {"rejected", store::RecipientState::rejected}}};
std::string_view word(store::EventKind kind);

// One entry of the list. `pauses`: all there are.
boost::json::object message_summary(const store::MessageRecord& record, const std::vector<store::Pause>& pauses);
// Everything.
ApiResult<boost::json::object> message_detail(const store::MessageRecord& record,
                                              const std::vector<store::Event>& events,
                                              const std::vector<store::Pause>& pauses);
// {sequence, kind, at, api_message_id, recipient, detail}. Events whose stored detail is not JSON are logged and make
// the answer an internal failure: a missing detail would be a lie.
ApiResult<boost::json::object> event_shape(const store::Event& event);
ApiResult<boost::json::array> event_shapes(const std::vector<store::Event>& events);

// The events that tell that the recipients of `record` still queued were given up for `reason`.
std::vector<store::Event> given_up_events(const store::MessageRecord& record, const std::string& reason, Time now);

}  // namespace sesame::api
