// store/testing/provider_conformance.h: connections to DNS providers and what was published, as every engine must keep
// them.
#pragma once

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class ProviderConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static constexpr const char* other_account = "444455556666";

  static ProviderConnection connection(const std::string& id, const std::string& zone = "example.com") {
    return {.connection_id = id,
            .account_id = account,
            .kind = "rfc2136",
            .label = awkward_text(),
            .zone = zone,
            .settings = R"({"server":"192.0.2.1"})",
            .secrets = Secret(R"({"key":"c2VjcmV0"})"),
            .created = from_unix_ms(10),
            .updated = from_unix_ms(20)};
  }
  static Publication publication(const std::string& id, std::int64_t at_ms = 10) {
    return {.publication_id = id,
            .account_id = account,
            .identity = "example.com",
            .connection_id = "c-1",
            .connection_kind = "rfc2136",
            .connection_label = "ours",
            .zone = "example.com",
            .mail_from = "records",
            .status = PublicationStatus::uncertain,
            .at = from_unix_ms(at_ms),
            .by = "AKIA",
            .changes = "{}",
            .undone_at = std::nullopt,
            .undone_by = ""};
  }
  static void expect_same(const ProviderConnection& got, const ProviderConnection& expected) {
    EXPECT_EQ(got.connection_id, expected.connection_id);
    EXPECT_EQ(got.account_id, expected.account_id);
    EXPECT_EQ(got.kind, expected.kind);
    EXPECT_EQ(got.label, expected.label);
    EXPECT_EQ(got.zone, expected.zone);
    EXPECT_EQ(got.settings, expected.settings);
    EXPECT_EQ(got.secrets.reveal(), expected.secrets.reveal());
    EXPECT_EQ(got.created, expected.created);
    EXPECT_EQ(got.updated, expected.updated);
  }
};

TYPED_TEST_SUITE_P(ProviderConformance);

TYPED_TEST_P(ProviderConformance, ConnectionOutlivesTheProcess) {
  this->get(this->providers().create_connection(this->connection("c-1")));
  this->reopen();
  this->expect_same(this->get(this->providers().find_connection(this->account, "c-1")), this->connection("c-1"));
  EXPECT_EQ(this->failure(this->providers().create_connection(this->connection("c-1"))), StoreErrc::already_exists);
}

TYPED_TEST_P(ProviderConformance, ConnectionOfAnotherAccountIsNotThere) {
  this->get(this->providers().create_connection(this->connection("c-1")));
  EXPECT_EQ(this->failure(this->providers().find_connection(this->other_account, "c-1")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->providers().delete_connection(this->other_account, "c-1")), StoreErrc::not_found);
  ProviderConnection stolen = this->connection("c-1");
  stolen.account_id = this->other_account;
  EXPECT_EQ(this->failure(this->providers().update_connection(std::move(stolen))), StoreErrc::not_found);
  EXPECT_TRUE(this->get(this->providers().list_connections(this->other_account)).empty());
}

TYPED_TEST_P(ProviderConformance, ConnectionChangesAndGoes) {
  this->get(this->providers().create_connection(this->connection("c-1")));
  ProviderConnection changed = this->connection("c-1", "example.org");
  changed.label = "other";
  changed.settings = "{}";
  changed.secrets = Secret("other");
  changed.updated = from_unix_ms(99);
  ProviderConnection expected = this->connection("c-1", "example.org");
  expected.label = "other";
  expected.settings = "{}";
  expected.secrets = Secret("other");
  expected.updated = from_unix_ms(99);
  this->get(this->providers().update_connection(std::move(changed)));
  this->expect_same(this->get(this->providers().find_connection(this->account, "c-1")), expected);
  this->get(this->providers().delete_connection(this->account, "c-1"));
  EXPECT_EQ(this->failure(this->providers().find_connection(this->account, "c-1")), StoreErrc::not_found);
}

TYPED_TEST_P(ProviderConformance, ConnectionsAreListedByZone) {
  this->get(this->providers().create_connection(this->connection("c-2", "b.example")));
  this->get(this->providers().create_connection(this->connection("c-3", "a.example")));
  this->get(this->providers().create_connection(this->connection("c-1", "b.example")));
  std::vector<std::string> ids;
  for (const auto& each : this->get(this->providers().list_connections(this->account)))
    ids.push_back(each.connection_id);
  EXPECT_EQ(ids, (std::vector<std::string>{"c-3", "c-1", "c-2"}));
}

TYPED_TEST_P(ProviderConformance, PublicationIsUncertainUntilItIsKnown) {
  this->get(this->providers().create_publication(this->publication("p-1")));
  this->reopen();
  EXPECT_EQ(this->get(this->providers().find_publication(this->account, "p-1")), this->publication("p-1"));
  EXPECT_EQ(this->failure(this->providers().create_publication(this->publication("p-1"))), StoreErrc::already_exists);
  Publication undone = this->publication("p-1");
  undone.status = PublicationStatus::undone;
  undone.undone_at = from_unix_ms(50);
  undone.undone_by = "AKIB";
  this->get(this->providers().update_publication(undone));
  EXPECT_EQ(this->get(this->providers().find_publication(this->account, "p-1")), undone);
}

TYPED_TEST_P(ProviderConformance, PublicationOfAnotherAccountIsNotThere) {
  this->get(this->providers().create_publication(this->publication("p-1")));
  EXPECT_EQ(this->failure(this->providers().find_publication(this->other_account, "p-1")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->providers().delete_publication(this->other_account, "p-1")), StoreErrc::not_found);
  EXPECT_TRUE(this->get(this->providers().list_publications(this->other_account, "example.com")).empty());
  this->get(this->providers().delete_publication(this->account, "p-1"));
  EXPECT_EQ(this->failure(this->providers().update_publication(this->publication("p-1"))), StoreErrc::not_found);
}

TYPED_TEST_P(ProviderConformance, TheNewestPublicationsAreKept) {
  for (std::size_t i = 0; i <= ProviderStore::max_publications; ++i) {
    this->get(this->providers().create_publication(
        this->publication("p-" + std::to_string(i), 100 + static_cast<std::int64_t>(i))));
  }
  Publication elsewhere = this->publication("p-elsewhere");
  elsewhere.identity = "example.org";
  this->get(this->providers().create_publication(elsewhere));
  const auto kept = this->get(this->providers().list_publications(this->account, "example.com"));
  ASSERT_EQ(kept.size(), ProviderStore::max_publications);
  EXPECT_EQ(kept.front().publication_id, "p-" + std::to_string(ProviderStore::max_publications));
  EXPECT_EQ(kept.back().publication_id, "p-1");
}

REGISTER_TYPED_TEST_SUITE_P(ProviderConformance, ConnectionOutlivesTheProcess, ConnectionOfAnotherAccountIsNotThere,
                            ConnectionChangesAndGoes, ConnectionsAreListedByZone, PublicationIsUncertainUntilItIsKnown,
                            PublicationOfAnotherAccountIsNotThere, TheNewestPublicationsAreKept);

}  // namespace sesame::store
