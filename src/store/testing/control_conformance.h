// store/testing/control_conformance.h: accounts, credentials, links and secrets, as every engine must keep them.
// Identities: identity_conformance.h.
#pragma once

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class ControlConformance : public Conformance<Harness> {
 protected:
  static Credential credential(std::string access_key_id, std::string account_id = "111122223333") {
    return {.access_key_id = std::move(access_key_id),
            .account_id = std::move(account_id),
            .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG"),
            .description = "tests",
            .created = from_unix_ms(1767225600123)};
  }
};

TYPED_TEST_SUITE_P(ControlConformance);

TYPED_TEST_P(ControlConformance, AccountIsInsertedAndReplaced) {
  this->get(this->control().put_account({"111122223333", "ops@example.com", from_unix_ms(5)}));
  this->get(this->control().put_account({"111122223333", "new@example.com", from_unix_ms(6)}));
  const Account account = this->get(this->control().find_account("111122223333"));
  EXPECT_EQ(account.id, "111122223333");
  EXPECT_EQ(account.notice_address, "new@example.com");
  EXPECT_EQ(account.created, from_unix_ms(6));
}

TYPED_TEST_P(ControlConformance, UnknownAccountIsNotFound) {
  EXPECT_EQ(this->failure(this->control().find_account("999999999999")), StoreErrc::not_found);
}

TYPED_TEST_P(ControlConformance, CredentialComesBackWithItsSecret) {
  this->get(this->control().create_credential(this->credential("AKIA1")));
  const Credential found = this->get(this->control().find_credential("AKIA1"));
  EXPECT_EQ(found.access_key_id, "AKIA1");
  EXPECT_EQ(found.account_id, "111122223333");
  EXPECT_EQ(found.secret_access_key.reveal(), "wJalrXUtnFEMI/K7MDENG");
  EXPECT_EQ(found.description, "tests");
  EXPECT_EQ(found.created, from_unix_ms(1767225600123));
}

TYPED_TEST_P(ControlConformance, TakenAccessKeyIdIsRefusedAndNothingChanges) {
  this->get(this->control().create_credential(this->credential("AKIA1")));
  Credential second = this->credential("AKIA1", "444455556666");
  second.secret_access_key = Secret("other");
  EXPECT_EQ(this->failure(this->control().create_credential(std::move(second))), StoreErrc::already_exists);
  const Credential found = this->get(this->control().find_credential("AKIA1"));
  EXPECT_EQ(found.account_id, "111122223333");
  EXPECT_EQ(found.secret_access_key.reveal(), "wJalrXUtnFEMI/K7MDENG");
}

TYPED_TEST_P(ControlConformance, CredentialsAreListedByAccount) {
  this->get(this->control().create_credential(this->credential("AKIA2")));
  this->get(this->control().create_credential(this->credential("AKIA1")));
  this->get(this->control().create_credential(this->credential("AKIA3", "444455556666")));
  const auto listed = this->get(this->control().list_credentials("111122223333"));
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].access_key_id, "AKIA1");
  EXPECT_EQ(listed[1].access_key_id, "AKIA2");
  EXPECT_TRUE(this->get(this->control().list_credentials("999999999999")).empty());
}

TYPED_TEST_P(ControlConformance, DeletedCredentialIsGone) {
  this->get(this->control().create_credential(this->credential("AKIA1")));
  this->get(this->control().delete_credential("AKIA1"));
  EXPECT_EQ(this->failure(this->control().find_credential("AKIA1")), StoreErrc::not_found);
  EXPECT_EQ(this->failure(this->control().delete_credential("AKIA1")), StoreErrc::not_found);
}

TYPED_TEST_P(ControlConformance, SecretsAreFoundByPrefixInOrderOfName) {
  this->get(this->control().put_secret("return-path/2", Secret("two")));
  this->get(this->control().put_secret("return-path/1", Secret(awkward_text())));
  this->get(this->control().put_secret("return-pati", Secret("not this")));
  this->get(this->control().put_secret("other", Secret("nor this")));
  const auto found = this->get(this->control().secrets_with_prefix("return-path/"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first, "return-path/1");
  EXPECT_EQ(found[0].second.reveal(), awkward_text());
  EXPECT_EQ(found[1].second.reveal(), "two");
  EXPECT_TRUE(this->get(this->control().secrets_with_prefix("nothing")).empty());
}

TYPED_TEST_P(ControlConformance, SecretIsReplaced) {
  this->get(this->control().put_secret("k", Secret("old")));
  this->get(this->control().put_secret("k", Secret("new")));
  const auto found = this->get(this->control().secrets_with_prefix("k"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].second.reveal(), "new");
}

TYPED_TEST_P(ControlConformance, EverythingIsThereAfterReopening) {
  this->get(this->control().put_account({"111122223333", "ops@example.com", from_unix_ms(5)}));
  this->get(this->control().create_credential(this->credential("AKIA1")));
  this->get(this->control().put_secret("k", Secret("v")));
  this->reopen();
  EXPECT_EQ(this->get(this->control().find_account("111122223333")).notice_address, "ops@example.com");
  EXPECT_EQ(this->get(this->control().find_credential("AKIA1")).secret_access_key.reveal(), "wJalrXUtnFEMI/K7MDENG");
  EXPECT_EQ(this->get(this->control().secrets_with_prefix("k")).size(), 1u);
}

REGISTER_TYPED_TEST_SUITE_P(ControlConformance, AccountIsInsertedAndReplaced, UnknownAccountIsNotFound,
                            CredentialComesBackWithItsSecret, TakenAccessKeyIdIsRefusedAndNothingChanges,
                            CredentialsAreListedByAccount, DeletedCredentialIsGone,
                            SecretsAreFoundByPrefixInOrderOfName, SecretIsReplaced, EverythingIsThereAfterReopening);

}  // namespace sesame::store
