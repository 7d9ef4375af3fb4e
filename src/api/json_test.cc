#include "api/json.h"

#include <gtest/gtest.h>

namespace sesame::api {
namespace {

enum class Colour { red, green };
constexpr EnumWords<Colour, 2> colours{{{"RED", Colour::red}, {"GREEN", Colour::green}}};

struct Read {
  boost::json::object body;
  Validation validation;
  ObjectReader input{body, validation};

  explicit Read(std::string_view text) : body(parse_body(text).value()) {}
  std::string problem() const {
    const auto error = validation.error();
    return error ? std::string(form_of(error->name).type) + ": " + error->message.value() : "";
  }
};

ErrorName refusal(std::string_view body) { return parse_body(body).error().name; }

TEST(JsonBody, NoOctetsAreAnEmptyObject) { EXPECT_TRUE(parse_body("").value().empty()); }

TEST(JsonBody, AnythingButOneObjectIsASerializationError) {
  for (const char* body :
       {"[]", "\"x\"", "null", "1", "{", "{}{}", "{\"a\":}", "nonsense", "{\"a\":\"\xff\"}", "{'a':1}"}) {
    EXPECT_EQ(refusal(body), ErrorName::serialization) << body;
  }
}

TEST(JsonBody, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(parse_body(nested(max_json_depth)).has_value());
  EXPECT_EQ(refusal(nested(max_json_depth + 1)), ErrorName::serialization);
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), ErrorName::serialization);
}

TEST(ObjectReader, AbsentAndNullAreTheSame) {
  Read read(R"({"A":null})");
  EXPECT_FALSE(read.input.has("A"));
  EXPECT_EQ(read.input.text("A"), std::nullopt);
  EXPECT_EQ(read.input.flag("B"), std::nullopt);
  EXPECT_TRUE(read.input.texts("A").empty());
  EXPECT_EQ(read.problem(), "");
}

TEST(ObjectReader, UnknownMembersAreIgnoredAndNamesAreCaseSensitive) {
  Read read(R"({"Other":{"Deep":[1,2]},"name":"lower","Name":"upper"})");
  EXPECT_EQ(read.input.text("Name"), "upper");
  EXPECT_EQ(read.problem(), "");
}

TEST(ObjectReader, AWrongTypeIsASerializationErrorThatNamesTheMember) {
  Read read(R"({"Name":5})");
  EXPECT_EQ(read.input.text("Name"), std::nullopt);
  EXPECT_EQ(read.problem(), "SerializationException: Value at 'name' cannot be read: expected a string");
}

TEST(ObjectReader, EveryKindOfValueIsHeldToItsType) {
  Read read(R"({"Flag":"true","Object":[],"List":{},"Texts":["a",1],"Objects":[{},"x"]})");
  EXPECT_FALSE(read.input.flag("Flag"));
  EXPECT_NE(read.problem().find("'flag'"), std::string::npos);
  EXPECT_FALSE(read.input.object("Object").has_value());
  EXPECT_TRUE(read.input.texts("List").empty());
  EXPECT_EQ(read.input.texts("Texts").size(), 1u);
  EXPECT_EQ(read.input.objects("Objects").size(), 1u);
}

TEST(ObjectReader, AMissingMemberIsNamedWithItsPath) {
  Read read(R"({"Content":{"Simple":{}}})");
  const auto content = read.input.required_object("Content");
  const auto simple = content->required_object("Simple");
  simple->required_object("Subject");
  EXPECT_EQ(read.problem(),
            "BadRequestException: 1 validation error detected: Value at 'content.simple.subject' failed to satisfy "
            "constraint: Member must not be null");
}

TEST(ObjectReader, AllMissingMembersAreSaidAtOnce) {
  Read read(R"({"Tags":[{"Key":"k"},null]})");
  for (const ObjectReader& tag : read.input.objects("Tags")) tag.required_text("Value");
  EXPECT_EQ(read.problem(),
            "BadRequestException: 2 validation errors detected: Value at 'tags.2.member' failed to satisfy constraint: "
            "Member must not be null; Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be "
            "null");
}

TEST(ObjectReader, AWordOutsideAnEnumerationIsAnsweredWithTheWholeSet) {
  Read read(R"({"Colour":"BLUE"})");
  EXPECT_EQ(read.input.one_of("Colour", colours), std::nullopt);
  EXPECT_EQ(read.problem(),
            "BadRequestException: 1 validation error detected: Value at 'colour' failed to satisfy constraint: Member "
            "must satisfy enum value set: [RED, GREEN]");
}

TEST(ObjectReader, BlobsAreStrictBase64) {
  Read good(R"({"Data":"aGVsbG8="})");
  EXPECT_EQ(good.input.required_blob("Data"), "hello");
  Read bad(R"({"Data":"aGVsbG8"})");
  bad.input.required_blob("Data");
  EXPECT_EQ(bad.problem(), "SerializationException: Value at 'data' cannot be read: not valid base64");
}

TEST(Validation, NamesAreBoundedButCounted) {
  Validation validation;
  for (int i = 0; i < 100; ++i) validation.must_not_be_null(false, "x");
  EXPECT_TRUE(validation.error()->message->starts_with("100 validation errors detected: "));
  EXPECT_LT(validation.error()->message->size(), 2000u);
}

}  // namespace
}  // namespace sesame::api
