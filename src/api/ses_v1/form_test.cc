#include "api/ses_v1/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ses_v1/words.h"

namespace sesame::api::ses_v1 {
namespace {

using sigv4::Parameter;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t many = 100;

struct Reading {
  explicit Reading(std::vector<Parameter> given) : parameters(std::move(given)) {}
  std::string message() const { return problems.error() ? problems.error()->message : "(nothing wrong)"; }

  std::vector<Parameter> parameters;
  Form form{parameters};
  Problems problems;
  FormReader input{form, problems};
};

TEST(Form, ElementsComeInTheOrderOfTheirNumbersAndGapsClose) {
  Reading r({{"Identities.member.10", "c"}, {"Identities.member.2", "b"}, {"Identities.member.1", "a"}});
  EXPECT_THAT(r.input.required_texts("Identities", many), ElementsAre("a", "b", "c"));
  EXPECT_FALSE(r.problems.error());
}

TEST(Form, FirstOfARepeatedNameCounts) {
  Reading r({{"Identity", "first"}, {"Identity", "second"}, {"L.member.1", "x"}, {"L.member.1", "y"}});
  EXPECT_EQ(r.input.required_name("Identity"), "first");
  EXPECT_THAT(r.input.texts("L"), ElementsAre("x"));
}

TEST(Form, BareNameWithoutAValueIsAnEmptyList) {
  Reading r({{"Identities", ""}});
  EXPECT_THAT(r.input.required_texts("Identities", many), IsEmpty());
  EXPECT_FALSE(r.problems.error());
}

TEST(Form, NamesThatOnlyLookAlikeAreOthers) {
  Reading r({{"Identities.members.1", "x"}, {"IdentitiesX", "y"}, {"Identit", "z"}});
  EXPECT_THAT(r.input.required_texts("Identities", many), IsEmpty());
  EXPECT_EQ(r.message(),
            "1 validation error detected: Value null at 'identities' failed to satisfy constraint: Member must not be "
            "null");
}

TEST(Form, ValueWhereAListIsExpectedIsUnreadable) {
  Reading r({{"Identities", "example.com"}});
  r.input.required_texts("Identities", many);
  EXPECT_EQ(r.problems.error(),
            (QueryError{ErrorCode::malformed_input, "Value at 'identities' cannot be read: expected a list"}));
}

TEST(Form, ElementWithoutANumberIsUnreadable) {
  for (const char* number : {"", "0", "01", "-1", "x", "1x", "99999999999999999999"}) {
    Reading r({{std::string("To.member.") + number, "a@b.example"}});
    EXPECT_THAT(r.input.texts("To"), IsEmpty()) << number;
    ASSERT_TRUE(r.problems.error()) << number;
    EXPECT_EQ(r.problems.error()->code, ErrorCode::malformed_input) << number;
  }
}

TEST(Form, StructureWhereATextIsExpectedIsUnreadable) {
  Reading r({{"To.member.1.Name", "a"}});
  r.input.texts("To");
  EXPECT_EQ(r.message(), "Value at 'to.1.member' cannot be read: expected a string");
}

TEST(Form, ElementsOfAListOfStructuresAreReadOneByOne) {
  Reading r({{"Tags.member.7.Value", "2"}, {"Tags.member.7.Name", "b"}, {"Tags.member.3.Name", "a"}});
  const auto tags = r.input.structures("Tags");
  ASSERT_EQ(tags.size(), 2u);
  EXPECT_EQ(tags[0].required_text("Name"), "a");
  EXPECT_EQ(tags[0].required_text("Value"), "");
  EXPECT_EQ(tags[1].required_text("Name"), "b");
  EXPECT_EQ(tags[1].required_text("Value"), "2");
  EXPECT_EQ(r.message(),
            "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: "
            "Member must not be null");
}

TEST(Form, StructureIsThereWhenItOrAMemberOfItIs) {
  Reading r({{"Empty", ""}, {"Message.Subject.Data", "Hi"}});
  EXPECT_TRUE(r.input.structure("Empty"));
  EXPECT_FALSE(r.input.structure("Absent"));
  const auto message = r.input.required_structure("Message");
  ASSERT_TRUE(message);
  const auto subject = message->required_structure("Subject");
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->required_text("Data"), "Hi");
  EXPECT_EQ(subject->path_to("Charset"), "message.subject.charset");
}

TEST(Form, MissingMembersAreNamedAllAtOnce) {
  Reading r({});
  r.input.required_name("Identity");
  r.input.required_flag("DkimEnabled");
  EXPECT_EQ(r.problems.error(),
            (QueryError{ErrorCode::validation_error,
                        "2 validation errors detected: Value null at 'identity' failed to satisfy constraint: Member "
                        "must not be null; Value null at 'dkimEnabled' failed to satisfy constraint: Member must not "
                        "be null"}));
}

TEST(Form, EmptyNameIsTooShortWhileAnEmptyTextIsGood) {
  Reading r({{"Identity", ""}, {"Data", ""}});
  EXPECT_EQ(r.input.required_text("Data"), "");
  EXPECT_FALSE(r.problems.error());
  r.input.required_name("Identity");
  EXPECT_EQ(r.message(),
            "1 validation error detected: Value at 'identity' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1");
}

TEST(Form, EmptyOptionalTextIsAbsent) {
  Reading r({{"ReturnPath", ""}, {"IdentityType", ""}});
  EXPECT_FALSE(r.input.text("ReturnPath"));
  EXPECT_FALSE(r.input.one_of("IdentityType", identity_type_words));
  EXPECT_FALSE(r.problems.error());
}

TEST(Form, WordOutsideAnEnumerationIsToldTheSet) {
  Reading r({{"BehaviorOnMXFailure", "rejectMessage"}});
  EXPECT_FALSE(r.input.one_of("BehaviorOnMXFailure", behavior_words));
  EXPECT_EQ(r.problems.error(),
            (QueryError{ErrorCode::validation_error,
                        "1 validation error detected: Value at 'behaviorOnMXFailure' failed to satisfy constraint: "
                        "Member must satisfy enum value set: [UseDefaultValue, RejectMessage]"}));
}

TEST(Form, BooleanIsTrueOrFalseAndNothingElse) {
  Reading good({{"A", "true"}, {"B", "false"}});
  EXPECT_TRUE(good.input.required_flag("A"));
  EXPECT_FALSE(good.input.required_flag("B"));
  EXPECT_FALSE(good.problems.error());
  for (const char* value : {"", "1", "True", "yes"}) {
    Reading bad({{"Enabled", value}});
    EXPECT_FALSE(bad.input.required_flag("Enabled"));
    EXPECT_EQ(bad.problems.error(),
              (QueryError{ErrorCode::malformed_input, "Value at 'enabled' cannot be read: expected true or false"}));
  }
}

TEST(Form, NumberIsHeldToItsRange) {
  const auto read = [](std::string text) {
    Reading r({{"MaxItems", std::move(text)}});
    const auto number = r.input.number("MaxItems", 1, 1000);
    return number ? std::to_string(*number) : r.message();
  };
  EXPECT_EQ(read("1"), "1");
  EXPECT_EQ(read("1000"), "1000");
  EXPECT_EQ(read(""), "(nothing wrong)");
  const std::string too_small =
      "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value greater "
      "than or equal to 1";
  EXPECT_EQ(read("0"), too_small);
  EXPECT_EQ(read("-5"), too_small);
  EXPECT_EQ(read("1001"),
            "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value "
            "less than or equal to 1000");
  EXPECT_EQ(read("ten"), "Value at 'maxItems' cannot be read: expected a number");
}

TEST(Form, BlobIsStrictBase64) {
  Reading r({{"Good", "aGk="}, {"Bad", "aGk"}});
  EXPECT_EQ(r.input.required_blob("Good"), "hi");
  EXPECT_FALSE(r.problems.error());
  r.input.required_blob("Bad");
  EXPECT_EQ(r.problems.error(),
            (QueryError{ErrorCode::malformed_input, "Value at 'bad' cannot be read: not valid base64"}));
}

TEST(Form, ListLongerThanAllowedIsRefused) {
  Reading r({{"L.member.1", "a"}, {"L.member.2", "b"}});
  r.input.required_texts("L", 1);
  EXPECT_EQ(r.message(),
            "1 validation error detected: Value at 'l' failed to satisfy constraint: Member must have length less than "
            "or equal to 1");
}

TEST(Form, ManyProblemsAreCountedButNotAllNamed) {
  Reading r({});
  for (std::size_t i = 0; i < 2 * Problems::max_named; ++i) r.input.required_text("X");
  EXPECT_TRUE(r.message().starts_with("20 validation errors detected: "));
  EXPECT_LT(r.message().size(), 100 * (Problems::max_named + 1));
}

TEST(Form, UnreadableValueOutweighsTheRest) {
  Reading r({{"Enabled", "maybe"}});
  r.input.required_name("Identity");
  r.input.required_flag("Enabled");
  EXPECT_EQ(r.problems.error()->code, ErrorCode::malformed_input);
}

}  // namespace
}  // namespace sesame::api::ses_v1
