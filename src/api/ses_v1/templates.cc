// Templates (spec 4.3).
#include "campaign/templates.h"

#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/paging.h"
#include "base/time_text.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::size_t largest_page = 100, usual_page = 10;
constexpr std::string_view list_name = "ses_v1/ListTemplates";

QueryResult<store::EmailTemplate> read_template(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  store::EmailTemplate read;
  read.account_id = call.caller.account_id;
  if (const auto given = input.required_structure("Template")) {
    read.name = given->required_name("TemplateName");
    read.subject = given->text("SubjectPart").value_or("");
    read.text = given->text("TextPart");
    read.html = given->text("HtmlPart");
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

QueryResult<std::string> read_name(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  std::string name = FormReader(form, problems).required_name("TemplateName");
  if (const auto error = problems.error()) return std::unexpected(*error);
  return name;
}

struct TestInput {
  std::string name;
  boost::json::value data;
};

QueryResult<TestInput> read_test(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  TestInput test{input.required_name("TemplateName"), {}};
  const std::string text = input.required_text("TemplateData");
  if (const auto error = problems.error()) return std::unexpected(*error);
  auto data = campaign::parse_rendering_data(text);
  if (!data) {
    return std::unexpected(QueryError{ErrorCode::invalid_rendering_parameter, "Template rendering data is invalid."});
  }
  test.data = std::move(*data);
  return test;
}

}  // namespace

net::Task<Done> create_template(const SesV1Deps& deps, Call call, XmlWriter&) {
  auto made = read_template(call);
  if (!made) co_return std::unexpected(made.error());
  const auto created = co_await deps.templates.create(std::move(*made));
  if (!created) co_return std::unexpected(to_query_error(created.error()));
  co_return Done{};
}

net::Task<Done> update_template(const SesV1Deps& deps, Call call, XmlWriter&) {
  auto changed = read_template(call);
  if (!changed) co_return std::unexpected(changed.error());
  const auto updated = co_await deps.templates.update(std::move(*changed));
  if (!updated) co_return std::unexpected(to_query_error(updated.error()));
  co_return Done{};
}

net::Task<Done> get_template(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto name = read_name(call);
  if (!name) co_return std::unexpected(name.error());
  const auto found = co_await deps.templates.get(call.caller.account_id, *name);
  if (!found) co_return std::unexpected(to_query_error(found.error()));
  answer.open("Template");
  answer.text("TemplateName", found->name);
  answer.text("SubjectPart", found->subject);
  if (const std::optional<std::string> text = found->text) answer.text("TextPart", *text);
  if (const std::optional<std::string> html = found->html) answer.text("HtmlPart", *html);
  answer.close();
  co_return Done{};
}

// One that is not there counts as deleted: the model knows no error here.
net::Task<Done> delete_template(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto name = read_name(call);
  if (!name) co_return std::unexpected(name.error());
  const auto removed = co_await deps.templates.remove(call.caller.account_id, *name);
  if (!removed && removed.error().code != campaign::TemplateErrc::not_found) {
    co_return std::unexpected(to_query_error(removed.error()));
  }
  co_return Done{};
}

net::Task<Done> list_templates(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const std::string& account = call.caller.account_id;
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  const auto wanted = read_page_request(input, problems, list_name, account, largest_page, usual_page);
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto page = co_await deps.templates.list(account, wanted->after, wanted->limit);
  if (!page) co_return std::unexpected(to_query_error(page.error()));
  answer.open("TemplatesMetadata");
  for (const auto& [name, created] : page->entries) {
    answer.open("member");
    answer.text("Name", name);
    answer.text("CreatedTimestamp", format_rfc3339_ms(created));
    answer.close();
  }
  answer.close();
  put_next_token(answer, list_name, account, page->next_after);
  co_return Done{};
}

net::Task<Done> test_render_template(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  auto input = read_test(call);
  if (!input) co_return std::unexpected(input.error());
  const auto rendered =
      co_await deps.templates.test_render(call.caller.account_id, std::move(input->name), std::move(input->data));
  if (!rendered) co_return std::unexpected(to_query_error(rendered.error()));
  answer.text("RenderedTemplate", *rendered);
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
