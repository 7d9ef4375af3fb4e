#include "api/sigv4/sign_request.h"

namespace sesame::sigv4 {

Result<void, SignError> sign_request(http::ClientRequest& request, const SigningCredentials& credentials,
                                     const SigningOptions& options) {
  request.headers.set("Host", http::host_field(request.url));
  HttpFacts facts{request.method, request.url.target, {}, request.body};
  for (const http::Field& field : request.headers) facts.headers.push_back({field.name, field.value});
  const auto added = sign(facts, credentials, options);
  if (!added) return std::unexpected(added.error());
  for (const OwnedHeader& header : *added) request.headers.add(header.name, header.value);
  return {};
}

}  // namespace sesame::sigv4
