// The rules as data, from the pages named in page_of(): what they ask of every sender, and what of those who send 5,000
// messages a day and more ("bulk").
//
//   google     "Email sender guidelines" and its FAQ: support.google.com/mail/answer/81126, /a/answer/14229414
//   yahoo      Sender Hub, "Sender Best Practices" and FAQs: senders.yahooinc.com/best-practices
//   microsoft  "Strengthening Email Ecosystem: Outlook's New Requirements for High-Volume Senders" (April 2025):
//              techcommunity.microsoft.com, blog of Microsoft Defender for Office 365; and Outlook.com Postmaster,
//              "Policies, Practices": sendersupport.olc.protection.outlook.com/pm/policies.aspx
#include <array>

#include "base/text.h"
#include "mailauth/verdict/sender_rules.h"

namespace sesame::mailauth {
namespace {

using enum Receiver;
using enum Demand;
constexpr Audience all = Audience::everybody;
constexpr Audience bulk = Audience::bulk;

constexpr std::size_t max_text_octets = 1000;  // of a sentence in JSON

constexpr std::array rules = {
    PublishedRule{google, Rule::spf_or_dkim, all, required},
    PublishedRule{google, Rule::spf, bulk, required},
    PublishedRule{google, Rule::dkim, bulk, required},
    PublishedRule{google, Rule::dkim_key, all, required},
    PublishedRule{google, Rule::dmarc_record, bulk, required},
    PublishedRule{google, Rule::alignment, bulk, required},
    PublishedRule{google, Rule::reverse_dns, all, required},
    PublishedRule{google, Rule::tls, all, required},
    PublishedRule{google, Rule::one_click_unsubscribe, bulk, required},
    PublishedRule{google, Rule::message_format, all, required},

    PublishedRule{yahoo, Rule::spf_or_dkim, all, required},
    PublishedRule{yahoo, Rule::spf, bulk, required},
    PublishedRule{yahoo, Rule::dkim, bulk, required},
    PublishedRule{yahoo, Rule::dkim_key, all, recommended},
    PublishedRule{yahoo, Rule::dmarc_record, bulk, required},
    PublishedRule{yahoo, Rule::alignment, bulk, required},
    PublishedRule{yahoo, Rule::reverse_dns, all, required},
    PublishedRule{yahoo, Rule::one_click_unsubscribe, bulk, required},  // mailto: will do; RFC 8058 is recommended
    PublishedRule{yahoo, Rule::message_format, all, required},

    PublishedRule{microsoft, Rule::spf, bulk, required},
    PublishedRule{microsoft, Rule::dkim, bulk, required},
    PublishedRule{microsoft, Rule::dmarc_record, bulk, required},
    PublishedRule{microsoft, Rule::alignment, bulk, required},
    PublishedRule{microsoft, Rule::reverse_dns, all, required},
    PublishedRule{microsoft, Rule::one_click_unsubscribe, bulk, recommended},  // "functional unsubscribe links"
    PublishedRule{microsoft, Rule::message_format, all, required},
};

}  // namespace

std::span<const PublishedRule> published_rules() { return rules; }

std::string_view page_of(Receiver receiver) {
  switch (receiver) {
    case google: return "Email sender guidelines";
    case yahoo: return "Sender Best Practices";
    case microsoft: return "Outlook's New Requirements for High-Volume Senders";
  }
  return "";
}

std::string_view name(Receiver receiver) {
  switch (receiver) {
    case google: return "google";
    case yahoo: return "yahoo";
    case microsoft: return "microsoft";
  }
  return "";
}

std::string_view name(Rule rule) {
  switch (rule) {
    case Rule::spf_or_dkim: return "spf_or_dkim";
    case Rule::spf: return "spf";
    case Rule::dkim: return "dkim";
    case Rule::dkim_key: return "dkim_key";
    case Rule::dmarc_record: return "dmarc_record";
    case Rule::alignment: return "alignment";
    case Rule::reverse_dns: return "reverse_dns";
    case Rule::tls: return "tls";
    case Rule::one_click_unsubscribe: return "one_click_unsubscribe";
    case Rule::message_format: return "message_format";
  }
  return "";
}

std::string_view title(Rule rule) {
  switch (rule) {
    case Rule::spf_or_dkim: return "SPF or DKIM";
    case Rule::spf: return "SPF";
    case Rule::dkim: return "DKIM";
    case Rule::dkim_key: return "DKIM key";
    case Rule::dmarc_record: return "DMARC record";
    case Rule::alignment: return "alignment";
    case Rule::reverse_dns: return "reverse DNS";
    case Rule::tls: return "TLS";
    case Rule::one_click_unsubscribe: return "one-click unsubscribe";
    case Rule::message_format: return "message format";
  }
  return "";
}

std::string_view name(RuleResult result) {
  switch (result) {
    case RuleResult::pass: return "pass";
    case RuleResult::fail: return "fail";
    case RuleResult::not_applicable: return "not applicable";
  }
  return "";
}

boost::json::object sender_rules_json(std::span<const RuleFinding> findings) {
  boost::json::object by_receiver;
  for (const PublishedRule& published : rules) {
    for (const RuleFinding& finding : findings) {
      if (finding.rule != published.rule) continue;
      boost::json::object entry{{"rule", name(finding.rule)},
                                {"audience", published.audience == bulk ? "bulk" : "everybody"},
                                {"demand", published.demand == required ? "required" : "recommended"},
                                {"result", name(finding.result)},
                                {"sentence", printable_utf8(finding.sentence, max_text_octets)},
                                {"repair", nullptr}};
      if (!finding.repair.empty()) entry["repair"] = printable_utf8(finding.repair, max_text_octets);
      auto& list = by_receiver[name(published.receiver)];
      if (list.is_null()) list.emplace_array();
      list.as_array().push_back(std::move(entry));
    }
  }
  return by_receiver;
}

}  // namespace sesame::mailauth
