// identity/testing/service_test.h: the fixture of the service's tests: a house, and what its verbs and mails come to.
#pragma once

#include <gtest/gtest.h>

#include "identity/testing/house.h"

namespace sesame::identity {

struct ServiceTest : testing::Test {
  ServiceTest() {
    house.service.set_waker([this] { ++wakes; });
  }
  template <class T>
  IdentityError refused(IdentityTask<T> task) {
    const auto result = house.run(std::move(task));
    EXPECT_FALSE(result);
    return result ? IdentityError{} : result.error();
  }
  void look() { house.must(service.look_now(House::account, "example.com")); }
  void set_mail_from(std::string domain,
                     store::BehaviorOnMxFailure behavior = store::BehaviorOnMxFailure::use_default) {
    house.must(service.set_mail_from(House::account, "example.com", std::move(domain), behavior));
  }
  std::vector<std::string> notice_subjects() {
    std::vector<std::string> subjects;
    for (const Notice& notice : house.notices.take()) subjects.push_back(notice.subject);
    return subjects;
  }
  std::string link_token() {
    const std::vector<Notice> sent = house.notices.take();
    const std::string& text = sent.at(0).text;
    const std::size_t at = text.find("/v/") + 3;
    return text.substr(at, text.find('\n', at) - at);
  }

  House house;
  IdentityService& service = house.service;
  std::atomic<int> wakes = 0;
};

}  // namespace sesame::identity
