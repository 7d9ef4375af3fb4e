// api/testing/api_house.h: the APIs in one process, on real stores in a directory of their own: everything but sockets.
//
//   ApiHouse house;
//   house.verified_domain("example.com");
//   const auto answer = house.call("GET", "/v2/email/identities/example.com");
//   EXPECT_EQ(answer.status, 200);
//
// `account` has three dedicated addresses. The clock stands still until moved. The DNS holds what a test puts into
// `dns`; no name server is ever asked.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/front.h"
#include "api/link_door.h"
#include "api/ses_v2/api.h"
#include "api/sesame/api.h"
#include "api/sesame/messages_api.h"
#include "api/sesame/pauses_api.h"
#include "campaign/templates.h"
#include "delivery/dedicated_pools.h"
#include "dns/testing/fake_resolver.h"
#include "identity/identity_service.h"
#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"
#include "submission/pipeline.h"

namespace sesame::api {

struct ApiAnswer {
  int status = 0;
  std::string error_type;   // x-amzn-ErrorType
  boost::json::value json;  // null if the body is no JSON
  http::Response response;

  std::string message() const;  // of an error
};

struct TestKey {
  std::string access_key_id = "AKIDEXAMPLE";
  std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  std::string region = "us-east-1";
  std::string service = "ses";
};

class ApiHouse {
 public:
  static constexpr const char* account = "000000000001";
  static constexpr const char* other_account = "000000000002";

  explicit ApiHouse(submission::QuotaLimits quota = {});
  ~ApiHouse();

  // Signed with the key of `account` (or another one) at the present time of the clock.
  ApiAnswer call(std::string method, std::string target, std::string body = "", const TestKey& key = {});
  // As given.
  ApiAnswer send(http::Request request);
  http::Request signed_request(std::string method, std::string target, std::string body, const TestKey& key = {});
  static TestKey key_of_other_account();

  // Registers and confirms without asking the DNS.
  void verified_domain(const std::string& name);
  void verified_address(const std::string& name);
  store::IdentityRecord record(const std::string& identity);
  void put(store::IdentityRecord record);
  identity::IdentityService& identities() { return *identities_; }
  // What is queued, newest first.
  std::vector<store::MessageRecord> queued();

 private:
  net::WorkerPool workers_{1};
  SecureRandom random_;

 public:
  net::TestLoop loop;
  store::TempStores stores;
  ManualClock clock;
  dns::FakeResolver dns;
  events::Feed feed;
  const identity::ServiceNames names{"svc.example", "us-east-1"};
  int delivery_wakes = 0;
  int pause_changes = 0;
  int pool_changes = 0;
  bool ready = true;

 private:
  dns::AuthoritativeClient authoritative_;
  std::unique_ptr<submission::MessageIds> ids_;

 public:
  std::unique_ptr<submission::ConfigurationSets> configuration;

 private:
  std::unique_ptr<campaign::Templates> templates_;
  campaign::Tracking tracking_{campaign::LinkTokens(Secret("house")), "http://127.0.0.1:8025", "svc.example"};
  std::unique_ptr<campaign::Visits> visits_;
  std::unique_ptr<campaign::ContactLists> contacts_;
  std::unique_ptr<campaign::Subscriptions> subscriptions_;
  std::unique_ptr<LinkDoor> links_;
  std::unique_ptr<submission::Pipeline> pipeline_;
  std::unique_ptr<identity::IdentityService> identities_;
  std::unique_ptr<delivery::DedicatedPools> pools_;
  std::unique_ptr<SesV2> ses_v2_;
  std::unique_ptr<SesameApi> sesame_;
  std::unique_ptr<MessagesApi> messages_;
  std::unique_ptr<PausesApi> pauses_;

 public:
  std::unique_ptr<Front> front;
};

}  // namespace sesame::api
