// sandbox/inbox_shapes.h: messages of the inbox as JSON. All text is UTF-8; octets that are not become U+FFFD.
//
//   summary  {n, received_at, envelope{mail_from, rcpt_to[], helo, ip, tls}, from, to, subject, message_id,
//            api_message_id, size, verdict{...}}
//   detail   the same and headers[{name, value}], text, html, attachments[{part, file_name, content_type, size}]
//
// tls, api_message_id, text and html are null where there is none; size counts octets. `message_id` is the field as it
// stands, angle brackets included. `part` numbers the leaves of the message's parts, from 0 on.
#pragma once

#include <boost/json/object.hpp>

#include "sandbox/inbox.h"

namespace sesame::sandbox {

boost::json::object summary(const InboxEntry& entry);
// Takes the message apart: time grows with its size.
boost::json::object detail(const InboxEntry& entry);
struct Attachment {
  std::string file_name;  // UTF-8, without a path; never empty
  std::string octets;
};
// The leaf of that number, if it is one of attachments[].
std::optional<Attachment> attachment_of(const InboxEntry& entry, std::size_t part);
// The first text/html part; empty if there is none. Not made harmless: serve it under a policy that does.
std::string html_of(const InboxEntry& entry);

}  // namespace sesame::sandbox
