#include "submission/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "message/address_list.h"
#include "message/mime_builder.h"
#include "submission/compose.h"
#include "submission/list_management.h"
#include "submission/senders.h"
#include "submission/sending_rules.h"

namespace sesame::submission {
namespace {

std::string door_name(Door door) {
  switch (door) {
    case Door::ses_v2: return "ses_v2";
    case Door::ses_v1: return "ses_v1";
    case Door::smtp: return "smtp";
  }
  return "";
}

store::Event event_about(const store::NewMessage& message, store::EventKind kind, const boost::json::object& detail) {
  store::Event event;
  event.account_id = message.account_id;
  event.api_message_id = message.api_message_id;
  event.kind = kind;
  event.at = message.accepted;
  event.detail = boost::json::serialize(detail);
  return event;
}

store::Event send_event(const store::NewMessage& message) {
  boost::json::array recipients;
  for (const std::string& recipient : message.envelope.recipients) recipients.emplace_back(recipient);
  return event_about(message, store::EventKind::send,
                     {{"mail_from", message.envelope.reverse_path},
                      {"recipients", std::move(recipients)},
                      {"identity", message.identity}});
}

store::Event rendering_failure_event(const store::NewMessage& message, const RenderingFailure& failure) {
  return event_about(message, store::EventKind::rendering_failure,
                     {{"template", failure.template_name}, {"error", failure.error}});
}

store::Event reject_event(const store::NewMessage& message, const std::string& malware) {
  return event_about(message, store::EventKind::reject, {{"reason", "Bad content"}, {"malware", malware}});  // spec 3.4
}

// What is too large for the scanner will be so the next time; anything else may pass.
SubmissionError not_scanned(const ScanError& error) {
  switch (error.code) {
    case ScanErrc::too_large: return {SubmissionErrc::message_too_large, "Message is too long.", ""};
    case ScanErrc::unavailable: return {SubmissionErrc::unavailable, "Temporary service failure", ""};
  }
  return {};
}

SubmissionError store_failure(const store::StoreError& error) {
  log::error("submission", "message cannot be stored", {{"detail", error.detail}});
  if (error.code == store::StoreErrc::full) return {SubmissionErrc::queue_full, "Insufficient system storage", ""};
  return {SubmissionErrc::unavailable, "Temporary service failure", ""};
}

// Of a message to one recipient, who alone may use it.
std::optional<campaign::UnsubscribeLink> unsubscribe_link(const std::string& account_id, const Prepared& prepared) {
  const std::optional<ListManagement> list = prepared.list_management;
  if (!list || prepared.recipients.size() != 1) return std::nullopt;
  return campaign::UnsubscribeLink{account_id, list->contact_list, list->topic, prepared.recipients.front()};
}

// The header section as far as it is kept, in whole lines.
void keep_header_section(store::NewMessage& message) {
  const std::string_view content = message.content;
  const auto blank = content.starts_with("\r\n") ? 0 : content.find("\r\n\r\n");
  std::string_view section = content.substr(0, blank == content.npos ? content.size() : blank == 0 ? 0 : blank + 2);
  message.header_section_cut = section.size() > store::max_header_section_octets;
  if (message.header_section_cut) {
    section = section.substr(0, store::max_header_section_octets);
    const std::size_t last_line_end = section.rfind("\r\n");
    section = section.substr(0, last_line_end == section.npos ? 0 : last_line_end + 2);
  }
  message.header_section = section;
}

store::Priority priority_of(const store::ConfigurationSet& set) {
  const bool is_transactional = std::ranges::find(set.tags, transactional_tag) != set.tags.end();
  return is_transactional ? store::Priority::transactional : store::Priority::ordinary;
}

void apply_rules(const SendingRules& rules, const identity::ServiceNames& names, store::NewMessage& message) {
  keep_header_section(message);  // events, notifications and forwarded reports show it long after the content has gone
  message.suppression = rules.suppression;
  const auto to_simulator = [&](const std::string& address) { return is_simulator(address, names); };
  if (std::ranges::any_of(message.envelope.recipients, to_simulator)) {
    message.suppression = {.bounce = false, .complaint = false};
  }
  if (!rules.set) return;
  message.configuration_set = rules.set->name;
  message.tls_policy = rules.set->tls_policy;
  message.priority = priority_of(*rules.set);
  const std::optional<std::chrono::seconds> max_delivery = rules.set->max_delivery;
  if (max_delivery) message.expires = message.accepted + *max_delivery;
}

store::NewMessage new_message(const SubmissionRequest& request, Prepared&& prepared, const SenderDecision& senders,
                              const std::string& api_message_id, Time now, std::chrono::seconds max_delivery) {
  store::NewMessage message;
  message.api_message_id = api_message_id;
  message.account_id = request.account_id;
  message.identity = senders.settings->name;
  message.author_address = prepared.sender_addresses.front();
  message.subject = std::move(prepared.subject);
  message.feedback_address = std::move(prepared.feedback_address);
  message.tags = std::move(prepared.tags);
  message.accepted_through = door_name(request.door);
  message.operation = request.operation;
  message.caller = request.caller;
  message.source_ip = request.source_ip;
  message.envelope.reverse_path = fmt::format("{}@{}", api_message_id, senders.mail_from_domain);
  message.envelope.recipients = std::move(prepared.recipients);
  message.needs_eightbitmime = prepared.has_eightbit;
  message.accepted = now;
  message.expires = now + max_delivery;
  return message;
}

}  // namespace

Pipeline::Pipeline(PipelineDeps deps, PipelineOptions options)
    : deps_(std::move(deps)),
      options_(options),
      quota_(deps_.queue, deps_.clock, options.quota),
      signer_(deps_.control, deps_.clock, options.also_sign) {}

net::Task<SubmissionResult<Accepted>> Pipeline::submit(SubmissionRequest request) {
  auto ready = co_await net::on_executor(deps_.workers, make_ready(std::move(request)));
  if (!ready) co_return std::unexpected(ready.error());
  const std::optional<RenderingFailure> failure = ready->failure;
  if (failure) {
    auto recorded = co_await record_failure(std::move(ready->message), *failure);
    co_return recorded;
  }
  auto accepted = co_await take(std::move(ready->message), ready->suppression, std::move(ready->opted_out));
  co_return accepted;
}

// On a worker: composing a large message takes milliseconds, and a signature a good part of one. What is asked of the
// stores on the way is in memory, but for the first time.
net::Task<SubmissionResult<Pipeline::Ready>> Pipeline::make_ready(SubmissionRequest request) {
  const auto account = co_await require_sending(deps_.configuration, request.account_id);
  if (!account) co_return std::unexpected(account.error());
  const ComposeContext context{deps_.names, deps_.ids.mint(), deps_.clock.now(), deps_.random};
  auto prepared = prepare(request, context);
  if (!prepared) co_return std::unexpected(prepared.error());

  auto senders = co_await decide_senders(deps_.control, deps_.names, request.account_id, prepared->sender_addresses);
  if (!senders) co_return std::unexpected(senders.error());
  auto rules = co_await decide_rules(deps_.configuration, *account, request.account_id, prepared->configuration_set,
                                     *senders, prepared->sender_addresses.front());
  if (!rules) co_return std::unexpected(rules.error());

  const std::optional<RenderingFailure> failure = std::move(prepared->rendering_failure);
  std::string content = std::move(prepared->octets);
  campaign::Tracked wanted = campaign::tracked_by(rules->set.get());
  std::vector<std::string> unwanted;
  if (!failure && prepared->list_management) {
    auto found = co_await opted_out(request.account_id, *prepared);
    if (!found) co_return std::unexpected(found.error());
    unwanted = std::move(*found);
    wanted.unsubscribe = unsubscribe_link(request.account_id, *prepared);
  }
  if (tracking_ != nullptr && !failure && (wanted.any() || prepared->has_open_tracker)) {
    content = tracking_->track(content, context.api_message_id, wanted);
    prepared->has_eightbit = !is_ascii(content);
  }
  if (!failure) {
    auto signatures = co_await signer_.sign(senders->dkim, content);
    if (!signatures) co_return std::unexpected(signatures.error());
    content.insert(0, *signatures);
  }
  Ready ready{
      new_message(request, std::move(*prepared), *senders, context.api_message_id, context.now, options_.max_delivery),
      rules->suppression, std::move(unwanted), failure};
  ready.message.content = std::move(content);
  apply_rules(*rules, deps_.names, ready.message);
  co_return ready;
}

// It uses up no quota, and who may be written to does not matter.
net::Task<SubmissionResult<Accepted>> Pipeline::record_failure(store::NewMessage message, RenderingFailure failure) {
  message.withheld = store::Withheld::not_rendered;
  std::vector<store::Event> events{rendering_failure_event(message, failure)};
  auto recorded = co_await enqueue(std::move(message), std::move(events), {});
  co_return recorded;
}

net::Task<SubmissionResult<std::vector<std::string>>> Pipeline::opted_out(std::string account_id,
                                                                          const Prepared& prepared) {
  if (!prepared.list_management) co_return std::vector<std::string>();
  if (contacts_ == nullptr) {
    co_return std::unexpected(
        SubmissionError{SubmissionErrc::contact_list_missing,
                        fmt::format("List with name: {} doesn't exist.", prepared.list_management->contact_list), ""});
  }
  auto found =
      co_await find_opted_out(*contacts_, std::move(account_id), *prepared.list_management, prepared.recipients);
  co_return found;
}

// Quota, scanner, suppression, queue (spec 9). Mail that the quota forbids is not worth a scan.
net::Task<SubmissionResult<Accepted>> Pipeline::take(store::NewMessage message, store::SuppressionReasons reasons,
                                                     std::vector<std::string> opted_out) {
  const auto counts = [this](const std::string& address) { return !is_simulator(address, deps_.names); };
  const std::string account_id = message.account_id;
  const auto counted = static_cast<std::size_t>(std::ranges::count_if(message.envelope.recipients, counts));
  if (counted > 0) {
    const auto taken = co_await quota_.take(account_id, counted);
    if (!taken) co_return std::unexpected(taken.error());
  }
  const Time taken_at = deps_.clock.now();  // a scan may take a while
  auto accepted = co_await scan_and_record(std::move(message), reasons, std::move(opted_out));
  if (!accepted) quota_.give_back(account_id, counted, taken_at);
  co_return accepted;
}

net::Task<SubmissionResult<Accepted>> Pipeline::scan_and_record(store::NewMessage message,
                                                                store::SuppressionReasons reasons,
                                                                std::vector<std::string> opted_out) {
  const auto verdict = co_await scan(message.api_message_id, message.content);
  if (!verdict) co_return std::unexpected(verdict.error());
  if (!verdict->malware.empty()) {
    auto rejected = co_await record_rejected(std::move(message), verdict->malware);
    co_return rejected;
  }
  auto taken = co_await record_taken(std::move(message), reasons, std::move(opted_out));
  co_return taken;
}

net::Task<SubmissionResult<ScanVerdict>> Pipeline::scan(std::string api_message_id, std::string_view content) {
  if (scanner_ == nullptr) co_return ScanVerdict{};
  auto verdict = co_await scanner_->scan(content);
  if (verdict) {
    ++(verdict->malware.empty() ? clean_ : malware_);
    co_return std::move(*verdict);
  }
  ++not_scanned_;
  const bool is_taken = unscanned_ == Unscanned::accept;
  log::warning("submission", is_taken ? "message is sent without a scan" : "message is refused without a scan",
               {{"api_message_id", api_message_id}, {"detail", verdict.error().detail}});
  if (is_taken) co_return ScanVerdict{};
  co_return std::unexpected(not_scanned(verdict.error()));
}

// The caller's part is done as for any other message; then everybody is told that it went no further (spec 4.2).
net::Task<SubmissionResult<Accepted>> Pipeline::record_rejected(store::NewMessage message, std::string malware) {
  log::warning("submission", "message is rejected: malware",
               {{"api_message_id", message.api_message_id}, {"name", malware}, {"caller", message.caller}});
  message.withheld = store::Withheld::rejected;
  std::vector<store::Event> events{send_event(message), reject_event(message, malware)};
  auto recorded = co_await enqueue(std::move(message), std::move(events), {});
  co_return recorded;
}

net::Task<SubmissionResult<Accepted>> Pipeline::record_taken(store::NewMessage message,
                                                             store::SuppressionReasons reasons,
                                                             std::vector<std::string> opted_out) {
  std::vector<store::Event> events{send_event(message)};
  message.suppressed = simulated_listings(message.envelope.recipients, deps_.names);
  for (const std::string& address : message.suppressed) {
    events.push_back(
        suppressed_event(EventSubject(message), address, store::SuppressionReason::bounce, Listing::simulated));
  }
  for (std::string& address : opted_out) {
    events.push_back(
        suppressed_event(EventSubject(message), address, store::SuppressionReason::bounce, Listing::contact_opted_out));
    message.suppressed.push_back(std::move(address));
  }
  store::SuppressionCheck check = suppression_check(message, reasons, deps_.names);
  auto accepted = co_await enqueue(std::move(message), std::move(events), std::move(check));
  co_return accepted;
}

net::Task<SubmissionResult<Accepted>> Pipeline::enqueue(store::NewMessage message, std::vector<store::Event> events,
                                                        store::SuppressionCheck check) {
  Accepted accepted{message.api_message_id};
  auto queued = co_await deps_.queue.enqueue(std::move(message), std::move(events), std::move(check));
  if (!queued) co_return std::unexpected(store_failure(queued.error()));
  deps_.feed.committed();
  co_return accepted;
}

net::Task<SubmissionResult<std::string>> Pipeline::sign_own(std::string_view content) {
  co_return signer_.sign_own(content);
}

net::Task<bool> Pipeline::send(identity::Notice notice) {
  const auto to = message::parse_mailbox(notice.to);
  if (!to) {
    log::error("submission", "notice has no usable recipient", {{"to", notice.to}, {"subject", notice.subject}});
    co_return false;
  }
  const std::string id = deps_.ids.mint();
  const Time now = deps_.clock.now();
  message::MessageParts parts;
  parts.date = now;
  parts.from = {"Sesame", {"no-reply", deps_.names.service_domain}};
  parts.to = {*to};
  parts.subject = notice.subject;
  parts.message_id = id + "@" + deps_.names.message_id_domain();
  parts.extra_fields = {{"Auto-Submitted", "auto-generated"}};  // RFC 3834 §5: nobody should answer
  parts.text = notice.text;
  auto content = message::build_message(parts, deps_.random);
  if (!content) {
    log::error("submission", "notice cannot be composed", {{"where", content.error().where}});
    co_return false;
  }
  const auto signature = co_await net::on_executor(deps_.workers, sign_own(*content));
  if (!signature) co_return false;
  content->insert(0, *signature);
  store::NewMessage message;
  message.api_message_id = id;
  message.account_id = notice.account_id;
  message.author_address = message::to_wire(parts.from.address);
  message.subject = notice.subject;
  message.accepted_through = store::accepted_through_service;
  message.envelope = {id + "@" + deps_.names.default_mail_from_domain(), {message::to_wire(to->address)}};
  message.content = std::move(*content);
  message.accepted = now;
  message.expires = now + options_.max_delivery;
  message.suppression = {.bounce = false, .complaint = false};
  std::vector<store::Event> events{send_event(message)};
  auto accepted = co_await enqueue(std::move(message), std::move(events), {});
  co_return accepted.has_value();
}

}  // namespace sesame::submission
