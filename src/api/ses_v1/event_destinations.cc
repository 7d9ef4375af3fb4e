// Event destinations of configuration sets (spec 7).
#include "api/ses_v1/actions.h"
#include "api/ses_v1/event_destination_form.h"
#include "submission/configuration_sets.h"

namespace sesame::api::ses_v1 {
namespace {

struct DestinationInput {
  std::string set;
  store::EventDestination destination;
};

QueryResult<DestinationInput> read_destination(const Call& call) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  DestinationInput read{input.required_name("ConfigurationSetName"), {}};
  QueryResult<store::EventDestination> destination;
  if (const auto given = input.required_structure("EventDestination")) {
    destination = read_event_destination(*given, problems);
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  if (!destination) return std::unexpected(destination.error());
  read.destination = std::move(*destination);
  return read;
}

}  // namespace

net::Task<Done> create_event_destination(const SesV1Deps& deps, Call call, XmlWriter&) {
  auto input = read_destination(call);
  if (!input) co_return std::unexpected(input.error());
  const auto added = co_await deps.configuration.add_destination(call.caller.account_id, std::move(input->set),
                                                                 std::move(input->destination));
  if (!added) co_return std::unexpected(to_query_error(added.error()));
  co_return Done{};
}

net::Task<Done> update_event_destination(const SesV1Deps& deps, Call call, XmlWriter&) {
  auto input = read_destination(call);
  if (!input) co_return std::unexpected(input.error());
  const auto replaced = co_await deps.configuration.replace_destination(call.caller.account_id, std::move(input->set),
                                                                        std::move(input->destination));
  if (!replaced) co_return std::unexpected(to_query_error(replaced.error()));
  co_return Done{};
}

net::Task<Done> delete_event_destination(const SesV1Deps& deps, Call call, XmlWriter&) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  std::string set = input.required_name("ConfigurationSetName");
  std::string name = input.required_name("EventDestinationName");
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  const auto removed =
      co_await deps.configuration.remove_destination(call.caller.account_id, std::move(set), std::move(name));
  if (!removed) co_return std::unexpected(to_query_error(removed.error()));
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
