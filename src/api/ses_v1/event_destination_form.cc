#include "api/ses_v1/event_destination_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ses_v1/words.h"

namespace sesame::api::ses_v1 {
namespace {

std::unexpected<QueryError> not_supported(ErrorCode code, std::string_view what) {
  return std::unexpected(QueryError{code, fmt::format("{} is not supported.", what)});
}

std::vector<store::EventKind> read_matching(const FormReader& input, Problems& problems) {
  std::vector<store::EventKind> matching;
  if (!input.has("MatchingEventTypes")) problems.is_null(input.path_to("MatchingEventTypes"));
  for (const std::string& text : input.texts("MatchingEventTypes")) {
    const auto known = std::ranges::find(event_type_words, text, &std::pair<std::string_view, store::EventKind>::first);
    problems.must(known != event_type_words.end(), input.path_to("MatchingEventTypes"),
                  "Member must satisfy enum value set: [send, reject, bounce, complaint, delivery, open, click, "
                  "renderingFailure]");
    if (known != event_type_words.end()) matching.push_back(known->second);
  }
  std::ranges::sort(matching);
  matching.erase(std::unique(matching.begin(), matching.end()), matching.end());
  return matching;
}

}  // namespace

QueryResult<store::EventDestination> read_event_destination(const FormReader& input, Problems& problems) {
  store::EventDestination destination;
  destination.name = input.required_name("Name");
  destination.enabled = input.flag("Enabled").value_or(false);
  destination.matching = read_matching(input, problems);
  if (input.has("KinesisFirehoseDestination")) {
    return not_supported(ErrorCode::invalid_firehose_destination, "KinesisFirehoseDestination");
  }
  if (input.has("CloudWatchDestination")) {
    return not_supported(ErrorCode::invalid_cloud_watch_destination, "CloudWatchDestination");
  }
  const auto topic = input.structure("SNSDestination");
  if (!topic) {
    return std::unexpected(
        QueryError{ErrorCode::invalid_parameter_value, "EventDestination must hold exactly one destination."});
  }
  destination.target = store::TopicTarget{topic->required_name("TopicARN")};
  return destination;
}

void write_event_destination(const store::EventDestination& destination, XmlWriter& answer) {
  answer.open("member");
  answer.text("Name", destination.name);
  answer.flag("Enabled", destination.enabled);
  std::vector<std::string> matching;
  for (const store::EventKind kind : destination.matching) matching.emplace_back(word_of(event_type_words, kind));
  answer.list("MatchingEventTypes", matching);
  if (const auto* topic = std::get_if<store::TopicTarget>(&destination.target)) {
    answer.open("SNSDestination");
    answer.text("TopicARN", topic->topic_arn);
    answer.close();
  }
  answer.close();
}

}  // namespace sesame::api::ses_v1
