#include "check/name_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/testing/replies.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using dns::ServerStatus;
using identity::ReplyBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

NameServerFinding serving(std::string name, std::uint32_t serial = 7) {
  return {std::move(name), "192.0.2.1", ServerStatus::found, serial, ""};
}
NameServerFinding failing(std::string name, ServerStatus status) {
  return {std::move(name), "192.0.2.1", status, std::nullopt, ""};
}
Problems judged(std::vector<NameServerFinding> servers) { return judge_zone({"example.com", std::move(servers), {}}); }

TEST(NameServersOfAZone, ThatAllServeTheSameEditionAreGood) {
  EXPECT_THAT(judged({serving("ns1.example.com"), serving("ns2.example.com")}), IsEmpty());
}

TEST(NameServersOfAZone, ThatDoNotAnswerOrDoNotServeItAreBad) {
  const std::vector<std::pair<ServerStatus, const char*>> kinds = {
      {ServerStatus::timeout, "does not answer"},
      {ServerStatus::lame, "does not serve example.com"},
      {ServerStatus::refused, "does not serve example.com"},
      {ServerStatus::servfail, "cannot answer"},
      {ServerStatus::nxdomain, "is no zone"}};
  for (const auto& [status, says] : kinds) {
    const Problems problems = judged({serving("ns1.example.com"), failing("ns2.example.com", status)});
    ASSERT_THAT(problems, SizeIs(1)) << says;
    EXPECT_EQ(problems[0].severity, Severity::bad);
    EXPECT_EQ(problems[0].asked, "example.com SOA at ns2.example.com");
    EXPECT_THAT(problems[0].change, HasSubstr(says));
  }
}

TEST(NameServersOfAZone, WithoutAnAddressAreBad) {
  NameServerFinding nowhere = failing("ns2.example.com", ServerStatus::timeout);
  nowhere.address.clear();
  EXPECT_THAT(judged({serving("ns1.example.com"), nowhere}).at(0).change, HasSubstr("has no address"));
}

TEST(NameServersOfAZone, OfDifferentSerialsAreToldApart) {
  const Problems problems = judged({serving("ns1.example.com", 7), serving("ns2.example.com", 8)});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].severity, Severity::advice);
  EXPECT_EQ(problems[0].found, "different serials: 7 at ns1.example.com; 8 at ns2.example.com");
}

TEST(NameServersOfAZone, OneAloneCouldBeBetter) {
  EXPECT_EQ(judged({serving("ns1.example.com")}).at(0).severity, Severity::advice);
}

TEST(NameServersOfAZone, AllOutOfReachAreNotBlamed) {
  const Problems problems =
      judged({failing("ns1.example.com", ServerStatus::timeout), failing("ns2.example.com", ServerStatus::timeout)});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].severity, Severity::advice);
  EXPECT_THAT(problems[0].change, HasSubstr("cannot be asked from here"));
}

TEST(ServersAsked, ThatSayTheSameAgree) {
  const identity::Reply same = ReplyBuilder("example.com", RecordType::txt)
                                   .found("ns1.example.com", {"\"a\"", "\"b\""})
                                   .found("ns2.example.com", {"\"b\"", "\"a\""})
                                   .silent("ns3.example.com");
  EXPECT_THAT(judge_agreement(same), IsEmpty()) << "order and silence are no disagreement";
}

TEST(ServersAsked, ThatDisagreeAreNamedWithWhatTheySay) {
  const identity::Reply differ = ReplyBuilder("example.com", RecordType::txt)
                                     .found("ns1.example.com", {"\"old\""})
                                     .found("ns2.example.com", {"\"new\""})
                                     .says("ns3.example.com", ServerStatus::no_data);
  const Problems problems = judge_agreement(differ);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].severity, Severity::bad);
  EXPECT_EQ(problems[0].found, "\"new\" at ns2.example.com; \"old\" at ns1.example.com; nothing at ns3.example.com");
}

TEST(TheMajority, SpeaksForTheZone) {
  const identity::Reply reply = ReplyBuilder("example.com", RecordType::txt)
                                    .found("ns1.example.com", {"\"old\""})
                                    .found("ns2.example.com", {"\"new\""})
                                    .found("ns3.example.com", {"\"new\""})
                                    .silent("ns4.example.com");
  EXPECT_THAT(texts(majority_records(reply)), ElementsAre("new"));
  const identity::Reply silent = ReplyBuilder("example.com", RecordType::txt).silent("ns1.example.com");
  EXPECT_EQ(majority(silent), nullptr);
}

}  // namespace
}  // namespace sesame::check
