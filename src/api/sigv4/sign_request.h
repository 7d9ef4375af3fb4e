// api/sigv4/sign_request.h: a request of our own HTTP client, signed.
#pragma once

#include "api/sigv4/sign.h"
#include "http/client.h"

namespace sesame::sigv4 {

// Adds Host, so that what is signed is what is sent, and what sign() makes of the request as it is then: nothing in it
// may change afterwards.
Result<void, SignError> sign_request(http::ClientRequest& request, const SigningCredentials& credentials,
                                     const SigningOptions& options);

}  // namespace sesame::sigv4
