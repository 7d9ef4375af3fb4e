// AUTH (RFC 4954) on the side of the server.
#include <gtest/gtest.h>

#include "base/text.h"
#include "smtp/testing/protocol_driver.h"

namespace sesame::smtp {
namespace {

TEST(ServerAuth, PlainWithAndWithoutInitialResponse) {
  Session at_once;
  at_once("EHLO a\r\n");
  EXPECT_EQ(codes(at_once("AUTH PLAIN AHVzZXIAcGFzcw==\r\n")), "235");
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH PLAIN\r\n"), "334 \r\n");
  EXPECT_EQ(s("AHVzZXIAcGFzcw==\r\n"), "235 2.7.0 Authentication successful.\r\n");
  EXPECT_EQ(s.protocol.authenticated_user(), "user");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\n")), "503");
}

TEST(ServerAuth, LoginAsksForUserAndPassword) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(s("dXNlcg==\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(codes(s("cGFzcw==\r\n")), "235");
}

TEST(ServerAuth, LoginTakesTheUserAsInitialResponse) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH LOGIN dXNlcg==\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(codes(s("cGFzcw==\r\n")), "235");
}

TEST(ServerAuth, CancelAndBadResponsesGet501) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("AUTH LOGIN\r\n*\r\nNOOP\r\n")), "334 501 250");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\nnot base64\r\nNOOP\r\n")), "334 501 250");
  EXPECT_EQ(codes(s("AUTH PLAIN =\r\n")), "501");
  EXPECT_EQ(codes(s("AUTH PLAIN dXNlcg==\r\n")), "501");
  EXPECT_EQ(codes(s("AUTH CRAM-MD5\r\n")), "504");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\n" + std::string(12000, 'A') + "\r\n")), "334 501");
  EXPECT_EQ(s("AUTH PLAIN\r\n" + std::string(13000, 'A') + "\r\n"),
            "334 \r\n500 5.5.6 Authentication exchange line is too long\r\n");
  EXPECT_EQ(codes(s("NOOP\r\n")), "250");
}

TEST(ServerAuth, TheAuthorizationIdentityReachesThePolicy) {
  Session s;
  std::string identity;
  s.authenticate = [&](const Credentials& c) {
    identity = c.authorization_identity;
    return Refusal();
  };
  s("EHLO a\r\nAUTH PLAIN " + base64_encode(std::string_view("zid\0user\0pass", 13)) + "\r\n");
  EXPECT_EQ(identity, "zid");
}

TEST(ServerAuth, TheLastFailureAllowedCloses) {
  Session s;
  s("EHLO a\r\n");
  const std::string bad = "AUTH PLAIN AHVzZXIAbm8=\r\n";
  EXPECT_EQ(codes(s(bad + bad + bad)), "535 535 421 <closed>");
}

TEST(ServerAuth, IsNotImplementedWhereNothingIsOffered) {
  auto settings = Session::make_settings();
  settings.extensions.auth_mechanisms.clear();
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("AUTH PLAIN AHVzZXIAcGFzcw==\r\nMAIL FROM:<> AUTH=<>\r\n")), "502 555");
}

}  // namespace
}  // namespace sesame::smtp
