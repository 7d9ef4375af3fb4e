#include "campaign/handlebars.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace sesame::campaign {
namespace {

constexpr std::size_t plenty = 1 << 20;

// What comes out, or "! " and why not.
std::string rendered(std::string_view text, std::string_view data = "{}", std::size_t max_octets = plenty) {
  const auto parsed = Handlebars::parse(text);
  if (!parsed) return "! line " + std::to_string(parsed.error().line) + ": " + parsed.error().text;
  auto result = parsed->render(boost::json::parse(data), max_octets);
  return result ? *result : "! " + result.error().text;
}

std::string missing(const std::string& name) {
  return "! Attribute '" + name + "' is not present in the rendering data.";
}

TEST(Handlebars, ValuesAreWrittenAsTheyAre) {
  EXPECT_EQ(rendered("Hello {{name}}, {{ n }} of {{of}}!", R"({"name":"<Ann & Bob>","n":3,"of":2.5})"),
            "Hello <Ann & Bob>, 3 of 2.5!");
  EXPECT_EQ(rendered("{{{a}}}{{&a}}{{& a }}", R"({"a":"<"})"), "<<<");
  EXPECT_EQ(rendered("{{a}} {{b}} {{c}}", R"({"a":true,"b":false,"c":[1,{"d":null}]})"), "true false [1,{\"d\":null}]");
  EXPECT_EQ(rendered(""), "");
  EXPECT_EQ(rendered("{ } }} {a}"), "{ } }} {a}");
}

TEST(Handlebars, PathsGoDownAndUp) {
  const auto data = R"({"a":{"b":{"c":"deep"}},"list":["x","y"],"odd name":"odd","this":"own"})";
  EXPECT_EQ(rendered("{{a.b.c}} {{a/b/c}} {{list.[1]}} {{list.0}} {{[odd name]}}", data), "deep deep y x odd");
  EXPECT_EQ(
      rendered("{{#with a}}{{#with b}}{{c}} {{this.c}} {{./c}} {{../../list.0}} {{@root.list.1}}{{/with}}{{/with}}",
               data),
      "deep deep deep x y");
  EXPECT_EQ(rendered("{{#with a}}{{list.0}}{{/with}}", data), missing("list.0")) << "only the own scope is looked into";
}

TEST(Handlebars, WhatIsMissingIsNamed) {
  EXPECT_EQ(rendered("{{name}}"), missing("name"));
  EXPECT_EQ(rendered("{{a.b.c}}", R"({"a":{"b":"text"}})"), missing("a.b.c"));
  EXPECT_EQ(rendered("{{a}}", R"({"a":null})"), missing("a"));
  EXPECT_EQ(rendered("{{../a}}", R"({"a":1})"), missing("../a"));
  EXPECT_EQ(rendered("{{list.2}}", R"({"list":[1,2]})"), missing("list.2"));
  EXPECT_EQ(rendered("{{@index}}"), missing("@index"));
}

TEST(Handlebars, IfTakesOneSide) {
  const std::string_view text = "{{#if a}}A{{else if b}}B{{else}}C{{/if}}";
  EXPECT_EQ(rendered(text, R"({"a":1})"), "A");
  EXPECT_EQ(rendered(text, R"({"a":0,"b":"x"})"), "B");
  EXPECT_EQ(rendered(text, R"({"a":"","b":[]})"), "C");
  EXPECT_EQ(rendered(text), "C") << "to a block nothing is missing";
  EXPECT_EQ(rendered("{{#if a}}{{^}}none{{/if}}", R"({"a":false})"), "none");
  EXPECT_EQ(rendered("{{#unless a}}no{{else}}yes{{/unless}}", R"({"a":{}})"), "yes");
}

TEST(Handlebars, EachWalksListsAndObjects) {
  EXPECT_EQ(rendered("{{#each l}}{{@index}}={{this}}{{#unless @last}}, {{/unless}}{{/each}}", R"({"l":["a","b","c"]})"),
            "0=a, 1=b, 2=c");
  EXPECT_EQ(rendered("{{#each o}}{{#if @first}}>{{/if}}{{@key}}:{{this}} {{/each}}", R"({"o":{"x":1,"y":2}})"),
            ">x:1 y:2 ");
  EXPECT_EQ(rendered("{{#each l}}{{name}} of {{../all}}{{else}}none{{/each}}", R"({"all":2,"l":[{"name":"n"}]})"),
            "n of 2");
  EXPECT_EQ(rendered("{{#each l}}x{{else}}none{{/each}}", R"({"l":[]})"), "none");
  EXPECT_EQ(rendered("{{#each l}}x{{/each}}"), "");
  EXPECT_EQ(rendered("{{#each l}}{{#each this}}{{@index}}{{.}}{{/each}};{{/each}}", R"({"l":[["a"],["b","c"]]})"),
            "0a;0b1c;");
}

TEST(Handlebars, SectionsWithoutHelperFollowTheValue) {
  EXPECT_EQ(rendered("{{#l}}{{n}}{{/l}}", R"({"l":[{"n":1},{"n":2}]})"), "12");
  EXPECT_EQ(rendered("{{#o}}{{n}}{{/o}}", R"({"o":{"n":1}})"), "1");
  EXPECT_EQ(rendered("{{#t}}{{t}}{{/t}}{{^f}}no{{/f}}", R"({"t":"yes","f":false})"), "yesno");
}

TEST(Handlebars, InlinePartialsAreUsedAnywhereInTheText) {
  EXPECT_EQ(rendered("{{#* inline \"n\"}}<{{name}}>{{/inline}}{{> n}}{{#each l}}{{> n}}{{/each}}{{> n o}}",
                     R"({"name":"a","l":[{"name":"b"}],"o":{"name":"c"}})"),
            "<a><b><c>");
  EXPECT_EQ(rendered("a\n{{> absent}}"), "! line 2: the partial 'absent' is not defined");
  EXPECT_EQ(rendered("{{#*inline 'p'}}{{> p}}{{/inline}}{{> p}}"), "! Partials call each other too deep.");
}

TEST(Handlebars, BlanksAndCommentsAreLeftOut) {
  EXPECT_EQ(rendered("a  {{~x~}}  b {{x~}} \n c", R"({"x":1})"), "a1b 1c");
  EXPECT_EQ(rendered("a {{! not {{x}} here}} b"), "a  here}} b");
  EXPECT_EQ(rendered("a{{!-- {{x}} --}}b{{~!----~}} c"), "abc");
  EXPECT_EQ(rendered("{{#if x~}}  a  {{~else~}} b {{~/if}}", R"({"x":1})"), "a");
}

TEST(Handlebars, BackslashKeepsATag) {
  EXPECT_EQ(rendered("\\{{x}} {{x}} \\\\{{x}}", R"({"x":1})"), "{{x}} 1 \\1");
  EXPECT_EQ(rendered("a\\b \\{{unclosed"), "a\\b {{unclosed");
}

TEST(Handlebars, WhatIsReservedForLaterStandsAsItIs) {
  const auto parsed = Handlebars::parse("{{ses:openTracker}}{{amazonSESUnsubscribeUrl}} {{~ses:openTracker~}} x");
  ASSERT_TRUE(parsed);
  const auto result = parsed->render(boost::json::object(), plenty);
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "{{ses:openTracker}}{{amazonSESUnsubscribeUrl}}{{ses:openTracker}}x");
}

TEST(Handlebars, WhatIsNotSupportedIsAnErrorWithItsLine) {
  for (const auto& [text, problem] : {
           std::pair{"a\n\n{{#if x}}", "! line 3: {{/if}} is missing"},
           {"{{x", "! line 1: a tag has no end"},
           {"{{{x}}", "! line 1: a tag has no end"},
           {"{{!-- x }}", "! line 1: a tag has no end"},
           {"{{#if x}}{{/each}}", "! line 1: {{/if}} is missing"},
           {"{{/if}}", "! line 1: unexpected {{/if}}"},
           {"{{else}}", "! line 1: unexpected {{else}}"},
           {"{{upper name}}", "! line 1: 'upper name' is not supported"},
           {"{{#each l as |x|}}{{/each}}", "! line 1: '#each l as |x|' is not supported"},
           {"{{#if}}{{/if}}", "! line 1: '#if' is not supported"},
           {"{{}}", "! line 1: '' is not supported"},
           {"{{a..b}}", "! line 1: 'a..b' is not supported"},
           {"{{@other}}", "! line 1: '@other' is not supported"},
           {"{{#*inline n}}{{/inline}}", "! line 1: '#* inline n' is not supported"},
           {"{{#if a}}1{{else}}2{{else}}3{{/if}}", "! line 1: {{/if}} is missing"},
       }) {
    EXPECT_EQ(rendered(text), problem) << text;
  }
}

TEST(Handlebars, NestingAndElseIfChainsAreBounded) {
  std::string deep, chain = "{{#if a}}";
  for (std::size_t i = 0; i <= max_block_depth; ++i) {
    deep += "{{#if a}}";
    chain += "{{else if a}}";
  }
  EXPECT_TRUE(rendered(deep).ends_with("blocks are nested more than 50 deep"));
  EXPECT_TRUE(rendered(chain + "{{/if}}").ends_with("blocks are nested more than 50 deep"));
}

TEST(Handlebars, OutputAndStepsAreBounded) {
  EXPECT_EQ(rendered("12345", "{}", 5), "12345");
  EXPECT_EQ(rendered("123456", "{}", 5), "! The rendered message is too large.");
  std::string list = "[0";
  for (int i = 0; i < 2000; ++i) list += ",0";
  const std::string nested = "{{#each l}}{{#each ../l}}{{/each}}{{/each}}";
  EXPECT_EQ(rendered(nested, "{\"l\":" + list + "]}"), "! The rendered message is too large.");
}

}  // namespace
}  // namespace sesame::campaign
