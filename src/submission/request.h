// submission/request.h: what a door asks of the one pipeline.
//
// A door parses its protocol, fills a SubmissionRequest and renders the result in its protocol's words. No rule about
// identities, MAIL FROM, size or quota lives in a door.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "campaign/templates.h"
#include "message/mime_builder.h"

namespace sesame::submission {

enum class Door { ses_v2, ses_v1, smtp };

struct Attachment {
  message::Attachment about;  // its `octets` are set from the member below when the message is composed
  std::string octets;
};

// Parts to compose a message from. Address texts are as the caller wrote them: `Ann <ann@example.com>`.
struct ComposedContent {
  std::string subject;
  std::optional<std::string> text, html;  // UTF-8
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Attachment> attachments;
  std::vector<std::string> to, cc, bcc, reply_to;
};

// The caller's own octets; edited as spec 3.3 lists and not touched otherwise.
struct RawContent {
  std::string octets;
};

// Rendered when the message is composed. A message that cannot be rendered is accepted, kept from everybody and told as
// a rendering failure (spec 4.3).
struct TemplatedContent {
  campaign::TemplateReference reference;   // as the caller named it
  campaign::SharedTemplate mail_template;  // what that stands for; must be set when it is submitted
  boost::json::value data;                 // an object
  ComposedContent rest;                    // subject and bodies are left empty
};

// Mail to those on a list of the account who want it (spec 4.4).
struct ListManagement {
  std::string contact_list;
  std::optional<std::string> topic;
};

struct SubmissionRequest {
  std::string account_id;
  std::string caller;  // access key id
  Door door = Door::ses_v2;
  std::string operation;  // "SendEmail", "SendRawEmail", ...; empty over SMTP. For the record
  std::string source_ip;  // of the client, for the record

  // FromEmailAddress (v2), Source (v1), the reverse-path of MAIL FROM (SMTP). Empty: the From header alone counts.
  std::string source;
  // Envelope recipients. Composed content: taken from its lists, so leave unset. Raw: when set it is the envelope
  // (spec 4.2); otherwise To, Cc and Bcc of the header section.
  std::optional<std::vector<std::string>> recipients;
  // Where feedback is forwarded: FeedbackForwardingEmailAddress (v2), ReturnPath (v1 SendEmail). Empty: spec 3.2.
  std::string feedback_address;
  std::optional<std::string> configuration_set;
  std::vector<std::pair<std::string, std::string>> tags;
  std::optional<ListManagement> list_management;
  std::variant<ComposedContent, RawContent, TemplatedContent> content;
};

struct Accepted {
  std::string api_message_id;
};

}  // namespace sesame::submission
