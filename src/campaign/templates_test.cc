#include "campaign/templates.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/random.h"
#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"

namespace sesame::campaign {
namespace {

constexpr const char* account = "111122223333";

class TemplatesTest : public testing::Test {
 protected:
  static store::EmailTemplate made(std::string name, std::string subject = "Hello {{name}}") {
    store::EmailTemplate made;
    made.account_id = account;
    made.name = std::move(name);
    made.subject = std::move(subject);
    made.text = "Dear {{name}}";
    return made;
  }
  // nullopt: it succeeded.
  template <class T>
  std::optional<TemplateErrc> failure(TemplateTask<T> task) {
    const auto result = loop.run(std::move(task));
    if (result) return std::nullopt;
    text = result.error().text;
    return result.error().code;
  }

  net::TestLoop loop;
  net::WorkerPool workers{1};
  store::TempStores temp;
  SecureRandom random;
  ManualClock clock;
  Templates templates{*temp.stores.campaigns, clock, random, workers.executor()};
  std::string text;
};

TEST_F(TemplatesTest, WhatCannotBeParsedIsNotStored) {
  EXPECT_EQ(failure(templates.create(made("t", "{{#if x}}"))), TemplateErrc::invalid_template);
  EXPECT_EQ(text, "subject, line 1: {{/if}} is missing");
  EXPECT_EQ(failure(templates.create(made("t", ""))), TemplateErrc::invalid_template);
  auto large = made("t");
  large.html = std::string(max_template_octets, 'x');
  EXPECT_EQ(failure(templates.create(large)), TemplateErrc::invalid_template);
  EXPECT_EQ(failure(templates.create(made("a b"))), TemplateErrc::invalid_name);
  EXPECT_EQ(failure(templates.create(made(""))), TemplateErrc::invalid_name);
  EXPECT_EQ(failure(templates.get(account, "t")), TemplateErrc::not_found);
  EXPECT_EQ(failure(templates.create(made("t"))), std::nullopt);
  EXPECT_EQ(failure(templates.update(made("t", "{{"))), TemplateErrc::invalid_template);
  EXPECT_EQ(loop.run(templates.get(account, "t"))->subject, "Hello {{name}}");
}

TEST_F(TemplatesTest, StoredAndGivenTextsAreResolvedAlike) {
  EXPECT_EQ(failure(templates.create(made("t"))), std::nullopt);
  const auto stored = loop.run(templates.resolve(account, NamedTemplate{"t"}));
  ASSERT_TRUE(stored);
  EXPECT_EQ((*stored)->name, "t");
  const auto given = loop.run(templates.resolve(account, TemplateTexts{"Hello {{name}}", "Dear {{name}}", {}}));
  ASSERT_TRUE(given);
  EXPECT_EQ((*given)->name, "");
  const auto data = boost::json::parse(R"({"name":"Ann"})");
  const auto rendered = render(**stored, data);
  ASSERT_TRUE(rendered);
  EXPECT_EQ(*rendered, (TemplateTexts{"Hello Ann", "Dear Ann", std::nullopt}));
  EXPECT_EQ(render(**given, data).value(), *rendered);
  EXPECT_EQ(failure(templates.resolve("999999999999", NamedTemplate{"t"})), TemplateErrc::not_found);
  EXPECT_EQ(text, "Template t does not exist.");
}

TEST_F(TemplatesTest, TestMakesAMessageWithoutAddresses) {
  auto both = made("t");
  both.html = "<p>{{name}}</p>";
  ASSERT_EQ(failure(templates.create(both)), std::nullopt);
  const auto sample = loop.run(templates.test_render(account, "t", boost::json::parse(R"({"name":"Ann"})")));
  ASSERT_TRUE(sample);
  EXPECT_TRUE(sample->contains("Subject: Hello Ann\r\n")) << *sample;
  EXPECT_TRUE(sample->contains("Dear Ann")) << *sample;
  EXPECT_TRUE(sample->contains("<p>Ann</p>")) << *sample;
  EXPECT_TRUE(sample->contains("multipart/alternative")) << *sample;
  EXPECT_FALSE(sample->contains("From:")) << *sample;
  EXPECT_EQ(failure(templates.test_render(account, "t", boost::json::object())), TemplateErrc::missing_attribute);
  EXPECT_EQ(text, "Attribute 'name' is not present in the rendering data.");
  EXPECT_EQ(failure(templates.test_render(account, "t", boost::json::parse(R"({"name":"a\nb"})"))),
            TemplateErrc::not_renderable);
}

TEST(RenderingData, IsOneObject) {
  EXPECT_TRUE(parse_rendering_data("{\"a\":[1]}"));
  EXPECT_EQ(parse_rendering_data(""), boost::json::value(boost::json::object()));
  for (const char* wrong : {"[]", "1", "{", "{\"a\":1} x", "null"}) EXPECT_FALSE(parse_rendering_data(wrong)) << wrong;
  EXPECT_FALSE(parse_rendering_data("{\"a\":\"" + std::string(max_rendering_data, 'x') + "\"}"));
}

TEST(RenderingData, ReplacementTakesThePlaceOfMembersOfTheSameName) {
  const auto merged =
      merge_rendering_data(boost::json::parse(R"({"a":{"x":1},"b":2})"), boost::json::parse(R"({"a":{"y":3},"c":4})"));
  EXPECT_EQ(merged, boost::json::parse(R"({"a":{"y":3},"b":2,"c":4})"));
}

}  // namespace
}  // namespace sesame::campaign
