#include "feedback/signs.h"

#include <algorithm>

#include "base/text.h"
#include "replies/phrase_table.h"

namespace sesame::feedback {
namespace {

using replies::fold;
using replies::PhraseTable;

constexpr SignRule subject_table[] = {
#define SUBJECT(phrase, sign, example) {phrase, Sign::sign, example},
#include "feedback/rules/subjects.inc"
#undef SUBJECT
};

constexpr SignRule sentence_table[] = {
#define NOTICE(phrase, sign, example) {phrase, Sign::sign, example},
#include "feedback/rules/notices.inc"
#undef NOTICE
};

constexpr std::string_view mailbox_table[] = {
#define DAEMON_MAILBOX(local_part) local_part,
#define DAEMON_NAME(phrase)
#include "feedback/rules/daemons.inc"
#undef DAEMON_MAILBOX
#undef DAEMON_NAME
};

constexpr std::string_view name_table[] = {
#define DAEMON_MAILBOX(local_part)
#define DAEMON_NAME(phrase) phrase,
#include "feedback/rules/daemons.inc"
#undef DAEMON_MAILBOX
#undef DAEMON_NAME
};

constexpr std::string_view mark_table[] = {
#define RETURNED_MESSAGE(phrase) phrase,
#include "feedback/rules/returned_message_marks.inc"
#undef RETURNED_MESSAGE
};

PhraseTable table_of(std::span<const SignRule> rules) {
  std::vector<std::string_view> phrases;
  for (const SignRule& rule : rules) phrases.push_back(rule.phrase);
  return PhraseTable(phrases);
}

constexpr std::size_t max_subject_octets = 1000;
constexpr std::size_t max_mark_octets = 120;  // a mark is a line of its own
constexpr std::size_t max_sentence_octets = 16 << 10;

// Fields that stand in front of a message that passed through mail systems. Not those that notices write as well
// ("Subject:", "To:", "Remote-MTA:").
bool is_trace_field(std::string_view line) {
  if (line.starts_with('>')) line.remove_prefix(1);
  const auto colon = line.find(':');
  if (colon == line.npos || colon > 30) return false;
  const std::string name = ascii_lower(trim(line.substr(0, colon)));
  for (const char* trace : {"received", "return-path", "message-id", "dkim-signature", "x-received", "mime-version",
                            "delivered-to", "domainkey-signature", "arc-seal", "x-envelope-from"}) {
    if (name == trace) return true;
  }
  return false;
}

}  // namespace

std::span<const SignRule> subject_rules() { return subject_table; }
std::span<const SignRule> sentence_rules() { return sentence_table; }
std::span<const std::string_view> daemon_mailboxes() { return mailbox_table; }
std::span<const std::string_view> daemon_names() { return name_table; }
std::span<const std::string_view> returned_message_marks() { return mark_table; }

Sign subject_sign(std::string_view subject) {
  static const PhraseTable table = table_of(subject_table);
  const auto row = table.first_match(fold(subject, max_subject_octets));
  return row ? subject_table[*row].sign : Sign::none;
}

bool is_reply_subject(std::string_view subject) {
  const std::string folded = fold(subject, max_subject_octets);
  for (const char* prefix : {"re: ", "re:", "fw:", "fwd:", "aw:", "wg:", "sv:", "vs:", "tr:", "rv:", "odp:", "回复:",
                             "转发:", "回覆:", "antw:", "ответ:"}) {
    if (folded.starts_with(prefix)) return true;
  }
  return false;
}

SentenceSigns sentence_signs(std::string_view notice) {
  static const PhraseTable table = table_of(sentence_table);
  SentenceSigns signs;
  for (const std::size_t row : table.all_matches(fold(notice, max_sentence_octets))) {
    switch (sentence_table[row].sign) {
      case Sign::failure: signs.failure = true; break;
      case Sign::final: signs.final = true; break;
      case Sign::delay: signs.delay = true; break;
      case Sign::success: signs.success = true; break;
      case Sign::away: signs.away = true; break;
      case Sign::challenge: signs.challenge = true; break;
      case Sign::none:
      case Sign::complaint:
      case Sign::authentication_report:
      case Sign::opt_out: break;
    }
  }
  return signs;
}

bool is_daemon(std::string_view from_address, std::string_view from_name) {
  static const PhraseTable names(name_table);
  const std::string local_part = ascii_lower(from_address.substr(0, from_address.rfind('@')));
  if (std::ranges::find(mailbox_table, std::string_view(local_part)) != std::end(mailbox_table)) return true;
  return names.first_match(fold(from_name, max_subject_octets)).has_value();
}

bool begins_returned_message(std::string_view line) {
  static const PhraseTable marks(mark_table);
  if (is_trace_field(line)) return true;
  if (line.size() > max_mark_octets) return false;
  return marks.first_match(fold(line, max_mark_octets)).has_value();
}

}  // namespace sesame::feedback
