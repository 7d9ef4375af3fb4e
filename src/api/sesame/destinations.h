// api/sesame/destinations.h: what waits for whom, and what was given up (DESIGN 3.4, beyond SES).
//
//   GET  /v2/sesame/destinations                             those for whom something waits or was given up
//   GET  /v2/sesame/destinations/{destination}/dead-letters?after=&limit=
//   POST /v2/sesame/destinations/{destination}/retry         what was given up is due again; {"entries": how many}, at
//                                                            most 1000 in one call
//
// A destination is called by the ARN of a subscription, "webhook/<account>/<set>/<destination>" or "forwarding"
// (publish/destination_name.h). Signed and refused like SES v2; all is of the caller's account only.
#pragma once

#include <functional>

#include "api/front.h"
#include "api/router.h"
#include "base/clock.h"
#include "store/outbox.h"

namespace sesame::api {

struct DestinationsDeps {
  store::Outbox& outbox;
  const Clock& clock;
  std::function<void()> wake_publisher;  // entries became due; any thread
};

// Mount at "/v2/sesame/destinations". Thread-safe; what `deps` refers to must outlive it.
class DestinationsApi final : public Api {
 public:
  static constexpr std::size_t max_page = 1000;
  static constexpr std::size_t default_page = 50;

  explicit DestinationsApi(DestinationsDeps deps) : deps_(std::move(deps)) {}

  net::Task<http::Response> handle(Call call) override;

 private:
  net::Task<Outcome> list(Call call, Arguments arguments);
  net::Task<Outcome> dead_letters(Call call, Arguments arguments);
  net::Task<Outcome> retry(Call call, Arguments arguments);

  DestinationsDeps deps_;
};

}  // namespace sesame::api
