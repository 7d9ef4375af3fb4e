#include "campaign/templates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "message/edit.h"
#include "message/mime_builder.h"

namespace sesame::campaign {
namespace {

using store::StoreErrc;

constexpr std::size_t large_template_octets = 32 * 1024;  // about 0.2 ms of parsing

std::unexpected<TemplateError> refuse(TemplateErrc code, std::string text) {
  return std::unexpected(TemplateError{code, std::move(text)});
}

// For errors that are nobody's mistake.
TemplateError unavailable(const store::StoreError& error) {
  log::error("campaign", "templates cannot be read or changed", {{"detail", error.detail}});
  return {TemplateErrc::unavailable, "Temporary service failure"};
}

TemplateError failure(const store::StoreError& error, const std::string& name) {
  return error.code == StoreErrc::not_found ? no_such_template(name) : unavailable(error);
}

bool is_template_name(std::string_view name) {
  return !name.empty() && name.size() <= max_template_name &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

// A message needs an author; this one is taken out again.
Result<std::string, std::string> compose_sample(const TemplateTexts& texts, Time now, RandomSource& random) {
  message::MessageParts parts;
  parts.date = now;
  parts.from = {"", {"nobody", "invalid"}};
  parts.subject = texts.subject;
  if (texts.text) parts.text = *texts.text;
  if (texts.html) parts.html = *texts.html;
  const auto whole = message::build_message(parts, random);
  if (!whole) return std::unexpected(fmt::format("'{}' cannot be written into a message.", whole.error().where));
  message::HeaderEdits edits;
  edits.remove = {"From"};
  auto sample = message::edit_message(*whole, edits);
  if (!sample) return std::unexpected(std::string("The rendered message cannot be edited."));
  return std::move(*sample);
}

TemplateTexts texts_of(const store::EmailTemplate& stored) { return {stored.subject, stored.text, stored.html}; }

net::Task<Result<MailTemplate, std::string>> parse_there(std::string name, const TemplateTexts& texts) {
  co_return parse_mail_template(std::move(name), texts);
}

}  // namespace

TemplateError no_such_template(std::string_view name) {
  return {TemplateErrc::not_found, fmt::format("Template {} does not exist.", printable_utf8(name, max_template_name))};
}

TemplateTask<MailTemplate> Templates::parse(std::string name, TemplateTexts texts) {
  const std::size_t octets = texts.text.value_or("").size() + texts.html.value_or("").size() + texts.subject.size();
  auto parsing = parse_there(std::move(name), texts);
  if (octets > large_template_octets) parsing = net::on_executor(workers_, std::move(parsing));
  auto parsed = co_await std::move(parsing);
  if (!parsed) co_return refuse(TemplateErrc::invalid_template, parsed.error());
  co_return std::move(*parsed);
}

TemplateTask<void> Templates::create(store::EmailTemplate made) {
  if (!is_template_name(made.name)) {
    co_return refuse(TemplateErrc::invalid_name,
                     fmt::format("Template names are 1 to {} printable ASCII characters without blanks and slashes.",
                                 max_template_name));
  }
  if (made.subject.empty()) co_return refuse(TemplateErrc::invalid_template, "The subject must be specified.");
  const auto parsed = co_await parse(made.name, texts_of(made));
  if (!parsed) co_return std::unexpected(parsed.error());
  const auto count = co_await store_.count_templates(made.account_id);
  if (!count) co_return std::unexpected(unavailable(count.error()));
  if (*count >= max_templates) {
    co_return refuse(TemplateErrc::limit_exceeded,
                     fmt::format("A maximum of {} templates is allowed per account.", max_templates));
  }
  const std::string name = made.name;
  made.created = clock_.now();
  const auto created = co_await store_.create_template(std::move(made));
  if (created) co_return Result<void, TemplateError>();
  if (created.error().code != StoreErrc::already_exists) co_return std::unexpected(unavailable(created.error()));
  co_return refuse(TemplateErrc::already_exists, fmt::format("Template {} already exists.", name));
}

TemplateTask<void> Templates::update(store::EmailTemplate changed) {
  if (changed.subject.empty()) co_return refuse(TemplateErrc::invalid_template, "The subject must be specified.");
  const auto parsed = co_await parse(changed.name, texts_of(changed));
  if (!parsed) co_return std::unexpected(parsed.error());
  const std::string name = changed.name;
  const auto updated = co_await store_.update_template(std::move(changed));
  if (!updated) co_return std::unexpected(failure(updated.error(), name));
  co_return Result<void, TemplateError>();
}

TemplateTask<void> Templates::remove(std::string account_id, std::string name) {
  const auto removed = co_await store_.delete_template(std::move(account_id), name);
  if (!removed) co_return std::unexpected(failure(removed.error(), name));
  co_return Result<void, TemplateError>();
}

TemplateTask<store::EmailTemplate> Templates::get(std::string account_id, std::string name) {
  auto found = co_await store_.find_template(std::move(account_id), name);
  if (!found) co_return std::unexpected(failure(found.error(), name));
  co_return std::move(*found);
}

TemplateTask<store::TemplatePage> Templates::list(std::string account_id, std::string after, std::size_t limit) {
  auto page = co_await store_.list_templates(std::move(account_id), std::move(after), limit);
  if (!page) co_return std::unexpected(unavailable(page.error()));
  co_return std::move(*page);
}

TemplateTask<SharedTemplate> Templates::resolve(std::string account_id, TemplateReference reference) {
  std::string name;
  TemplateTexts texts;
  if (auto* given = std::get_if<TemplateTexts>(&reference)) {
    texts = std::move(*given);
  } else {
    name = std::get<NamedTemplate>(reference).name;
    auto stored = co_await get(std::move(account_id), name);
    if (!stored) co_return std::unexpected(stored.error());
    texts = texts_of(*stored);
  }
  auto parsed = co_await parse(std::move(name), std::move(texts));
  if (!parsed) co_return std::unexpected(parsed.error());
  co_return std::make_shared<const MailTemplate>(std::move(*parsed));
}

TemplateTask<std::string> Templates::test_render(std::string account_id, std::string name, boost::json::value data) {
  TemplateReference reference = NamedTemplate{std::move(name)};
  const auto resolved = co_await resolve(std::move(account_id), std::move(reference));
  if (!resolved) co_return std::unexpected(resolved.error());
  const auto texts = render(**resolved, data);
  if (!texts) {
    const bool is_missing = texts.error().code == RenderErrc::missing_attribute;
    co_return refuse(is_missing ? TemplateErrc::missing_attribute : TemplateErrc::not_renderable, texts.error().text);
  }
  auto sample = compose_sample(*texts, clock_.now(), random_);
  if (!sample) co_return refuse(TemplateErrc::not_renderable, sample.error());
  co_return std::move(*sample);
}

}  // namespace sesame::campaign
