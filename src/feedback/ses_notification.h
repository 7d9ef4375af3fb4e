// feedback/ses_notification.h: what SES-compatible services tell as JSON in a mail's text (spec 3.4): a topic's
// notification delivered by mail.
#pragma once

#include <optional>

#include "feedback/mail.h"
#include "feedback/report.h"

namespace sesame::feedback {

// nullopt when the text does not begin with such an object.
std::optional<Report> read_ses_notification(const Mail& mail);

}  // namespace sesame::feedback
