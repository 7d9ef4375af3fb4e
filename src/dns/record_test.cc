#include "dns/record.h"

#include <gtest/gtest.h>

namespace sesame::dns {
namespace {

RecordData parsed(RecordType type, std::string_view text) {
  auto result = parse_record_data(type, text);
  if (const auto* error = std::get_if<RecordParseError>(&result)) {
    ADD_FAILURE() << error->text;
    return Other{};
  }
  return std::get<RecordData>(result);
}

std::string problem(RecordType type, std::string_view text) {
  const auto result = parse_record_data(type, text);
  const auto* error = std::get_if<RecordParseError>(&result);
  return error ? error->text : "";
}

TEST(RecordType, NamesAndNumbersAgreeBothWays) {
  EXPECT_EQ(name(RecordType::mx), "MX");
  EXPECT_EQ(name(static_cast<RecordType>(65280)), "TYPE65280");
  EXPECT_EQ(parse_record_type("aaaa"), RecordType::aaaa);
  EXPECT_EQ(parse_record_type("TYPE65280"), static_cast<RecordType>(65280));
  EXPECT_EQ(parse_record_type("TYPE65536"), std::nullopt);
  EXPECT_EQ(parse_record_type("MXX"), std::nullopt);
}

TEST(RecordData, IsReadAsPeopleTypeIt) {
  EXPECT_EQ(parsed(RecordType::a, " 192.0.2.1 "), RecordData(A{"192.0.2.1"}));
  EXPECT_EQ(parsed(RecordType::aaaa, "2001:DB8:0::1"), RecordData(Aaaa{"2001:db8::1"}));
  EXPECT_EQ(parsed(RecordType::mx, "10  MX.Example.com."), RecordData(Mx{10, "mx.example.com"}));
  EXPECT_EQ(parsed(RecordType::mx, "0 ."), RecordData(Mx{0, ""}));
  EXPECT_EQ(parsed(RecordType::cname, "a.dkim.svc.example"), RecordData(Cname{"a.dkim.svc.example"}));
  EXPECT_EQ(parsed(RecordType::soa, "ns.example. host.example. 1 2 3 4 5"),
            RecordData(Soa{"ns.example", "host.example", 1, 2, 3, 4, 5}));
}

TEST(RecordData, TxtTakesBareTextAndQuotedStrings) {
  EXPECT_EQ(parsed(RecordType::txt, "v=spf1 -all"), RecordData(Txt{{"v=spf1 -all"}}));
  EXPECT_EQ(parsed(RecordType::txt, R"("v=spf1 " "-all")"), RecordData(Txt{{"v=spf1 ", "-all"}}));
  EXPECT_EQ(parsed(RecordType::txt, R"("a\"b\\c\010")"), RecordData(Txt{{"a\"b\\c\n"}}));
  EXPECT_EQ(parsed(RecordType::txt, R"("")"), RecordData(Txt{{""}}));
}

TEST(RecordData, LongTxtIsCutIn255OctetStrings) {
  const auto data = std::get<Txt>(parsed(RecordType::txt, std::string(600, 'x')));
  ASSERT_EQ(data.strings.size(), 3U);
  EXPECT_EQ(data.strings[0].size(), 255U);
  EXPECT_EQ(data.strings[2].size(), 90U);
  EXPECT_EQ(data.joined(), std::string(600, 'x'));
}

TEST(RecordData, ErrorsNameWhatIsWrong) {
  EXPECT_EQ(problem(RecordType::a, "2001:db8::1"), "'2001:db8::1' is not an IPv4 address");
  EXPECT_EQ(problem(RecordType::mx, "ten mx.example"), "the preference 'ten' is not a number from 0 to 65535");
  EXPECT_EQ(problem(RecordType::mx, "65536 mx.example"), "the preference '65536' is not a number from 0 to 65535");
  EXPECT_EQ(problem(RecordType::mx, "mx.example"),
            "'mx.example' is not a preference and a host, such as '10 mx.example'");
  EXPECT_EQ(problem(RecordType::mx, "10 a..b"), "'a..b' is not a domain name");
  EXPECT_EQ(problem(RecordType::txt, "\"open"), "a quotation mark of the TXT value is not closed");
  EXPECT_EQ(problem(RecordType::txt, "\"a\" b"), "outside the quotation marks of a TXT value there may only be blanks");
  EXPECT_NE(problem(RecordType::txt, "\"\\256\""), "");
  EXPECT_EQ(problem(RecordType::ns, ""), "the NS value is empty");
  EXPECT_NE(problem(RecordType::any, "x"), "");
}

TEST(RecordData, PresentationIsReadBackEqual) {
  const std::vector<std::pair<RecordType, RecordData>> all = {
      {RecordType::a, A{"192.0.2.1"}},
      {RecordType::aaaa, Aaaa{"2001:db8::1"}},
      {RecordType::ns, Ns{"ns1.example"}},
      {RecordType::ptr, Ptr{"host.example"}},
      {RecordType::mx, Mx{0, ""}},
      {RecordType::txt, Txt{{"v=spf1 \"quoted\" \\ \x01\xff", std::string(255, 'y'), ""}}},
      {RecordType::soa, Soa{"ns.example", "h.example", 1, 2, 3, 4, 4294967295}},
      {RecordType::tlsa, Other{std::string("\x03\x01\x01\x00\xff", 5)}},
      {RecordType::caa, Other{""}},
  };
  for (const auto& [type, data] : all) EXPECT_EQ(parsed(type, presentation(data)), data) << presentation(data);
}

TEST(Record, PresentationIsAZoneFileLine) {
  EXPECT_EQ(presentation(Record{"b.example", RecordType::mx, 300, Mx{10, "mx.example"}}),
            "b.example. 300 IN MX 10 mx.example.");
}

}  // namespace
}  // namespace sesame::dns
