#include "identity/service_names.h"

#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

const ServiceNames first{"svc.example", "us-east-1"};
const ServiceNames other{"svc.example", "eu-west-1"};

TEST(ServiceNames, RecordsACustomerPublishes) {
  EXPECT_EQ(first.dkim_target("abc"), "abc.dkim.svc.example");
  EXPECT_EQ(first.dkim_zone(), "dkim.svc.example");
  EXPECT_EQ(first.feedback_host(), "feedback-smtp.us-east-1.svc.example");
  EXPECT_EQ(other.feedback_host(), "feedback-smtp.eu-west-1.svc.example");
  EXPECT_EQ(first.spf_record(), "v=spf1 include:svc.example ~all");
  EXPECT_EQ(first.name_server(), "ns1.svc.example");
}

TEST(ServiceNames, DefaultMailFromDomainCarriesNoRegionInTheFirstOne) {
  EXPECT_EQ(first.default_mail_from_domain(), "svc.example");
  EXPECT_EQ(other.default_mail_from_domain(), "eu-west-1.svc.example");
  EXPECT_EQ(first.message_id_domain(), "email.svc.example");
  EXPECT_EQ(other.message_id_domain(), "eu-west-1.svc.example");
}

TEST(ServiceNames, FeedbackHostOfEveryRegionOfTheServiceIsKnown) {
  const ServiceNames two{"svc.example", "us-east-1", {"ap-south-1"}};
  EXPECT_TRUE(two.is_feedback_host("feedback-smtp.us-east-1.svc.example"));
  EXPECT_TRUE(two.is_feedback_host("Feedback-SMTP.ap-south-1.SVC.example."));
}

TEST(ServiceNames, ARegionTheServiceDoesNotRunInHasNoFeedbackHost) {
  EXPECT_FALSE(first.is_feedback_host("feedback-smtp.ap-south-1.svc.example"));
  EXPECT_FALSE(first.is_feedback_host("feedback-smtp.us-east-11.svc.example"));
}

TEST(ServiceNames, OtherHostsAreNoFeedbackHosts) {
  for (const char* host : {"", "feedback-smtp.svc.example", "feedback-smtp.a.b.svc.example", "mx.svc.example",
                           "feedback-smtp.us-east-1.other.example", "feedback-smtp.us-east-1.evilsvc.example",
                           "xfeedback-smtp.us-east-1.svc.example", "svc.example"}) {
    EXPECT_FALSE(first.is_feedback_host(host)) << host;
  }
}

}  // namespace
}  // namespace sesame::identity
