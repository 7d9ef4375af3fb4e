#include "net/local_address.h"

#include <gmock/gmock.h>

namespace sesame::net {
namespace {

TEST(BindProblem, IsNamedForAnAddressThatIsNotOurs) {
  EXPECT_EQ(bind_problem(*parse_ip("127.0.0.9")), std::nullopt);
  const auto problem = bind_problem(*parse_ip("192.0.2.1"));  // RFC 5737: for documents
  ASSERT_TRUE(problem);
  EXPECT_THAT(*problem, testing::StartsWith("bind 192.0.2.1: "));
}

}  // namespace
}  // namespace sesame::net
