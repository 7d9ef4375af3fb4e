// A SendEmail body: what is refused is refused in the API's words, and writing the JSON anew changes nothing.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/json.h"
#include "api/ses_v2/send_email_body.h"
#include "base/text.h"

namespace {

using sesame::api::ApiResult;
using sesame::submission::SubmissionRequest;

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(const ApiResult<SubmissionRequest>& a, const ApiResult<SubmissionRequest>& b) {
  if (!a || !b) return a.has_value() == b.has_value() && a.error() == b.error();
  return a->source == b->source && a->recipients == b->recipients && a->tags == b->tags &&
         a->content.index() == b->content.index();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sesame::api::ErrorName;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto request = sesame::api::read_send_email(body);
  if (request) {
    require(request->door == sesame::submission::Door::ses_v2);
    require(request->account_id.empty() && request->caller.empty());
  } else {
    const auto& error = request.error();
    require(error.name == ErrorName::serialization || error.name == ErrorName::bad_request ||
            error.name == ErrorName::not_found);
    require(!error.message || sesame::is_utf8(*error.message));
  }
  if (const auto object = sesame::api::parse_body(body)) {
    require(same(request, sesame::api::read_send_email(boost::json::serialize(*object))));
  }
  return 0;
}
