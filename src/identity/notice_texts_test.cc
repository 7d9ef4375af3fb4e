#include "identity/notice_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

const ServiceNames names{"svc.example", "us-east-1"};

store::IdentityRecord example() {
  ManualClock clock;
  store::IdentityRecord identity;
  identity.account_id = "123456789012";
  identity.name = "example.com";
  identity.dkim.emplace().selectors = {"one", "two", "three"};
  identity.dkim->timer.window_opened = clock.now();
  identity.txt_token = "dG9rZW4=";
  identity.txt_timer.window_opened = clock.now();
  identity.mail_from.emplace().domain = "bounce.example.com";
  identity.mail_from->timer.window_opened = clock.now();
  return identity;
}

TEST(Notices, EveryChangeOfEverySubjectHasWordsOfItsOwn) {
  std::vector<std::string> subjects;
  for (const Subject subject : {Subject::domain, Subject::dkim, Subject::mail_from}) {
    for (const Change change : {Change::succeeded, Change::restored, Change::lost, Change::failed, Change::given_up}) {
      const Notice notice = change_notice({subject, change}, example(), names);
      EXPECT_EQ(notice.account_id, "123456789012");
      EXPECT_THAT(notice.subject, HasSubstr("(us-east-1)"));
      EXPECT_THAT(notice.text, HasSubstr("Identity: example.com\n"));
      EXPECT_GT(notice.text.size(), 80u);
      EXPECT_TRUE(notice.text.ends_with('\n'));
    }
  }
}

TEST(Notices, ALostMailFromDomainNamesTheRecordsAndTheTimeLeft) {
  const Notice notice = change_notice({Subject::mail_from, Change::lost}, example(), names);
  EXPECT_THAT(notice.text, HasSubstr("bounce.example.com  MX   10 feedback-smtp.us-east-1.svc.example"));
  EXPECT_THAT(notice.text, HasSubstr("bounce.example.com  TXT  \"v=spf1 include:svc.example ~all\""));
  EXPECT_THAT(notice.text, HasSubstr("2026-01-04T00:00:00Z"));
  EXPECT_THAT(notice.text, HasSubstr("default MAIL FROM domain"));
}

TEST(Notices, WithRejectTheSenderIsToldThatMessagesAreRefused) {
  store::IdentityRecord identity = example();
  identity.mail_from->behavior = store::BehaviorOnMxFailure::reject;
  const Notice notice = change_notice({Subject::mail_from, Change::lost}, identity, names);
  EXPECT_THAT(notice.text, HasSubstr("are refused"));
  EXPECT_THAT(notice.text, Not(HasSubstr("default MAIL FROM domain")));
}

TEST(Notices, LostDkimNamesTheRecordsAndTheTimeLeft) {
  const Notice notice = change_notice({Subject::dkim, Change::lost}, example(), names);
  EXPECT_THAT(notice.text, HasSubstr("two._domainkey.example.com\n    CNAME  two.dkim.svc.example"));
  EXPECT_THAT(notice.text, HasSubstr("2026-01-04T00:00:00Z"));
}

TEST(Notices, TheLinkGoesToTheAddressItself) {
  store::IdentityRecord identity = example();
  identity.name = "jane@example.com";
  const Notice notice = verification_link_notice(identity, names, "https://svc.example/v/abc");
  EXPECT_EQ(notice.to, "jane@example.com");
  EXPECT_THAT(notice.text, HasSubstr("\nhttps://svc.example/v/abc\n"));
}

}  // namespace
}  // namespace sesame::identity
