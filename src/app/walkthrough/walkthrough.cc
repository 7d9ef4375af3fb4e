#include "app/walkthrough/walkthrough.h"

#include <fmt/format.h>

#include "app/walkthrough/sandbox_client.h"

namespace sesame::app {
namespace {

// The names one run uses. A new domain each time, so that a run never meets what an earlier one left.
struct Names {
  std::string domain, other_domain, mail_from, from, reader;
};

struct Stage {
  SandboxClient client;
  Report& report;
  Names names;
  std::string expected_mx, expected_spf, service_domain;
};

void show_records(Report& report, const boost::json::value& look, std::string_view purpose) {
  const auto* records = at(look, "records").if_array();
  if (records == nullptr) return;
  for (const boost::json::value& record : *records) {
    if (text_at(record, "purpose") != purpose) continue;
    report.evidence("asked", fmt::format("{} {}", text_at(record, "name"), text_at(record, "type")));
    if (const auto* servers = at(record, "servers").if_array()) {
      for (const boost::json::value& server : *servers) {
        report.evidence("found",
                        fmt::format("{} at {}", boost::json::serialize(at(server, "found")), text_at(server, "name")));
      }
    }
    report.evidence("expected", text_at(record, "expected"));
    const std::string advice = text_at(record, "advice");
    if (!advice.empty()) report.evidence("advice", advice);
  }
}

void show_verdict(Report& report, const boost::json::value& mail) {
  report.evidence("Return-Path", fmt::format("<{}>", text_at(mail, "envelope.mail_from")));
  report.evidence("From", text_at(mail, "from"));
  report.evidence("received", text_at(mail, "verdict.authentication_results"));
}

net::Task<boost::json::value> send_and_receive(Stage& stage, std::string subject) {
  const std::string id = co_await stage.client.send(stage.names.from, stage.names.reader, subject);
  stage.report.evidence("accepted as", id);
  const boost::json::value mail = co_await stage.client.received(id);
  show_verdict(stage.report, mail);
  co_return mail;
}

bool ends_with_domain(const std::string& address, const std::string& domain) { return address.ends_with("@" + domain); }

net::Task<void> create_and_verify(Stage& stage) {
  stage.report.step("Create the identity " + stage.names.domain);
  const boost::json::object body{{"EmailIdentity", stage.names.domain}};
  const boost::json::value created = co_await stage.client.expect_ok("POST", "/v2/email/identities", body);
  const auto* tokens = at(created, "DkimAttributes.Tokens").if_array();
  stage.report.prove(tokens != nullptr && tokens->size() == 3, "three DKIM tokens were issued");
  const boost::json::value fresh = co_await stage.client.identity(stage.names.domain);
  stage.report.prove(text_at(fresh, "VerificationStatus") == "PENDING", "verification is PENDING");

  stage.report.step("Publish the three CNAMEs (and a DMARC record that only watches) at the DNS provider");
  const std::string zone = text_at(created, "DkimAttributes.SigningHostedZone");
  stage.report.prove(!zone.empty(), "the answer says where the CNAMEs point");
  std::vector<ZoneRecord> records;
  for (const boost::json::value& token : *tokens) {
    const std::string text(token.as_string());
    records.push_back(
        {fmt::format("{}._domainkey.{}", text, stage.names.domain), "CNAME", fmt::format("{}.{}", text, zone)});
    stage.report.evidence("CNAME", fmt::format("{} -> {}", records.back().name, records.back().value));
  }
  records.push_back({"_dmarc." + stage.names.domain, "TXT", "\"v=DMARC1; p=none\""});
  stage.report.evidence("TXT", "_dmarc." + stage.names.domain + "  \"v=DMARC1; p=none\"");
  co_await stage.client.publish(stage.names.domain, std::move(records));
  const double seconds = co_await stage.client.wait_for_identity(stage.names.domain, "VerificationStatus", "SUCCESS");
  stage.report.proved(fmt::format("verified {:.1f} s after publishing", seconds));
}

net::Task<void> send_by_default(Stage& stage) {
  stage.report.step("Send with the default MAIL FROM: SPF passes, but in the service's name");
  const boost::json::value mail = co_await send_and_receive(stage, "Default MAIL FROM");
  stage.service_domain = text_at(mail, "verdict.spf.domain");
  stage.report.prove(text_at(mail, "verdict.spf.result") == "pass", "SPF passes for " + stage.service_domain);
  stage.report.prove(!flag_at(mail, "verdict.dmarc.spf_aligned"), "SPF is not aligned with " + stage.names.domain);
  stage.report.prove(text_at(mail, "verdict.dkim.0.result") == "pass" && flag_at(mail, "verdict.dmarc.dkim_aligned"),
                     "DKIM passes and is aligned");
}

net::Task<void> refusals(Stage& stage) {
  stage.report.step("MAIL FROM domains that are refused");
  const std::string target = fmt::format("/v2/email/identities/{}/mail-from", stage.names.domain);
  const std::pair<const char*, std::string> cases[] = {{"sibling", "sibling-" + stage.names.domain},
                                                       {"itself", stage.names.domain},
                                                       {"foreign", "bounce." + stage.names.other_domain}};
  for (const auto& [label, name] : cases) {
    const boost::json::object body{{"MailFromDomain", name}};
    const std::string message = co_await stage.client.expect_refusal("PUT", target, body, "BadRequestException");
    stage.report.evidence(label, name);
    const std::string expected =
        fmt::format("Provided MAIL-FROM domain <{}> is not subdomain of the domain of the identity <{}>.", name,
                    stage.names.domain);
    stage.report.prove(message == expected, message);
  }
}

net::Task<void> set_and_explain(Stage& stage) {
  stage.report.step(fmt::format("Set MAIL FROM domain {}, behaviour \"use default\"", stage.names.mail_from));
  co_await stage.client.set_mail_from(stage.names.domain, stage.names.mail_from, "USE_DEFAULT_VALUE");
  const boost::json::value identity = co_await stage.client.identity(stage.names.domain);
  stage.report.prove(text_at(identity, "MailFromAttributes.MailFromDomainStatus") == "PENDING", "status is PENDING");
  const boost::json::value look = co_await stage.client.look(stage.names.domain);
  for (const boost::json::value& record : at(look, "records").as_array()) {
    const std::string purpose = text_at(record, "purpose");
    if (purpose == "mail_from_mx") stage.expected_mx = text_at(record, "expected");
    if (purpose == "mail_from_spf") stage.expected_spf = text_at(record, "expected");
  }
  stage.report.prove(!stage.expected_mx.empty() && !stage.expected_spf.empty(), "the records to publish are:");
  stage.report.evidence("MX", fmt::format("{}  {}", stage.names.mail_from, stage.expected_mx));
  stage.report.evidence("TXT", fmt::format("{}  {}", stage.names.mail_from, stage.expected_spf));
}

net::Task<void> publish_two(Stage& stage) {
  stage.report.step("Publish two MX: not confirmed, and told why");
  std::vector<ZoneRecord> records{{stage.names.mail_from, "MX", stage.expected_mx},
                                  {stage.names.mail_from, "MX", "20 mx." + stage.names.domain},
                                  {stage.names.mail_from, "TXT", stage.expected_spf}};
  co_await stage.client.publish(stage.names.domain, std::move(records));
  const boost::json::value look = co_await stage.client.look(stage.names.domain);
  show_records(stage.report, look, "mail_from_mx");
  const auto* problems = at(look, "mail_from.problems").if_array();
  stage.report.prove(problems != nullptr && !problems->empty(), "the diagnosis names the problem");
  const boost::json::value identity = co_await stage.client.identity(stage.names.domain);
  stage.report.prove(text_at(identity, "MailFromAttributes.MailFromDomainStatus") == "PENDING",
                     "status is still PENDING");
}

net::Task<void> publish_one(Stage& stage) {
  stage.report.step("Publish exactly one MX: confirmed");
  std::vector<ZoneRecord> records{{stage.names.mail_from, "MX", stage.expected_mx},
                                  {"_dmarc." + stage.names.domain, "TXT", "\"v=DMARC1; p=reject\""}};
  co_await stage.client.publish(stage.names.domain, std::move(records));
  const double seconds =
      co_await stage.client.wait_for_identity(stage.names.domain, "MailFromAttributes.MailFromDomainStatus", "SUCCESS");
  stage.report.proved(fmt::format("confirmed {:.1f} s after publishing", seconds));
}

net::Task<void> send_aligned(Stage& stage) {
  stage.report.step("Send again: SPF and DKIM both align, DMARC passes");
  const boost::json::value mail = co_await send_and_receive(stage, "Custom MAIL FROM");
  stage.report.prove(ends_with_domain(text_at(mail, "envelope.mail_from"), stage.names.mail_from),
                     "the envelope stands in " + stage.names.mail_from);
  stage.report.prove(text_at(mail, "verdict.spf.result") == "pass" && flag_at(mail, "verdict.dmarc.spf_aligned"),
                     "SPF passes and is aligned");
  stage.report.prove(text_at(mail, "verdict.dkim.0.result") == "pass" && flag_at(mail, "verdict.dmarc.dkim_aligned"),
                     "DKIM passes and is aligned");
  stage.report.prove(text_at(mail, "verdict.dmarc.result") == "pass", "DMARC passes (p=reject is published)");
}

net::Task<void> bounce_comes_home(Stage& stage) {
  stage.report.step("Send to the bounce simulator: the bounce comes home");
  const std::string to = "bounce@simulator." + stage.service_domain;
  const std::string id = co_await stage.client.send(stage.names.from, to, "Will bounce");
  stage.report.evidence("sent to", to);
  const boost::json::value bounce = co_await stage.client.event(id, "bounce");
  const boost::json::value message = co_await stage.client.message(id);
  stage.report.evidence("came to", text_at(message, "envelope.mail_from"));
  stage.report.evidence("for", text_at(bounce, "recipient"));
  stage.report.evidence("says", text_at(bounce, "detail.diagnostic_code"));
  stage.report.prove(text_at(bounce, "detail.source") == "dsn",
                     "a delivery status notification arrived at the feedback door");
  stage.report.prove(ends_with_domain(text_at(message, "envelope.mail_from"), stage.names.mail_from),
                     "at the customer's own " + stage.names.mail_from);
  stage.report.prove(text_at(bounce, "detail.bounce_type") == "Permanent", "and was understood as a permanent failure");
}

net::Task<void> withdraw_mx(Stage& stage) {
  stage.report.step("Withdraw the MX: temporary failure, after two looks");
  co_await stage.client.withdraw(stage.names.domain, stage.names.mail_from, "MX");
  const boost::json::value first = co_await stage.client.look(stage.names.domain);
  show_records(stage.report, first, "mail_from_mx");
  stage.report.prove(text_at(first, "mail_from.status") == "SUCCESS", "one bad look does not change SUCCESS");
  co_await stage.client.look(stage.names.domain);
  const boost::json::value identity = co_await stage.client.identity(stage.names.domain);
  stage.report.prove(text_at(identity, "MailFromAttributes.MailFromDomainStatus") == "TEMPORARY_FAILURE",
                     "the second one does: TEMPORARY_FAILURE");
}

net::Task<void> behaviours(Stage& stage) {
  stage.report.step("Behaviour \"reject\": the message is refused, nothing is queued");
  co_await stage.client.set_mail_from(stage.names.domain, stage.names.mail_from, "REJECT_MESSAGE");
  const boost::json::array recipients{boost::json::value(stage.names.reader)};
  const boost::json::object part{{"Data", "x"}};
  const boost::json::object text{{"Text", part}};
  const boost::json::object simple{{"Subject", part}, {"Body", text}};
  const boost::json::object content{{"Simple", simple}};
  const boost::json::object destination{{"ToAddresses", recipients}};
  const boost::json::object body{
      {"FromEmailAddress", stage.names.from}, {"Destination", destination}, {"Content", content}};
  const std::string refused = co_await stage.client.expect_refusal("POST", "/v2/email/outbound-emails", body,
                                                                   "MailFromDomainNotVerifiedException");
  stage.report.proved("refused: " + refused);

  stage.report.step("Behaviour \"use default\": the message goes out in the service's name");
  co_await stage.client.set_mail_from(stage.names.domain, stage.names.mail_from, "USE_DEFAULT_VALUE");
  const boost::json::value mail = co_await send_and_receive(stage, "Fallback");
  stage.report.prove(ends_with_domain(text_at(mail, "envelope.mail_from"), stage.service_domain),
                     "the envelope stands in " + stage.service_domain);
  stage.report.prove(text_at(mail, "verdict.dmarc.result") == "pass", "DMARC still passes, by DKIM alone");
}

net::Task<void> all_steps(Stage& stage) {
  co_await create_and_verify(stage);
  co_await send_by_default(stage);
  co_await refusals(stage);
  co_await set_and_explain(stage);
  co_await publish_two(stage);
  co_await publish_one(stage);
  co_await send_aligned(stage);
  co_await bounce_comes_home(stage);
  co_await withdraw_mx(stage);
  co_await behaviours(stage);
}

}  // namespace

net::Task<bool> perform_walkthrough(ApiClient& api, Report& report, RandomSource& random) {
  const std::string mark = random.text("abcdefghijkmnpqrstuvwxyz23456789", 6);
  const std::string domain = fmt::format("shop-{}.example", mark);
  Stage stage{SandboxClient(api),
              report,
              {domain, fmt::format("other-{}.example", mark), "bounce." + domain, "Shop <hello@" + domain + ">",
               "reader@inbox.example"},
              "",
              "",
              ""};
  try {
    co_await all_steps(stage);
  } catch (const ProofMissing& proof) {
    report.failed(proof);
    co_return false;
  }
  fmt::print("\n{} steps, {} proofs, all held.\n", report.steps(), report.proofs());
  co_return true;
}

}  // namespace sesame::app
