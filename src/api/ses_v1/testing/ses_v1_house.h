// api/ses_v1/testing/ses_v1_house.h: SES API v1 in one process, on real stores in a directory of their own. Calls enter
// where the signature has been found good.
//
//   SesV1House house;
//   const auto answer = house.call("Action=VerifyDomainIdentity&Domain=example.com");
//   EXPECT_EQ(answer.at("VerifyDomainIdentityResponse.VerifyDomainIdentityResult.VerificationToken"), ...);
//
// The clock stands still. The DNS is empty and no name server is asked.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/ses_v1/ses_v1_api.h"
#include "campaign/templates.h"
#include "dns/testing/fake_resolver.h"
#include "identity/identity_service.h"
#include "net/testing/run_task.h"
#include "publish/feedback_settings.h"
#include "store/testing/temp_stores.h"
#include "submission/pipeline.h"

namespace sesame::api {

// An answer, read back by an XML parser that is not ours.
struct V1Answer {
  int status = 0;
  std::string body;

  // The text of the first element at a path of names joined by dots; "(absent)" if there is none.
  std::string at(std::string_view path) const;
  // Names of the elements in the element at `path`, in order.
  std::vector<std::string> names(std::string_view path) const;
  // Texts of the <member>s in it.
  std::vector<std::string> members(std::string_view path) const;
  // The text of `member` of the <value> whose <key> is `key`, in the map at `path`; "(no entry)" if there is none.
  std::string entry(std::string_view path, std::string_view key, std::string_view member) const;

  std::string code() const { return at("ErrorResponse.Error.Code"); }
  std::string message() const { return at("ErrorResponse.Error.Message"); }
};

class SesV1House {
 public:
  static constexpr const char* account = "000000000001";

  explicit SesV1House(submission::QuotaLimits quota = {});
  ~SesV1House();

  // `form` as in the body of a POST. Throws std::invalid_argument if it is none, and if the answer is no XML.
  V1Answer call(std::string_view form, std::string account_id = account);

  void verified_domain(const std::string& name);
  void verified_address(const std::string& name);
  submission::ConfigurationSets& configuration() { return *configuration_; }

  store::IdentityRecord record(const std::string& identity);
  void put(store::IdentityRecord record);
  // A topic without subscribers: its ARN.
  std::string topic(const std::string& name);
  // What is queued for the account, newest first.
  std::vector<store::MessageRecord> queued();
  std::string content_of(const store::MessageRecord& message);

 private:
  net::TestLoop loop_;
  net::WorkerPool workers_{1};
  SecureRandom random_;
  store::TempStores temp_;
  dns::FakeResolver resolver_;
  dns::AuthoritativeClient authoritative_;
  events::Feed feed_;
  const identity::ServiceNames names_{"svc.example", "us-east-1"};

 public:
  ManualClock clock;

 private:
  std::unique_ptr<submission::MessageIds> ids_;
  std::unique_ptr<submission::ConfigurationSets> configuration_;
  std::unique_ptr<campaign::Templates> templates_;
  std::unique_ptr<submission::Pipeline> pipeline_;
  std::unique_ptr<identity::IdentityService> identities_;
  std::unique_ptr<publish::Poster> poster_;
  std::unique_ptr<publish::Topics> topics_;
  std::unique_ptr<publish::FeedbackSettings> feedback_;
  std::unique_ptr<SesV1Api> api_;
};

}  // namespace sesame::api
