// app/http_door.h: the part of the wiring that answers over HTTP: SES's two APIs, Sesame's own, the links in campaign
// mail and the console.
#pragma once

#include <functional>
#include <string>

#include "api/front.h"
#include "api/link_door.h"
#include "api/ses_v1/ses_v1_api.h"
#include "api/ses_v2/api.h"
#include "api/sesame/api.h"
#include "api/sesame/credentials_api.h"
#include "api/sesame/destinations.h"
#include "api/sesame/messages_api.h"
#include "api/sesame/pauses_api.h"
#include "api/sesame/topics_api.h"
#include "api/sesame/traces_api.h"
#include "app/dns_publishing.h"
#include "app/publishing.h"
#include "console/console.h"
#include "delivery/engine.h"
#include "http/server.h"

namespace sesame::app {

struct HttpDoorDeps {
  store::Stores& stores;
  identity::IdentityService& identities;
  submission::Pipeline& pipeline;
  submission::ConfigurationSets& configuration_sets;
  campaign::Templates& templates;
  campaign::ContactLists& contacts;
  const campaign::Tracking& tracking;
  campaign::Visits& visits;
  campaign::Subscriptions& subscriptions;
  delivery::Engine& engine;
  delivery::DedicatedPools& pools;
  delivery::TraceBook& traces;
  events::Feed& feed;
  Publishing& publishing;
  DnsPublishing& dns_publishing;
  api::Api* sandbox;  // of the sandbox's inbox; may be null
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;
  identity::ServiceNames names;
  std::function<net::Task<std::string>()> metrics;
  std::function<net::Task<bool>()> ready;
};

struct HttpDoorOptions {
  std::string account_id;  // of who signs in to the console
  std::string public_url;
  std::optional<net::TlsContext> tls;
};

// What `deps` refers to must outlive it.
class HttpDoor {
 public:
  HttpDoor(HttpDoorDeps deps, const HttpDoorOptions& options);

  http::Server& server() { return server_; }
  console::SignIn& sign_in() { return sign_in_; }

 private:
  void mount_apis(const HttpDoorDeps& deps);

  api::SesV2 ses_v2_;
  api::SesV1Api ses_v1_;
  api::SesameApi sesame_;
  api::MessagesApi messages_;
  api::PausesApi pauses_;
  api::TracesApi traces_;
  api::CredentialsApi credentials_;
  api::DestinationsApi destinations_;
  api::TopicsApi topics_;
  api::LinkDoor links_;
  console::Sessions sessions_;
  console::SignIn sign_in_;
  console::Console console_;
  api::Front front_;
  http::Server server_;
};

}  // namespace sesame::app
