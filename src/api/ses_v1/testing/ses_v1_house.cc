#include "api/ses_v1/testing/ses_v1_house.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <stdexcept>

#include "http/target.h"

namespace sesame::api {
namespace {

using Tree = boost::property_tree::ptree;

// What a store or engine refuses here is a mistake of the test.
template <class T>
T expect(T result) {
  if (!result) throw std::runtime_error("the test house could not be furnished");
  return result;
}

Tree parse(const std::string& body) {
  std::istringstream in(body);
  Tree tree;
  boost::property_tree::read_xml(in, tree);
  return tree;
}

Tree subtree(const std::string& body, std::string_view path) {
  return parse(body).get_child(std::string(path), Tree());
}

}  // namespace

std::string V1Answer::at(std::string_view path) const {
  const Tree tree = parse(body);
  const auto found = tree.get_child_optional(std::string(path));
  return found ? found->data() : "(absent)";
}

std::vector<std::string> V1Answer::names(std::string_view path) const {
  std::vector<std::string> found;
  for (const auto& [name, child] : subtree(body, path)) {
    if (name != "<xmlattr>") found.push_back(name);
  }
  return found;
}

std::vector<std::string> V1Answer::members(std::string_view path) const {
  std::vector<std::string> found;
  for (const auto& [name, child] : subtree(body, path)) {
    if (name == "member") found.push_back(child.data());
  }
  return found;
}

std::string V1Answer::entry(std::string_view path, std::string_view key, std::string_view member) const {
  for (const auto& [name, child] : subtree(body, path)) {
    if (name == "entry" && child.get<std::string>("key") == key) {
      return child.get<std::string>("value." + std::string(member), "(absent)");
    }
  }
  return "(no entry)";
}

SesV1House::SesV1House(submission::QuotaLimits quota) : authoritative_(loop_.executor(), resolver_, random_, {}) {
  store::ControlStore& control = *temp_.stores.control;
  store::QueueStore& queue = *temp_.stores.queue;
  expect(loop_.run(control.put_account({account, "", clock.now()})));
  ids_ = *expect(loop_.run(submission::MessageIds::load(control, clock, random_, names_.region)));
  configuration_ = std::make_unique<submission::ConfigurationSets>(control, clock);
  pipeline_ =
      std::make_unique<submission::Pipeline>(submission::PipelineDeps{control, queue, *ids_, feed_, clock, random_,
                                                                      workers_.executor(), names_, *configuration_},
                                             submission::PipelineOptions{.quota = quota});
  identities_ = std::make_unique<identity::IdentityService>(identity::ServiceDeps{
      control, authoritative_, *pipeline_, clock, random_, workers_.executor(), names_, "http://127.0.0.1:8025"});
  poster_ = std::make_unique<publish::Poster>(
      resolver_, publish::PosterOptions{.may_contact = [](const net::IpAddress&) { return false; }});
  topics_ = std::make_unique<publish::Topics>(
      publish::TopicsDeps{*temp_.stores.topics, *temp_.stores.outbox, *poster_, clock, random_, names_.region, [] {}});
  feedback_ = std::make_unique<publish::FeedbackSettings>(*temp_.stores.topics, *topics_, *identities_);
  templates_ = std::make_unique<campaign::Templates>(*temp_.stores.campaigns, clock, random_, workers_.executor());
  api_ = std::make_unique<SesV1Api>(SesV1Deps{*identities_, *pipeline_, queue, clock, workers_.executor(), names_,
                                              *configuration_, *feedback_, *templates_});
}

SesV1House::~SesV1House() { loop_.run(authoritative_.stop()); }

V1Answer SesV1House::call(std::string_view form, std::string account_id) {
  auto parameters = http::parse_form(form);
  if (!parameters) throw std::invalid_argument("not a form");
  Call call;
  call.caller = {std::move(account_id), "AKIDEXAMPLE", "192.0.2.7", "house", "us-east-1", "ses"};
  call.request_id = "11111111-2222-4333-8444-555555555555";
  call.method = "POST";
  call.segments = {""};
  for (auto& [name, value] : *parameters) call.parameters.push_back({std::move(name), std::move(value)});
  http::Response response = loop_.run(api_->handle(std::move(call)));
  parse(response.body);
  return {response.status, std::move(response.body)};
}

store::IdentityRecord SesV1House::record(const std::string& identity) {
  return *expect(loop_.run(temp_.stores.control->find_identity(account, identity)));
}

void SesV1House::put(store::IdentityRecord record) {
  expect(loop_.run(temp_.stores.control->update_identity(std::move(record), {})));
}

void SesV1House::verified_domain(const std::string& name) {
  identity::CreateOptions options;
  options.next_key_bits = 1024;  // quick to make
  store::IdentityRecord identity = *expect(loop_.run(identities_->create(account, name, options)));
  identity.verification = store::VerificationStatus::success;
  if (identity.dkim) identity.dkim->status = store::VerificationStatus::success;
  put(std::move(identity));
}

void SesV1House::verified_address(const std::string& name) {
  store::IdentityRecord identity = *expect(loop_.run(identities_->create(account, name, {})));
  identity.verification = store::VerificationStatus::success;
  put(std::move(identity));
}

std::string SesV1House::topic(const std::string& name) {
  return expect(loop_.run(topics_->create(account, name, {})))->arn;
}

std::vector<store::MessageRecord> SesV1House::queued() {
  store::MessageFilter filter;
  filter.account_id = account;
  return *expect(loop_.run(temp_.stores.queue->list_messages(filter)));
}

std::string SesV1House::content_of(const store::MessageRecord& message) {
  return **expect(loop_.run(temp_.stores.queue->content(message.queue_id)));
}

}  // namespace sesame::api
