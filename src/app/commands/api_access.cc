#include "app/commands/api_access.h"

#include <fmt/format.h>

#include "app/config.h"
#include "app/sandbox_files.h"

namespace sesame::app {

Result<ApiAccess, std::string> api_access(const ApiArguments& arguments) {
  const auto key_id = process_environment("AWS_ACCESS_KEY_ID");
  const auto secret = process_environment("AWS_SECRET_ACCESS_KEY");
  std::string endpoint = arguments.endpoint;
  if (endpoint.empty()) endpoint = process_environment("AWS_ENDPOINT_URL").value_or("");
  ApiAccess access;
  if (arguments.data_dir.empty() && key_id && secret && !endpoint.empty()) {
    access.access_key_id = *key_id;
    access.secret_access_key = Secret(*secret);
    access.region = process_environment("AWS_REGION").value_or("us-east-1");
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
