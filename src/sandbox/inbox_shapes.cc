#include "sandbox/inbox_shapes.h"

#include <boost/json/array.hpp>

#include "base/text.h"
#include "base/time_text.h"
#include "message/charset.h"
#include "message/mime_reader.h"

namespace sesame::sandbox {
namespace {

namespace json = boost::json;

json::string text(std::string_view octets) { return json::string(message::replace_invalid_utf8(octets)); }

json::value text_or_null(const std::optional<std::string>& octets) {
  if (!octets) return nullptr;
  return text(*octets);
}

json::object envelope_shape(const InboxEnvelope& envelope) {
  json::array recipients;
  for (const std::string& recipient : envelope.rcpt_to) recipients.push_back(text(recipient));
  return {{"mail_from", text(envelope.mail_from)},
          {"rcpt_to", std::move(recipients)},
          {"helo", text(envelope.helo)},
          {"ip", envelope.ip},
          {"tls", text_or_null(envelope.tls)}};
}

json::array headers_shape(const message::ParsedMessage& message) {
  json::array headers;
  for (const message::HeaderField& field : message.fields) {
    headers.push_back(json::object{{"name", text(field.name)}, {"value", text(message::unfold(field.value))}});
  }
  return headers;
}

json::value body_shape(const message::MimePart* part) {
  if (part == nullptr) return nullptr;
  return text(part->text());
}

bool is_body(const message::MimeMessage& message, const message::MimePart* leaf) {
  return leaf == message.first("text/plain") || leaf == message.first("text/html");
}

json::array attachments_shape(const message::MimeMessage& message) {
  json::array attachments;
  const auto leaves = message.leaves();
  for (std::size_t part = 0; part < leaves.size(); ++part) {
    const message::MimePart* leaf = leaves[part];
    if (is_body(message, leaf)) continue;
    attachments.push_back(json::object{{"part", part},
                                       {"file_name", text(leaf->file_name)},
                                       {"content_type", text(leaf->content_type.value)},
                                       {"size", leaf->octets().size()}});
  }
  return attachments;
}

// The last element of what the sender calls it, without characters that file systems give a meaning; never empty.
std::string name_to_save_as(std::string_view file_name) {
  constexpr std::size_t most_octets = 128;
  constexpr std::string_view unwanted = "\"<>|:*?";
  std::string name = printable_utf8(file_name.substr(file_name.find_last_of("/\\") + 1), most_octets);
  std::erase_if(name, [&](char c) { return unwanted.contains(c); });
  return name.find_first_not_of(". ") == name.npos ? "attachment" : name;
}

}  // namespace

json::object summary(const InboxEntry& entry) {
  return {{"n", entry.number},
          {"received_at", format_rfc3339_ms(entry.received_at)},
          {"envelope", envelope_shape(entry.envelope)},
          {"from", entry.from},
          {"to", entry.to},
          {"subject", entry.subject},
          {"message_id", entry.message_id},
          {"api_message_id", text_or_null(entry.api_message_id)},
          {"size", entry.content.size()},
          {"verdict", entry.verdict}};
}

json::object detail(const InboxEntry& entry) {
  json::object shape = summary(entry);
  const message::MimeMessage message = message::read_mime(entry.content);
  shape["headers"] = headers_shape(message.root.entity);
  shape["text"] = body_shape(message.first("text/plain"));
  shape["html"] = body_shape(message.first("text/html"));
  shape["attachments"] = attachments_shape(message);
  return shape;
}

std::optional<Attachment> attachment_of(const InboxEntry& entry, std::size_t part) {
  const message::MimeMessage message = message::read_mime(entry.content);
  const auto leaves = message.leaves();
  if (part >= leaves.size() || is_body(message, leaves[part])) return std::nullopt;
  return Attachment{name_to_save_as(leaves[part]->file_name), leaves[part]->octets()};
}

std::string html_of(const InboxEntry& entry) {
  const message::MimeMessage message = message::read_mime(entry.content);
  const message::MimePart* part = message.first("text/html");
  return part == nullptr ? "" : message::replace_invalid_utf8(part->text());
}

}  // namespace sesame::sandbox
