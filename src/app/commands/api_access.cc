#include "app/commands/api_access.h"

#include <fmt/format.h>

#include <cstdlib>

#include "app/sandbox_files.h"

namespace sesame::app {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<ApiAccess, std::string> api_access(const ApiArguments& arguments) {
  const std::string key_id = variable("AWS_ACCESS_KEY_ID"), secret = variable("AWS_SECRET_ACCESS_KEY");
  std::string endpoint = arguments.endpoint;
  if (endpoint.empty()) endpoint = variable("AWS_ENDPOINT_URL");
  ApiAccess access;
  if (arguments.data_dir.empty() && !key_id.empty() && !secret.empty() && !endpoint.empty()) {
    access.access_key_id = key_id;
    access.secret_access_key = Secret(secret);
    if (const std::string region = variable("AWS_REGION"); !region.empty()) access.region = region;
  } else {
    auto note = read_sandbox_note(arguments.data_dir.empty() ? default_sandbox_dir()
                                                             : std::filesystem::path(arguments.data_dir));
    if (!note) {
      return std::unexpected(note.error() + "; or set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    if (endpoint.empty()) endpoint = note->endpoint;
    access.access_key_id = note->access_key_id;
    access.secret_access_key = Secret(note->secret_access_key);
    access.region = note->region;
  }
  const auto url = http::parse_url(endpoint);
  if (!url)
    return std::unexpected(fmt::format("--endpoint: \"{}\" is not a URL such as http://127.0.0.1:8025", endpoint));
  access.endpoint = *url;
  return access;
}

}  // namespace sesame::app
