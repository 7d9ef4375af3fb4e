// The receivers' view as part of diagnoses: when it is asked for, and how long it is kept.
#include "identity/receivers_view.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/time_text.h"
#include "identity/testing/house.h"

namespace sesame::identity {
namespace {

namespace json = boost::json;

class CountedView final : public ReceiversView {
 public:
  explicit CountedView(const Clock& clock) : clock_(clock) {}
  net::Task<json::object> see(Look look, store::IdentityRecord identity) override {
    ++seen;
    co_return json::object{{"seen_at", format_rfc3339_ms(clock_.now())},
                           {"verdict", "good"},
                           {"spf", json::object{{"domain", identity.name}, {"number", seen}}},
                           {"looked_at_records", look.records.size()}};
  }
  int seen = 0;

 private:
  const Clock& clock_;
};

// The MAIL FROM domain is set while receivers are being asked.
class SlowView final : public ReceiversView {
 public:
  net::Task<json::object> see(Look, store::IdentityRecord) override {
    if (meanwhile) co_await meanwhile();
    co_return json::object{{"seen_at", "2026-01-01T00:00:00.000Z"}, {"verdict", "good"}};
  }
  std::function<net::Task<void>()> meanwhile;
};

net::Task<void> set_and_look(IdentityService& service, store::ControlStore& store) {
  const auto set = co_await service.set_mail_from(House::account, "example.com", "bounce.example.com",
                                                  store::BehaviorOnMxFailure::use_default);
  EXPECT_TRUE(set);
  auto identity = co_await store.find_identity(House::account, "example.com");
  EXPECT_TRUE(identity);
  if (!identity) co_return;
  const auto looked = co_await service.look_and_apply(std::move(*identity), LookOptions{});
  EXPECT_TRUE(looked);
}

struct ReceiversViewOfAnIdentity : testing::Test {
  ReceiversViewOfAnIdentity()
      : view(house.clock),
        service(ServiceDeps{*house.temp.stores.control, house.client, house.notices, house.clock, house.random,
                            house.workers.executor(), house.names, "https://svc.example", &house.servers.resolver(),
                            &view}) {
    house.domain();
  }
  json::value diagnosis() { return json::parse(house.must(service.diagnosis(House::account, "example.com"))); }
  json::value look() { return json::parse(house.must(service.look_now(House::account, "example.com"))); }

  House house;
  CountedView view;
  IdentityService service;
};

TEST_F(ReceiversViewOfAnIdentity, IsPartOfALookThatIsAskedFor) {
  const json::value found = look();
  EXPECT_EQ(found.at("domain"), "example.com");
  EXPECT_EQ(found.at("verdict"), "good");
  EXPECT_EQ(found.at("looked_at_records"), found.at("records").as_array().size());
  look();
  EXPECT_EQ(view.seen, 2);
}

TEST_F(ReceiversViewOfAnIdentity, IsKeptForAMinute) {
  EXPECT_EQ(diagnosis().at("verdict"), "good");
  house.clock.advance(std::chrono::seconds(59));
  EXPECT_EQ(diagnosis().at("spf").at("number"), 1);
  house.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(diagnosis().at("spf").at("number"), 2);
}

TEST_F(ReceiversViewOfAnIdentity, IsNotAskedForByTheWatcherAndOutlivesItsLooks) {
  diagnosis();
  house.must(service.look_and_apply(house.read(), LookOptions{}));
  LookOptions only_dkim;
  only_dkim.txt = only_dkim.mail_from = false;
  house.must(service.look_and_apply(house.read(), only_dkim));
  EXPECT_EQ(diagnosis().at("spf").at("number"), 1);
  EXPECT_EQ(view.seen, 1);
}

TEST_F(ReceiversViewOfAnIdentity, IsAskedForWhenOnlyTheWatcherHasLooked) {
  house.must(service.look_and_apply(house.read(), LookOptions{}));
  EXPECT_EQ(view.seen, 0);
  EXPECT_EQ(diagnosis().at("verdict"), "good");
}

TEST_F(ReceiversViewOfAnIdentity, IsMissingWhereNobodyCanGiveIt) {
  const auto without = json::parse(house.must(house.service.look_now(House::account, "example.com")));
  EXPECT_FALSE(without.as_object().contains("verdict"));
}

TEST(SlowReceiversView, DoesNotUndoWhatWasFoundMeanwhile) {
  House house;
  SlowView view;
  IdentityService service(ServiceDeps{*house.temp.stores.control, house.client, house.notices, house.clock,
                                      house.random, house.workers.executor(), house.names, "https://svc.example",
                                      &house.servers.resolver(), &view});
  house.domain();
  view.meanwhile = [&] { return set_and_look(service, *house.temp.stores.control); };
  const json::value asked = json::parse(house.must(service.look_now(House::account, "example.com")));
  EXPECT_EQ(asked.at("mail_from").at("domain"), "bounce.example.com");
  EXPECT_EQ(asked.at("verdict"), "good");
  EXPECT_EQ(json::parse(house.must(service.diagnosis(House::account, "example.com"))).at("mail_from"),
            asked.at("mail_from"));
}

}  // namespace
}  // namespace sesame::identity
