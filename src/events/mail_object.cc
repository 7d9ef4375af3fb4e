#include "events/mail_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "base/time_text.h"
#include "message/address_list.h"
#include "message/encoded_word.h"
#include "message/header_section.h"

namespace sesame::events {
namespace {

namespace json = boost::json;

// Ours, put in for receivers: the sender did not write it.
constexpr std::string_view service_field = "Feedback-ID";

json::array texts(const std::vector<std::string>& values) {
  json::array array;
  for (const std::string& value : values) array.emplace_back(value);
  return array;
}

// A header field's value as one line of UTF-8: what a raw message held may be in any charset.
std::string one_line(std::string_view value) {
  return printable_utf8(message::unfold(value), store::max_header_section_octets);
}

std::string decoded(const message::HeaderField& field) {
  return printable_utf8(message::decode_encoded_words(message::unfold(field.value)), store::max_header_section_octets);
}

// The mailboxes of a field, each as text; a list that cannot be read is told as it stands.
json::array mailboxes(const message::ParsedMessage& parsed, std::string_view name) {
  json::array array;
  for (const message::HeaderField* field : parsed.all(name)) {
    const auto list = message::parse_address_list(field->value);
    if (!list) {
      array.emplace_back(decoded(*field));
      continue;
    }
    for (const message::Mailbox& mailbox : *list) {
      array.emplace_back(printable_utf8(message::format_mailbox(mailbox), store::max_header_section_octets));
    }
  }
  return array;
}

json::array headers(const message::ParsedMessage& parsed) {
  json::array array;
  for (const message::HeaderField& field : parsed.fields) {
    if (ascii_iequals(field.name, service_field)) continue;
    array.push_back(
        json::object{{"name", printable_utf8(field.name, field.name.size())}, {"value", one_line(field.value)}});
  }
  return array;
}

json::object common_headers(const message::ParsedMessage& parsed, const store::NewMessage& message) {
  json::object common;
  common["from"] = mailboxes(parsed, "From");
  if (const auto* date = parsed.first("Date")) common["date"] = one_line(date->value);
  common["to"] = mailboxes(parsed, "To");
  common["cc"] = mailboxes(parsed, "Cc");
  if (parsed.first("Reply-To") != nullptr) common["replyTo"] = mailboxes(parsed, "Reply-To");
  common["messageId"] = message.api_message_id;
  if (const auto* subject = parsed.first("Subject")) common["subject"] = decoded(*subject);
  return common;
}

void add_tag(json::object& tags, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json::value& values = tags[name];
  if (!values.is_array()) values.emplace_array();
  values.get_array().emplace_back(value);
}

// The address we connected from, once there was an attempt for the recipient the event is about.
std::string outgoing_ip(const store::Event& event, const store::MessageRecord& message) {
  if (event.kind == store::EventKind::send || event.kind == store::EventKind::reject) return "";
  for (const store::RecipientRecord& recipient : message.recipients) {
    const bool meant = event.recipient.empty() || recipient.forward_path == event.recipient;
    if (meant && !recipient.attempts.empty()) return recipient.attempts.back().source_ip;
  }
  return "";
}

json::object tags(const store::Event& event, const store::MessageRecord& record) {
  const store::NewMessage& message = record.message;
  json::object tags;
  add_tag(tags, "ses:operation", message.operation);
  add_tag(tags, "ses:configuration-set", message.configuration_set.value_or(""));
  add_tag(tags, "ses:source-ip", message.source_ip);
  add_tag(tags, "ses:from-domain", message.author_address.substr(message.author_address.rfind('@') + 1));
  add_tag(tags, "ses:caller-identity", message.caller);
  add_tag(tags, "ses:outgoing-ip", outgoing_ip(event, record));
  for (const auto& [name, value] : message.tags) add_tag(tags, name, value);
  return tags;
}

}  // namespace

json::object mail_object(const store::Event& event, const store::MessageRecord& record,
                         const NotificationOptions& options) {
  const store::NewMessage& message = record.message;
  const message::ParsedMessage parsed = message::parse_message(message.header_section);
  const message::HeaderField* from = parsed.first("From");
  json::object mail;
  mail["timestamp"] = format_rfc3339_ms(message.accepted);
  mail["source"] = from == nullptr ? message.author_address : decoded(*from);
  mail["sourceArn"] =
      fmt::format("arn:aws:ses:{}:{}:identity/{}", options.region, message.account_id, message.identity);
  const bool is_feedback = options.wrapping == Wrapping::identity_feedback;
  if (is_feedback) {
    mail["sourceIp"] = message.source_ip;
    mail["callerIdentity"] = message.caller;
  }
  mail["sendingAccountId"] = message.account_id;
  mail["messageId"] = message.api_message_id;
  mail["destination"] = texts(message.envelope.recipients);
  if (!is_feedback || options.with_headers) {
    mail["headersTruncated"] = message.header_section_cut;
    mail["headers"] = headers(parsed);
    mail["commonHeaders"] = common_headers(parsed, message);
  }
  if (!is_feedback) mail["tags"] = tags(event, record);
  return mail;
}

}  // namespace sesame::events
