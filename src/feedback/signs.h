// feedback/signs.h: what subject, author and sentences of a mail are known to mean. The tables are rules/*.inc; every
// row has an example, and a test that its example meets it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sesame::feedback {

enum class Sign : std::uint8_t {
  none,
  failure,                // did not arrive
  final,                  // and will not be tried again, whatever else is said
  delay,                  // is still being tried
  success,                // arrived
  away,                   // an automatic reply of a person or a help desk
  challenge,              // the recipient's program asks for a confirmation; a moderator has to decide
  complaint,              // abuse report without a machine's part
  authentication_report,  // DMARC failure report without a machine's part
  opt_out,                // asks to be unsubscribed
};

struct SignRule {
  std::string_view phrase;  // replies/phrase_table.h
  Sign sign;
  std::string_view example;
};

std::span<const SignRule> subject_rules();
std::span<const SignRule> sentence_rules();
std::span<const std::string_view> daemon_mailboxes();        // local parts, exactly
std::span<const std::string_view> daemon_names();            // phrases of display names
std::span<const std::string_view> returned_message_marks();  // lines that stand between notice and message

// The sign of the first row that the subject holds.
Sign subject_sign(std::string_view subject);
// Is it an answer or a forwarded mail ("Re: ", "Fwd: ", in the words of several languages)?
bool is_reply_subject(std::string_view subject);

// What the sentences of a notice say, all rows together.
struct SentenceSigns {
  bool failure = false, final = false, delay = false, success = false, away = false, challenge = false;
};
SentenceSigns sentence_signs(std::string_view notice);

// Does a mail system write under this address or name?
bool is_daemon(std::string_view from_address, std::string_view from_name);

// Does this line begin the returned message: a mark, or the first field of its header?
bool begins_returned_message(std::string_view line);

}  // namespace sesame::feedback
