#include <gtest/gtest.h>

#include "dns/testing/fake_resolver.h"

namespace sesame::dns {
namespace {

TEST(FakeResolver, KeepsTheFiveAnswersApart) {
  FakeResolver dns;
  dns.add("a.b.Example.", RecordType::txt, "hello");
  dns.fail("slow.example", AnswerStatus::timeout);
  dns.fail("a.b.example", AnswerStatus::servfail, RecordType::mx);
  EXPECT_EQ(dns.answer("A.b.example", RecordType::txt).status, AnswerStatus::found);
  EXPECT_EQ(dns.answer("a.b.example", RecordType::a).status, AnswerStatus::no_data);
  EXPECT_EQ(dns.answer("b.example", RecordType::txt).status, AnswerStatus::no_data);
  EXPECT_EQ(dns.answer("c.example", RecordType::txt).status, AnswerStatus::nxdomain);
  EXPECT_EQ(dns.answer("slow.example", RecordType::txt).status, AnswerStatus::timeout);
  EXPECT_EQ(dns.answer("a.b.example", RecordType::mx).status, AnswerStatus::servfail);
  dns.heal("a.b.example");
  EXPECT_EQ(dns.answer("a.b.example", RecordType::mx).status, AnswerStatus::no_data);
}

TEST(FakeResolver, FollowsCnamesAndTellsTheChain) {
  FakeResolver dns;
  dns.add("www.example", RecordType::cname, "w2.example.");
  dns.add("w2.example", RecordType::cname, "w3.example.");
  dns.add("w3.example", RecordType::a, "192.0.2.1");
  const Answer answer = dns.answer("www.example", RecordType::a);
  EXPECT_EQ(answer.status, AnswerStatus::found);
  EXPECT_EQ(answer.cname_chain, (std::vector<std::string>{"w2.example", "w3.example"}));
  EXPECT_EQ(answer.records.at(0).name, "w3.example");
}

TEST(FakeResolver, ACnameLoopEndsInServfail) {
  FakeResolver dns;
  dns.add("a.example", RecordType::cname, "b.example");
  dns.add("b.example", RecordType::cname, "a.example");
  EXPECT_EQ(dns.answer("a.example", RecordType::a).status, AnswerStatus::servfail);
}

TEST(FakeResolver, CountsQuestionsPerNameAndType) {
  FakeResolver dns;
  dns.answer("a.example", RecordType::a);
  dns.answer("A.example.", RecordType::a);
  dns.answer("a.example", RecordType::mx);
  EXPECT_EQ(dns.questions("a.example", RecordType::a), 2U);
  EXPECT_EQ(dns.questions(), 3U);
}

}  // namespace
}  // namespace sesame::dns
