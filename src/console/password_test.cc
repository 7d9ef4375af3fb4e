#include "console/password.h"

#include <gmock/gmock.h>

namespace sesame::console {
namespace {

TEST(Password, MatchesItsHashAndNothingElseDoes) {
  SeededRandom random(1);
  const Secret password("correct horse battery");
  const Secret hash = hash_password(password, random);
  EXPECT_THAT(std::string(hash.reveal()), testing::StartsWith("$argon2id$v=19$m=65536,t=3,p=1$"));
  EXPECT_TRUE(password_matches(password, hash));
  EXPECT_FALSE(password_matches(Secret("correct horse batterz"), hash));
  EXPECT_FALSE(password_matches(Secret(""), hash));
  EXPECT_FALSE(hash_password(password, random).equals(hash.reveal())) << "each hash has a salt of its own";
}

// The vector of the reference implementation's own tests: 64 MiB, two passes, salt "somesalt".
TEST(Password, MatchesAHashOfTheReferenceImplementation) {
  EXPECT_TRUE(password_matches(
      Secret("password"),
      Secret("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")));
}

TEST(Password, IsNotCheckedAgainstWhatIsNoHash) {
  EXPECT_FALSE(password_matches(Secret("x"), Secret("")));
  EXPECT_FALSE(password_matches(Secret("x"), Secret("$argon2id$v=19$m=65536")));
  EXPECT_FALSE(password_matches(Secret("x"), Secret("x")));
}

TEST(Password, NeedsTwelveCharactersOfText) {
  EXPECT_EQ(password_problem("twelve chars"), std::nullopt);
  EXPECT_EQ(password_problem("éééééééééééé"), std::nullopt);
  EXPECT_EQ(password_problem("ééééééééééé"), "The password needs at least 12 characters.");
  EXPECT_EQ(password_problem("twelve\xff chars"), "The password cannot be read as text.");
  EXPECT_EQ(password_problem(std::string(1025, 'a')), "The password is longer than 1024 octets.");
}

}  // namespace
}  // namespace sesame::console
