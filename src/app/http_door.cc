#include "app/http_door.h"

namespace sesame::app {
namespace {

http::ServerOptions server_options(const HttpDoorOptions& options, api::Front& front) {
  http::ServerOptions made;
  made.tls = options.tls;
  made.refuse_body = front.refuse_body();
  return made;
}

}  // namespace

HttpDoor::HttpDoor(HttpDoorDeps deps, const HttpDoorOptions& options)
    : ses_v2_({deps.identities, deps.pipeline, *deps.stores.queue, deps.clock, deps.workers, deps.names,
               deps.configuration_sets, deps.templates, deps.contacts, deps.pools}),
      ses_v1_({deps.identities, deps.pipeline, *deps.stores.queue, deps.clock, deps.workers, deps.names,
               deps.configuration_sets, deps.publishing.feedback_settings(), deps.templates}),
      sesame_({deps.identities, *deps.stores.control, *deps.stores.queue, deps.feed, deps.clock}),
      messages_(
          {*deps.stores.queue, *deps.stores.pauses, deps.feed, deps.clock, [&engine = deps.engine] { engine.kick(); }}),
      pauses_({*deps.stores.pauses, deps.clock, [&engine = deps.engine] { engine.pauses_changed(); }}),
      traces_({deps.traces, deps.clock}),
      credentials_({*deps.stores.control, deps.clock, deps.random, deps.names.region}),
      destinations_(
          {*deps.stores.outbox, deps.clock, [&publisher = deps.publishing.publisher()] { publisher.wake(); }}),
      topics_(deps.publishing.topics()),
      links_(deps.tracking, deps.visits, deps.subscriptions),
      sessions_(*deps.stores.sessions, deps.clock, deps.random,
                {options.public_url.starts_with("https:"), deps.names.region}),
      sign_in_({*deps.stores.control, deps.random, deps.workers}),
      console_(sessions_, sign_in_, console::bundled_assets(),
               {options.account_id, deps.names.region, deps.names.service_domain, deps.sandbox != nullptr}),
      front_({*deps.stores.control, deps.identities, deps.clock, deps.random, deps.workers},
             {.ready = deps.ready, .metrics = deps.metrics}),
      server_(server_options(options, front_), front_.handler(), deps.clock) {
  mount_apis(deps);
  front_.mount_public(deps.publishing.sns_public());
  front_.mount_public(links_);
  front_.accept_sessions(sessions_);
  front_.mount_public(console_);
}

void HttpDoor::mount_apis(const HttpDoorDeps& deps) {
  front_.mount("/v2/email", ses_v2_);
  front_.mount("/v1/email", ses_v2_);  // where the service's model puts PutEmailIdentityDkimSigningAttributes
  front_.mount_query("ses", ses_v1_);
  front_.mount_query("sns", deps.publishing.sns());
  front_.mount("/v2/sesame", sesame_);
  front_.mount("/v2/sesame/destinations", destinations_);
  front_.mount("/v2/sesame/messages", messages_);
  front_.mount("/v2/sesame/topics", topics_);
  front_.mount("/v2/sesame/subscriptions", topics_);
  front_.mount("/v2/sesame/pauses", pauses_);
  front_.mount("/v2/sesame/traces", traces_);
  front_.mount("/v2/sesame/credentials", credentials_);
  front_.mount("/v2/sesame/dns", deps.dns_publishing.api());
  front_.mount("/v2/sesame/identities/{identity}/records", deps.dns_publishing.api());
  front_.mount("/v2/sesame/identities/{identity}/domain-connect", deps.dns_publishing.api());
  if (deps.sandbox) front_.mount("/v2/sesame/sandbox", *deps.sandbox);
}

}  // namespace sesame::app
