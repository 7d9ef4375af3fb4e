// mailauth/verdict/sender_rules.h: what the large receivers' published rules for senders say about one message.
//
// Source: the pages named by page_of(), as of 2026, and the RFCs they refer to. Rules about what one message cannot
// show (complaint rates, list hygiene, time to unsubscribe) are left out.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailauth/dkim/result.h"
#include "mailauth/dmarc/evaluate.h"
#include "mailauth/spf/outcome.h"
#include "mailauth/verdict/reverse_dns.h"
#include "message/header_section.h"

namespace sesame::mailauth {

enum class Receiver { google, yahoo, microsoft };
std::string_view name(Receiver receiver);     // "google"
std::string_view page_of(Receiver receiver);  // the title of the page with the rules

enum class Rule {
  spf_or_dkim,            // one of the two passes
  spf,                    // passes
  dkim,                   // a signature passes
  dkim_key,               // an RSA key of 1024 bits at least, 2048 recommended
  dmarc_record,           // published for the author domain, p=none suffices
  alignment,              // SPF's or DKIM's domain is in line with the author domain
  reverse_dns,            // the client's address has a name that leads back to it
  tls,                    // the message comes over TLS
  one_click_unsubscribe,  // RFC 8058
  message_format,         // RFC 5322
};
std::string_view name(Rule rule);   // "dkim_key"
std::string_view title(Rule rule);  // "DKIM key"

enum class Audience {
  everybody,
  bulk,  // who sends 5,000 messages a day and more
};
enum class Demand { required, recommended };

struct PublishedRule {
  Receiver receiver;
  Rule rule;
  Audience audience;
  Demand demand;
};
// Receiver by receiver, in the order of Rule.
std::span<const PublishedRule> published_rules();

enum class RuleResult {
  pass,
  fail,
  not_applicable,  // the rule is not about this message, or what it asks cannot be known here; the sentence says which
};
std::string_view name(RuleResult result);  // "not applicable"

struct RuleFinding {
  Rule rule = Rule::spf;
  RuleResult result = RuleResult::not_applicable;
  std::string sentence;  // what was found; texts of outside origin may stand in it
  std::string repair;    // one sentence; empty unless the result is fail
};

// What is known about the message and how it came. Everything outlives the judging.
struct SenderEvidence {
  const message::ParsedMessage& message;
  std::string_view octets;  // the whole message as on the wire
  const spf::SpfOutcome& spf;
  std::span<const dkim::SignatureResult> dkim;
  const dmarc::DmarcOutcome& dmarc;
  const ReverseDns& reverse;
  net::IpAddress ip;
  const std::optional<std::string>& tls;  // the version; "" for none; nullopt: not known
  bool bulk = false;                      // known to be marketing or sent to subscribers, whatever its header says
};

// One finding for each Rule, in their order. Pure; linear in the message.
std::vector<RuleFinding> judge_sender_rules(const SenderEvidence& evidence);

// By receiver: {"google": [{"rule", "audience", "demand", "result", "sentence", "repair"}], ...}; repair is null unless
// the result is fail. Always UTF-8.
boost::json::object sender_rules_json(std::span<const RuleFinding> findings);

}  // namespace sesame::mailauth
