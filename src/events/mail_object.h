// events/mail_object.h: the `mail` object of a notification: the message an event is about (spec 3.4). Pure.
#pragma once

#include <boost/json/object.hpp>

#include "events/notification.h"

namespace sesame::events {

boost::json::object mail_object(const store::Event& event, const store::MessageRecord& message,
                                const NotificationOptions& options);

}  // namespace sesame::events
