// The order of reading: see classify.h. What each form says is read by its own file; here is only which form it is, and
// how the parts go together.
#include "feedback/classify.h"

#include <algorithm>

#include "base/text.h"
#include "feedback/abuse_report.h"
#include "feedback/delivery_status.h"
#include "feedback/mail.h"
#include "feedback/notice.h"
#include "feedback/ses_notification.h"
#include "feedback/signs.h"
#include "message/address_list.h"

namespace sesame::feedback {
namespace {

using replies::Reason;
using replies::StatusClass;

bool is_success(DsnAction action) { return action != DsnAction::failed && action != DsnAction::delayed; }

// ---- delivery status ----

// What nobody said of a recipient in the fields may stand in the words beside them.
void complete_from_notice(RecipientReport& recipient, const std::vector<NoticeRecipient>& named,
                          const std::string& diagnosis) {
  if (recipient.cause.reason != Reason::unknown || is_success(recipient.action)) return;
  const auto same = [&](const NoticeRecipient& r) { return ascii_iequals(r.address, recipient.address); };
  const auto own = std::ranges::find_if(named, same);
  for (const std::string& text : {own == named.end() ? std::string() : own->text, diagnosis}) {
    if (text.empty()) continue;
    const replies::SpokenCodes said = replies::find_codes(text);
    const bool status_says_little = recipient.status.empty() || recipient.status.ends_with(".0.0");
    const replies::Cause cause = replies::find_cause(
        {.reply_code = said.reply_code,
         .enhanced_status = status_says_little ? std::string_view(said.enhanced_status) : recipient.status,
         .text = text,
         .remote_host = recipient.remote_mta});
    if (recipient.diagnostic_code.empty()) recipient.diagnostic_code = field_text(text);
    if (recipient.status.empty()) recipient.status = said.enhanced_status;
    if (cause.reason == Reason::unknown) continue;
    recipient.cause.reason = cause.reason;
    if (recipient.cause.status_class == StatusClass::unsaid) recipient.cause.status_class = cause.status_class;
    return;
  }
}

ReportKind kind_of(const std::vector<RecipientReport>& recipients) {
  const auto any = [&](DsnAction action) {
    return std::ranges::any_of(recipients, [=](const RecipientReport& r) { return r.action == action; });
  };
  // A program that asks people to prove themselves says "failed", and delivers once they do.
  const auto asks = [](const RecipientReport& r) { return r.cause.reason == Reason::challenge; };
  if (std::ranges::all_of(recipients, asks)) return ReportKind::auto_reply;
  if (any(DsnAction::failed)) return ReportKind::bounce;
  return any(DsnAction::delayed) ? ReportKind::delayed : ReportKind::delivered;
}

std::optional<Report> to_report(DeliveryStatus status, const Mail& mail) {
  if (status.recipients.empty()) return std::nullopt;
  Report report;
  const auto named = notice_recipients(mail);
  const std::string diagnosis = notice_diagnosis(mail);
  for (RecipientReport& recipient : status.recipients) {
    if (recipient.address.empty() && status.recipients.size() == 1 && !named.empty()) {
      recipient.address = field_text(named.front().address);
    }
    complete_from_notice(recipient, named, diagnosis);
  }
  report.recipients = std::move(status.recipients);
  report.reporting_mta = std::move(status.reporting_mta);
  report.message_id = std::move(status.original_message_id);
  report.kind = kind_of(report.recipients);
  return report;
}

std::optional<Report> read_status_part(const Mail& mail) {
  const message::MimePart* part = mail.part(
      {"message/delivery-status", "message/global-delivery-status", "message/delivery_status", "text/delivery-status"});
  return part == nullptr ? std::nullopt : to_report(read_delivery_status(part->octets()), mail);
}

// The same fields in the text, where the MIME structure is broken or was never there.
std::optional<Report> read_status_in_text(const Mail& mail) {
  const std::string_view text = mail.text();
  for (auto at = text.find("inal-Recipient:"); at != text.npos; at = text.find("inal-Recipient:", at + 1)) {
    const auto line = text.rfind('\n', at);
    const std::size_t begin = line == text.npos ? 0 : line + 1;
    const std::string_view name = text.substr(begin, at - begin);
    if (name != "F" && name != "Orig" && name != "f" && name != "orig") continue;
    // From the empty line in front of the group on, to what is no field any more.
    const auto group = text.rfind("\n\n", begin);
    const std::size_t first = group == text.npos ? begin : group + 2;
    const auto last = std::min(text.find("\n--", begin), text.size());
    return to_report(read_delivery_status(text.substr(first, last - first)), mail);
  }
  return std::nullopt;
}

// ---- notices in words ----

struct Evidence {
  SentenceSigns sentences;
  Sign subject = Sign::none;
  bool reply_subject = false;     // "Re: "
  bool daemon = false;            // a mail system writes, or nobody
  bool nobody = false;            // From is empty or null
  bool names_recipients = false;  // X-Failed-Recipients
  bool automatic = false;         // RFC 3834, or what older programs write
  bool away_marks = false;        // fields only auto-responders write
  bool refusal = false;           // an SMTP refusal, or a sentence that is one
};

bool has_away_marks(const Mail& mail) {
  for (const char* name :
       {"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Auto-Response", "X-Autogenerated-Reply",
        "X-Vacation", "X-MS-Exchange-Inbox-Rules-Loop", "X-AutoReply-From", "X-Mail-Autoreply", "X-Away"}) {
    if (mail.has(name)) return true;
  }
  const std::string precedence = ascii_lower(mail.field("Precedence"));
  const std::string submitted = ascii_lower(mail.field("Auto-Submitted"));
  return precedence == "auto_reply" || precedence == "auto-reply" || submitted.contains("vacation");
}

bool is_automatic(const Mail& mail) {
  const std::string submitted = ascii_lower(mail.field("Auto-Submitted"));  // RFC 3834 §5
  return (!submitted.empty() && !submitted.starts_with("no")) || has_away_marks(mail);
}

Evidence gather(const Mail& mail) {
  Evidence evidence;
  evidence.sentences = sentence_signs(mail.notice());
  evidence.subject = subject_sign(mail.subject());
  evidence.reply_subject = is_reply_subject(mail.subject());
  evidence.nobody = mail.from_address().empty() && (mail.from_name().empty() || mail.from_name() == "<>");
  evidence.daemon = evidence.nobody || is_daemon(mail.from_address(), mail.from_name());
  evidence.names_recipients = mail.has("X-Failed-Recipients");
  evidence.automatic = is_automatic(mail);
  evidence.away_marks = has_away_marks(mail);
  evidence.refusal = !notice_diagnosis(mail).empty();
  return evidence;
}

bool speaks_of_delivery(const Evidence& e) {
  return e.sentences.failure || e.sentences.final || e.sentences.delay || e.sentences.success;
}

bool is_delivery_subject(const Evidence& e) {
  return e.subject == Sign::failure || e.subject == Sign::delay || e.subject == Sign::success;
}

// Two independent signs at least, and none of a person's program. Subject and sentence may be the same words: where no
// mail system writes, a notice also says whose mail it is about.
bool is_notice(const Mail& mail, const Evidence& e) {
  if (e.names_recipients) return true;
  if (e.away_marks) return false;
  if (e.subject == Sign::away || e.subject == Sign::challenge) return e.daemon && e.sentences.failure && e.refusal;
  if (e.daemon) return is_delivery_subject(e) || speaks_of_delivery(e) || e.refusal;
  if (e.sentences.away || e.sentences.challenge || e.reply_subject) return false;
  if (is_delivery_subject(e)) return e.refusal || (speaks_of_delivery(e) && !notice_recipients(mail).empty());
  return !e.automatic && speaks_of_delivery(e) && e.refusal;
}

DsnAction notice_action(const Evidence& e) {
  if (e.sentences.final) return DsnAction::failed;
  if (e.subject == Sign::delay || e.sentences.delay) return DsnAction::delayed;
  if (e.subject == Sign::success || (e.sentences.success && !e.sentences.failure)) return DsnAction::delivered;
  return DsnAction::failed;
}

// The text that says most: one with a code or a known sentence goes before one that only has words.
const std::string& telling_text(const std::string& own, const std::string& diagnosis) {
  const auto tells = [](const std::string& text) {
    const replies::SpokenCodes said = replies::find_codes(text);
    return said.reply_code != 0 || !said.enhanced_status.empty() || replies::matching_sentence(text, "");
  };
  return tells(own) || diagnosis.empty() ? own : diagnosis;
}

RecipientReport describe(const NoticeRecipient& named, const std::string& diagnosis, const Evidence& evidence) {
  RecipientReport recipient;
  recipient.address = field_text(named.address);
  recipient.original_address = field_text(named.original);
  recipient.action = notice_action(evidence);
  const std::string& text = telling_text(named.text, diagnosis);
  const replies::SpokenCodes said = replies::find_codes(text);
  recipient.diagnostic_code = field_text((said.reply_code != 0 ? "smtp; " : "") + text);
  recipient.status = said.enhanced_status;
  recipient.cause = replies::find_cause(
      {.reply_code = said.reply_code, .enhanced_status = said.enhanced_status, .text = text, .remote_host = ""});
  if (recipient.cause.status_class == StatusClass::unsaid) {
    // Without a code the notice's own words say whether it is over, unless the reason passes by itself.
    const bool over = evidence.sentences.final || recipient.cause.reason == Reason::unknown;
    if (recipient.action == DsnAction::delayed) recipient.cause.status_class = StatusClass::transient;
    if (recipient.action == DsnAction::failed && over) recipient.cause.status_class = StatusClass::permanent;
  }
  return recipient;
}

Report read_notice(const Mail& mail, const Evidence& evidence) {
  Report report;
  const std::string diagnosis = notice_diagnosis(mail);
  for (const NoticeRecipient& named : notice_recipients(mail)) {
    report.recipients.push_back(describe(named, diagnosis, evidence));
  }
  if (report.recipients.empty()) report.recipients.push_back(describe({}, diagnosis, evidence));
  report.kind = kind_of(report.recipients);
  return report;
}

// ---- all of it ----

Report read_form(const Mail& mail) {
  if (auto report = read_abuse_report(mail)) return std::move(*report);
  if (auto report = read_ses_notification(mail)) return std::move(*report);
  if (auto report = read_status_part(mail)) return std::move(*report);
  Report report;
  if (mail.part({"message/disposition-notification", "message/global-disposition-notification"}) != nullptr) {
    report.kind = ReportKind::auto_reply;  // RFC 8098: about reading, not about delivery
    return report;
  }
  const Evidence evidence = gather(mail);
  const bool notice = is_notice(mail, evidence);
  if (notice || mail.root().content_type.value == "multipart/report") {
    if (auto in_text = read_status_in_text(mail)) return std::move(*in_text);
  }
  if (notice) return read_notice(mail, evidence);
  const bool by_a_program = evidence.automatic || evidence.subject == Sign::away || evidence.subject == Sign::challenge;
  const bool by_its_words = (evidence.sentences.away || evidence.sentences.challenge) && evidence.reply_subject;
  if (by_a_program || by_its_words) report.kind = ReportKind::auto_reply;
  return report;
}

std::string returned_message_id(const Mail& mail) {
  for (const char* name : {"Message-ID", "X-Message-ID", "Original-Message-ID"}) {
    if (const auto* id = mail.returned().first(name)) return field_text(message::unfold(id->value));
  }
  // What answers names what it answers (RFC 5322 §3.6.4).
  const std::string answered = mail.field("In-Reply-To");
  return answered.starts_with('<') && answered.ends_with('>') ? answered : "";
}

}  // namespace

Report classify(std::string_view octets) {
  const Mail mail(octets.substr(0, max_classified_octets));
  Report report = read_form(mail);
  report.from = field_text(mail.from_address());
  report.subject = mail.subject();
  if (report.kind == ReportKind::auto_reply && report.recipients.empty() && !report.from.empty()) {
    report.recipients.emplace_back().address = report.from;  // who was written to, and answers
  }
  if (report.message_id.empty() && report.kind != ReportKind::none) report.message_id = returned_message_id(mail);
  return report;
}

}  // namespace sesame::feedback
