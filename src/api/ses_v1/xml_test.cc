#include "api/ses_v1/xml.h"

#include <gtest/gtest.h>

namespace sesame::api::ses_v1 {
namespace {

TEST(XmlWriter, WritesNestedElementsTwoBlanksDeeperEach) {
  XmlWriter xml;
  xml.open("Response", "http://ses.example/");
  xml.open("Result");
  xml.text("Token", "abc=");
  xml.list("Names", std::vector<std::string>{"a", "b"});
  xml.close();
  xml.close();
  EXPECT_EQ(std::move(xml).take(),
            "<Response xmlns=\"http://ses.example/\">\n"
            "  <Result>\n"
            "    <Token>abc=</Token>\n"
            "    <Names>\n"
            "      <member>a</member>\n"
            "      <member>b</member>\n"
            "    </Names>\n"
            "  </Result>\n"
            "</Response>\n");
}

TEST(XmlWriter, ElementWithNothingInItIsOneTag) {
  XmlWriter xml;
  xml.open("Result");
  xml.list("Names", {});
  xml.open("Map");
  xml.close();
  xml.close();
  EXPECT_EQ(std::move(xml).take(), "<Result>\n  <Names/>\n  <Map/>\n</Result>\n");
}

TEST(XmlWriter, ValuesCannotBreakOutOfTheirElement) {
  XmlWriter xml;
  xml.text("key", "</key><a b='\"'>&\x01");
  EXPECT_EQ(std::move(xml).take(), "<key>&lt;/key&gt;&lt;a b=&apos;&quot;&apos;&gt;&amp;\xef\xbf\xbd</key>\n");
}

TEST(XmlWriter, FlagsAndNumbersAreWrittenAsSesWritesThem) {
  XmlWriter xml;
  xml.flag("A", true);
  xml.flag("B", false);
  xml.number("C", -1);
  xml.number("D", 1234567);
  EXPECT_EQ(std::move(xml).take(), "<A>true</A>\n<B>false</B>\n<C>-1.0</C>\n<D>1234567.0</D>\n");
}

}  // namespace
}  // namespace sesame::api::ses_v1
