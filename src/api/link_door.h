// api/link_door.h: where links in mail lead (spec 4.5).
//
//   GET /t/<token>   an opening: a transparent GIF of one pixel; a click: 302 to the place the token names
//
// Unsigned: whoever has a token was sent it. It is the service's own (campaign/link_token.h), so this redirects to
// nothing that the service did not put into a mail itself. HEAD is answered alike and not counted.
#pragma once

#include "api/front.h"
#include "campaign/tracking.h"
#include "campaign/visits.h"

namespace sesame::api {

// Mount as a public part. Thread-safe; both must outlive it.
class LinkDoor final : public PublicPart {
 public:
  LinkDoor(const campaign::Tracking& tracking, campaign::Visits& visits) : tracking_(tracking), visits_(visits) {}

  bool takes(const http::Request& request, const http::Target& target) const override;
  net::Task<http::Response> handle(http::Request request, http::Target target, std::string request_id) override;

 private:
  const campaign::Tracking& tracking_;
  campaign::Visits& visits_;
};

}  // namespace sesame::api
