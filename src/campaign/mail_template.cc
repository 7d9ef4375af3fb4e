#include "campaign/mail_template.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace sesame::campaign {
namespace {

namespace json = boost::json;

constexpr std::size_t max_data_depth = 32;

Result<Handlebars, std::string> parse_part(std::string_view part, std::string_view text) {
  auto parsed = Handlebars::parse(text);
  if (parsed) return std::move(*parsed);
  return std::unexpected(fmt::format("{}, line {}: {}", part, parsed.error().line, parsed.error().text));
}

// "" if everything went well.
std::string parse_optional(std::string_view part, const std::optional<std::string>& text,
                           std::optional<Handlebars>& parsed) {
  if (!text) return "";
  auto program = parse_part(part, *text);
  if (!program) return program.error();
  parsed = std::move(*program);
  return "";
}

std::size_t octets_of(const TemplateTexts& texts) {
  return texts.subject.size() + texts.text.value_or("").size() + texts.html.value_or("").size();
}

}  // namespace

Result<MailTemplate, std::string> parse_mail_template(std::string name, const TemplateTexts& texts) {
  if (octets_of(texts) > max_template_octets) {
    return std::unexpected(fmt::format("The template is larger than {} bytes.", max_template_octets));
  }
  auto subject = parse_part("subject", texts.subject);
  if (!subject) return std::unexpected(subject.error());
  MailTemplate parsed{std::move(name), std::move(*subject), std::nullopt, std::nullopt};
  if (std::string problem = parse_optional("text", texts.text, parsed.text); !problem.empty()) {
    return std::unexpected(std::move(problem));
  }
  if (std::string problem = parse_optional("html", texts.html, parsed.html); !problem.empty()) {
    return std::unexpected(std::move(problem));
  }
  return parsed;
}

Result<TemplateTexts, RenderProblem> render(const MailTemplate& mail_template, const json::value& data) {
  TemplateTexts texts;
  auto subject = mail_template.subject.render(data, max_rendered_octets);
  if (!subject) return std::unexpected(subject.error());
  texts.subject = std::move(*subject);
  for (const auto& [part, place] : {std::pair{&mail_template.text, &texts.text}, {&mail_template.html, &texts.html}}) {
    if (!*part) continue;
    auto rendered = (*part)->render(data, max_rendered_octets);
    if (!rendered) return std::unexpected(rendered.error());
    *place = std::move(*rendered);
  }
  return texts;
}

std::optional<json::value> parse_rendering_data(std::string_view text) {
  if (text.size() > max_rendering_data) return std::nullopt;
  if (text.empty()) return json::object();
  json::parse_options options;
  options.max_depth = max_data_depth;
  boost::system::error_code problem;
  json::value data = json::parse(text, problem, {}, options);
  if (problem || !data.is_object()) return std::nullopt;
  return data;
}

json::value merge_rendering_data(const json::value& defaults, const json::value& replacement) {
  json::object merged = defaults.as_object();
  for (const auto& [name, value] : replacement.as_object()) merged[name] = value;
  return merged;
}

}  // namespace sesame::campaign
