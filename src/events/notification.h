// events/notification.h: an event as the JSON that SES users parse (spec 3.4).
//
// Two wrappings of nearly the same object: what an identity's topic is told (`notificationType`), and what the event
// destination of a configuration set is told (`eventType`). Pure: the same event and message give the same octets, so
// an event that is told again is told alike.
//
// An automatic reply is told as a bounce of type Transient, which is what SES makes of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/queue_store.h"
#include "store/topic_store.h"

namespace sesame::events {

enum class Wrapping { identity_feedback, configuration_event };

struct NotificationOptions {
  Wrapping wrapping = Wrapping::configuration_event;
  // Of an identity's feedback: headers, headersTruncated and commonHeaders in `mail`. Events of configuration sets
  // always have them.
  bool with_headers = false;
  std::string region;
  std::string reporting_mta;  // our own host name, as it is told of deliveries
};

// The kind an event is told as, which destinations match: an automatic reply counts as a bounce. The kinds without a
// shape are nullopt.
std::optional<store::EventKind> told_as(store::EventKind kind);

// The kind of identity feedback an event is, if it is one.
std::optional<store::FeedbackKind> feedback_kind(store::EventKind kind);

// One compact line of JSON. `event` must be about `message`. The error is one line for the log: the event is of a kind
// that is not told, or its detail is not a JSON object (docs/events.md); then nothing can be sent.
Result<std::string, std::string> notification_json(const store::Event& event, const store::MessageRecord& message,
                                                   const NotificationOptions& options);

// A number for one piece of feedback in the form of a message id (spec 3.1); of the same event always the same.
std::string feedback_id(const store::Event& event);

}  // namespace sesame::events
