// store/testing/pause_conformance.h: what an operator holds back, as every engine must keep it.
#pragma once

#include <gmock/gmock.h>

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class PauseConformance : public Conformance<Harness> {
 protected:
  static Pause pause(PauseScope scope, std::string value, std::string note = "note") {
    return {.account_id = "111122223333",
            .scope = scope,
            .value = std::move(value),
            .since = from_unix_ms(1767225600000),
            .note = std::move(note)};
  }
};

TYPED_TEST_SUITE_P(PauseConformance);

TYPED_TEST_P(PauseConformance, PausesOutliveTheProcessInTheirOrder) {
  const Pause domain = this->pause(PauseScope::domain, "example.net", awkward_text());
  const Pause account = this->pause(PauseScope::account, "");
  this->get(this->pauses().put_pause(domain));
  this->get(this->pauses().put_pause(account));
  this->reopen();
  EXPECT_THAT(this->get(this->pauses().list_pauses()), testing::ElementsAre(account, domain));
}

TYPED_TEST_P(PauseConformance, PausingAgainChangesNothing) {
  const Pause first = this->pause(PauseScope::mx, "*.example.net");
  Pause second = first;
  second.note = "another";
  this->get(this->pauses().put_pause(first));
  this->get(this->pauses().put_pause(second));
  EXPECT_THAT(this->get(this->pauses().list_pauses()), testing::ElementsAre(first));
}

TYPED_TEST_P(PauseConformance, ResumingEndsThatPauseAlone) {
  const Pause identity = this->pause(PauseScope::identity, "x");
  this->get(this->pauses().put_pause(identity));
  this->get(this->pauses().put_pause(this->pause(PauseScope::configuration_set, "x")));
  this->get(this->pauses().delete_pause("111122223333", PauseScope::configuration_set, "x"));
  EXPECT_THAT(this->get(this->pauses().list_pauses()), testing::ElementsAre(identity));
  EXPECT_EQ(this->failure(this->pauses().delete_pause("111122223333", PauseScope::configuration_set, "x")),
            StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->pauses().delete_pause("444455556666", PauseScope::identity, "x")),
            StoreErrc::not_found);
}

REGISTER_TYPED_TEST_SUITE_P(PauseConformance, PausesOutliveTheProcessInTheirOrder, PausingAgainChangesNothing,
                            ResumingEndsThatPauseAlone);

}  // namespace sesame::store
