// api/ses_v2/mail_content.h: the parts that the bodies of SendEmail and SendBulkEmail share (spec 4.2). Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/json.h"
#include "submission/request.h"

namespace sesame::api {

struct Destination {
  std::vector<std::string> to, cc, bcc;
};
Destination read_destination(const ObjectReader& input);

// A list of {Name, Value}.
std::vector<std::pair<std::string, std::string>> read_pairs(const ObjectReader& input, std::string_view member);

submission::ComposedContent read_simple(const ObjectReader& simple, Validation& validation);

// {Subject, Text, Html} of a template.
campaign::TemplateTexts read_template_texts(const ObjectReader& input);

// Content.Template, with its data, headers and attachments; what it names is resolved by whoever sends it.
// Errors: bad_request (not exactly one of TemplateName, TemplateArn and TemplateContent; data that is no JSON object)
ApiResult<submission::TemplatedContent> read_templated(const ObjectReader& input, Validation& validation);

}  // namespace sesame::api
