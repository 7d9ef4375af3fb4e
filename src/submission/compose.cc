#include "submission/compose.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "base/time_text.h"
#include "message/address_list.h"
#include "message/downgrade.h"
#include "message/edit.h"
#include "message/encoded_word.h"
#include "message/mime_builder.h"
#include "submission/recipients.h"

namespace sesame::submission {
namespace {

constexpr std::size_t max_recorded_subject_octets = 500;

SubmissionError invalid_parameter(std::string field, std::string text) {
  return {SubmissionErrc::invalid_parameter, std::move(text), std::move(field)};
}
SubmissionError invalid_content(std::string field, std::string text) {
  return {SubmissionErrc::invalid_content, std::move(text), std::move(field)};
}

std::string message_id_of(const ComposeContext& context) {
  return fmt::format("{}@{}", context.api_message_id, context.names.message_id_domain());
}

// `::1.<region>.<base64 of 32 octets>:Sesame` (spec 3.3). The octets name the account to receivers' feedback loops
// without telling them its number.
std::string feedback_id(const SubmissionRequest& request, const ComposeContext& context) {
  const std::string octets = sha256(context.names.service_domain + "/" + request.account_id);
  return fmt::format("::1.{}.{}:Sesame", context.names.region, base64_encode(octets));
}

void add_once(std::vector<std::string>& addresses, std::string address) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
    addresses.push_back(std::move(address));
}

SubmissionResult<message::Mailbox> one_mailbox(const std::string& text, const std::string& member) {
  auto mailbox = message::parse_mailbox(text);
  if (!mailbox) {
    return std::unexpected(invalid_parameter(member, std::string(message::describe(mailbox.error().problem))));
  }
  return std::move(*mailbox);
}

SubmissionResult<std::vector<message::Mailbox>> mailboxes(const std::vector<std::string>& texts,
                                                          const std::string& member) {
  std::vector<message::Mailbox> list;
  for (const std::string& text : texts) {
    auto mailbox = one_mailbox(text, member);
    if (!mailbox) return std::unexpected(mailbox.error());
    list.push_back(std::move(*mailbox));
  }
  return list;
}

// Source and Return-Path as parameters, in every kind of request.
SubmissionResult<void> add_parameter_senders(const SubmissionRequest& request, Prepared& prepared) {
  if (!request.source.empty()) {
    auto source = one_mailbox(request.source, "Source");
    if (!source) return std::unexpected(source.error());
    add_once(prepared.sender_addresses, message::to_wire(source->address));
    prepared.feedback_address = message::to_wire(source->address);
  }
  if (!request.feedback_address.empty()) {
    auto feedback = one_mailbox(request.feedback_address, "ReturnPath");
    if (!feedback) return std::unexpected(feedback.error());
    add_once(prepared.sender_addresses, message::to_wire(feedback->address));
    prepared.feedback_address = message::to_wire(feedback->address);
  }
  return {};
}

std::string build_problem_text(const message::BuildError& error) {
  switch (error.problem) {
    case message::BuildProblem::bad_field_name: return fmt::format("'{}' is not a header field name.", error.where);
    case message::BuildProblem::control_character:
      return fmt::format("'{}' must not contain CR, LF or other control characters.", error.where);
    case message::BuildProblem::not_utf8: return fmt::format("'{}' is not valid UTF-8.", error.where);
    case message::BuildProblem::line_too_long:
      return fmt::format("'{}' has a word too long for a header line.", error.where);
    case message::BuildProblem::bad_content_type: return fmt::format("'{}' is not a MIME content type.", error.where);
    case message::BuildProblem::bad_message_id: return fmt::format("'{}' is not a content id.", error.where);
  }
  return "Invalid message.";
}

SubmissionResult<void> check_attachments(const std::vector<Attachment>& attachments) {
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    if (is_refused_file_name(attachments[i].about.file_name)) {
      return std::unexpected(invalid_parameter(
          fmt::format("Attachments[{}].FileName", i),
          fmt::format("Attachment file type of '{}' is not allowed.", attachments[i].about.file_name)));
    }
  }
  return {};
}

// What a composed message says; the rest of it is where and with what.
struct Texts {
  std::string_view subject;
  std::optional<std::string_view> text, html;
};

Texts texts_of(const ComposedContent& content) { return {content.subject, content.text, content.html}; }

SubmissionResult<message::MessageParts> parts_of(const SubmissionRequest& request, const ComposedContent& content,
                                                 const Texts& texts, const ComposeContext& context) {
  message::MessageParts parts;
  auto from = one_mailbox(request.source, "Source");
  if (!from) return std::unexpected(from.error());
  auto to = mailboxes(content.to, "ToAddresses");
  if (!to) return std::unexpected(to.error());
  auto cc = mailboxes(content.cc, "CcAddresses");
  if (!cc) return std::unexpected(cc.error());
  auto reply_to = mailboxes(content.reply_to, "ReplyToAddresses");
  if (!reply_to) return std::unexpected(reply_to.error());
  parts.date = context.now;
  parts.from = std::move(*from);
  parts.to = std::move(*to);
  parts.cc = std::move(*cc);
  parts.reply_to = std::move(*reply_to);
  parts.subject = texts.subject;
  parts.message_id = message_id_of(context);
  for (const auto& [name, value] : content.headers) {
    if (!is_service_field(name)) parts.extra_fields.push_back({name, value});
  }
  parts.extra_fields.push_back({"Feedback-ID", feedback_id(request, context)});
  parts.text = texts.text;
  parts.html = texts.html;
  for (const Attachment& attachment : content.attachments) {
    parts.attachments.push_back(attachment.about);
    parts.attachments.back().octets = attachment.octets;
  }
  return parts;
}

// Parameters win and are not merged with what the message says (spec 3.3).
void put_options(const SubmissionRequest& request, ServiceFields&& fields, Prepared& prepared) {
  const bool is_named = request.configuration_set && !request.configuration_set->empty();
  prepared.configuration_set = std::move(fields.configuration_set);
  if (is_named) prepared.configuration_set = request.configuration_set;
  prepared.list_management = std::move(fields.list_management);
  if (request.list_management) prepared.list_management = request.list_management;
  prepared.tags = std::move(fields.tags);
  if (!request.tags.empty()) prepared.tags = request.tags;
}

SubmissionResult<Prepared> prepare_composed(const SubmissionRequest& request, const ComposedContent& content,
                                            const Texts& texts, const ComposeContext& context) {
  if (auto checked = check_custom_headers(content.headers); !checked) return std::unexpected(checked.error());
  if (auto checked = check_attachments(content.attachments); !checked) return std::unexpected(checked.error());
  auto parts = parts_of(request, content, texts, context);
  if (!parts) return std::unexpected(parts.error());

  Prepared prepared;
  if (auto added = add_parameter_senders(request, prepared); !added) return std::unexpected(added.error());
  const std::pair<const std::vector<std::string>*, const char*> lists[] = {
      {&content.to, "ToAddresses"}, {&content.cc, "CcAddresses"}, {&content.bcc, "BccAddresses"}};
  std::size_t named = 0;
  for (const auto& [list, member] : lists) {
    auto found = recipients_of(*list, member);
    if (!found) return std::unexpected(found.error());
    named += list->size();
    for (std::string& recipient : *found) add_once(prepared.recipients, std::move(recipient));
  }
  if (auto counted = check_count(named, prepared.recipients); !counted) return std::unexpected(counted.error());
  auto octets = message::build_message(*parts, context.random);
  if (!octets) return std::unexpected(invalid_parameter(octets.error().where, build_problem_text(octets.error())));
  prepared.octets = std::move(*octets);
  prepared.has_open_tracker = texts.html && texts.html->contains(campaign::open_tracker_mark);
  prepared.subject = printable_utf8(texts.subject, max_recorded_subject_octets);
  auto service_fields = read_service_fields(content.headers);
  if (!service_fields) return std::unexpected(service_fields.error());
  put_options(request, std::move(*service_fields), prepared);
  return prepared;
}

// A failure is composed without its texts, so that who sent what to whom is known of it as of any message.
SubmissionResult<Prepared> prepare_templated(const SubmissionRequest& request, const TemplatedContent& content,
                                             const ComposeContext& context) {
  if (content.mail_template == nullptr) throw std::logic_error("a template is resolved before it is submitted");
  const auto rendered = campaign::render(*content.mail_template, content.data);
  Texts texts;
  if (rendered) texts = {rendered->subject, rendered->text, rendered->html};
  auto prepared = prepare_composed(request, content.rest, texts, context);
  if (prepared && !rendered) {
    prepared->rendering_failure = RenderingFailure{content.mail_template->name, rendered.error().text};
  }
  return prepared;
}

// The addresses of From, Sender and Return-Path of the caller's own message.
SubmissionResult<void> add_header_senders(const message::ParsedMessage& parsed, Prepared& prepared) {
  const message::HeaderField* from = parsed.first("From");
  if (from == nullptr) return std::unexpected(invalid_content("From", "Missing required header 'From'."));
  const auto authors = message::parse_mailbox_list(from->value);
  if (!authors) {
    return std::unexpected(invalid_content("From", std::string(message::describe(authors.error().problem))));
  }
  for (const message::Mailbox& author : *authors) add_once(prepared.sender_addresses, message::to_wire(author.address));
  prepared.feedback_address = prepared.sender_addresses.front();
  if (const auto* sender = parsed.first("Sender")) {
    const auto mailbox = message::parse_mailbox(sender->value);
    if (!mailbox) {
      return std::unexpected(invalid_content("Sender", std::string(message::describe(mailbox.error().problem))));
    }
    add_once(prepared.sender_addresses, message::to_wire(mailbox->address));
  }
  if (const auto* path = parsed.first("Return-Path"); path != nullptr && trim(message::unfold(path->value)) != "<>") {
    const auto mailbox = message::parse_mailbox(path->value);
    if (!mailbox) {
      return std::unexpected(invalid_content("Return-Path", std::string(message::describe(mailbox.error().problem))));
    }
    add_once(prepared.sender_addresses, message::to_wire(mailbox->address));
    prepared.feedback_address = message::to_wire(mailbox->address);
  }
  return {};
}

SubmissionResult<void> check_raw(const std::string& octets, const message::ParsedMessage& parsed) {
  if (const auto twice = duplicated_field(parsed)) {
    return std::unexpected(invalid_content(*twice, fmt::format("Duplicate header '{}'.", *twice)));
  }
  if (parsed.malformed_at) {
    // What follows would count as body here and perhaps as header elsewhere: nobody may disagree about what was
    // checked.
    return std::unexpected(invalid_content(
        "", fmt::format("The message's header section is malformed at octet {}.", *parsed.malformed_at)));
  }
  if (octets.find('\0') != octets.npos) {
    return std::unexpected(invalid_content("", "The message contains a NUL character."));
  }
  if (message::find_long_line(octets)) {
    return std::unexpected(invalid_content("", "Line length exceeded. See RFC 5321 section 4.5.3.1.6."));
  }
  return {};
}

SubmissionResult<std::vector<std::string>> raw_recipients(const SubmissionRequest& request,
                                                          const message::ParsedMessage& parsed) {
  auto recipients = request.recipients ? recipients_of(*request.recipients, "Destinations") : recipients_of(parsed);
  if (!recipients) return std::unexpected(recipients.error());
  if (auto counted = check_count(recipients->size(), *recipients); !counted) return std::unexpected(counted.error());
  return recipients;
}

SubmissionResult<Prepared> prepare_raw(const SubmissionRequest& request, const RawContent& content,
                                       const ComposeContext& context) {
  // Checked and edited in the form that is sent: a bare CR would otherwise hide a field from the checks.
  std::string normalised;
  const bool as_it_stands = message::has_crlf_line_ends(content.octets);
  if (!as_it_stands) normalised = message::normalise_line_ends(content.octets);
  const std::string& octets = as_it_stands ? content.octets : normalised;
  const message::ParsedMessage parsed = message::parse_message(octets);
  if (auto checked = check_raw(octets, parsed); !checked) return std::unexpected(checked.error());

  Prepared prepared;
  if (auto added = add_header_senders(parsed, prepared); !added) return std::unexpected(added.error());
  if (auto added = add_parameter_senders(request, prepared); !added) return std::unexpected(added.error());
  auto recipients = raw_recipients(request, parsed);
  if (!recipients) return std::unexpected(recipients.error());
  prepared.recipients = std::move(*recipients);
  auto service_fields = read_service_fields(parsed);
  if (!service_fields) return std::unexpected(service_fields.error());
  put_options(request, std::move(*service_fields), prepared);
  if (const auto* subject = parsed.first("Subject")) {
    // Raw octets in whatever charset, and encoded words that may hide controls.
    prepared.subject =
        printable_utf8(message::decode_encoded_words(message::unfold(subject->value)), max_recorded_subject_octets);
  }

  message::HeaderEdits edits;
  edits.remove = removed_fields();
  edits.append = {{"Date", format_rfc5322(context.now)},
                  {"Message-ID", "<" + message_id_of(context) + ">"},
                  {"Feedback-ID", feedback_id(request, context)}};
  const std::optional<std::string> seven_bit = message::to_seven_bit(octets);
  auto edited = message::edit_message(seven_bit ? *seven_bit : octets, edits);
  if (!edited) {
    return std::unexpected(
        invalid_content(edited.error().field_name, "The message's header section cannot be edited."));
  }
  prepared.octets = std::move(*edited);
  return prepared;
}

}  // namespace

SubmissionResult<Prepared> prepare(const SubmissionRequest& request, const ComposeContext& context) {
  if (auto checked = check_tags(request.tags); !checked) return std::unexpected(checked.error());
  auto prepared = std::visit(
      overloaded{[&](const ComposedContent& content) {
                   return prepare_composed(request, content, texts_of(content), context);
                 },
                 [&](const TemplatedContent& content) { return prepare_templated(request, content, context); },
                 [&](const RawContent& content) { return prepare_raw(request, content, context); }},
      request.content);
  if (!prepared) return prepared;
  const std::size_t limit = request.door == Door::ses_v1 ? max_message_octets_v1 : max_message_octets;
  if (prepared->octets.size() > limit) {
    return std::unexpected(SubmissionError{
        SubmissionErrc::message_too_large,
        fmt::format("Message length is more than {} bytes long: '{}'.", limit, prepared->octets.size()), ""});
  }
  prepared->has_eightbit = !is_ascii(prepared->octets);
  return prepared;
}

}  // namespace sesame::submission
