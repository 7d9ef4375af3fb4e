#include "identity/notice_texts.h"

#include <fmt/format.h>

#include "base/time_text.h"

namespace sesame::identity {
namespace {

using store::IdentityRecord;

struct Words {
  std::string subject, text;
};

std::string deadline_of(const store::LookTimer& timer) {
  if (!timer.window_opened) return "";
  return format_rfc3339_seconds(*timer.window_opened + search_window);
}

std::string mail_from_records(const store::MailFromState& mail_from, const ServiceNames& names) {
  return fmt::format("  {0}  MX   10 {1}\n  {0}  TXT  \"{2}\"\n", mail_from.domain, names.feedback_host(),
                     names.spf_record());
}

std::string without_mail_from(const store::MailFromState& mail_from, const ServiceNames& names) {
  if (mail_from.behavior == store::BehaviorOnMxFailure::reject) {
    return "Until then messages of this identity are refused, as you asked for.\n";
  }
  return fmt::format("Until then messages are sent with the default MAIL FROM domain\n{}.\n",
                     names.default_mail_from_domain());
}

Words mail_from_words(Change change, const IdentityRecord& identity, const ServiceNames& names) {
  if (!identity.mail_from) return {};
  const store::MailFromState& mail_from = *identity.mail_from;
  const std::string found =
      fmt::format("The MX record of {} was found.\nMessages of {} are now sent with that MAIL FROM domain.\n",
                  mail_from.domain, identity.name);
  switch (change) {
    case Change::none: break;
    case Change::succeeded: return {fmt::format("MAIL FROM domain set up: {}", mail_from.domain), found};
    case Change::restored: return {fmt::format("MAIL FROM domain restored: {}", mail_from.domain), found};
    case Change::lost:
      return {
          fmt::format("MAIL FROM domain in trouble: {}", mail_from.domain),
          fmt::format("The MX record of {0} was there and is now missing or wrong.\n{1}\nPlease publish exactly:\n\n"
                      "{2}\nand no other MX record at that name. We look until {3};\nafter that the set-up fails "
                      "and has to be started again.\n",
                      mail_from.domain, without_mail_from(mail_from, names), mail_from_records(mail_from, names),
                      deadline_of(mail_from.timer))};
    case Change::failed:
    case Change::given_up:
      return {fmt::format("MAIL FROM domain set-up failed: {}", mail_from.domain),
              fmt::format("For 72 hours the MX record of {0} was missing or wrong.\nWe have stopped looking.\n{1}\n"
                          "To use it, publish exactly:\n\n{2}\nand no other MX record at that name, then set the MAIL "
                          "FROM domain again.\n",
                          mail_from.domain, without_mail_from(mail_from, names), mail_from_records(mail_from, names))};
  }
  return {};
}

std::string dkim_records(const IdentityRecord& identity, const store::DkimState& dkim, const ServiceNames& names) {
  std::string records;
  for (const std::string& selector : dkim.selectors) {
    if (dkim.origin == store::DkimOrigin::external) {
      records += fmt::format("  {}._domainkey.{}  TXT  with the public key of your own key\n", selector, identity.name);
    } else {
      records +=
          fmt::format("  {}._domainkey.{}\n    CNAME  {}\n", selector, identity.name, names.dkim_target(selector));
    }
  }
  return records;
}

// What the end of DKIM means for a domain depends on whether something else verifies it.
std::string without_dkim(const IdentityRecord& identity) {
  if (identity.verification == store::VerificationStatus::success) {
    return "Messages are sent without the domain's DKIM signature.\n";
  }
  return fmt::format("{} is no longer verified: no mail can be sent from it.\n", identity.name);
}

Words dkim_words(Change change, const IdentityRecord& identity, const ServiceNames& names) {
  if (!identity.dkim) return {};
  const std::string records = dkim_records(identity, *identity.dkim, names);
  const std::string found = fmt::format(
      "The DKIM records of {0} were found. {0} is verified,\nand its messages are signed.\n", identity.name);
  switch (change) {
    case Change::none: break;
    case Change::succeeded: return {fmt::format("DKIM set up: {}", identity.name), found};
    case Change::restored:
      return {fmt::format("DKIM warning cancelled: {}", identity.name), found + "Nothing was lost.\n"};
    case Change::lost:
      return {
          fmt::format("DKIM records missing: {}", identity.name),
          fmt::format("The DKIM records of {} were there and are now missing or wrong.\nMessages are still sent and "
                      "signed until {},\n72 hours from the discovery. After that signing stops and DKIM has to be\nset "
                      "up again. Please publish:\n\n{}",
                      identity.name, deadline_of(identity.dkim->timer), records)};
    case Change::failed:
      return {
          fmt::format("DKIM set-up failed: {}", identity.name),
          fmt::format("For 72 hours the DKIM records of {} were missing or wrong.\nWe have stopped looking. {}\nTo try "
                      "again, publish the records below and start DKIM again:\n\n{}",
                      identity.name, without_dkim(identity), records)};
    case Change::given_up:
      return {
          fmt::format("DKIM revoked: {}", identity.name),
          fmt::format("The DKIM records of {} were not restored within 72 hours.\nSigning has stopped. {}\nTo use DKIM "
                      "again, set it up anew.\n",
                      identity.name, without_dkim(identity))};
  }
  return {};
}

Words domain_words(Change change, const IdentityRecord& identity) {
  const std::string record =
      fmt::format("  _amazonses.{}\n    TXT  \"{}\"\n", identity.name, identity.txt_token.value_or(""));
  switch (change) {
    case Change::none: break;
    case Change::succeeded:
      return {fmt::format("Domain verified: {}", identity.name),
              fmt::format("The TXT record of {} was found. Mail can now be sent from it.\n", identity.name)};
    case Change::restored:
      return {fmt::format("Domain verification warning cancelled: {}", identity.name),
              fmt::format("The TXT record of {} is there again. Nothing was lost.\n", identity.name)};
    case Change::lost:
      return {
          fmt::format("Domain verification in danger: {}", identity.name),
          fmt::format("The TXT record that verifies {} is no longer there.\nMail can still be sent until {},\n72 hours "
                      "from the discovery. Please publish:\n\n{}",
                      identity.name, deadline_of(identity.txt_timer), record)};
    case Change::failed:
      return {
          fmt::format("Domain verification failed: {}", identity.name),
          fmt::format("For 72 hours the TXT record that verifies {} was not found.\nWe have stopped looking. To try "
                      "again, publish the record below and start\nthe verification again:\n\n{}",
                      identity.name, record)};
    case Change::given_up:
      return {
          fmt::format("Domain verification revoked: {}", identity.name),
          fmt::format("The TXT record that verifies {0} was not restored within 72 hours.\n{0} is no longer verified: "
                      "no mail can be sent from it.\nTo use it again, verify it as a new domain.\n",
                      identity.name)};
  }
  return {};
}

Words address_words(const IdentityRecord& identity) {
  return {
      fmt::format("Address not verified: {}", identity.name),
      fmt::format("The link mailed to {} was not followed within 24 hours.\nStart the verification again to have a new "
                  "one sent.\n",
                  identity.name)};
}

Words words(const Told& told, const IdentityRecord& identity, const ServiceNames& names) {
  switch (told.subject) {
    case Subject::mail_from: return mail_from_words(told.change, identity, names);
    case Subject::dkim: return dkim_words(told.change, identity, names);
    case Subject::domain: return domain_words(told.change, identity);
    case Subject::address: break;
  }
  return address_words(identity);
}

}  // namespace

Notice change_notice(const Told& told, const IdentityRecord& identity, const ServiceNames& names) {
  Words said = words(told, identity, names);
  return Notice{identity.account_id, "", fmt::format("{} ({})", said.subject, names.region),
                fmt::format("{}\nIdentity: {}\nRegion: {}\n", said.text, identity.name, names.region)};
}

Notice verification_link_notice(const IdentityRecord& identity, const ServiceNames& names, const std::string& link) {
  return Notice{
      identity.account_id, identity.name, fmt::format("Verify your address ({})", names.region),
      fmt::format(
          "Somebody asked to send mail from {} through {}.\n\nIf it was you, open this link and confirm within 24 "
          "hours:\n\n{}\n\nIf not, ignore this message: nothing will be sent.\n",
          identity.name, names.service_domain, link)};
}

}  // namespace sesame::identity
