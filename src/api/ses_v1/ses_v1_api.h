// api/ses_v1/ses_v1_api.h: SES API v1 (2010-12-01), the Query protocol: a form in, XML out (spec 2.6, 4.2, 6).
//
//   POST / with Action=SetIdentityMailFromDomain&Identity=example.com&MailFromDomain=bounce.example.com
//   200  <SetIdentityMailFromDomainResponse xmlns="..."><SetIdentityMailFromDomainResult/><ResponseMetadata>...
//   4xx  <ErrorResponse xmlns="..."><Error><Type>Sender</Type><Code>InvalidParameterValue</Code>...
//
// actions.h lists the actions, one file per group of them. No rule about identities, MAIL FROM or messages lives here.
#pragma once

#include "api/front.h"
#include "base/clock.h"
#include "identity/service_names.h"
#include "store/queue_store.h"

namespace sesame::campaign {
class Templates;
}
namespace sesame::identity {
class IdentityService;
}
namespace sesame::publish {
class FeedbackSettings;
}
namespace sesame::submission {
class ConfigurationSets;
class Pipeline;
}  // namespace sesame::submission

namespace sesame::api {

struct SesV1Deps {
  identity::IdentityService& identities;
  submission::Pipeline& pipeline;
  store::QueueStore& queue;
  const Clock& clock;
  net::Executor workers;  // large messages are decoded here, not on an I/O thread
  identity::ServiceNames names;
  submission::ConfigurationSets& configuration;
  publish::FeedbackSettings& feedback;
  campaign::Templates& templates;
};

// Mount for the service "ses". Thread-safe; what `deps` refers to must outlive it.
class SesV1Api final : public Api {
 public:
  explicit SesV1Api(SesV1Deps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  SesV1Deps deps_;
};

}  // namespace sesame::api
