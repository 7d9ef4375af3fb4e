// submission/error.h: why a message was not accepted. Nothing was queued.
//
// `text` is what the service is known to say in that case (spec 1.4, 2.4, 3.3, 4); doors add their code around it.
#pragma once

#include <string>

#include "base/result.h"

namespace sesame::submission {

enum class SubmissionErrc {
  sender_not_verified,     // From, Source, Sender or Return-Path is not covered by a verified identity
  mail_from_not_verified,  // MAIL FROM domain not confirmed and its behaviour is to reject
  invalid_parameter,       // an address, a header field, a tag, an attachment ... `field` names it
  invalid_content,         // the message itself: missing From, duplicate field, CR or LF in a field, line too long
  message_too_large,
  too_many_recipients,
  configuration_set_missing,
  contact_list_missing,  // or its topic
  configuration_set_paused,
  account_paused,
  daily_quota_exceeded,   // of the account; tomorrow there is more
  sending_rate_exceeded,  // in a second there is more
  queue_full,             // no room: disk or a limit of the store; try again later
  unavailable,            // the store cannot take it now; try again
};

struct SubmissionError {
  SubmissionErrc code = SubmissionErrc::unavailable;
  std::string text;
  std::string field;  // the request's member or header field concerned; may be empty
};

template <class T>
using SubmissionResult = Result<T, SubmissionError>;

}  // namespace sesame::submission
