// store/testing/identity_conformance.h: identities, DKIM keys and links, as every engine must keep them. What watching
// them leaves: identity_watch_conformance.h.
#pragma once

#include <memory>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"

namespace sesame::store {

template <class Harness>
class IdentityConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";

  void create(const IdentityRecord& identity) { this->get(this->control().create_identity(identity, {})); }
  void create(const IdentityRecord& identity, const std::vector<std::string>& selectors) {
    this->get(this->control().create_identity(identity, with_keys(identity, selectors)));
  }
  static IdentityCommit with_keys(const IdentityRecord& identity, const std::vector<std::string>& selectors,
                                  bool replace_keys = false) {
    IdentityCommit beside;
    for (const std::string& selector : selectors) beside.keys.push_back(sample_key(identity, selector));
    beside.replace_keys = replace_keys;
    return beside;
  }
  static IdentityCommit with_link(const std::string& token, const std::string& identity, std::int64_t expires) {
    IdentityCommit beside;
    beside.new_link = AddressVerification{token, account, identity, from_unix_ms(expires)};
    return beside;
  }
  IdentityRecord find(const std::string& name) { return this->get(this->control().find_identity(account, name)); }
  static std::vector<std::string> names(const std::vector<IdentityRecord>& identities) {
    std::vector<std::string> found;
    for (const IdentityRecord& identity : identities) found.push_back(identity.name);
    return found;
  }
  std::optional<StoreErrc> missing_key(const std::string& selector) {
    return this->failure(this->control().find_dkim_key(account, "example.com", selector));
  }
};

using Strings = std::vector<std::string>;

// Reads, changes and writes back until nobody was faster; counts its conflicts.
inline net::Task<void> bump_until_done(ControlStore* store, std::shared_ptr<int> conflicts) {
  for (;;) {
    StoreResult<IdentityRecord> read = co_await store->find_identity("111122223333", "example.com");
    if (!read) throw std::runtime_error(read.error().detail);
    read->tags.emplace_back("bumped", "by one");
    IdentityCommit nothing;
    const StoreResult<std::uint64_t> written = co_await store->update_identity(*read, std::move(nothing));
    if (written) co_return;
    if (written.error().code != StoreErrc::conflict) throw std::runtime_error(written.error().detail);
    ++*conflicts;
  }
}

inline net::Task<void> create_counting(ControlStore* store, std::string name, std::shared_ptr<int> created,
                                       std::shared_ptr<int> refused) {
  IdentityRecord identity = plain_identity(std::move(name));
  IdentityCommit nothing;
  const StoreResult<bool> result = co_await store->create_identity(std::move(identity), std::move(nothing));
  if (result) ++*created;
  if (!result && result.error().code == StoreErrc::already_exists) ++*refused;
}

TYPED_TEST_SUITE_P(IdentityConformance);

TYPED_TEST_P(IdentityConformance, EveryFieldComesBack) {
  IdentityRecord identity = sample_identity("example.com");
  this->create(identity);
  identity.version = 1;
  EXPECT_EQ(this->find("example.com"), identity);

  IdentityRecord plain = plain_identity("user@example.com");
  this->create(plain);
  plain.version = 1;
  EXPECT_EQ(this->find("user@example.com"), plain);
}

TYPED_TEST_P(IdentityConformance, AwkwardTextComesBack) {
  IdentityRecord identity = sample_identity(awkward_text());
  identity.configuration_set = awkward_text();
  identity.tags = {{awkward_text(), awkward_text()}};
  this->create(identity);
  identity.version = 1;
  EXPECT_EQ(this->find(awkward_text()), identity);
}

TYPED_TEST_P(IdentityConformance, NamesAreDistinguishedByCaseAndAccount) {
  this->create(plain_identity("User@example.com"));
  this->create(plain_identity("user@example.com"));
  this->create(plain_identity("user@example.com", "444455556666"));
  EXPECT_EQ(this->get(this->control().count_identities(this->account)), 2u);
  EXPECT_EQ(this->failure(this->control().find_identity(this->account, "USER@example.com")), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, TakenNameIsRefusedAndNothingChanges) {
  this->create(plain_identity("example.com"), {"old"});
  IdentityRecord second = sample_identity("example.com");
  EXPECT_EQ(this->failure(this->control().create_identity(second, this->with_keys(second, {"new"}))),
            StoreErrc::already_exists);
  EXPECT_FALSE(this->find("example.com").dkim.has_value());
  EXPECT_EQ(this->missing_key("new"), StoreErrc::not_found);
  EXPECT_EQ(this->missing_key("old"), std::nullopt);
}

TYPED_TEST_P(IdentityConformance, TakenTokenUndoesTheWholeCreation) {
  this->create(plain_identity("example.com"), {"token"});
  const IdentityRecord second = plain_identity("example.net");
  EXPECT_EQ(this->failure(this->control().create_identity(second, this->with_keys(second, {"fresh", "token"}))),
            StoreErrc::already_exists);
  EXPECT_EQ(this->failure(this->control().find_identity(this->account, "example.net")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().find_published_key("fresh")), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, OwnKeysMayShareASelector) {
  const IdentityRecord first = plain_identity("example.com"), second = plain_identity("example.net");
  IdentityCommit one, two;
  one.keys.push_back(sample_key(first, "mail", DkimOrigin::external));
  two.keys.push_back(sample_key(second, "mail", DkimOrigin::external));
  this->get(this->control().create_identity(first, std::move(one)));
  this->get(this->control().create_identity(second, std::move(two)));
  EXPECT_EQ(this->failure(this->control().find_published_key("mail")), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, UpdateNeedsTheVersionThatWasRead) {
  this->create(plain_identity("example.com"));
  const IdentityRecord stale = this->find("example.com");
  IdentityRecord fresh = stale;
  fresh.verification = VerificationStatus::success;
  EXPECT_EQ(this->get(this->control().update_identity(fresh, {})), 2u);
  EXPECT_EQ(this->failure(this->control().update_identity(stale, {})), StoreErrc::conflict);
  fresh.version = 2;
  EXPECT_EQ(this->find("example.com"), fresh);
}

TYPED_TEST_P(IdentityConformance, ConflictingUpdateLeavesTheKeysAlone) {
  IdentityRecord identity = plain_identity("example.com");
  this->create(identity, {"old"});
  identity.version = 7;
  EXPECT_EQ(this->failure(this->control().update_identity(identity, this->with_keys(identity, {"new"}, true))),
            StoreErrc::conflict);
  EXPECT_EQ(this->missing_key("old"), std::nullopt);
  EXPECT_EQ(this->missing_key("new"), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, UpdateOfAMissingIdentityIsNotFound) {
  EXPECT_EQ(this->failure(this->control().update_identity(plain_identity("example.com"), {})), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, UpdateReplacesEveryField) {
  this->create(plain_identity("example.com"));
  IdentityRecord changed = sample_identity("example.com");
  changed.version = 1;
  this->get(this->control().update_identity(changed, {}));
  changed.version = 2;
  EXPECT_EQ(this->find("example.com"), changed);
  IdentityRecord bare = plain_identity("example.com");
  bare.version = 2;
  this->get(this->control().update_identity(bare, {}));
  bare.version = 3;
  EXPECT_EQ(this->find("example.com"), bare);
  EXPECT_FALSE(this->get(this->control().is_mail_from_domain("bounce.example.com")));
}

TYPED_TEST_P(IdentityConformance, UpdateAddsAndReplacesKeys) {
  IdentityRecord identity = plain_identity("example.com");
  this->create(identity, {"a", "b"});
  identity.version = 1;
  IdentityCommit beside = this->with_keys(identity, {"b", "c"});
  beside.keys[0].public_key = "replaced";
  this->get(this->control().update_identity(identity, std::move(beside)));
  EXPECT_EQ(this->missing_key("a"), std::nullopt);
  EXPECT_EQ(this->get(this->control().find_dkim_key(this->account, "example.com", "b")).public_key, "replaced");
  EXPECT_EQ(this->missing_key("c"), std::nullopt);

  identity.version = 2;
  this->get(this->control().update_identity(identity, this->with_keys(identity, {"d"}, true)));
  EXPECT_EQ(this->missing_key("a"), StoreErrc::not_found);
  EXPECT_EQ(this->missing_key("d"), std::nullopt);
}

TYPED_TEST_P(IdentityConformance, KeyComesBackWhole) {
  const IdentityRecord identity = plain_identity("example.com");
  this->create(identity, {"selector"});
  const DkimKey key = this->get(this->control().find_dkim_key(this->account, "example.com", "selector"));
  EXPECT_EQ(key.account_id, this->account);
  EXPECT_EQ(key.identity, "example.com");
  EXPECT_EQ(key.selector, "selector");
  EXPECT_EQ(key.origin, DkimOrigin::service);
  EXPECT_EQ(key.bits, 2048u);
  EXPECT_EQ(key.public_key, "MIIBIjANBgselector");
  EXPECT_EQ(key.private_key.reveal(), "private of selector");
  EXPECT_EQ(key.created, from_unix_ms(42));
  EXPECT_EQ(this->missing_key("none"), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, PublishedKeyIsFoundByTokenWithoutItsPrivateHalf) {
  this->create(plain_identity("example.com"), {"t2", "t1"});
  this->create(plain_identity("example.net"), {"t3"});
  const DkimKey key = this->get(this->control().find_published_key("t3"));
  EXPECT_EQ(key.identity, "example.net");
  EXPECT_EQ(key.public_key, "MIIBIjANBgt3");
  EXPECT_TRUE(key.private_key.empty());
  EXPECT_EQ(this->get(this->control().published_tokens("", 2)), (Strings{"t1", "t2"}));
  EXPECT_EQ(this->get(this->control().published_tokens("t2", 2)), (Strings{"t3"}));
}

TYPED_TEST_P(IdentityConformance, DeletionTakesKeysDiagnosisAndLinksAlong) {
  this->create(plain_identity("example.com"), {"token"});
  this->get(this->control().put_diagnosis(this->account, "example.com", from_unix_ms(1), "{}"));
  this->get(this->control().update_identity(this->find("example.com"), this->with_link("t", "example.com", 9)));
  this->get(this->control().delete_identity(this->account, "example.com"));
  EXPECT_EQ(this->failure(this->control().delete_identity(this->account, "example.com")), StoreErrc::not_found);
  this->create(plain_identity("example.com"));
  EXPECT_EQ(this->missing_key("token"), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().find_published_key("token")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().find_diagnosis(this->account, "example.com")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().find_address_verification("t", from_unix_ms(1))), StoreErrc::not_found);
}

TYPED_TEST_P(IdentityConformance, OnlyThoseAmongTheNamesThatExistAreFound) {
  this->create(plain_identity("example.com"));
  this->create(plain_identity("a@example.com"));
  this->create(plain_identity("other.example", "444455556666"));
  Strings asked{"a@example.com", "sub.example.com", "example.com", "example.com", "other.example"};
  Strings found = this->names(this->get(this->control().find_identities(this->account, asked)));
  std::ranges::sort(found);
  EXPECT_EQ(found, (Strings{"a@example.com", "example.com"}));
  EXPECT_TRUE(this->get(this->control().find_identities(this->account, {})).empty());
}

TYPED_TEST_P(IdentityConformance, ListingPagesInOrderOfName) {
  for (const char* name : {"c.example", "a.example", "d@d.example", "b.example", "e.example"}) {
    this->create(plain_identity(name));
  }
  const auto first = this->get(this->control().list_identities(this->account, "", 2, std::nullopt, ""));
  EXPECT_EQ(this->names(first.identities), (Strings{"a.example", "b.example"}));
  EXPECT_EQ(first.next_after, "b.example");
  const auto rest = this->get(this->control().list_identities(this->account, *first.next_after, 3, std::nullopt, ""));
  EXPECT_EQ(this->names(rest.identities), (Strings{"c.example", "d@d.example", "e.example"}));
  EXPECT_EQ(rest.next_after, std::nullopt);
}

TYPED_TEST_P(IdentityConformance, ListingByKindPagesToo) {
  for (const char* name : {"a.example", "b@b.example", "c@c.example", "d.example"}) this->create(plain_identity(name));
  const auto first = this->get(this->control().list_identities(this->account, "", 1, IdentityKind::email_address, ""));
  EXPECT_EQ(this->names(first.identities), (Strings{"b@b.example"}));
  ASSERT_EQ(first.next_after, "b@b.example");
  const auto last =
      this->get(this->control().list_identities(this->account, "b@b.example", 1, IdentityKind::email_address, ""));
  EXPECT_EQ(this->names(last.identities), (Strings{"c@c.example"}));
  EXPECT_EQ(last.next_after, std::nullopt);
}

TYPED_TEST_P(IdentityConformance, ASearchPagesThroughTheNamesThatHoldIt) {
  for (const char* name : {"a.shop.example", "Ann@b.example", "b.example", "c.shop.example", "d.SHOP.example"}) {
    this->create(plain_identity(name));
  }
  const auto found = [this](const std::string& after, std::optional<IdentityKind> kind, const std::string& contains) {
    return this->get(this->control().list_identities(this->account, after, 2, kind, contains));
  };
  const auto first = found("", IdentityKind::domain, "Shop.");
  EXPECT_EQ(this->names(first.identities), (Strings{"a.shop.example", "c.shop.example"}));
  ASSERT_EQ(first.next_after, "c.shop.example");
  const auto last = found("c.shop.example", IdentityKind::domain, "Shop.");
  EXPECT_EQ(this->names(last.identities), (Strings{"d.SHOP.example"}));
  EXPECT_EQ(last.next_after, std::nullopt);
  EXPECT_EQ(this->names(found("", std::nullopt, "ann@").identities), (Strings{"Ann@b.example"}));
  EXPECT_TRUE(found("", std::nullopt, "%").identities.empty());  // no pattern
}

TYPED_TEST_P(IdentityConformance, AnAccountHoldsNoMoreThanItMay) {
  const auto at_most_one = [] {
    IdentityCommit beside;
    beside.max_identities = 1;
    return beside;
  };
  EXPECT_TRUE(this->get(this->control().create_identity(plain_identity("a.example"), at_most_one())));
  EXPECT_FALSE(this->get(this->control().create_identity(plain_identity("b.example"), at_most_one())));
  EXPECT_EQ(this->failure(this->control().find_identity(this->account, "b.example")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().create_identity(plain_identity("a.example"), at_most_one())),
            StoreErrc::already_exists);
  EXPECT_TRUE(this->get(this->control().create_identity(plain_identity("b.example", "444455556666"), at_most_one())));
}

TYPED_TEST_P(IdentityConformance, ALinkIsUsedWithTheChangeItMakesOrNotAtAll) {
  this->get(this->control().create_identity(plain_identity("a@b.example"), this->with_link("t", "a@b.example", 1000)));
  const AddressVerification link = this->get(this->control().find_address_verification("t", from_unix_ms(1000)));
  EXPECT_EQ(link.token_sha256, "t");
  EXPECT_EQ(link.account_id, TestFixture::account);
  EXPECT_EQ(link.identity, "a@b.example");
  EXPECT_EQ(link.expires, from_unix_ms(1000));
  EXPECT_EQ(this->failure(this->control().find_address_verification("t", from_unix_ms(1001))), StoreErrc::not_found);

  const auto using_it = [] {
    IdentityCommit beside;
    beside.used_link = "t";
    return beside;
  };
  IdentityRecord stale = this->find("a@b.example");
  stale.version = 7;
  EXPECT_EQ(this->failure(this->control().update_identity(stale, using_it())), StoreErrc::conflict);
  this->get(this->control().find_address_verification("t", from_unix_ms(1)));
  this->get(this->control().update_identity(this->find("a@b.example"), using_it()));
  EXPECT_EQ(this->failure(this->control().find_address_verification("t", from_unix_ms(1))), StoreErrc::not_found);

  IdentityRecord again = this->find("a@b.example");
  again.verification = VerificationStatus::success;
  EXPECT_EQ(this->failure(this->control().update_identity(again, using_it())), StoreErrc::not_found);
  EXPECT_EQ(this->find("a@b.example").verification, VerificationStatus::pending) << "nothing is written";
}

TYPED_TEST_P(IdentityConformance, KeysThatWereReplacedLongAgoAreForgotten) {
  const IdentityRecord identity = plain_identity("example.com");
  const auto made = [&](const char* selector, std::int64_t at) {
    DkimKey key = sample_key(identity, selector);
    key.created = from_unix_ms(at);
    return key;
  };
  IdentityCommit beside;
  beside.keys.push_back(made("oldest", 100));
  beside.keys.push_back(made("old", 200));
  beside.keys.push_back(made("current", 300));
  this->get(this->control().create_identity(identity, std::move(beside)));
  EXPECT_EQ(this->get(this->control().forget_replaced_keys(from_unix_ms(200), 10)), 0u);
  EXPECT_EQ(this->get(this->control().forget_replaced_keys(from_unix_ms(300), 10)), 1u);
  EXPECT_EQ(this->missing_key("oldest"), StoreErrc::not_found);
  EXPECT_EQ(this->missing_key("old"), std::nullopt) << "its successor is younger than that";
  EXPECT_EQ(this->get(this->control().forget_replaced_keys(from_unix_ms(9'000), 10)), 1u);
  EXPECT_EQ(this->missing_key("current"), std::nullopt);
}

TYPED_TEST_P(IdentityConformance, MailFromDomainsAreKnownInAnyCase) {
  this->create(sample_identity("example.com"));  // Bounce.example.com
  this->create(plain_identity("example.net"));
  IdentityRecord shares = sample_identity("sub.example.com");
  shares.mail_from->domain = "bounce.EXAMPLE.com";
  this->create(shares);
  this->create(sample_identity("zebra.example"));
  EXPECT_TRUE(this->get(this->control().is_mail_from_domain("bounce.example.com")));
  EXPECT_TRUE(this->get(this->control().is_mail_from_domain("BOUNCE.example.com")));
  EXPECT_FALSE(this->get(this->control().is_mail_from_domain("example.com")));
  EXPECT_EQ(this->get(this->control().mail_from_domains("", 1)), (Strings{"bounce.example.com"}));
  EXPECT_EQ(this->get(this->control().mail_from_domains("bounce.example.com", 9)), (Strings{"bounce.zebra.example"}));
}

TYPED_TEST_P(IdentityConformance, IdentitiesAndKeysAreThereAfterReopening) {
  IdentityRecord identity = sample_identity("example.com");
  this->create(identity, {"token"});
  this->reopen();
  identity.version = 1;
  EXPECT_EQ(this->find("example.com"), identity);
  EXPECT_EQ(this->get(this->control().find_dkim_key(this->account, "example.com", "token")).private_key.reveal(),
            "private of token");
}

TYPED_TEST_P(IdentityConformance, ConcurrentUpdatesLoseNothing) {
  constexpr int writers = 40;
  this->create(plain_identity("example.com"));
  const auto conflicts = std::make_shared<int>(0);
  net::TestLoop loop;
  for (int i = 0; i < writers; ++i) loop.spawn(bump_until_done(&this->control(), conflicts));
  loop.run_all();
  const IdentityRecord identity = this->find("example.com");
  EXPECT_EQ(identity.tags.size(), std::size_t{writers});
  EXPECT_EQ(identity.version, 1u + writers);
  EXPECT_GT(*conflicts, 0);
}

TYPED_TEST_P(IdentityConformance, OneOfManyConcurrentCreationsWins) {
  const auto created = std::make_shared<int>(0), refused = std::make_shared<int>(0);
  net::TestLoop loop;
  for (int i = 0; i < 200; ++i) {
    loop.spawn(create_counting(&this->control(), "domain" + std::to_string(i % 50) + ".example", created, refused));
  }
  loop.run_all();
  EXPECT_EQ(*created, 50);
  EXPECT_EQ(*refused, 150);
  EXPECT_EQ(this->get(this->control().count_identities(this->account)), 50u);
}

REGISTER_TYPED_TEST_SUITE_P(IdentityConformance, EveryFieldComesBack, AwkwardTextComesBack,
                            NamesAreDistinguishedByCaseAndAccount, TakenNameIsRefusedAndNothingChanges,
                            TakenTokenUndoesTheWholeCreation, OwnKeysMayShareASelector,
                            UpdateNeedsTheVersionThatWasRead, ConflictingUpdateLeavesTheKeysAlone,
                            UpdateOfAMissingIdentityIsNotFound, UpdateReplacesEveryField, UpdateAddsAndReplacesKeys,
                            KeyComesBackWhole, PublishedKeyIsFoundByTokenWithoutItsPrivateHalf,
                            DeletionTakesKeysDiagnosisAndLinksAlong, OnlyThoseAmongTheNamesThatExistAreFound,
                            ListingPagesInOrderOfName, ListingByKindPagesToo, ASearchPagesThroughTheNamesThatHoldIt,
                            AnAccountHoldsNoMoreThanItMay, ALinkIsUsedWithTheChangeItMakesOrNotAtAll,
                            KeysThatWereReplacedLongAgoAreForgotten, MailFromDomainsAreKnownInAnyCase,
                            IdentitiesAndKeysAreThereAfterReopening, ConcurrentUpdatesLoseNothing,
                            OneOfManyConcurrentCreationsWins);

}  // namespace sesame::store
