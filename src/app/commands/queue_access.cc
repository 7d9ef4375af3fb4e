#include "app/commands/queue_access.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "api/sesame/messages_api.h"
#include "api/sesame/pauses_api.h"
#include "app/commands/api_access.h"
#include "app/commands/offline.h"
#include "app/data_dir.h"
#include "app/service.h"
#include "app/wait_for.h"
#include "http/target.h"
#include "store/open.h"

namespace sesame::app {
namespace {

class RunningService final : public QueueAccess {
 public:
  explicit RunningService(ApiAccess access) : api_(std::move(access)) {}

  Result<ApiReply, std::string> call(const std::string& method, const std::string& target) override {
    return wait_for(runtime_, api_.call(method, target));
  }

 private:
  ApiClient api_;
  net::Runtime runtime_{1};
};

class StoredQueue final : public QueueAccess {
 public:
  static Result<std::unique_ptr<QueueAccess>, std::string> open(Config config) {
    std::unique_ptr<StoredQueue> queue(new StoredQueue);
    auto key = prepare_data_dir(config.service.data_dir, queue->random_);
    if (!key) return std::unexpected(key.error());
    const Sealer& sealer = queue->sealer_.emplace(std::move(*key), queue->random_);
    auto stores = store::open_stores(config.store.url, sealer);
    if (!stores) return std::unexpected(stores.error());
    queue->stores_ = std::move(*stores);
    queue->messages_ = std::make_unique<api::MessagesApi>(
        api::MessagesApiDeps{*queue->stores_.queue, *queue->stores_.pauses, queue->feed_, queue->clock_, {}});
    queue->pauses_ = std::make_unique<api::PausesApi>(api::PausesApiDeps{*queue->stores_.pauses, queue->clock_, {}});
    return queue;
  }

  Result<ApiReply, std::string> call(const std::string& method, const std::string& target) override {
    auto parsed = http::parse_target(target);
    if (!parsed) return std::unexpected("\"" + target + "\" is not a target");
    auto parameters = sigv4::decode_query(parsed->query);
    if (!parameters) return std::unexpected("\"" + target + "\" is not a target");
    api::Call call;
    call.caller.account_id = default_account;
    call.caller.access_key_id = "the command line";
    call.method = method;
    call.segments = std::move(parsed->segments);
    call.parameters = std::move(*parameters);
    const bool is_pause = call.segments.size() > 2 && call.segments[2] == "pauses";
    api::Api& api = is_pause ? *pauses_ : *messages_;
    const http::Response response = wait_for(runtime_, api.handle(std::move(call)));
    ApiReply reply;
    reply.status = response.status;
    reply.error_type = response.headers.find("x-amzn-ErrorType").value_or("");
    reply.body = boost::json::parse(response.body);
    reply.raw = response.body;
    return reply;
  }

 private:
  StoredQueue() = default;

  SystemClock clock_;
  SecureRandom random_;
  events::Feed feed_;
  std::optional<Sealer> sealer_;
  store::Stores stores_;
  std::unique_ptr<api::Api> messages_, pauses_;
  net::Runtime runtime_{1};
};

// With a key of the service itself, read beside it.
Result<ApiAccess, std::string> access_to(const Config& config, const std::string& config_file) {
  auto offline = OfflineStore::open(config_file);
  if (!offline) return std::unexpected(offline.error());
  OfflineStore& o = **offline;
  const auto keys = wait_for(o.runtime(), o.control().list_credentials(std::string(default_account)));
  if (!keys) return std::unexpected("the keys cannot be read: " + keys.error().detail);
  if (keys->empty()) return std::unexpected(std::string("there is no access key: make one with credentials create"));
  auto key = wait_for(o.runtime(), o.control().find_credential(keys->front().access_key_id));
  if (!key) return std::unexpected("the key cannot be read: " + key.error().detail);
  std::string url = config.http.public_url;
  if (url.empty()) {
    const bool tls = !config.http.tls_certificate.empty();
    url = fmt::format("{}://{}", tls ? "https" : "http", net::to_string(config.http.listen.front()));
  }
  const auto endpoint = http::parse_url(url);
  if (!endpoint) return std::unexpected("http.public_url: \"" + url + "\" is not a URL");
  ApiAccess access;
  access.endpoint = *endpoint;
  access.region = config.service.region;
  access.access_key_id = key->access_key_id;
  access.secret_access_key = std::move(key->secret_access_key);
  return access;
}

bool is_running(const Config& config) { return !store::check_directory(config.store.url); }

}  // namespace

Result<std::unique_ptr<QueueAccess>, std::string> open_queue(const QueueArguments& arguments) {
  if (arguments.config_file.empty()) {
    auto access = api_access(arguments.api);
    if (!access) return std::unexpected(access.error());
    return std::make_unique<RunningService>(std::move(*access));
  }
  auto config = load_config(arguments.config_file, process_environment());
  if (!config) return std::unexpected(config.error());
  if (!is_running(*config)) return StoredQueue::open(std::move(*config));
  auto access = access_to(*config, arguments.config_file);
  if (!access) return std::unexpected(access.error());
  return std::make_unique<RunningService>(std::move(*access));
}

Result<ApiAccess, std::string> service_access(const QueueArguments& arguments) {
  if (arguments.config_file.empty()) return api_access(arguments.api);
  const auto config = load_config(arguments.config_file, process_environment());
  if (!config) return std::unexpected(config.error());
  if (is_running(*config)) return access_to(*config, arguments.config_file);
  return std::unexpected(std::string("nothing is said while the service does not run: start it, then trace"));
}

}  // namespace sesame::app
