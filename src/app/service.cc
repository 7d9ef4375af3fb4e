#include "app/service.h"

#include <algorithm>
#include <thread>

#include "app/data_dir.h"
#include "app/http_door.h"
#include "app/listeners.h"
#include "app/maintenance.h"
#include "app/metrics.h"
#include "app/own_doors.h"
#include "app/own_keys.h"
#include "app/service_zone_options.h"
#include "app/store_probe.h"
#include "app/token_source.h"
#include "app/wait_for.h"
#include "base/random.h"
#include "base/seal.h"
#include "campaign/templates.h"
#include "check/receivers_view.h"
#include "delivery/dedicated_pools.h"
#include "dns/authoritative.h"
#include "dns/unbound_resolver.h"
#include "events/feed.h"
#include "feedback/door.h"
#include "identity/identity_service.h"
#include "identity/watcher.h"
#include "msa/door.h"
#include "net/tls_context.h"
#include "sandbox/sandbox.h"
#include "store/new_credential.h"
#include "store/open.h"
#include "submission/clamd.h"
#include "submission/pipeline.h"

namespace sesame::app {
namespace {

using namespace std::chrono_literals;
constexpr auto stop_patience = 10s;
constexpr auto after_patience = 500ms;  // those who ask are cancelled by then
// Many customers share one DNS provider; at this pace 100,000 of them are looked at twice an hour.
constexpr double questions_per_name_server = 100;

std::size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

Result<net::TlsContext, std::string> server_tls(const std::string& certificate, const std::string& key,
                                                const std::string& host) {
  if (certificate.empty()) return net::TlsContext::server_self_signed(host);
  return net::TlsContext::server(certificate, key);
}

std::string public_url(const Config& config) {
  if (!config.http.public_url.empty()) return config.http.public_url;
  const std::string scheme = config.http.tls_certificate.empty() ? "http" : "https";
  return scheme + "://" + (config.http.listen.empty() ? "localhost" : net::to_string(config.http.listen.front()));
}

// A topic of the account is valid, and is sent the message that says so (spec 3.4).
net::Task<submission::TopicCheck> validate_topic(publish::Topics& topics, std::string account_id,
                                                 std::string topic_arn) {
  publish::Publishing message{.topic_arn = std::move(topic_arn),
                              .subject = "",
                              .message = "Successfully validated SNS topic for Amazon SES event publishing."};
  const auto published = co_await topics.publish(std::move(account_id), std::move(message));
  if (published) co_return submission::TopicCheck::valid;
  const bool unavailable = published.error().code == publish::TopicErrc::unavailable;
  co_return unavailable ? submission::TopicCheck::unavailable : submission::TopicCheck::missing;
}

}  // namespace

struct Service::Parts {
  Parts(Config c, std::optional<SandboxSettings> s) : config(std::move(c)), sandbox_settings(std::move(s)) {}

  Config config;
  std::optional<SandboxSettings> sandbox_settings;
  SystemClock clock;
  SecureRandom random;
  net::Runtime runtime{cores()};
  net::WorkerPool workers{cores()};  // its coroutines resume on the runtime, so it goes first
  zone::Authority authority;
  std::optional<net::TlsContext> http_tls, submission_tls, feedback_tls;
  Listeners listeners;

  std::optional<Sealer> sealer;
  store::Stores stores;
  std::unique_ptr<StoreTokenSource> tokens;
  std::unique_ptr<dns::UnboundResolver> resolver;
  std::unique_ptr<dns::AuthoritativeClient> authoritative;
  std::unique_ptr<submission::MessageIds> ids;
  std::optional<OwnKeys> own_keys;
  events::Feed feed;
  std::unique_ptr<campaign::Templates> templates;
  std::unique_ptr<campaign::Tracking> tracking;
  std::unique_ptr<campaign::Visits> visits;
  std::unique_ptr<campaign::ContactLists> contacts;
  std::unique_ptr<campaign::Subscriptions> subscriptions;
  std::unique_ptr<submission::ConfigurationSets> configuration_sets;
  std::unique_ptr<submission::Clamd> scanner;
  std::unique_ptr<submission::Pipeline> pipeline;
  std::unique_ptr<check::HttpsPolicyFetcher> policies;
  std::unique_ptr<check::CheckedReceivers> receivers;
  std::unique_ptr<identity::IdentityService> identities;
  std::unique_ptr<identity::Watcher> watcher;
  delivery::TraceBook traces;
  std::unique_ptr<delivery::DedicatedPools> pools;
  std::unique_ptr<delivery::Engine> engine;
  std::unique_ptr<feedback::KeptMail> kept_mail;
  std::unique_ptr<Maintenance> maintenance;
  std::unique_ptr<Publishing> publishing;
  std::unique_ptr<feedback::Door> feedback_door;
  std::unique_ptr<msa::Door> submission_door, submission_tls_door;
  std::unique_ptr<sandbox::Sandbox> sandbox;
  std::unique_ptr<DnsPublishing> dns_publishing;
  std::unique_ptr<HttpDoor> http_door;
  std::unique_ptr<StoreProbe> store_probe;
  std::atomic<bool> ready{false};

  identity::ServiceNames names() const {
    return {config.service.domain, config.service.region, config.service.other_regions};
  }
  Result<void, std::string> read_certificates();
  Result<void, std::string> bind();
  Result<void, std::string> make_resolver();
  Result<void, std::string> open_store();
  void make_engine_rooms();
  void make_publishing();
  Result<void, std::string> make_zones();
  void make_doors();
  net::Task<std::string> metrics();
  net::Task<bool> is_ready();
  void make_http_door();
  net::Task<void> stop(net::Deadline deadline);
};

Result<void, std::string> Service::Parts::read_certificates() {
  if (!config.http.tls_certificate.empty()) {
    auto tls = net::TlsContext::server(config.http.tls_certificate, config.http.tls_key);
    if (!tls) return std::unexpected("http: " + tls.error());
    http_tls = *tls;
  }
  auto submission = server_tls(config.submission.tls_certificate, config.submission.tls_key, config.service.hostname);
  if (!submission) return std::unexpected("submission: " + submission.error());
  submission_tls = *submission;
  auto feedback = server_tls(config.feedback.tls_certificate, config.feedback.tls_key, names().feedback_host());
  if (!feedback) return std::unexpected("feedback: " + feedback.error());
  feedback_tls = *feedback;
  return {};
}

Result<void, std::string> Service::Parts::bind() {
  std::vector<net::Endpoint> receiver;
  if (sandbox_settings) receiver.push_back(sandbox_settings->receiver);
  auto bound = bind_listeners(config, receiver, runtime, authority);
  if (!bound) return std::unexpected(bound.error());
  listeners = std::move(*bound);
  return {};
}

Result<void, std::string> Service::Parts::make_resolver() {
  dns::UnboundOptions dns_options;
  dns_options.resolvers = config.dns.resolvers;
  dns_options.trust_anchor = config.dns.trust_anchor;
  dns_options.stub_root = config.dns.stub_root;
  dns_options.allow_private_servers = config.dns.allow_private_servers;
  dns_options.cache = !sandbox_settings;
  try {
    resolver = std::make_unique<dns::UnboundResolver>(runtime.executor(0), dns_options);
  } catch (const std::runtime_error& problem) {
    return std::unexpected(std::string(problem.what()));
  }
  return {};
}

Result<void, std::string> Service::Parts::open_store() {
  if (!is_within(store::directory_named(config.store.url), config.service.data_dir)) {
    if (auto usable = store::check_directory(config.store.url); !usable) return std::unexpected(usable.error());
  }
  auto key = prepare_data_dir(config.service.data_dir, random);
  if (!key) return std::unexpected(key.error());
  sealer.emplace(std::move(*key), random);
  auto opened = store::open_stores(config.store.url, *sealer);
  if (!opened) return std::unexpected(opened.error());
  stores = std::move(*opened);

  store::Account account{std::string(default_account), config.service.admin_email, clock.now()};
  auto known = wait_for(runtime, stores.control->find_account(account.id));
  if (known) account.created = known->created;
  store_probe = std::make_unique<StoreProbe>(*stores.control);
  auto put = wait_for(runtime, stores.control->put_account(std::move(account)));
  if (!put) return std::unexpected("store: " + put.error().detail);
  auto loaded = wait_for(runtime, submission::MessageIds::load(*stores.control, clock, random, config.service.region));
  if (!loaded) return std::unexpected(loaded.error());
  ids = std::move(*loaded);
  auto link_tokens = wait_for(runtime, campaign::LinkTokens::load(*stores.control, random));
  if (!link_tokens) return std::unexpected(link_tokens.error());
  tracking = std::make_unique<campaign::Tracking>(std::move(*link_tokens), public_url(config),
                                                  names().default_mail_from_domain());
  auto keys = load_own_keys(runtime, workers, *stores.control, random, config.service.domain);
  if (!keys) return std::unexpected(keys.error());
  own_keys = std::move(*keys);
  return {};
}

void Service::Parts::make_engine_rooms() {
  dns::AuthoritativeOptions authoritative_options;
  authoritative_options.port = config.dns.authoritative_port;
  authoritative_options.allow_private_servers = config.dns.allow_private_servers;
  authoritative_options.limits.per_server_per_second = sandbox_settings ? 0 : questions_per_name_server;
  authoritative =
      std::make_unique<dns::AuthoritativeClient>(runtime.executor(0), *resolver, random, authoritative_options);

  templates = std::make_unique<campaign::Templates>(*stores.campaigns, clock, random, workers.executor());
  configuration_sets = std::make_unique<submission::ConfigurationSets>(*stores.control, clock);
  pipeline = std::make_unique<submission::Pipeline>(
      submission::PipelineDeps{*stores.control, *stores.queue, *ids, feed, clock, random, workers.executor(), names(),
                               *configuration_sets},
      submission::PipelineOptions{config.delivery.max_delivery_seconds, config.submission.quota,
                                  config.submission.also_sign});
  pipeline->set_tracking(*tracking);
  if (const auto address = config.submission.scanner) {
    scanner = std::make_unique<submission::Clamd>(*address);
    pipeline->set_scanner(*scanner, config.submission.unscanned);
  }
  visits = std::make_unique<campaign::Visits>(*stores.queue, feed, clock);
  contacts = std::make_unique<campaign::ContactLists>(*stores.contacts, clock);
  pipeline->set_contact_lists(*contacts);
  subscriptions = std::make_unique<campaign::Subscriptions>(*contacts, *stores.queue, feed, clock);
  policies = std::make_unique<check::HttpsPolicyFetcher>(*resolver);
  receivers = std::make_unique<check::CheckedReceivers>(
      check::Sources{*authoritative, authoritative_options.port, *resolver, policies.get()}, clock, names());
  identities = std::make_unique<identity::IdentityService>(
      identity::ServiceDeps{*stores.control, *authoritative, *pipeline, clock, random, workers.executor(), names(),
                            public_url(config), resolver.get(), receivers.get()});
  watcher = std::make_unique<identity::Watcher>(*identities, *stores.control, clock, identity::WatcherOptions{});
  identities->set_waker([this] { watcher->wake(); });

  delivery::EngineOptions engine_options;
  engine_options.helo_name = config.service.hostname;
  engine_options.port = config.delivery.port;
  engine_options.addresses = config.delivery.own_addresses();
  engine_options.max_connections = config.delivery.max_connections;
  engine_options.limits = config.delivery.limits;
  engine_options.group_rules = config.delivery.groups;
  if (sandbox_settings) engine_options.route_lifetime = 1s;  // the pretend provider's records change at any moment
  engine_options.hosts.allow_private = config.delivery.allow_private_destinations;
  engine_options.hosts.own_addresses = own_mail_addresses(config);
  engine_options.hosts.own_names = {names().feedback_host()};
  engine_options.loopback_only = sandbox_settings.has_value();
  delivery::EngineDeps engine_deps{
      *stores.queue, *resolver, feed, clock, random, runtime, net::TlsContext::client_opportunistic(), {}};
  engine_deps.takes_mail_for = [this](std::string domain) { return feedback_door->takes_mail_for(std::move(domain)); };
  engine_deps.pauses = stores.pauses.get();
  engine_deps.pools = stores.pools.get();
  engine_deps.traces = &traces;
  engine = std::make_unique<delivery::Engine>(std::move(engine_deps), std::move(engine_options));
  pools = std::make_unique<delivery::DedicatedPools>(*stores.pools, clock, config.delivery.own_addresses(),
                                                     [this] { engine->pools_changed(); });
  configuration_sets->set_pools(*stores.pools, [this] { engine->pools_changed(); });
  if (own_keys) pipeline->set_service_key(own_keys->dkim);

  feedback::KeptMailLimits kept_limits;
  kept_limits.age = config.store.retention;
  kept_mail = std::make_unique<feedback::KeptMail>(kept_mail_directory(config), kept_limits, clock, random);

  MaintenanceOptions maintenance_options;
  maintenance_options.retention = config.store.retention;
  maintenance = std::make_unique<Maintenance>(
      MaintenanceDeps{*stores.control, *stores.queue, *ids, *kept_mail, clock, workers.executor()},
      maintenance_options);
}

void Service::Parts::make_publishing() {
  if (!own_keys) throw std::logic_error("the store is opened before publishing is made");
  publishing = std::make_unique<Publishing>(
      PublishingDeps{stores, *ids, feed, *identities, *pipeline, *resolver, clock, random, workers.executor(), names()},
      config, public_url(config), std::move(own_keys->notifications));
  configuration_sets->set_topic_validator([this](std::string account_id, std::string topic_arn) {
    return validate_topic(publishing->topics(), std::move(account_id), std::move(topic_arn));
  });
}

// The service's own zone, the labels delegated to it and, in the sandbox, the rest of the world.
Result<void, std::string> Service::Parts::make_zones() {
  tokens = std::make_unique<StoreTokenSource>(*stores.control);
  if (!own_keys) throw std::logic_error("the store is opened before the zones are made");
  const zone::ServiceZoneOptions options = service_zone_options(config, own_keys->dkim, *own_keys->domain_connect);
  try {
    authority.put(config.service.domain, std::make_shared<zone::ServiceZone>(options, *tokens));
  } catch (const std::invalid_argument& problem) {
    return std::unexpected(std::string("service zone: ") + problem.what());
  }
  std::shared_ptr<zone::ZoneSource> others = std::make_shared<zone::DelegatedMailFrom>(options, *tokens);
  if (sandbox_settings) {
    auto opened = sandbox::Sandbox::open(
        {*stores.control, *resolver, authority, runtime, clock, random},
        {config.service.domain, std::string(default_account), config.service.data_dir,
         sandbox_settings->receiver.address, sandbox_settings->name_server_addresses, config.delivery.port});
    if (!opened) return std::unexpected(opened.error());
    sandbox = std::move(*opened);
    others = sandbox->world(std::move(others));
  }
  authority.set_fallback(std::move(others));
  return {};
}

void Service::Parts::make_doors() {
  if (!submission_tls || !feedback_tls) throw std::logic_error("certificates are read before the doors are made");
  feedback::DoorOptions feedback_options;
  feedback_options.host_name = names().feedback_host();
  feedback_options.operator_address = config.service.admin_email;
  feedback_options.operator_account = default_account;
  feedback_options.service_domains = {config.service.domain, names().default_mail_from_domain()};
  feedback_door = std::make_unique<feedback::Door>(
      feedback::DoorDeps{*stores.control, *stores.queue, *ids, feed, *pipeline, *kept_mail, clock, random,
                         workers.executor(), *feedback_tls, feedback::UnsubscribeMail(*tracking, *subscriptions)},
      std::move(feedback_options));

  const auto submission = [&](bool implicit_tls) {
    msa::DoorOptions options;
    options.host_name = config.service.hostname;
    options.region = config.service.region;
    options.require_tls = config.submission.require_tls;
    options.implicit_tls = implicit_tls;
    return std::make_unique<msa::Door>(msa::DoorDeps{*stores.control, *pipeline, *submission_tls, random},
                                       std::move(options));
  };
  submission_door = submission(false);
  submission_tls_door = submission(true);
}

net::Task<std::string> Service::Parts::metrics() {
  const std::vector<const msa::Door*> submission{submission_door.get(), submission_tls_door.get()};
  std::string text =
      co_await metrics_text({*stores.control, *stores.queue, *engine, traces, *feedback_door, submission, *pipeline,
                             *watcher, *authoritative, listeners, http_door->server(), clock});
  text += co_await publishing->metrics();
  co_return text;
}

// What is accepted must be durable first: without a disk to write on nothing can be.
net::Task<bool> Service::Parts::is_ready() {
  if (!ready) co_return false;
  const bool writable = co_await store_probe->is_writable();
  co_return writable;
}

void Service::Parts::make_http_door() {
  if (!own_keys) throw std::logic_error("the store is opened before the API is made");
  dns_publishing = std::make_unique<DnsPublishing>(DnsPublishingDeps{stores, *identities, *authoritative, *resolver,
                                                                     clock, random, names(), *own_keys->domain_connect},
                                                   config);
  http_door = std::make_unique<HttpDoor>(HttpDoorDeps{stores,
                                                      *identities,
                                                      *pipeline,
                                                      *configuration_sets,
                                                      *templates,
                                                      *contacts,
                                                      *tracking,
                                                      *visits,
                                                      *subscriptions,
                                                      *engine,
                                                      *pools,
                                                      traces,
                                                      feed,
                                                      *publishing,
                                                      *dns_publishing,
                                                      sandbox ? &sandbox->api() : nullptr,
                                                      clock,
                                                      random,
                                                      workers.executor(),
                                                      names(),
                                                      [this] { return metrics(); },
                                                      [this] { return is_ready(); }},
                                         HttpDoorOptions{std::string(default_account), public_url(config), http_tls});
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>, std::string> Service::open(Config config, std::optional<SandboxSettings> sandbox) {
  auto parts = std::make_unique<Parts>(std::move(config), std::move(sandbox));
  using Step = Result<void, std::string> (Parts::*)();
  // The store last among what a configuration can get wrong: a refusal to start leaves nothing behind.
  for (const Step step : {&Parts::read_certificates, &Parts::bind, &Parts::make_resolver, &Parts::open_store}) {
    if (auto done = (parts.get()->*step)(); !done) return std::unexpected(done.error());
  }
  parts->make_engine_rooms();
  auto taken = wait_for(parts->runtime, parts->pools->take_configured(std::string(default_account)));
  if (!taken) return std::unexpected("store: " + taken.error().text);
  parts->make_publishing();
  if (auto made = parts->make_zones(); !made) return std::unexpected(made.error());
  parts->make_doors();
  parts->make_http_door();
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

void Service::start() {
  Parts& p = *parts_;
  for (auto& server : p.listeners.dns) server->start();
  p.watcher->start(p.runtime.executor(0));
  p.engine->start();
  p.maintenance->start(p.runtime.executor(0));
  p.publishing->publisher().start(p.runtime.executor(0));
  for (auto& listener : p.listeners.feedback) listener->start(p.feedback_door->handler());
  for (auto& listener : p.listeners.submission) listener->start(p.submission_door->handler());
  for (auto& listener : p.listeners.submission_tls) listener->start(p.submission_tls_door->handler());
  for (auto& listener : p.listeners.receiver) listener->start(p.sandbox->receiver());
  http::Server& server = p.http_door->server();
  for (auto& listener : p.listeners.http) {
    listener->start([&server](std::unique_ptr<net::Stream> stream) { return server.serve(std::move(stream)); });
  }
  p.ready = true;
}

namespace {

// A question to the resolver outlives the cancelling of who asked it, by up to 30 s. Those that are left when patience
// has ended, and their askers with it, get no answer; until then the resolver serves what is under way.
net::Task<void> end_questions(dns::UnboundResolver& resolver, net::Deadline deadline) {
  const bool patience_ended = co_await net::sleep_until(deadline + after_patience);
  if (patience_ended) resolver.stop();
}

}  // namespace

net::Task<void> Service::Parts::stop(net::Deadline deadline) {
  co_await engine->begin_stop();
  const net::Executor executor = co_await net::current_executor();
  net::TaskGroup beside("stop"), questions("stop");
  beside.spawn(executor, watcher->stop());
  beside.spawn(executor, maintenance->stop());
  beside.spawn(executor, publishing->publisher().stop(deadline));
  questions.spawn(executor, end_questions(*resolver, deadline));
  co_await engine->stop(deadline);
  co_await listeners.stop(deadline);
  if (sandbox) co_await sandbox->stop(deadline);
  // Nobody is left who would use an answer: the looks that were cancelled above need not wait for theirs.
  resolver->stop();
  co_await authoritative->stop();
  co_await beside.drain(net::Deadline::max());
  co_await questions.stop();
}

void Service::stop() {
  Parts& p = *parts_;
  p.ready = false;
  p.listeners.stop_accepting();
  p.http_door->server().finish();
  p.submission_door->finish();
  p.submission_tls_door->finish();
  p.feedback_door->finish();
  if (p.sandbox) p.sandbox->finish();
  p.feed.close();
  p.traces.changes().close();
  p.runtime.run_blocking(p.stop(net::after(stop_patience)));
}

net::Endpoint Service::http_endpoint() const { return parts_->listeners.http.at(0)->local(); }
net::Endpoint Service::submission_endpoint() const { return parts_->listeners.submission.at(0)->local(); }

Result<Service::ConsoleLink, std::string> Service::console_link() {
  Parts& p = *parts_;
  const auto has_password = wait_for(p.runtime, p.http_door->sign_in().has_password());
  if (!has_password) return std::unexpected("the console's password cannot be read: " + has_password.error().detail);
  const std::string url = public_url(p.config) + "/console/";
  if (*has_password) return ConsoleLink{url, false};
  // Behind '#', which browsers keep to themselves: no server, proxy or log sees the token.
  return ConsoleLink{url + "#/setup/" + std::string(p.http_door->sign_in().make_setup_token().reveal()), true};
}

Result<Service::AccessKey, std::string> Service::first_access_key() {
  Parts& p = *parts_;
  auto known = wait_for(p.runtime, p.stores.control->list_credentials(std::string(default_account)));
  if (!known) return std::unexpected("access keys cannot be read: " + known.error().detail);
  if (!known->empty()) {
    return AccessKey{known->front().access_key_id, std::string(known->front().secret_access_key.reveal())};
  }
  store::Credential made = store::new_credential(std::string(default_account), "sandbox", p.clock, p.random);
  AccessKey key{made.access_key_id, std::string(made.secret_access_key.reveal())};
  auto created = wait_for(p.runtime, p.stores.control->create_credential(std::move(made)));
  if (!created) return std::unexpected("an access key cannot be stored: " + created.error().detail);
  return key;
}

}  // namespace sesame::app
