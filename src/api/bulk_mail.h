// api/bulk_mail.h: one template to many destinations, as both versions of the API know it (spec 4.2).
//
// Each destination is a message of its own: it is accepted or refused by itself, in the order given, and the answer has
// a status for each. Only what concerns all of them (the shape of the request, a template that does not exist) refuses
// the call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/task.h"
#include "submission/header_rules.h"
#include "submission/pipeline.h"
#include "submission/request.h"

namespace sesame::api {

inline constexpr std::size_t max_bulk_entries = 50;  // spec 4.1

struct BulkEntry {
  std::vector<std::string> to, cc, bcc;
  submission::NamedValues tags;  // take the places of the common ones of the same name, as do the next ones
  submission::NamedValues headers;
  std::string replacement_data;  // JSON text; its members take the places of the common ones. May be empty
};

struct BulkMail {
  submission::SubmissionRequest common;  // with the template resolved, the default data and no destination
  submission::TemplatedContent content;
  std::vector<BulkEntry> entries;
};

struct BulkStatus {
  std::string message_id;                          // empty when it was refused
  std::optional<submission::SubmissionError> why;  // unset when it was accepted
};

// One status for each entry.
net::Task<std::vector<BulkStatus>> send_bulk(submission::Pipeline& pipeline, BulkMail mail);

// The status as SES API v1 and v2 write it.
struct BulkStatusWords {
  std::string_view v1, v2;
};
BulkStatusWords bulk_words(const BulkStatus& status);

}  // namespace sesame::api
