#include "dns_providers/xml_reader.h"

#include <gtest/gtest.h>

namespace sesame::dns_providers {
namespace {

TEST(XmlReader, ReadsElementsAndTheirText) {
  const auto root = read_xml(
      "<?xml version=\"1.0\"?>\n<!-- hello -->\n<Answer xmlns=\"https://x/\"><Name> a.example. </Name><Set a='1' "
      "b=\"2\">"
      "<Value>&quot;x &lt;&amp;&gt; &#65;&#x20ac;&apos;&quot;</Value><Empty/></Set></Answer>\n");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->name, "Answer");
  EXPECT_EQ(root->text_of("Name"), "a.example.");
  const XmlElement* set = root->child("Set");
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(set->text_of("Value"), "\"x <&> A\xe2\x82\xac'\"");
  EXPECT_EQ(set->children.size(), 2u);
  EXPECT_EQ(root->child("Nobody"), nullptr);
}

TEST(XmlReader, WhatIsNotWellFormedIsRefused) {
  for (const char* text :
       {"", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xd800;</a>",
        "<a>&lt</a>", "<a b></a>", "<a b=c></a>", "<a b='c></a>", "<!-- x", "<?x", "<a><![CDATA[x]]></a>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "< a/>", "<a>x</a>y"}) {
    EXPECT_FALSE(read_xml(text).has_value()) << text;
  }
}

TEST(XmlReader, DepthAndNumberAreBounded) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(read_xml(nested(max_xml_depth)).has_value());
  EXPECT_FALSE(read_xml(nested(max_xml_depth + 1)).has_value());
  std::string many = "<a>";
  for (std::size_t i = 0; i < max_xml_elements; ++i) many += "<b/>";
  EXPECT_FALSE(read_xml(many + "</a>").has_value());
}

TEST(XmlReader, EscapedTextReadsAsItWas) {
  const std::string text = "\"v=spf1 <&> ]]> -all\"";
  const auto root = read_xml("<a>" + xml_text(text) + "</a>");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->text, text);
}

}  // namespace
}  // namespace sesame::dns_providers
