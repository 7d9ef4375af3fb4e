// api/sesame/pauses_api.h: mail held back by request (docs/shaping.md).
//
//   GET    /v2/sesame/pauses                         {"pauses": [{"scope", "value", "since", "note"}]}
//   PUT    /v2/sesame/pauses/account?note=           all mail of the caller's account
//   PUT    /v2/sesame/pauses/{scope}/{value}?note=   scope: identity, configuration_set, domain, mx
//   DELETE the same paths                            what it held is due again
//
// A domain, and the name of an MX host ("*.name": all below it), are taken in any case. Needs nothing but the store, so
// that `sesame queue` can use it on the data of a service that does not run. Signed and refused like SES v2; all is of
// the caller's account only.
#pragma once

#include <functional>

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "store/pause_store.h"

namespace sesame::api {

struct PausesApiDeps {
  store::PauseStore& pauses;
  const Clock& clock;
  std::function<void()> tell_delivery;  // pauses were made or ended; any thread; may be empty
};

// Mount at "/v2/sesame/pauses". Thread-safe; what `deps` refers to must outlive it.
class PausesApi final : public Api {
 public:
  static constexpr std::size_t max_note = 500;     // octets
  static constexpr std::size_t max_pauses = 1000;  // of an account

  explicit PausesApi(PausesApiDeps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> put(Call call, Arguments arguments);
  net::Task<Outcome> remove(Call call, Arguments arguments);

  PausesApiDeps deps_;
};

}  // namespace sesame::api
