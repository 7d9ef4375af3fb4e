// Which signatures a message gets, judged by our verifier against the keys as they are published.
#include "submission/signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "dns/testing/fake_resolver.h"
#include "identity/dkim_keys.h"
#include "mailauth/dkim/verify.h"
#include "message/header_section.h"
#include "net/testing/run_task.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::submission {
namespace {

using identity::DkimKeySet;
using mailauth::dkim::Algorithm;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view message =
    "From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: Hi\r\n\r\nHow are you?\r\n";

class SignerTest : public testing::Test {
 protected:
  SignerTest() {
    const auto own = net::run_task(load_service_key(*temp.stores.control, random));
    service_key = *own;
    dns.add(own->selector + "._domainkey.svc.example", dns::RecordType::txt, own->key.record());
  }

  store::IdentityRecord identity_with(DkimKeySet keys) {
    store::IdentityRecord identity = store::plain_identity("example.com");
    identity.verification = store::VerificationStatus::success;
    store::DkimState dkim;
    dkim.status = store::VerificationStatus::success;
    dkim.origin = keys.origin;
    dkim.selectors = keys.selectors();
    identity.dkim = dkim;
    store::IdentityCommit beside;
    beside.keys = std::move(keys.keys);
    for (store::DkimKey& key : beside.keys) {
      key.account_id = identity.account_id;
      const auto pair = mailauth::dkim::SigningKey::from_der(key.private_key.reveal());
      dns.add(key.selector + "._domainkey.example.com", dns::RecordType::txt, pair->record());
    }
    EXPECT_TRUE(net::run_task(temp.stores.control->create_identity(identity, std::move(beside))));
    return identity;
  }
  store::IdentityRecord easy_identity() {
    return identity_with(identity::make_easy_dkim_keys({"", "example.com"}, 1024, random, clock.now()));
  }

  // "<d=> <a=>" of each signature, in order; all must pass.
  std::vector<std::string> signatures(const store::IdentityRecord* identity, AlsoSign also) {
    Signer signer(*temp.stores.control, clock, also);
    signer.set_service_key("svc.example", *service_key);
    const auto fields = net::run_task(signer.sign(identity, message));
    EXPECT_TRUE(fields);
    if (!fields) return {};
    const std::string octets = *fields + std::string(message);
    std::vector<std::string> found;
    for (const auto& verdict : net::run_task(mailauth::dkim::verify(dns, message::parse_message(octets), clock.now(),
                                                                    net::after(std::chrono::seconds(5))))) {
      EXPECT_EQ(verdict.result, mailauth::dkim::DkimResult::pass) << octets;
      found.push_back(verdict.domain + " " + verdict.algorithm);
    }
    return found;
  }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  dns::FakeResolver dns;
  std::optional<ServiceKey> service_key;
};

TEST_F(SignerTest, OnlyTheIdentitysRsaKeySignsUnlessMoreIsAsked) {
  const store::IdentityRecord identity = easy_identity();
  EXPECT_THAT(signatures(&identity, {}), ElementsAre("example.com rsa-sha256"));
}

TEST_F(SignerTest, ItsEd25519KeyAndTheServiceDomainSignBesideIt) {
  const store::IdentityRecord identity = easy_identity();
  EXPECT_THAT(signatures(&identity, {.ed25519 = true, .service = true}),
              ElementsAre("example.com rsa-sha256", "example.com ed25519-sha256", "svc.example rsa-sha256"));
}

TEST_F(SignerTest, AnIdentityFromBeforeThereWereEd25519KeysSignsOnce) {
  DkimKeySet keys = identity::make_easy_dkim_keys({"", "example.com"}, 1024, random, clock.now());
  keys.keys[2].private_key = keys.keys[0].private_key.share();
  const store::IdentityRecord identity = identity_with(std::move(keys));
  EXPECT_THAT(signatures(&identity, {.ed25519 = true}), ElementsAre("example.com rsa-sha256"));
}

TEST_F(SignerTest, ABroughtKeySignsOnce) {
  const auto mine = mailauth::dkim::SigningKey::generate_rsa(1024);
  auto keys =
      identity::import_own_key({"", "example.com"}, "mine", base64_encode(mine.private_key().reveal()), clock.now());
  ASSERT_TRUE(keys);
  const store::IdentityRecord identity = identity_with(std::move(*keys));
  EXPECT_THAT(signatures(&identity, {.ed25519 = true}), ElementsAre("example.com rsa-sha256"));
}

TEST_F(SignerTest, WhereNobodyElseSignsTheServiceDomainDoesIfAsked) {
  store::IdentityRecord off = easy_identity();
  off.dkim->signing_enabled = false;
  EXPECT_THAT(signatures(&off, {.ed25519 = true}), IsEmpty());
  EXPECT_THAT(signatures(&off, {.ed25519 = true, .service = true}), ElementsAre("svc.example rsa-sha256"));
  EXPECT_THAT(signatures(nullptr, {.service = true}), ElementsAre("svc.example rsa-sha256"));
  EXPECT_THAT(signatures(nullptr, {}), IsEmpty());
}

TEST_F(SignerTest, AKeyThatCannotBeReadMakesNoUnsignedMail) {
  store::IdentityRecord identity = easy_identity();
  identity.dkim->selectors[2] = "gone";
  Signer signer(*temp.stores.control, clock, {.ed25519 = true});
  const auto fields = net::run_task(signer.sign(&identity, message));
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().code, SubmissionErrc::unavailable);
}

}  // namespace
}  // namespace sesame::submission
