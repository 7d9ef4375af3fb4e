// identity/judge.h: what the name servers' replies say about one record: pure, a quorum of replies in, a finding out.
//
// Each server that answered has the record right, wrong, or not at all; SERVFAIL, time-outs, refusals and lame answers
// are no answers. No zone at all is an answer: the record is not there. Right takes the majority of those that
// answered; wrong takes more than half of all that were asked, so that one straggler cannot speak for servers out of
// reach. Else nothing is known. Host names compare without regard to case.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/authoritative.h"
#include "dns/record.h"
#include "identity/look.h"
#include "identity/service_names.h"
#include "identity/verification.h"

namespace sesame::identity {

constexpr std::size_t max_shown_records = 20;  // per server; outside text is bounded before it is kept
constexpr std::size_t max_shown_characters = 600;

// What the servers said to one question.
struct Reply {
  std::string name;
  dns::RecordType type = dns::RecordType::mx;
  std::string zone;                      // the apex of the zone the name lies in; empty if not found out
  std::vector<dns::ServerLook> servers;  // empty: see `no_servers`, or not asked at all
  std::optional<dns::ZoneError> no_servers;
};

struct Judged {
  RecordFinding record;  // without advice
  Observed observed;
};

// The records one server gave for the name, never an alias.
using IsRight = std::function<bool(const std::vector<dns::Record>&)>;
// Any record; the others below are this with their own `expected` and `is_right`.
Judged judge_record(RecordPurpose purpose, const Reply& reply, std::string expected, const IsRight& is_right);
// Right: exactly one MX, naming a feedback host of any region of the service; the preference does not matter
// (spec 2.2).
Judged judge_mail_from_mx(const Reply& reply, const ServiceNames& names);
// Right: exactly one SPF record and nothing wrong with it (advice.h, spf_trouble). Decides no state.
Judged judge_mail_from_spf(const Reply& reply, const ServiceNames& names);
// Right: the one CNAME leads to `target`.
Judged judge_dkim_cname(const Reply& reply, const std::string& target);
// Right: one key record whose p= is `public_key`, blanks aside (RFC 6376 §3.6.1).
Judged judge_dkim_key(const Reply& reply, const std::string& public_key);
// A resolver follows an alias at the name of a key record, so what stands behind it counts. `target` is the reply about
// the alias' target: its servers take the place of those in `reply` that only named the alias. If the target is not
// there, `reply` stays as it is, the alias being what is wrong with it.
Reply with_alias_followed(Reply reply, const Reply& target);
// Right: one of the texts is the token, letter case included; at the apex it may have the prefix `amazonses:`.
Judged judge_txt_token(const Reply& reply, const std::string& token);
// The MAIL FROM domain as a zone of its own on the service's name server (DESIGN 3.3), seen in who answered for its MX;
// nothing if another server did.
std::optional<RecordFinding> delegation_of(const Reply& mx_reply, const ServiceNames& names);

// All must be right; one wrong spoils it; else nothing is known.
Observed all_of(const std::vector<Observed>& parts);
// One right is enough; wrong only if every one is.
Observed any_of(const std::vector<Observed>& parts);

// As a customer would type it: `10 host`, `"text"`, names without the last dot. Printable ASCII only, bounded.
std::string shown(const dns::RecordData& data);

// The records all servers together have, each once; the alias at the name, if any server says there is one.
std::vector<dns::RecordData> all_records(const Reply& reply);
std::optional<std::string> alias_at(const Reply& reply);
// The p= tag of a DKIM key record, blanks removed; nothing if there is no such tag.
std::optional<std::string> public_key_of(std::string_view key_record);

}  // namespace sesame::identity
