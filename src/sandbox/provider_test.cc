#include "sandbox/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temp_directory.h"
#include "dns/name.h"
#include "net/testing/run_task.h"

namespace sesame::sandbox {
namespace {

using dns::RecordType;
using testing::ElementsAre;
using testing::HasSubstr;
using Lines = std::vector<std::string>;

class ProviderTest : public testing::Test {
 protected:
  ProviderTest() { reopen(); }

  void reopen() {
    authority = std::make_unique<zone::Authority>();
    provider.reset();
    auto opened = Provider::open({*authority, clock}, hosts, file);
    if (!opened) throw std::runtime_error(opened.error().text);
    provider = std::move(*opened);
  }

  static dns::Record record(std::string name, RecordType type, std::string_view value, std::uint32_t ttl = 60) {
    return {std::move(name), type, ttl, std::get<dns::RecordData>(dns::parse_record_data(type, value))};
  }
  // Without the zone's own SOA and NS.
  static Lines edited(const ProviderResult<Provider::Records>& records) {
    if (!records) return {"error: " + records.error().text};
    Lines lines;
    for (const dns::Record& record : *records) {
      if (record.type != RecordType::soa && record.type != RecordType::ns) lines.push_back(dns::presentation(record));
    }
    return lines;
  }
  static std::string error_of(const ProviderResult<Provider::Records>& records) {
    return records ? "" : records.error().text;
  }
  zone::ZoneAnswer ask(std::string name, RecordType type) {
    return net::run_task(authority->answer(std::move(name), type));
  }

  const Hosts hosts{"svc.example", *net::parse_ip("127.0.0.2"), {*net::parse_ip("127.0.0.1"), *net::parse_ip("::1")}};
  TempDirectory directory;
  const std::filesystem::path file = directory.path() / "zones.json";
  ManualClock clock;
  std::unique_ptr<zone::Authority> authority;
  std::unique_ptr<Provider> provider;
};

TEST_F(ProviderTest, AZoneBeginsWithItsFirstRecords) {
  EXPECT_EQ(error_of(provider->records("shop.example")), "Zone shop.example does not exist.");
  ASSERT_TRUE(provider->put("shop.example", {record("a.shop.example", RecordType::txt, "x")}));
  EXPECT_THAT(provider->zones(), ElementsAre("shop.example"));
  Lines all;
  for (const auto& each : *provider->records("shop.example")) all.push_back(dns::presentation(each));
  EXPECT_EQ(all, (Lines{"shop.example. 60 IN SOA ns1.dns-provider.example. hostmaster.dns-provider.example. 1767225600 "
                        "3600 600 1209600 5",
                        "shop.example. 60 IN NS ns1.dns-provider.example.",
                        "shop.example. 60 IN NS ns2.dns-provider.example.",
                        "shop.example. 60 IN MX 10 mx.receiver.example.", "a.shop.example. 60 IN TXT \"x\""}));
}

TEST_F(ProviderTest, TheNameServerAnswersWithWhatWasPut) {
  ASSERT_TRUE(provider->put("shop.example", {record("a.shop.example", RecordType::a, "192.0.2.1", 7)}));
  const auto answer = ask("a.shop.example", RecordType::a);
  ASSERT_EQ(answer.answers.size(), 1u);
  EXPECT_EQ(answer.answers[0].ttl, 7u);
  ASSERT_TRUE(provider->remove("shop.example", "a.shop.example", std::nullopt));
  EXPECT_EQ(ask("a.shop.example", RecordType::a).rcode, dns::Rcode::nxdomain);
  ASSERT_TRUE(provider->remove_zone("shop.example"));
  EXPECT_EQ(ask("shop.example", RecordType::mx).rcode, dns::Rcode::refused);
}

TEST_F(ProviderTest, ASetBecomesWhatIsGivenAndOthersStay) {
  provider->put("shop.example", {record("b.shop.example", RecordType::mx, "10 a.example"),
                                 record("b.shop.example", RecordType::mx, "20 b.example"),
                                 record("b.shop.example", RecordType::txt, "stays")});
  const auto left = provider->put("shop.example", {record("b.shop.example", RecordType::mx, "10 c.example")});
  EXPECT_EQ(edited(left), (Lines{"shop.example. 60 IN MX 10 mx.receiver.example.",
                                 "b.shop.example. 60 IN MX 10 c.example.", "b.shop.example. 60 IN TXT \"stays\""}));
}

TEST_F(ProviderTest, EveryChangeRaisesTheSerial) {
  const auto serial = [&] { return std::get<dns::Soa>(provider->records("shop.example")->front().data).serial; };
  provider->put("shop.example", {});
  const auto first = serial();
  provider->put("shop.example", {record("a.shop.example", RecordType::txt, "x")});
  EXPECT_EQ(serial(), first + 1);
}

TEST_F(ProviderTest, ARemovedSetIsGoneAndOneThatNeverWasIsNotFound) {
  provider->put("shop.example",
                {record("a.shop.example", RecordType::txt, "x"), record("a.shop.example", RecordType::a, "192.0.2.1")});
  const auto left = provider->remove("shop.example", "a.shop.example", RecordType::a);
  EXPECT_EQ(edited(left), (Lines{"shop.example. 60 IN MX 10 mx.receiver.example.", "a.shop.example. 60 IN TXT \"x\""}));
  const auto again = provider->remove("shop.example", "a.shop.example", RecordType::a);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ProviderErrc::no_such_records);
  EXPECT_EQ(again.error().text, "Zone shop.example has no A records to delete at a.shop.example.");
}

TEST_F(ProviderTest, CnamesStandAloneAndTheConflictIsExplained) {
  provider->put("shop.example", {record("a.shop.example", RecordType::txt, "x"),
                                 record("c.shop.example", RecordType::cname, "x.example")});
  const auto cname = [&](std::string name) { return record(std::move(name), RecordType::cname, "y.example"); };
  EXPECT_THAT(error_of(provider->put("shop.example", {cname("b.shop.example"), cname("a.shop.example")})),
              HasSubstr("records[1]: a.shop.example has TXT records, and a CNAME stands alone"));
  EXPECT_THAT(error_of(provider->put("shop.example", {cname("shop.example")})), HasSubstr("at the top of a zone"));
  EXPECT_THAT(error_of(provider->put("shop.example", {record("c.shop.example", RecordType::txt, "x")})),
              HasSubstr("records[0]: c.shop.example is a CNAME"));
  EXPECT_THAT(error_of(provider->put(
                  "shop.example", {cname("d.shop.example"), record("d.shop.example", RecordType::cname, "z.example")})),
              HasSubstr("can have only one CNAME"));
  // Nothing of a list that is refused was taken.
  EXPECT_EQ(ask("b.shop.example", RecordType::cname).rcode, dns::Rcode::nxdomain);
}

TEST_F(ProviderTest, SoaAndNsAtTheTopAreTheProvidersOwn) {
  provider->put("shop.example", {});
  EXPECT_THAT(error_of(provider->put("shop.example", {record("shop.example", RecordType::ns, "ns.elsewhere.example")})),
              HasSubstr("the provider's own"));
  EXPECT_FALSE(provider->remove("shop.example", "shop.example", RecordType::ns));
  // What GET gave may be put as it is.
  EXPECT_TRUE(provider->put("shop.example", *provider->records("shop.example")));
  // A label may be delegated away.
  EXPECT_TRUE(provider->put("shop.example", {record("b.shop.example", RecordType::ns, "ns1.svc.example")}));
}

TEST_F(ProviderTest, ZonesAreKeptAcrossRestarts) {
  provider->put("shop.example", {record("a.shop.example", RecordType::txt, "\"x;\\\"y\" \"z\"", 5)});
  provider->put("other.example", {});
  provider->remove("other.example", "other.example", RecordType::mx);
  provider->put("gone.example", {});
  provider->remove_zone("gone.example");
  const auto shop = edited(provider->records("shop.example"));
  reopen();
  EXPECT_THAT(provider->zones(), ElementsAre("other.example", "shop.example"));
  EXPECT_EQ(edited(provider->records("shop.example")), shop);
  EXPECT_EQ(edited(provider->records("other.example")), Lines{});
  EXPECT_EQ(ask("a.shop.example", RecordType::txt).answers.size(), 1u);
  EXPECT_EQ(ask("shop.example", RecordType::ns).answers.size(), 2u);
}

TEST_F(ProviderTest, ADamagedFileIsNamed) {
  const auto error_with = [&](std::string_view text) {
    std::ofstream(file) << text;
    const auto opened = Provider::open({*authority, clock}, hosts, file);
    return opened ? std::string() : opened.error().text;
  };
  EXPECT_THAT(error_with("{"), HasSubstr("zones.json is damaged: not a JSON object"));
  EXPECT_THAT(error_with(R"({"version":2,"zones":[]})"), HasSubstr("not of version 1"));
  EXPECT_THAT(error_with(R"({"version":1,"zones":[{"zone":"shop.example"}]})"), HasSubstr("no records"));
  EXPECT_THAT(error_with(R"({"version":1,"zones":[{"zone":"svc.example","records":[]}]})"), HasSubstr("svc.example"));
  EXPECT_THAT(error_with(R"({"version":1,"zones":[{"zone":"a.example","records":[{"name":"b.example"}]}]})"),
              HasSubstr("records[0].name"));
}

TEST_F(ProviderTest, NothingChangesWhenTheFileCannotBeWritten) {
  provider->put("shop.example", {record("a.shop.example", RecordType::txt, "old")});
  std::filesystem::create_directory(directory.path() / "zones.json.new");
  const auto result = provider->put("shop.example", {record("a.shop.example", RecordType::txt, "new")});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ProviderErrc::unavailable);
  EXPECT_EQ(dns::presentation(ask("a.shop.example", RecordType::txt).answers.at(0).data), "\"old\"");
  EXPECT_EQ(provider->remove_zone("shop.example").error().code, ProviderErrc::unavailable);
}

TEST_F(ProviderTest, ZoneNamesAreDomainsThatTheSandboxDoesNotNeed) {
  EXPECT_EQ(*provider->zone_name("Shop.Example."), "shop.example");
  EXPECT_EQ(*provider->zone_name("b\xc3\xbc"
                                 "cher.example"),
            "xn--bcher-kva.example");
  for (const char* bad : {"", "example", "a b.example", "_x.example", "svc.example", "a.svc.example",
                          "dns-provider.example", "receiver.example", "mx.receiver.example"}) {
    const auto name = provider->zone_name(bad);
    ASSERT_FALSE(name) << bad;
    EXPECT_EQ(name.error().code, ProviderErrc::bad_zone_name) << bad;
  }
}

TEST_F(ProviderTest, TheLongestZoneHoldsAName) {
  provider->put("shop.example", {});
  provider->put("eu.shop.example", {});
  EXPECT_EQ(provider->zone_holding("a.eu.shop.example")->apex(), "eu.shop.example");
  EXPECT_EQ(provider->zone_holding("a.shop.example")->apex(), "shop.example");
  EXPECT_EQ(provider->zone_holding("example"), nullptr);
}

TEST_F(ProviderTest, SizesAreBounded) {
  std::vector<dns::Record> records;
  for (std::size_t i = 0; i <= Provider::max_set_records; ++i) {
    records.push_back(record("a.shop.example", RecordType::txt, std::to_string(i)));
  }
  EXPECT_THAT(error_of(provider->put("shop.example", records)),
              HasSubstr("more than 100 records of one name and type"));
  for (std::size_t i = 0; i < Provider::max_zone_records; ++i) {
    records.push_back(record(fmt::format("a{}.shop.example", i), RecordType::txt, "x"));
  }
  records.erase(records.begin(), records.begin() + 50);
  EXPECT_THAT(error_of(provider->put("shop.example", records)), HasSubstr("more than 2000 records"));
}

}  // namespace
}  // namespace sesame::sandbox
