// submission/compose.h: from a request to the message that will be signed, and the addresses that decide its fate.
//
// Pure. Composed content becomes MIME (message/mime_builder.h); raw content keeps every octet but for the edits of
// spec 3.3: line ends become CRLF; Message-ID and Date are replaced; Return-Path, Bcc and X-SES- fields are read and
// removed; Feedback-ID is added.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "identity/service_names.h"
#include "submission/error.h"
#include "submission/header_rules.h"
#include "submission/request.h"

namespace sesame::submission {

constexpr std::size_t max_message_octets_v1 = 10u << 20;  // spec 4.1, after encoding
constexpr std::size_t max_message_octets = 40u << 20;

struct RenderingFailure {
  std::string template_name, error;
};

struct Prepared {
  std::string octets;                   // complete but for the signature
  std::vector<std::string> recipients;  // forward-paths
  // The author address first, then every other one that must be verified (From, Source, Sender, Return-Path).
  std::vector<std::string> sender_addresses;
  std::string feedback_address;  // spec 3.2
  std::string subject;           // decoded, for the record
  std::optional<std::string> configuration_set;
  NamedValues tags;
  std::optional<ListManagement> list_management;
  bool has_eightbit = false;
  bool has_open_tracker = false;  // HTML with the mark that tracking replaces, or takes out where nothing is tracked
  std::optional<RenderingFailure> rendering_failure;  // then the octets have no subject and no body worth sending
};

struct ComposeContext {
  const identity::ServiceNames& names;
  std::string api_message_id;
  Time now;
  RandomSource& random;
};

//   errors  invalid_parameter, invalid_content, too_many_recipients, message_too_large
SubmissionResult<Prepared> prepare(const SubmissionRequest& request, const ComposeContext& context);

}  // namespace sesame::submission
