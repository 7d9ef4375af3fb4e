#include "api/sns/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "api/ses_v1/form.h"
#include "base/text.h"

namespace sesame::api::sns {
namespace {

namespace json = boost::json;
using ses_v1::Form;
using ses_v1::FormReader;
using ses_v1::Problems;

SnsResult<bool> read_flag(std::string_view value, std::string_view what) {
  if (ascii_iequals(value, "true")) return true;
  if (ascii_iequals(value, "false")) return false;
  return invalid_parameter(fmt::format("{} Reason: must be true or false", what));
}

SnsResult<void> add_topic_attribute(publish::TopicChanges& changes, const std::string& name, const std::string& value) {
  if (name == "DisplayName") {
    changes.display_name = value;
  } else if (name == "Policy") {
    changes.policy = value;
  } else if (name == "SignatureVersion") {
    if (value != "1" && value != "2") return invalid_parameter("SignatureVersion");
    changes.signature_version = value == "2" ? 2 : 1;
  } else if (name != "FifoTopic" || value != "false") {
    return invalid_parameter(name == "FifoTopic" ? "FifoTopic Reason: FIFO topics are not supported" : "AttributeName");
  }
  return {};
}

SnsResult<bool> read_subscription_attribute(const std::string& name, const std::string& value) {
  if (name != "RawMessageDelivery") return invalid_parameter("AttributeName");
  return read_flag(value, name);
}

// The messages of MessageStructure=json: a text for each protocol and one for all others.
SnsResult<void> read_structured(publish::Publishing& publishing) {
  json::error_code problem;
  const json::value value = json::parse(publishing.message, problem);
  const json::object* messages = problem ? nullptr : value.if_object();
  if (messages == nullptr) {
    return invalid_parameter("Message Structure - JSON message body failed to parse");
  }
  for (const auto& [protocol, text] : *messages) {
    if (text.is_string()) publishing.by_protocol.emplace(std::string(protocol), std::string(text.get_string()));
  }
  const auto fallback = publishing.by_protocol.find("default");
  if (fallback == publishing.by_protocol.end()) {
    return invalid_parameter("Message Structure - No default entry in JSON message body");
  }
  publishing.message = fallback->second;
  return {};
}

SnsResult<json::object> read_attribute(const Form& form, const std::string& prefix) {
  const std::string* type = form.find(prefix + "Value.DataType");
  const std::string* text = form.find(prefix + "Value.StringValue");
  const std::string* binary = form.find(prefix + "Value.BinaryValue");
  const bool is_binary = type != nullptr && type->starts_with("Binary");
  const bool is_known = type != nullptr && (is_binary || type->starts_with("String") || type->starts_with("Number"));
  const std::string* value = is_binary ? binary : text;
  if (!is_known || value == nullptr || (is_binary && !base64_decode(*value))) {
    return invalid_parameter("MessageAttributes Reason: a value does not fit its DataType");
  }
  return json::object{{"Type", *type}, {"Value", *value}};
}

// "3" of "Attributes.entry.3.key", when `name` begins with `prefix`.
std::optional<std::uint64_t> entry_number(std::string_view name, std::string_view prefix) {
  const std::string_view rest = name.substr(prefix.size());
  const std::string_view digits = rest.substr(0, rest.find('.'));
  if (digits.starts_with('0')) return std::nullopt;
  return parse_decimal(digits);
}

// The numbers of the entries under `member`, in order.
SnsResult<std::vector<std::uint64_t>> entry_numbers(const Form& form, std::string_view member) {
  const std::string prefix = fmt::format("{}.entry.", member);
  std::vector<std::uint64_t> numbers;
  for (const sigv4::Parameter* parameter : form.starting_with(prefix)) {
    const auto number = entry_number(parameter->name, prefix);
    if (!number) return invalid_parameter(fmt::format("{} Reason: entries are numbered from 1", member));
    numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  const auto repeated = std::ranges::unique(numbers);
  numbers.erase(repeated.begin(), repeated.end());
  if (numbers.size() > max_entries) return invalid_parameter(fmt::format("{} Reason: too many entries", member));
  return numbers;
}

SnsResult<void> read_attributes(const Form& form, publish::Publishing& publishing) {
  const auto numbers = entry_numbers(form, "MessageAttributes");
  if (!numbers) return std::unexpected(numbers.error());
  for (const std::uint64_t number : *numbers) {
    const std::string prefix = fmt::format("MessageAttributes.entry.{}.", number);
    const std::string* name = form.find(prefix + "Name");
    if (name == nullptr || name->empty()) return invalid_parameter("MessageAttributes Reason: a name is missing");
    auto attribute = read_attribute(form, prefix);
    if (!attribute) return std::unexpected(attribute.error());
    publishing.attributes[*name] = std::move(*attribute);
  }
  return {};
}

}  // namespace

SnsResult<Entries> read_entries(Parameters parameters, std::string_view member, std::string_view key,
                                std::string_view value) {
  const Form form(parameters);
  const auto numbers = entry_numbers(form, member);
  if (!numbers) return std::unexpected(numbers.error());
  Entries entries;
  for (const std::uint64_t number : *numbers) {
    const std::string* name = form.find(fmt::format("{}.entry.{}.{}", member, number, key));
    const std::string* text = form.find(fmt::format("{}.entry.{}.{}", member, number, value));
    const bool is_known =
        name != nullptr && std::ranges::find(entries, *name, &Entries::value_type::first) != entries.end();
    if (name == nullptr || text == nullptr || is_known) {
      return invalid_parameter(fmt::format("{} Reason: entry {} is not one key with one value", member, number));
    }
    entries.emplace_back(*name, *text);
  }
  return entries;
}

SnsResult<std::string> read_arn(Parameters parameters, std::string_view member) {
  const Form form(parameters);
  Problems problems;
  std::string arn = FormReader(form, problems).required_name(member);
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  return arn;
}

SnsResult<CreateTopicInput> read_create_topic(Parameters parameters) {
  auto name = read_arn(parameters, "Name");
  if (!name) return std::unexpected(name.error());
  CreateTopicInput input{.name = std::move(*name), .attributes = {}};
  const auto attributes = read_entries(parameters, "Attributes", "key", "value");
  if (!attributes) return std::unexpected(attributes.error());
  for (const auto& [key, value] : *attributes) {
    if (auto added = add_topic_attribute(input.attributes, key, value); !added) return std::unexpected(added.error());
  }
  return input;
}

SnsResult<SetTopicAttributesInput> read_set_topic_attributes(Parameters parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader reader(form, problems);
  SetTopicAttributesInput input{.topic_arn = reader.required_name("TopicArn"), .changes = {}};
  const std::string name = reader.required_name("AttributeName");
  const std::string value = reader.text("AttributeValue").value_or("");
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  if (auto added = add_topic_attribute(input.changes, name, value); !added) return std::unexpected(added.error());
  return input;
}

SnsResult<SubscribeInput> read_subscribe(Parameters parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader reader(form, problems);
  SubscribeInput input;
  input.what.topic_arn = reader.required_name("TopicArn");
  input.what.protocol = reader.required_name("Protocol");
  input.what.endpoint = reader.text("Endpoint").value_or("");
  const std::string return_arn = reader.text("ReturnSubscriptionArn").value_or("false");
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  const auto flag = read_flag(return_arn, "ReturnSubscriptionArn");
  if (!flag) return std::unexpected(flag.error());
  input.return_arn = *flag;
  const auto attributes = read_entries(parameters, "Attributes", "key", "value");
  if (!attributes) return std::unexpected(attributes.error());
  for (const auto& [key, value] : *attributes) {
    const auto raw = read_subscription_attribute(key, value);
    if (!raw) return std::unexpected(raw.error());
    input.what.raw_message_delivery = *raw;
  }
  return input;
}

SnsResult<SetSubscriptionAttributesInput> read_set_subscription_attributes(Parameters parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader reader(form, problems);
  SetSubscriptionAttributesInput input{.subscription_arn = reader.required_name("SubscriptionArn")};
  const std::string name = reader.required_name("AttributeName");
  const std::string value = reader.text("AttributeValue").value_or("");
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  const auto raw = read_subscription_attribute(name, value);
  if (!raw) return std::unexpected(raw.error());
  input.raw_message_delivery = *raw;
  return input;
}

SnsResult<publish::Publishing> read_publish(Parameters parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader reader(form, problems);
  publish::Publishing publishing;
  publishing.message = reader.required_text("Message");
  publishing.subject = reader.text("Subject").value_or("");
  const std::string structure = reader.text("MessageStructure").value_or("");
  const auto topic = reader.text("TopicArn"), target = reader.text("TargetArn");
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  if (topic.has_value() == target.has_value() || reader.text("PhoneNumber")) {
    return invalid_parameter("TopicArn or TargetArn Reason: exactly one of them is required");
  }
  publishing.topic_arn = topic ? *topic : target.value_or("");
  if (!structure.empty() && structure != "json") return invalid_parameter("MessageStructure");
  if (structure == "json") {
    if (auto read = read_structured(publishing); !read) return std::unexpected(read.error());
  }
  if (auto read = read_attributes(form, publishing); !read) return std::unexpected(read.error());
  return publishing;
}

SnsResult<ConfirmInput> read_confirm(Parameters parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader reader(form, problems);
  ConfirmInput input{.topic_arn = reader.required_name("TopicArn"), .token = reader.required_name("Token")};
  const std::string authenticate = reader.text("AuthenticateOnUnsubscribe").value_or("false");
  if (const auto error = problems.error()) return std::unexpected(to_sns_error(*error));
  const auto flag = read_flag(authenticate, "AuthenticateOnUnsubscribe");
  if (!flag) return std::unexpected(flag.error());
  input.authenticate_on_unsubscribe = *flag;
  return input;
}

}  // namespace sesame::api::sns
