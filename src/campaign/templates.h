// campaign/templates.h: the verbs on the templates of an account, with the rules for them (spec 4.1, 4.3).
//
// A template is parsed when it is stored, so that what is stored can be rendered. Thread-safe; what the constructor is
// given must outlive it.
#pragma once

#include <string>
#include <variant>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "campaign/mail_template.h"
#include "net/task.h"
#include "store/campaign_store.h"

namespace sesame::campaign {

inline constexpr std::size_t max_templates = 10'000;   // per account; spec 4.1
inline constexpr std::size_t max_template_name = 256;  // printable ASCII without blanks and slashes

enum class TemplateErrc {
  not_found,
  already_exists,
  invalid_name,
  invalid_template,   // no subject, too large, or a part that cannot be parsed; the text says where
  missing_attribute,  // of a test: the data lacks a value
  not_renderable,     // of a test: too large, or nothing that can be a subject
  limit_exceeded,
  unavailable,  // the store failed; nothing was changed
};
struct TemplateError {
  TemplateErrc code = TemplateErrc::unavailable;
  std::string text;
};
template <class T>
using TemplateTask = net::Task<Result<T, TemplateError>>;

TemplateError no_such_template(std::string_view name);

struct NamedTemplate {
  std::string name;
};
// What mail is to be made of: a stored template, or texts that stand in the request itself.
using TemplateReference = std::variant<NamedTemplate, TemplateTexts>;

class Templates {
 public:
  Templates(store::CampaignStore& store, const Clock& clock, RandomSource& random, net::Executor workers)
      : store_(store), clock_(clock), random_(random), workers_(std::move(workers)) {}

  // Errors: already_exists, invalid_name, invalid_template, limit_exceeded
  TemplateTask<void> create(store::EmailTemplate made);
  // Replaces subject and bodies. Errors: not_found, invalid_template
  TemplateTask<void> update(store::EmailTemplate changed);
  TemplateTask<void> remove(std::string account_id, std::string name);               // not_found
  TemplateTask<store::EmailTemplate> get(std::string account_id, std::string name);  // not_found
  TemplateTask<store::TemplatePage> list(std::string account_id, std::string after, std::size_t limit);

  // Ready to be rendered. Errors: not_found; invalid_template of texts in the request
  TemplateTask<SharedTemplate> resolve(std::string account_id, TemplateReference reference);

  // The message a stored template and `data` (an object) would make, without addresses: a header section of Subject,
  // Date and the MIME fields, and its bodies. Errors: not_found, missing_attribute, not_renderable
  TemplateTask<std::string> test_render(std::string account_id, std::string name, boost::json::value data);

 private:
  TemplateTask<MailTemplate> parse(std::string name, TemplateTexts texts);

  store::CampaignStore& store_;
  const Clock& clock_;
  RandomSource& random_;
  net::Executor workers_;  // large texts are parsed there
};

}  // namespace sesame::campaign
