// Templates (spec 4.3).
#include "campaign/templates.h"

#include "api/paging.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/identity_shapes.h"
#include "api/ses_v2/mail_content.h"
#include "api/tags.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::size_t largest_page = 100, usual_page = 10;
constexpr std::string_view list_name = "ListEmailTemplates";

void put_texts(const ObjectReader& input, store::EmailTemplate& into) {
  const auto content = input.required_object("TemplateContent");
  if (!content) return;
  campaign::TemplateTexts texts = read_template_texts(*content);
  into.subject = std::move(texts.subject);
  into.text = std::move(texts.text);
  into.html = std::move(texts.html);
}

ApiResult<store::EmailTemplate> read_create(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  store::EmailTemplate made;
  made.name = input.required_text("TemplateName");
  put_texts(input, made);
  made.tags = read_tags(input, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return made;
}

ApiResult<store::EmailTemplate> read_update(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  store::EmailTemplate changed;
  put_texts(ObjectReader(*body, validation), changed);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return changed;
}

ApiResult<json::value> read_data(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const std::string given = ObjectReader(*body, validation).required_text("TemplateData");
  if (const auto error = validation.error()) return std::unexpected(*error);
  auto data = campaign::parse_rendering_data(given);
  if (!data) return refuse(ErrorName::bad_request, "Template rendering data is invalid.");
  return std::move(*data);
}

}  // namespace

net::Task<Outcome> SesV2::create_email_template(Call call, Arguments) {
  auto made = read_create(call.body);
  if (!made) co_return std::unexpected(made.error());
  made->account_id = call.caller.account_id;
  const auto created = co_await deps_.templates.create(std::move(*made));
  if (!created) co_return std::unexpected(to_api_error(created.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_email_template(Call call, Arguments arguments) {
  const auto found = co_await deps_.templates.get(call.caller.account_id, arguments[0]);
  if (!found) co_return std::unexpected(to_api_error(found.error()));
  json::object content{{"Subject", found->subject}};
  if (const std::optional<std::string> text = found->text) content["Text"] = *text;
  if (const std::optional<std::string> html = found->html) content["Html"] = *html;
  co_return json::object{
      {"TemplateName", found->name}, {"TemplateContent", std::move(content)}, {"Tags", tags_shape(found->tags)}};
}

net::Task<Outcome> SesV2::list_email_templates(Call call, Arguments) {
  const std::string& account = call.caller.account_id;
  const auto asked = read_page_request(call, list_name, largest_page, usual_page);
  if (!asked) co_return std::unexpected(asked.error());
  const auto page = co_await deps_.templates.list(account, asked->after, asked->limit);
  if (!page) co_return std::unexpected(to_api_error(page.error()));
  json::array known;
  for (const auto& [name, created] : page->entries) {
    known.push_back(json::object{{"TemplateName", name}, {"CreatedTimestamp", epoch_seconds(created)}});
  }
  json::object answer{{"TemplatesMetadata", std::move(known)}};
  put_next_token(answer, list_name, account, page->next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::update_email_template(Call call, Arguments arguments) {
  auto changed = read_update(call.body);
  if (!changed) co_return std::unexpected(changed.error());
  changed->account_id = call.caller.account_id;
  changed->name = arguments[0];
  const auto updated = co_await deps_.templates.update(std::move(*changed));
  if (!updated) co_return std::unexpected(to_api_error(updated.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::delete_email_template(Call call, Arguments arguments) {
  const auto removed = co_await deps_.templates.remove(call.caller.account_id, arguments[0]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::test_render_email_template(Call call, Arguments arguments) {
  auto data = read_data(call.body);
  if (!data) co_return std::unexpected(data.error());
  const auto rendered = co_await deps_.templates.test_render(call.caller.account_id, arguments[0], std::move(*data));
  if (!rendered) co_return std::unexpected(to_api_error(rendered.error()));
  co_return json::object{{"RenderedTemplate", *rendered}};
}

}  // namespace sesame::api
