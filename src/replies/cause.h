// replies/cause.h: from what a receiver said to why, and to the words bounce events use (spec 3.4).
//
// Source: RFC 5321 §4.2, RFC 3463, the registry of RFC 5248 with RFC 7372 and RFC 7505, and the published sentences of
// large receivers. One place for failures in session (delivery/) and reported later (feedback/). Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "replies/reason.h"

namespace sesame::replies {

struct ReplyFacts {
  int reply_code = 0;                // 0: not known
  std::string_view enhanced_status;  // "5.1.1"; anything else is as good as none
  std::string_view text;             // as the receiver wrote it; the first max_reply_text_octets count
  std::string_view remote_host;      // whoever wrote it, a host name; "" if not known
};
constexpr std::size_t max_reply_text_octets = 4096;

// 4 or 5: what the class of a code says of trying again; 0: nobody said.
enum class StatusClass : std::uint8_t { unsaid = 0, transient = 4, permanent = 5 };

struct Cause {
  Reason reason = Reason::unknown;
  StatusClass status_class = StatusClass::unsaid;
};

// Sentences first, then the enhanced status, then single words, then the reply code. The class is the enhanced
// status's, else the reply code's: hosts do write "554 4.4.7", and mean the longer one.
Cause find_cause(const ReplyFacts& facts);

// The row of rules/sentences.inc that decides, for tests and for showing; nullopt if none.
std::optional<std::size_t> matching_sentence(std::string_view text, std::string_view remote_host);

struct BounceKind {
  std::string_view type;  // "Permanent", "Transient", "Undetermined"
  // "General", "MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected", "UnsubscribedRecipient",
  // "Undetermined"
  std::string_view subtype;

  bool operator==(const BounceKind&) const = default;
};

// A full mailbox, a large message or refused content are Transient whatever the class: the spec has them there only.
// So is a message whose time was over. Everything else goes by the class; without one, by whether the reason lasts;
// without either it is Undetermined.
BounceKind bounce_kind(Cause cause);

// Whether a failure with this cause speaks against the address itself, so that it may go on a suppression list. Never
// when the fault is ours, the message's or the receiver's, nor when the cause is not known.
bool suppresses(Cause cause);

// What a text holds in front: "550 5.1.1 x", "smtp; 550-5.1.1 x", "550 #5.1.0 x", "554: 5.7.1 x", "(#5.1.1)" anywhere.
struct SpokenCodes {
  int reply_code = 0;           // 400..599; 0 if there is none
  std::string enhanced_status;  // of class 4 or 5; "" if there is none
};
// The first reply code that begins a word and is followed by what may follow one, and the first enhanced status.
// Linear.
SpokenCodes find_codes(std::string_view text);

}  // namespace sesame::replies
