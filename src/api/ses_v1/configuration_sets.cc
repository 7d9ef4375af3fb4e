// Configuration sets (spec 7). What SES knows and this service does not do is refused by its name.
#include "submission/configuration_sets.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ses_v1/actions.h"
#include "api/ses_v1/event_destination_form.h"
#include "api/ses_v1/form.h"
#include "api/ses_v1/paging.h"
#include "api/ses_v1/words.h"
#include "base/time_text.h"

namespace sesame::api::ses_v1 {
namespace {

using Changes = submission::ConfigurationSets::Changes;

constexpr std::string_view list_name = "ses_v1/ListConfigurationSets";

enum class Attribute { event_destinations, tracking, delivery, reputation };
constexpr EnumWords<Attribute, 4> attribute_words{{{"eventDestinations", Attribute::event_destinations},
                                                   {"trackingOptions", Attribute::tracking},
                                                   {"deliveryOptions", Attribute::delivery},
                                                   {"reputationOptions", Attribute::reputation}}};

QueryResult<std::string> read_set_name(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  std::string name = FormReader(form, problems).required_name("ConfigurationSetName");
  if (const auto error = problems.error()) return std::unexpected(*error);
  return name;
}

struct DescribeInput {
  std::string name;
  std::vector<Attribute> attributes;
  bool wants(Attribute attribute) const { return std::ranges::find(attributes, attribute) != attributes.end(); }
};

QueryResult<DescribeInput> read_describe(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  DescribeInput describe{input.required_name("ConfigurationSetName"), {}};
  for (const std::string& text : input.texts("ConfigurationSetAttributeNames")) {
    const auto known = std::ranges::find(attribute_words, text, &std::pair<std::string_view, Attribute>::first);
    problems.must(known != attribute_words.end(), input.path_to("ConfigurationSetAttributeNames"),
                  "Member must satisfy enum value set: [eventDestinations, trackingOptions, deliveryOptions, "
                  "reputationOptions]");
    if (known != attribute_words.end()) describe.attributes.push_back(known->second);
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  return describe;
}

void write_reputation(const store::ConfigurationSet& set, XmlWriter& answer) {
  answer.open("ReputationOptions");
  answer.flag("SendingEnabled", set.sending_enabled);
  answer.flag("ReputationMetricsEnabled", set.reputation_metrics_enabled);
  if (set.last_fresh_start) answer.text("LastFreshStart", format_rfc3339_seconds(*set.last_fresh_start));
  answer.close();
}

net::Task<Done> change(const SesV1Deps& deps, std::string account_id, std::string name, Changes changes) {
  const auto changed = co_await deps.configuration.change(std::move(account_id), std::move(name), std::move(changes));
  if (!changed) co_return std::unexpected(to_query_error(changed.error()));
  co_return Done{};
}

struct SwitchInput {
  std::string name;
  bool enabled = false;
};

QueryResult<SwitchInput> read_switch(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  SwitchInput read{input.required_name("ConfigurationSetName"), input.required_flag("Enabled")};
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

}  // namespace

net::Task<Done> create_configuration_set(const SesV1Deps& deps, Call call, XmlWriter&) {
  const Form form(call.parameters);
  Problems problems;
  store::ConfigurationSet set;
  set.account_id = call.caller.account_id;
  if (const auto given = FormReader(form, problems).required_structure("ConfigurationSet")) {
    set.name = given->required_name("Name");
  }
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  const auto created = co_await deps.configuration.create(std::move(set));
  if (!created) co_return std::unexpected(to_query_error(created.error()));
  co_return Done{};
}

net::Task<Done> delete_configuration_set(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto name = read_set_name(call);
  if (!name) co_return std::unexpected(name.error());
  const auto removed = co_await deps.configuration.remove(call.caller.account_id, *name);
  if (!removed) co_return std::unexpected(to_query_error(removed.error()));
  co_return Done{};
}

net::Task<Done> describe_configuration_set(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const auto input = read_describe(call);
  if (!input) co_return std::unexpected(input.error());
  const auto found = co_await deps.configuration.find(call.caller.account_id, input->name);
  if (!found) co_return std::unexpected(to_query_error(found.error()));
  const store::ConfigurationSet& set = **found;
  answer.open("ConfigurationSet");
  answer.text("Name", set.name);
  answer.close();
  if (input->wants(Attribute::event_destinations)) {
    answer.open("EventDestinations");
    for (const store::EventDestination& destination : set.event_destinations) {
      write_event_destination(destination, answer);
    }
    answer.close();
  }
  if (input->wants(Attribute::delivery)) {
    answer.open("DeliveryOptions");
    answer.text("TlsPolicy", word_of(tls_policy_words, set.tls_policy));
    answer.close();
  }
  if (input->wants(Attribute::tracking) && set.tracking.redirect_domain) {
    answer.open("TrackingOptions");
    answer.text("CustomRedirectDomain", *set.tracking.redirect_domain);
    answer.close();
  }
  if (input->wants(Attribute::reputation)) write_reputation(set, answer);
  co_return Done{};
}

net::Task<Done> list_configuration_sets(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const std::string& account = call.caller.account_id;
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  const auto wanted = read_page_request(input, problems, list_name, account);
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto page = co_await deps.configuration.list(account, wanted->after, wanted->limit);
  if (!page) co_return std::unexpected(to_query_error(page.error()));
  answer.open("ConfigurationSets");
  for (const std::string& name : page->names) {
    answer.open("member");
    answer.text("Name", name);
    answer.close();
  }
  answer.close();
  put_next_token(answer, list_name, account, page->next_after);
  co_return Done{};
}

net::Task<Done> put_set_delivery_options(const SesV1Deps& deps, Call call, XmlWriter&) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  std::string name = input.required_name("ConfigurationSetName");
  Changes changes;
  changes.tls_policy = store::TlsPolicy::optional;
  if (const auto options = input.structure("DeliveryOptions")) {
    changes.tls_policy = options->one_of("TlsPolicy", tls_policy_words).value_or(store::TlsPolicy::optional);
  }
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  Done done = co_await change(deps, call.caller.account_id, std::move(name), std::move(changes));
  co_return done;
}

net::Task<Done> update_set_reputation_metrics_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto input = read_switch(call);
  if (!input) co_return std::unexpected(input.error());
  Changes changes;
  changes.reputation_metrics_enabled = input->enabled;
  Done done = co_await change(deps, call.caller.account_id, input->name, std::move(changes));
  co_return done;
}

net::Task<Done> update_set_sending_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto input = read_switch(call);
  if (!input) co_return std::unexpected(input.error());
  Changes changes;
  changes.sending_enabled = input->enabled;
  Done done = co_await change(deps, call.caller.account_id, input->name, std::move(changes));
  co_return done;
}

namespace {

struct TrackingInput {
  std::string name, domain;
};

QueryResult<TrackingInput> read_tracking(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  TrackingInput read{input.required_name("ConfigurationSetName"), ""};
  if (const auto options = input.required_structure("TrackingOptions")) {
    read.domain = options->text("CustomRedirectDomain").value_or("");
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

// v1 knows tracking options by their redirect domain alone: with one they are there.
QueryError no_tracking_options(const std::string& set) {
  return {ErrorCode::tracking_options_does_not_exist,
          fmt::format("There are no tracking options for configuration set <{}>.", set)};
}

net::Task<Done> set_tracking_options(const SesV1Deps& deps, const Call& call, bool must_be_there) {
  const auto input = read_tracking(call);
  if (!input) co_return std::unexpected(input.error());
  const auto known = co_await deps.configuration.find(call.caller.account_id, input->name);
  if (!known) co_return std::unexpected(to_query_error(known.error()));
  store::TrackingOptions tracking = (*known)->tracking;
  if (must_be_there && !tracking.redirect_domain) co_return std::unexpected(no_tracking_options(input->name));
  if (!must_be_there && tracking.redirect_domain) {
    co_return std::unexpected(
        QueryError{ErrorCode::tracking_options_already_exists,
                   fmt::format("Tracking options already exist for configuration set <{}>.", input->name)});
  }
  if (input->domain.empty()) {
    co_return std::unexpected(
        QueryError{ErrorCode::invalid_tracking_options, "TrackingOptions must name a CustomRedirectDomain."});
  }
  tracking.redirect_domain = input->domain;
  Changes changes;
  changes.tracking = std::move(tracking);
  Done done = co_await change(deps, call.caller.account_id, input->name, std::move(changes));
  co_return done;
}

}  // namespace

net::Task<Done> create_tracking_options(const SesV1Deps& deps, Call call, XmlWriter&) {
  Done done = co_await set_tracking_options(deps, call, false);
  co_return done;
}

net::Task<Done> update_tracking_options(const SesV1Deps& deps, Call call, XmlWriter&) {
  Done done = co_await set_tracking_options(deps, call, true);
  co_return done;
}

net::Task<Done> delete_tracking_options(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto name = read_set_name(call);
  if (!name) co_return std::unexpected(name.error());
  const auto known = co_await deps.configuration.find(call.caller.account_id, *name);
  if (!known) co_return std::unexpected(to_query_error(known.error()));
  if (!(*known)->tracking.redirect_domain) co_return std::unexpected(no_tracking_options(*name));
  Changes changes;
  changes.tracking = store::TrackingOptions();
  Done done = co_await change(deps, call.caller.account_id, *name, std::move(changes));
  co_return done;
}

}  // namespace sesame::api::ses_v1
