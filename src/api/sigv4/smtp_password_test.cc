#include "api/sigv4/smtp_password.h"

#include <gtest/gtest.h>

namespace sesame::sigv4 {
namespace {

const Secret test_secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

TEST(SmtpPassword, MatchesThePublishedVectors) {  // spec/ses.md section 5
  EXPECT_EQ(smtp_password(test_secret, "us-east-1").reveal(), "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9");
  EXPECT_EQ(smtp_password(test_secret, "us-west-2").reveal(), "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd");
  EXPECT_EQ(smtp_password(test_secret, "eu-west-1").reveal(), "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk");
}

TEST(SmtpPassword, IsGoodForItsRegionAndSecretOnly) {
  const Secret password = smtp_password(test_secret, "eu-west-1");
  EXPECT_TRUE(smtp_password_matches(password.reveal(), test_secret, "eu-west-1"));
  EXPECT_FALSE(smtp_password_matches(password.reveal(), test_secret, "us-east-1"));
  EXPECT_FALSE(smtp_password_matches(password.reveal(), Secret("other"), "eu-west-1"));
  EXPECT_FALSE(smtp_password_matches(test_secret.reveal(), test_secret, "eu-west-1"));
  EXPECT_FALSE(smtp_password_matches("", test_secret, "eu-west-1"));
}

}  // namespace
}  // namespace sesame::sigv4
