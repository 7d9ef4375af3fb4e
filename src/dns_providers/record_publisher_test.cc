#include "dns_providers/record_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_house.h"
#include "dns_providers/testing/zone_in_memory.h"

namespace sesame::dns_providers {
namespace {

using dns::RecordType;
using testing::HasSubstr;

constexpr const char* account = api::ApiHouse::account;
constexpr const char* bounce = "bounce.example.com";
const RecordSet foreign_mx{bounce, RecordType::mx, 60, {dns::Mx{10, "mx.example.com"}}};

class RecordPublisherTest : public testing::Test {
 protected:
  RecordPublisherTest() {
    house.verified_domain("example.com");
    store::IdentityRecord record = house.record("example.com");
    record.mail_from.emplace();
    record.mail_from->domain = bounce;
    house.put(std::move(record));
    connection = get(connections.create(account, input_for("example.com"))).id;
  }

  static ConnectionInput input_for(std::string zone) {
    ConnectionInput input{.kind = "rfc2136", .label = "ours", .zone = std::move(zone), .credentials = {}};
    input.credentials.settings = {{"server", "ns1.example.com"}, {"key_name", "k"}};
    input.credentials.secrets.emplace("key", Secret("c2VjcmV0"));
    return input;
  }
  PublishInput wishes() const {
    PublishInput input{.connection_id = connection};
    input.parts = std::vector<Part>{Part::mail_from};
    return input;
  }
  template <class T>
  T get(PublishTask<T> task) {
    Result<T, PublishError> result = house.loop.run(std::move(task));
    if (!result) throw std::runtime_error(result.error().text);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  template <class T>
  PublishError failure(PublishTask<T> task) {
    Result<T, PublishError> result = house.loop.run(std::move(task));
    if (result) throw std::runtime_error("it was expected to be refused");
    return std::move(result.error());
  }
  Outcome publish() {
    return get(publisher.publish(account, "AKIA", "example.com", wishes(),
                                 get(publisher.preview(account, "example.com", wishes())).seen));
  }
  std::vector<Published> publications() { return get(publisher.list(account, "example.com")); }

  api::ApiHouse house;
  SecureRandom random;
  ZoneInMemory zone;
  Connections connections{{*house.stores.stores.providers, zone, house.clock, random}};
  RecordPublisher publisher{{connections, *house.stores.stores.providers, *house.stores.stores.control,
                             house.identities(), house.clock, random, house.names, true}};
  std::string connection;
};

TEST_F(RecordPublisherTest, PublishesWhatThePreviewShowedAndUndoesIt) {
  const Outcome outcome = publish();
  ASSERT_TRUE(outcome.published.has_value());
  EXPECT_EQ(outcome.published->publication.status, store::PublicationStatus::applied);
  EXPECT_EQ(outcome.published->publication.by, "AKIA");
  EXPECT_EQ(zone.sets().size(), 2u);
  ASSERT_EQ(publications().size(), 1u);
  const std::string id = publications()[0].publication.publication_id;
  get(publisher.undo(account, "AKIB", "example.com", id));
  EXPECT_TRUE(zone.sets().empty());
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::undone);
  EXPECT_EQ(publications()[0].publication.undone_by, "AKIB");
  EXPECT_EQ(failure(publisher.undo(account, "AKIB", "example.com", id)).code, PublishErrc::invalid);
}

TEST_F(RecordPublisherTest, WhatThePreviewDidNotSeeIsNotChanged) {
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  zone.put(foreign_mx);
  EXPECT_EQ(failure(publisher.publish(account, "", "example.com", wishes(), seen)).code, PublishErrc::changed);
  EXPECT_EQ(zone.changes_made, 0);
}

TEST_F(RecordPublisherTest, AChangeInTheLastMomentIsRefusedByTheProvider) {
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  zone.before_apply = [&] { zone.put(foreign_mx); };
  const PublishError error = failure(publisher.publish(account, "", "example.com", wishes(), seen));
  EXPECT_EQ(error.code, PublishErrc::changed);
  ASSERT_EQ(error.differences.size(), 1u);
  EXPECT_EQ(error.differences[0].found, foreign_mx);
  EXPECT_TRUE(publications().empty());
}

TEST_F(RecordPublisherTest, AConflictThatIsNotAcceptedStopsEverything) {
  zone.put(foreign_mx);
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  const PublishError error = failure(publisher.publish(account, "", "example.com", wishes(), seen));
  EXPECT_EQ(error.code, PublishErrc::conflicts);
  ASSERT_EQ(error.conflicts.size(), 1u);
  EXPECT_EQ(zone.changes_made, 0);
  PublishInput accepting = wishes();
  accepting.replace = {{bounce, RecordType::mx}};
  get(publisher.publish(account, "", "example.com", accepting, seen));
  EXPECT_EQ(zone.sets().size(), 2u);
}

TEST_F(RecordPublisherTest, NothingToChangeMakesNoPublication) {
  publish();
  EXPECT_FALSE(publish().published.has_value());
  EXPECT_EQ(publications().size(), 1u);
}

TEST_F(RecordPublisherTest, AnAnswerThatIsLostIsLookedFor) {
  zone.lose_answer = true;
  const Outcome outcome = publish();
  EXPECT_EQ(outcome.published->publication.status, store::PublicationStatus::applied);
}

TEST_F(RecordPublisherTest, WhatNobodyKnowsIsUncertainAndCanBeUndoneIfItHappened) {
  zone.lose_answer = true;
  zone.fail_reads_after_apply = true;
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  const PublishError error = failure(publisher.publish(account, "", "example.com", wishes(), seen));
  EXPECT_EQ(error.code, PublishErrc::provider);
  ASSERT_EQ(publications().size(), 1u);
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::uncertain);
  zone.heal();
  get(publisher.undo(account, "", "example.com", publications()[0].publication.publication_id));
  EXPECT_TRUE(zone.sets().empty());
}

// What a process leaves that dies at that point: the coroutine goes no further, and what is committed stays.
struct Died : std::runtime_error {
  Died() : std::runtime_error("died") {}
};

TEST_F(RecordPublisherTest, AServiceThatDiesAfterTheChangeKnowsWhatToUndo) {
  zone.after_apply = [] { throw Died(); };
  EXPECT_THROW(publish(), Died);
  zone.heal();
  ASSERT_EQ(zone.sets().size(), 2u);
  ASSERT_EQ(publications().size(), 1u);
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::uncertain);
  get(publisher.undo(account, "", "example.com", publications()[0].publication.publication_id));
  EXPECT_TRUE(zone.sets().empty());
}

TEST_F(RecordPublisherTest, ARepeatFindsThatAllIsThereAndNotesIt) {
  zone.after_apply = [] { throw Died(); };
  EXPECT_THROW(publish(), Died);
  zone.heal();
  const std::string id = publications()[0].publication.publication_id;
  const Outcome repeated = publish();
  ASSERT_TRUE(repeated.published.has_value());
  EXPECT_EQ(repeated.published->publication.publication_id, id);
  EXPECT_EQ(zone.changes_made, 2);
  ASSERT_EQ(publications().size(), 1u);
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::applied);
  EXPECT_FALSE(publish().published.has_value());
}

TEST_F(RecordPublisherTest, AServiceThatDiesBeforeTheChangeHasChangedNothing) {
  zone.before_apply = [] { throw Died(); };
  EXPECT_THROW(publish(), Died);
  zone.heal();
  EXPECT_TRUE(zone.sets().empty());
  const std::string broken_off = publications()[0].publication.publication_id;
  house.clock.advance(std::chrono::seconds(1));
  const std::string made = publish().published->publication.publication_id;
  EXPECT_NE(made, broken_off);
  get(publisher.undo(account, "", "example.com", made));
  get(publisher.undo(account, "", "example.com", broken_off));
  EXPECT_TRUE(zone.sets().empty());
  for (const Published& each : publications()) {
    EXPECT_EQ(each.publication.status, store::PublicationStatus::undone);
  }
}

TEST_F(RecordPublisherTest, AnUndoThatDiesAfterTheChangeIsNotedByItsRepeat) {
  const std::string id = publish().published->publication.publication_id;
  zone.after_apply = [] { throw Died(); };
  EXPECT_THROW(get(publisher.undo(account, "", "example.com", id)), Died);
  zone.heal();
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::applied);
  get(publisher.undo(account, "", "example.com", id));
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::undone);
}

TEST_F(RecordPublisherTest, AnUndoPutsNoAliasBesideWhatOthersHaveAddedSince) {
  zone.put({bounce, RecordType::cname, 60, {dns::Cname{"www.example.com"}}});
  PublishInput accepting = wishes();
  accepting.replace = {{bounce, RecordType::cname}};
  const std::string seen = get(publisher.preview(account, "example.com", accepting)).seen;
  const Outcome made = get(publisher.publish(account, "", "example.com", accepting, seen));
  const RecordSet address{bounce, RecordType::a, 60, {dns::A{"192.0.2.1"}}};
  zone.put(address);
  const PublishError error =
      failure(publisher.undo(account, "", "example.com", made.published->publication.publication_id));
  EXPECT_EQ(error.code, PublishErrc::changed);
  ASSERT_EQ(error.differences.size(), 1u);
  EXPECT_EQ(error.differences[0].found, address);
  EXPECT_EQ(zone.sets().size(), 3u);
}

TEST_F(RecordPublisherTest, AnAliasIsNotPutBesideAnotherRecord) {
  PublishInput keys = wishes();
  keys.parts = std::vector<Part>{Part::dkim};
  const Preview preview = get(publisher.preview(account, "example.com", keys));
  ASSERT_FALSE(preview.plan.changes.empty());
  const SetKey alias = preview.plan.changes[0].change.key();
  ASSERT_EQ(alias.type, RecordType::cname);
  zone.put({alias.name, RecordType::a, 60, {dns::A{"192.0.2.1"}}});
  const PublishError error = failure(publisher.publish(account, "", "example.com", keys, preview.seen));
  EXPECT_EQ(error.code, PublishErrc::changed);
  ASSERT_EQ(error.differences.size(), 1u);
  EXPECT_EQ(error.differences[0].found.type, RecordType::a);
  EXPECT_EQ(zone.changes_made, 0);
}

TEST_F(RecordPublisherTest, ARefusalLeavesNoPublication) {
  zone.refuse_changes = true;
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  const PublishError error = failure(publisher.publish(account, "", "example.com", wishes(), seen));
  ASSERT_TRUE(error.provider.has_value());
  EXPECT_EQ(error.provider->code, ProviderErrc::refused);
  EXPECT_TRUE(publications().empty());
}

TEST_F(RecordPublisherTest, AChangeThatIsTakenAndNotMadeIsNoticed) {
  zone.ignore_changes = true;
  const std::string seen = get(publisher.preview(account, "example.com", wishes())).seen;
  EXPECT_EQ(failure(publisher.publish(account, "", "example.com", wishes(), seen)).code, PublishErrc::changed);
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::uncertain);
}

TEST_F(RecordPublisherTest, UndoLeavesWhatHasBeenChangedSince) {
  const std::string id = publish().published->publication.publication_id;
  zone.put(foreign_mx);
  const PublishError error = failure(publisher.undo(account, "", "example.com", id));
  EXPECT_EQ(error.code, PublishErrc::changed);
  ASSERT_EQ(error.differences.size(), 1u);
  EXPECT_EQ(error.differences[0].found, foreign_mx);
}

TEST_F(RecordPublisherTest, TheLaterOfTwoPublicationsOfTheSameSetsIsUndoneFirst) {
  const std::string first = publish().published->publication.publication_id;
  PublishInput delegation = wishes();
  delegation.mail_from = MailFromBy::delegation;
  house.clock.advance(std::chrono::seconds(1));
  const std::string seen = get(publisher.preview(account, "example.com", delegation)).seen;
  const Outcome second = get(publisher.publish(account, "", "example.com", delegation, seen));
  EXPECT_THAT(failure(publisher.undo(account, "", "example.com", first)).text,
              HasSubstr(second.published->publication.publication_id));
  get(publisher.undo(account, "", "example.com", second.published->publication.publication_id));
  get(publisher.undo(account, "", "example.com", first));
  EXPECT_TRUE(zone.sets().empty());
}

TEST_F(RecordPublisherTest, AnUndoThatBrokeOffCanBeRepeated) {
  const std::string id = publish().published->publication.publication_id;
  zone.remove({bounce, RecordType::mx});
  zone.remove({bounce, RecordType::txt});
  get(publisher.undo(account, "", "example.com", id));
  EXPECT_EQ(publications()[0].publication.status, store::PublicationStatus::undone);
}

TEST_F(RecordPublisherTest, TheIdentityMustLieInTheZone) {
  connection = get(connections.create(account, input_for("example.org"))).id;
  const PublishError error = failure(publisher.preview(account, "example.com", wishes()));
  EXPECT_EQ(error.code, PublishErrc::invalid);
  EXPECT_THAT(error.text, HasSubstr("does not lie in its zone example.org"));
}

TEST_F(RecordPublisherTest, EverythingIsOfOneAccount) {
  const std::string other = api::ApiHouse::other_account;
  const std::string id = publish().published->publication.publication_id;
  EXPECT_EQ(failure(connections.get(other, connection)).code, PublishErrc::not_found);
  EXPECT_EQ(failure(connections.test(other, connection)).code, PublishErrc::not_found);
  EXPECT_EQ(failure(publisher.preview(other, "example.com", wishes())).code, PublishErrc::not_found);
  EXPECT_EQ(failure(publisher.undo(other, "", "example.com", id)).code, PublishErrc::not_found);
  EXPECT_TRUE(get(connections.list(other, "")).empty());
}

TEST_F(RecordPublisherTest, ConnectionsOfAnIdentityComeNearestZoneFirst) {
  get(connections.create(account, input_for("shop.example.com")));
  get(connections.create(account, input_for("example.org")));
  std::vector<std::string> zones;
  for (const Connection& each : get(connections.list(account, "a.shop.example.com"))) zones.push_back(each.zone);
  EXPECT_EQ(zones, (std::vector<std::string>{"shop.example.com", "example.com"}));
}

TEST_F(RecordPublisherTest, SecretsStayWhenOnlyTheLabelChanges) {
  ConnectionInput renamed = input_for("example.com");
  renamed.label = "renamed";
  renamed.credentials.secrets.clear();
  EXPECT_EQ(get(connections.update(account, connection, std::move(renamed))).label, "renamed");
  EXPECT_EQ(zone.last_credentials.secret("key"), "c2VjcmV0");
}

TEST_F(RecordPublisherTest, SecretsAreNotSentToAServerTheyWereNotGivenFor) {
  ConnectionInput moved = input_for("example.com");
  moved.credentials.secrets.clear();
  moved.credentials.settings["server"] = "ns1.example.net";
  EXPECT_EQ(failure(connections.update(account, connection, std::move(moved))).code, PublishErrc::invalid);
  ConnectionInput other_zone = input_for("example.org");
  other_zone.credentials.secrets.clear();
  EXPECT_EQ(failure(connections.update(account, connection, std::move(other_zone))).code, PublishErrc::invalid);
}

TEST_F(RecordPublisherTest, WhatCannotReadItsZoneIsNotKept) {
  zone.no_zone = true;
  EXPECT_EQ(failure(connections.create(account, input_for("example.org"))).code, PublishErrc::provider);
  ConnectionInput untested = input_for("example.org");
  untested.test = false;
  get(connections.create(account, std::move(untested)));
  EXPECT_EQ(get(connections.list(account, "example.org")).size(), 1u);
}

TEST_F(RecordPublisherTest, EachFieldIsChecked) {
  const auto text = [&](auto change) {
    ConnectionInput input = input_for("example.com");
    change(input);
    return failure(connections.create(account, std::move(input))).text;
  };
  EXPECT_THAT(text([](auto& input) { input.kind = "x"; }), HasSubstr("kind:"));
  EXPECT_THAT(text([](auto& input) { input.zone = "no zone"; }), HasSubstr("zone:"));
  EXPECT_THAT(text([](auto& input) { input.label = "a\nb"; }), HasSubstr("label:"));
  EXPECT_THAT(text([](auto& input) { input.credentials.settings["server"] = ""; }), HasSubstr("settings.server:"));
  EXPECT_THAT(text([](auto& input) { input.credentials.settings["x"] = "y"; }), HasSubstr("settings.x:"));
  EXPECT_THAT(text([](auto& input) { input.credentials.settings["algorithm"] = "hmac-md5"; }),
              HasSubstr("settings.algorithm:"));
  EXPECT_THAT(text([](auto& input) { input.credentials.secrets.clear(); }), HasSubstr("secrets.key:"));
  EXPECT_THAT(text([](auto& input) { input.credentials.settings["server"] = "a\r\nb"; }),
              HasSubstr("settings.server:"));
}

}  // namespace
}  // namespace sesame::dns_providers
