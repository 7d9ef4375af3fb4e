// app/api_client.h: our own commands as clients of the API: signed requests, JSON in and out.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "http/url.h"
#include "net/task.h"

namespace sesame::app {

struct ApiReply {
  int status = 0;
  std::string error_type;   // x-amzn-ErrorType without what follows a ':'; empty on success
  boost::json::value body;  // null when the answer had none
  std::string raw;          // the body as it came
  bool ok() const { return status >= 200 && status < 300; }
  std::string message() const;  // of an error: its "message"; else ""
};

struct ApiAccess {
  http::Url endpoint;
  std::string region = "us-east-1";
  std::string access_key_id;
  Secret secret_access_key;
};

// Connects anew for every call. Errors are one line for a person: could not connect, not HTTP, not JSON.
class ApiClient {
 public:
  explicit ApiClient(ApiAccess access) : access_(std::move(access)) {}

  net::Task<Result<ApiReply, std::string>> call(std::string method, std::string target,
                                                std::optional<boost::json::value> body = std::nullopt,
                                                std::chrono::seconds patience = std::chrono::seconds(30));

 private:
  ApiAccess access_;
};

}  // namespace sesame::app
