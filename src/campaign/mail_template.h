// campaign/mail_template.h: a mail's subject and bodies as templates, and the data they are rendered with (spec 4.3).
// Pure.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "campaign/handlebars.h"

namespace sesame::campaign {

inline constexpr std::size_t max_rendering_data = 262'144;     // spec 4.1
inline constexpr std::size_t max_rendered_octets = 40u << 20;  // of one part: no message is larger (spec 4.1)

// As somebody wrote them, in UTF-8.
struct TemplateTexts {
  std::string subject;
  std::optional<std::string> text, html;
  friend bool operator==(const TemplateTexts&, const TemplateTexts&) = default;
};

struct MailTemplate {
  std::string name;  // as events tell it; empty: it stood in the request
  Handlebars subject;
  std::optional<Handlebars> text, html;
};
using SharedTemplate = std::shared_ptr<const MailTemplate>;

// Errors: a line that names the part and the line in it; also for texts larger than max_template_octets.
Result<MailTemplate, std::string> parse_mail_template(std::string name, const TemplateTexts& texts);

// Errors: the first part that cannot be rendered, the subject before the bodies.
Result<TemplateTexts, RenderProblem> render(const MailTemplate& mail_template, const boost::json::value& data);

// TemplateData: an object of JSON; the empty text is one without members. nullopt: anything else, or too long.
std::optional<boost::json::value> parse_rendering_data(std::string_view text);

// Members of `replacement` take the places of those of the same name (bulk mail, spec 4.2). Both are objects.
boost::json::value merge_rendering_data(const boost::json::value& defaults, const boost::json::value& replacement);

}  // namespace sesame::campaign
