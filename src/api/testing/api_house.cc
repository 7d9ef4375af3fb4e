#include "api/testing/api_house.h"

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "api/sigv4/sign.h"

namespace sesame::api {
namespace {

std::vector<delivery::OwnAddress> dedicated_addresses() {
  std::vector<delivery::OwnAddress> addresses;
  for (const char* address : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
    addresses.push_back(
        {.address = boost::asio::ip::make_address(address), .helo_name = "", .pool = std::string(store::default_pool)});
  }
  addresses.back().is_warm = true;
  return addresses;
}

// What a store or engine refuses here is a mistake of the test.
template <class T>
T expect(T result) {
  if (!result) throw std::runtime_error("the test house could not be furnished");
  return result;
}

net::Task<bool> at_once(bool value) { co_return value; }
net::Task<std::string> some_metrics() { co_return "house_gauge 1\n"; }

}  // namespace

std::string ApiAnswer::message() const {
  const auto* object = json.if_object();
  const auto* text = object == nullptr ? nullptr : object->if_contains("message");
  return text == nullptr || !text->is_string() ? "" : std::string(text->get_string());
}

TestKey ApiHouse::key_of_other_account() { return {"AKIDOTHER", "another+secret", "us-east-1", "ses"}; }

ApiHouse::ApiHouse(submission::QuotaLimits quota) : authoritative_(loop.executor(), dns, random_, {}) {
  for (const TestKey& key : {TestKey{}, key_of_other_account()}) {
    const std::string owner = key.access_key_id == "AKIDEXAMPLE" ? account : other_account;
    expect(loop.run(stores.stores.control->put_account({owner, "", clock.now()})));
    store::Credential credential{key.access_key_id, owner, Secret(key.secret), "", clock.now()};
    expect(loop.run(stores.stores.control->create_credential(std::move(credential))));
  }
  store::ControlStore& control = *stores.stores.control;
  store::QueueStore& queue = *stores.stores.queue;
  ids_ = *expect(loop.run(submission::MessageIds::load(control, clock, random_, names.region)));
  configuration = std::make_unique<submission::ConfigurationSets>(control, clock);
  configuration->set_pools(*stores.stores.pools, [this] { ++pool_changes; });
  pools_ = std::make_unique<delivery::DedicatedPools>(*stores.stores.pools, clock, dedicated_addresses(),
                                                      [this] { ++pool_changes; });
  if (!loop.run(pools_->take_configured(account))) throw std::runtime_error("addresses are not taken");
  pipeline_ = std::make_unique<submission::Pipeline>(
      submission::PipelineDeps{control, queue, *ids_, feed, clock, random_, workers_.executor(), names, *configuration},
      submission::PipelineOptions{.quota = quota});
  pipeline_->set_tracking(tracking_);
  visits_ = std::make_unique<campaign::Visits>(queue, feed, clock);
  contacts_ = std::make_unique<campaign::ContactLists>(*stores.stores.contacts, clock);
  pipeline_->set_contact_lists(*contacts_);
  subscriptions_ = std::make_unique<campaign::Subscriptions>(*contacts_, queue, feed, clock);
  links_ = std::make_unique<LinkDoor>(tracking_, *visits_, *subscriptions_);
  identities_ = std::make_unique<identity::IdentityService>(identity::ServiceDeps{
      control, authoritative_, *pipeline_, clock, random_, workers_.executor(), names, "http://127.0.0.1:8025"});
  templates_ = std::make_unique<campaign::Templates>(*stores.stores.campaigns, clock, random_, workers_.executor());
  ses_v2_ = std::make_unique<SesV2>(SesV2Deps{*identities_, *pipeline_, queue, clock, workers_.executor(), names,
                                              *configuration, *templates_, *contacts_, *pools_});
  sesame_ = std::make_unique<SesameApi>(SesameApiDeps{*identities_, control, queue, feed, clock});
  messages_ = std::make_unique<MessagesApi>(
      MessagesApiDeps{queue, *stores.stores.pauses, feed, clock, [this] { ++delivery_wakes; }});
  pauses_ = std::make_unique<PausesApi>(PausesApiDeps{*stores.stores.pauses, clock, [this] { ++pause_changes; }});
  front = std::make_unique<Front>(FrontDeps{control, *identities_, clock, random_, workers_.executor()},
                                  FrontOptions{[this] { return at_once(ready); }, some_metrics});
  front->mount_public(*links_);
  front->mount("/v1/email", *ses_v2_);
  front->mount("/v2/email", *ses_v2_);
  front->mount("/v2/sesame", *sesame_);
  front->mount("/v2/sesame/messages", *messages_);
  front->mount("/v2/sesame/pauses", *pauses_);
}

ApiHouse::~ApiHouse() { loop.run(authoritative_.stop()); }

http::Request ApiHouse::signed_request(std::string method, std::string target, std::string body, const TestKey& key) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  request.headers = {{"Host", "localhost:8025"}, {"User-Agent", "house"}};
  request.remote = {net::asio::ip::make_address("192.0.2.7"), 40000};
  const sigv4::HttpFacts facts{
      request.method, request.target, {{"Host", "localhost:8025"}, {"User-Agent", "house"}}, request.body};
  const auto added = expect(
      sigv4::sign(facts, {key.access_key_id, Secret(key.secret), ""}, {key.region, key.service, clock.now(), true}));
  for (const sigv4::OwnedHeader& header : *added) request.headers.add(header.name, header.value);
  return request;
}

ApiAnswer ApiHouse::send(http::Request request) {
  ApiAnswer answer;
  answer.response = loop.run(front->handle(std::move(request)));
  answer.status = answer.response.status;
  answer.error_type = answer.response.headers.find("x-amzn-ErrorType").value_or("");
  boost::system::error_code problem;
  answer.json = boost::json::parse(answer.response.body, problem);
  return answer;
}

ApiAnswer ApiHouse::call(std::string method, std::string target, std::string body, const TestKey& key) {
  return send(signed_request(std::move(method), std::move(target), std::move(body), key));
}

store::IdentityRecord ApiHouse::record(const std::string& identity) {
  return *expect(loop.run(stores.stores.control->find_identity(account, identity)));
}

void ApiHouse::put(store::IdentityRecord record) {
  expect(loop.run(stores.stores.control->update_identity(std::move(record), {})));
}

void ApiHouse::verified_domain(const std::string& name) {
  identity::CreateOptions options;
  options.next_key_bits = 1024;  // quick to make
  store::IdentityRecord identity = *expect(loop.run(identities_->create(account, name, options)));
  identity.verification = store::VerificationStatus::success;
  if (!identity.dkim) throw std::logic_error("a domain was created without DKIM");
  identity.dkim->status = store::VerificationStatus::success;
  put(std::move(identity));
}

void ApiHouse::verified_address(const std::string& name) {
  store::IdentityRecord identity = *expect(loop.run(identities_->create(account, name, {})));
  identity.verification = store::VerificationStatus::success;
  put(std::move(identity));
}

std::vector<store::MessageRecord> ApiHouse::queued() {
  store::MessageFilter filter;
  filter.account_id = account;
  return *expect(loop.run(stores.stores.queue->list_messages(filter)));
}

}  // namespace sesame::api
