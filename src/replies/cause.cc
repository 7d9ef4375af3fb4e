#include "replies/cause.h"

#include <array>
#include <vector>

#include "base/text.h"
#include "replies/phrase_table.h"
#include "replies/rules.h"
#include "smtp/reply.h"

namespace sesame::replies {
namespace {

PhraseTable table_of(std::span<const SentenceRule> rules) {
  std::vector<std::string_view> phrases;
  for (const SentenceRule& rule : rules) phrases.push_back(rule.phrase);
  return PhraseTable(phrases);
}

const PhraseTable& sentences() {
  static const PhraseTable table = table_of(sentence_rules());
  return table;
}

const PhraseTable& hints() {
  static const PhraseTable table = table_of(hint_rules());
  return table;
}

// A rule of one provider counts when its host answered or its text names it.
bool in_scope(std::string_view scope, std::string_view folded, std::string_view host) {
  return scope.empty() || host.find(scope) != host.npos || folded.find(scope) != folded.npos;
}

std::optional<std::size_t> row_for(const PhraseTable& table, std::span<const SentenceRule> rules,
                                   std::string_view folded, std::string_view host) {
  return table.first_match(folded, [&](std::size_t row) { return in_scope(rules[row].scope, folded, host); });
}

Reason reason_of_status(const std::optional<smtp::EnhancedStatus>& status) {
  if (!status) return Reason::unknown;
  for (const EnhancedCodeRule& rule : enhanced_code_rules()) {
    if (rule.subject == status->subject && rule.detail == status->detail) return rule.reason;
  }
  return Reason::unknown;
}

Reason reason_of_code(int code) {
  switch (code) {
    case 521:  // RFC 7504
    case 556: return Reason::not_accepting_mail;
    case 530:
    case 535: return Reason::auth_required;
    case 500:
    case 501:
    case 502:
    case 503:
    case 504: return Reason::protocol_error;
    case 523: return Reason::message_too_large;
    default: return Reason::unknown;
  }
}

StatusClass class_of(int digit) {
  if (digit == 4) return StatusClass::transient;
  return digit == 5 ? StatusClass::permanent : StatusClass::unsaid;
}

}  // namespace

std::optional<std::size_t> matching_sentence(std::string_view text, std::string_view remote_host) {
  return row_for(sentences(), sentence_rules(), fold(text, max_reply_text_octets), ascii_lower(remote_host));
}

Cause find_cause(const ReplyFacts& facts) {
  const auto status = smtp::parse_enhanced_status(facts.enhanced_status);
  Cause cause;
  if (status) cause.status_class = class_of(status->status_class);
  if (cause.status_class == StatusClass::unsaid) cause.status_class = class_of(facts.reply_code / 100);

  const std::string folded = fold(facts.text, max_reply_text_octets);
  const std::string host = ascii_lower(facts.remote_host);
  if (const auto row = row_for(sentences(), sentence_rules(), folded, host)) {
    cause.reason = sentence_rules()[*row].reason;
    return cause;
  }
  cause.reason = reason_of_status(status);
  if (cause.reason != Reason::unknown) return cause;
  if (const auto row = row_for(hints(), hint_rules(), folded, host)) {
    cause.reason = hint_rules()[*row].reason;
    return cause;
  }
  cause.reason = reason_of_code(facts.reply_code);
  return cause;
}

BounceKind bounce_kind(Cause cause) {
  switch (cause.reason) {
    case Reason::mailbox_full: return {"Transient", "MailboxFull"};
    case Reason::message_too_large: return {"Transient", "MessageTooLarge"};
    case Reason::spam:
    case Reason::virus:
    case Reason::content_rejected: return {"Transient", "ContentRejected"};
    case Reason::attachment: return {"Transient", "AttachmentRejected"};
    case Reason::expired: return {"Transient", "General"};
    case Reason::opted_out: return {"Permanent", "UnsubscribedRecipient"};
    default: break;
  }
  if (cause.status_class == StatusClass::permanent) return {"Permanent", "General"};
  if (cause.status_class == StatusClass::transient) return {"Transient", "General"};
  if (cause.reason == Reason::unknown) return {"Undetermined", "Undetermined"};
  return {is_lasting(cause.reason) ? "Permanent" : "Transient", "General"};
}

bool suppresses(Cause cause) {
  return fault_of(cause.reason) == Fault::recipient && bounce_kind(cause).type == "Permanent";
}

}  // namespace sesame::replies
