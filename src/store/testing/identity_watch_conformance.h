// store/testing/identity_watch_conformance.h: what watching identities needs and leaves, as every engine must keep it:
// who is due, diagnoses, history, those that drifted, notices owed.
#pragma once

#include "store/testing/identity_conformance.h"

namespace sesame::store {

template <class Harness>
class IdentityWatchConformance : public IdentityConformance<Harness> {
 protected:
  static constexpr std::int64_t newest_first = std::numeric_limits<std::int64_t>::max();
  std::vector<HistoryEntry> history(const std::string& name, std::int64_t before, std::size_t limit) {
    return this->get(this->control().identity_history(this->account, name, before, limit));
  }
  std::vector<std::string> documents(const std::string& name) {
    std::vector<std::string> found;
    for (const HistoryEntry& entry : history(name, newest_first, 1000)) found.push_back(entry.document);
    return found;
  }
};

TYPED_TEST_SUITE_P(IdentityWatchConformance);

TYPED_TEST_P(IdentityWatchConformance, DueIdentitiesComeEarliestFirst) {
  EXPECT_EQ(this->get(this->control().next_identity_look()), std::nullopt);
  const std::pair<const char*, std::optional<int>> looks[] = {
      {"late", 300}, {"never", std::nullopt}, {"first", 100}, {"second", 200}, {"also-first", 100}};
  for (const auto& [name, at] : looks) {
    IdentityRecord identity = plain_identity(name);
    if (at) identity.next_look = from_unix_ms(*at);
    this->create(identity);
  }
  EXPECT_EQ(this->get(this->control().next_identity_look()), from_unix_ms(100));
  EXPECT_TRUE(this->get(this->control().due_identities(from_unix_ms(99), {}, 10)).identities.empty());
  EXPECT_EQ(this->names(this->get(this->control().due_identities(from_unix_ms(200), {}, 10)).identities),
            (Strings{"first", "also-first", "second"}));
  EXPECT_EQ(this->names(this->get(this->control().due_identities(from_unix_ms(200), {}, 1)).identities),
            (Strings{"first"}));
}

TYPED_TEST_P(IdentityWatchConformance, DueIdentitiesComeInPages) {
  for (const char* name : {"a", "b", "c"}) {
    IdentityRecord identity = plain_identity(name);
    identity.next_look = from_unix_ms(100);
    this->create(identity);
  }
  const DuePage first = this->get(this->control().due_identities(from_unix_ms(100), {}, 2));
  EXPECT_EQ(this->names(first.identities), (Strings{"a", "b"}));
  ASSERT_TRUE(first.next_after);
  const DuePage last = this->get(this->control().due_identities(from_unix_ms(100), first.next_after, 2));
  EXPECT_EQ(this->names(last.identities), (Strings{"c"}));
  EXPECT_FALSE(last.next_after);
}

TYPED_TEST_P(IdentityWatchConformance, HistoryComesWithTheCommitNewestFirst) {
  IdentityCommit creation;
  creation.history = {{0, from_unix_ms(1), "created"}};
  this->get(this->control().create_identity(plain_identity("example.com"), std::move(creation)));
  IdentityRecord identity = this->find("example.com");
  IdentityCommit change;
  change.history = {{0, from_unix_ms(2), "one"}, {0, from_unix_ms(2), "two"}};
  this->get(this->control().update_identity(identity, std::move(change)));
  IdentityCommit conflicting;
  conflicting.history = {{0, from_unix_ms(3), "never"}};
  EXPECT_EQ(this->failure(this->control().update_identity(identity, std::move(conflicting))), StoreErrc::conflict);
  this->reopen();

  EXPECT_EQ(this->documents("example.com"), (Strings{"two", "one", "created"}));
  const auto newest = this->history("example.com", this->newest_first, 1);
  EXPECT_EQ(newest.front().at, from_unix_ms(2));
  EXPECT_EQ(this->history("example.com", newest.front().entry_id, 1).front().document, "one");
  EXPECT_TRUE(this->documents("elsewhere.example").empty());
}

TYPED_TEST_P(IdentityWatchConformance, HistoryKeepsTheNewestAndGoesWithItsIdentity) {
  this->create(plain_identity("example.com"));
  this->create(plain_identity("other.example"));
  for (const char* name : {"other.example", "example.com"}) {
    IdentityCommit change;
    for (std::size_t i = 0; i < max_history + 3; ++i) change.history.push_back({0, {}, std::to_string(i)});
    this->get(this->control().update_identity(this->find(name), std::move(change)));
  }
  const Strings kept = this->documents("other.example");
  EXPECT_EQ(kept.size(), max_history);
  EXPECT_EQ(kept.front(), std::to_string(max_history + 2));
  this->get(this->control().delete_identity(this->account, "example.com"));
  this->create(plain_identity("example.com"));
  EXPECT_TRUE(this->documents("example.com").empty());
  EXPECT_EQ(this->documents("other.example").size(), max_history);
}

TYPED_TEST_P(IdentityWatchConformance, IdentitiesThatDriftedAreFound) {
  const auto with_mail_from = [this](const std::string& name, MailFromStatus status, std::optional<Time> found) {
    IdentityRecord identity = plain_identity(name);
    identity.mail_from = MailFromState{.domain = "bounce." + name, .status = status};
    identity.mail_from->timer.last_success = found;
    this->create(identity);
  };
  with_mail_from("confirmed.example", MailFromStatus::success, from_unix_ms(1));
  with_mail_from("lost.example", MailFromStatus::temporary_failure, from_unix_ms(1));
  with_mail_from("given-up.example", MailFromStatus::failed, from_unix_ms(1));
  with_mail_from("never-there.example", MailFromStatus::failed, std::nullopt);
  IdentityRecord dkim = plain_identity("unsigned.example");
  dkim.dkim = DkimState{.status = VerificationStatus::temporary_failure};
  this->create(dkim);
  const auto drifted = [this](const std::string& after, std::size_t limit) {
    return this->get(this->control().list_drifted_identities(this->account, after, limit, ""));
  };
  EXPECT_EQ(this->names(drifted("", 10).identities), (Strings{"given-up.example", "lost.example", "unsigned.example"}));
  const IdentityPage first = drifted("", 2);
  EXPECT_EQ(first.next_after, "lost.example");
  EXPECT_EQ(this->names(drifted("lost.example", 2).identities), (Strings{"unsigned.example"}));

  IdentityRecord restored = this->find("lost.example");
  restored.mail_from->status = MailFromStatus::success;
  this->get(this->control().update_identity(restored, {}));
  EXPECT_EQ(this->names(drifted("", 10).identities), (Strings{"given-up.example", "unsigned.example"}));
}

TYPED_TEST_P(IdentityWatchConformance, DiagnosisIsKeptAsItIs) {
  EXPECT_EQ(this->failure(this->control().put_diagnosis(this->account, "example.com", from_unix_ms(1), "{}")),
            StoreErrc::not_found);
  this->create(plain_identity("example.com"));
  EXPECT_EQ(this->failure(this->control().find_diagnosis(this->account, "example.com")), StoreErrc::not_found);
  this->get(this->control().put_diagnosis(this->account, "example.com", from_unix_ms(1), "{}"));
  this->get(this->control().put_diagnosis(this->account, "example.com", from_unix_ms(2), R"({"b": 1, "a":"é"})"));
  EXPECT_EQ(this->get(this->control().find_diagnosis(this->account, "example.com")), R"({"b": 1, "a":"é"})");
}

TYPED_TEST_P(IdentityWatchConformance, NoticesAreOwedWithTheCommitAndUntilSettled) {
  this->create(plain_identity("example.com"));
  const auto two_notices = [] {
    IdentityCommit beside;
    beside.notices = {{0, TestFixture::account, "", "lost", awkward_text(), from_unix_ms(5)},
                      {0, TestFixture::account, "a@b.example", "second", "text", from_unix_ms(6)}};
    return beside;
  };
  const IdentityRecord read = this->find("example.com");
  this->get(this->control().update_identity(read, two_notices()));
  EXPECT_EQ(this->failure(this->control().update_identity(read, two_notices())), StoreErrc::conflict);
  this->reopen();
  const auto owed = this->get(this->control().owed_notices(0, 10));
  ASSERT_EQ(owed.size(), 2u);
  EXPECT_EQ(owed[0].account_id, TestFixture::account);
  EXPECT_EQ(owed[0].to, "");
  EXPECT_EQ(owed[0].subject, "lost");
  EXPECT_EQ(owed[0].text, awkward_text());
  EXPECT_EQ(owed[0].created, from_unix_ms(5));
  EXPECT_EQ(owed[1].to, "a@b.example");
  this->get(this->control().settle_notice(owed[0].notice_id));
  this->get(this->control().settle_notice(owed[0].notice_id));
  EXPECT_EQ(this->get(this->control().owed_notices(0, 10)).size(), 1u);
  EXPECT_TRUE(this->get(this->control().owed_notices(owed[1].notice_id, 10)).empty());
}

REGISTER_TYPED_TEST_SUITE_P(IdentityWatchConformance, DueIdentitiesComeEarliestFirst, DueIdentitiesComeInPages,
                            HistoryComesWithTheCommitNewestFirst, HistoryKeepsTheNewestAndGoesWithItsIdentity,
                            IdentitiesThatDriftedAreFound, DiagnosisIsKeptAsItIs,
                            NoticesAreOwedWithTheCommitAndUntilSettled);

}  // namespace sesame::store
