// store/testing/template_conformance.h: templates, as every engine must keep them.
#pragma once

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class TemplateConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static EmailTemplate made(const std::string& name) {
    return {.account_id = account,
            .name = name,
            .created = from_unix_ms(5),
            .subject = "Hello {{name}}",
            .text = "text of " + awkward_text(),
            .html = std::nullopt,
            .tags = {{"team", "mail"}}};
  }
};

TYPED_TEST_SUITE_P(TemplateConformance);

TYPED_TEST_P(TemplateConformance, TemplateComesBackAndItsNameIsTakenOnce) {
  this->get(this->campaigns().create_template(this->made("one")));
  EXPECT_EQ(this->failure(this->campaigns().create_template(this->made("one"))), StoreErrc::already_exists);
  this->reopen();
  EXPECT_EQ(this->get(this->campaigns().find_template(this->account, "one")), this->made("one"));
  EXPECT_EQ(this->failure(this->campaigns().find_template(this->account, "One")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->campaigns().find_template("999999999999", "one")), StoreErrc::not_found);
}

TYPED_TEST_P(TemplateConformance, UpdateReplacesTheTextsAlone) {
  EXPECT_EQ(this->failure(this->campaigns().update_template(this->made("one"))), StoreErrc::not_found);
  this->get(this->campaigns().create_template(this->made("one")));
  EmailTemplate changed = this->made("one");
  changed.created = from_unix_ms(9);
  changed.subject = "";
  changed.text = std::nullopt;
  changed.html = "<p>";
  changed.tags = {};
  this->get(this->campaigns().update_template(changed));
  EmailTemplate expected = this->made("one");
  expected.subject = "";
  expected.text = std::nullopt;
  expected.html = "<p>";
  EXPECT_EQ(this->get(this->campaigns().find_template(this->account, "one")), expected);
}

TYPED_TEST_P(TemplateConformance, TemplatesAreListedByNameInPages) {
  for (const char* name : {"c", "a", "b"}) this->get(this->campaigns().create_template(this->made(name)));
  EmailTemplate other = this->made("z");
  other.account_id = "999999999999";
  this->get(this->campaigns().create_template(other));
  const TemplatePage first = this->get(this->campaigns().list_templates(this->account, "", 2));
  EXPECT_EQ(first.entries, (std::vector<TemplatePage::Entry>{{"a", from_unix_ms(5)}, {"b", from_unix_ms(5)}}));
  ASSERT_EQ(first.next_after, "b");
  const TemplatePage second = this->get(this->campaigns().list_templates(this->account, "b", 2));
  EXPECT_EQ(second.entries, (std::vector<TemplatePage::Entry>{{"c", from_unix_ms(5)}}));
  EXPECT_EQ(second.next_after, std::nullopt);
  EXPECT_EQ(this->get(this->campaigns().count_templates(this->account)), 3u);
}

TYPED_TEST_P(TemplateConformance, TemplateGoesOnce) {
  this->get(this->campaigns().create_template(this->made("one")));
  this->get(this->campaigns().delete_template(this->account, "one"));
  EXPECT_EQ(this->failure(this->campaigns().delete_template(this->account, "one")), StoreErrc::not_found);
  EXPECT_EQ(this->get(this->campaigns().count_templates(this->account)), 0u);
}

REGISTER_TYPED_TEST_SUITE_P(TemplateConformance, TemplateComesBackAndItsNameIsTakenOnce, UpdateReplacesTheTextsAlone,
                            TemplatesAreListedByNameInPages, TemplateGoesOnce);

}  // namespace sesame::store
