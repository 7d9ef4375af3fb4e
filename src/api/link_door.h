// api/link_door.h: where links in mail lead (spec 4.5).
//
//   GET /u/<token>   a page with the button that unsubscribes. Never by GET, as mail gateways open links
//   POST /u/<token>  that button, or a mail reader's one click (RFC 8058): unsubscribes
//   GET /t/<token>   an opening: a transparent GIF of one pixel; a click: 302 to the place the token names
//
// Unsigned: whoever has a token was sent it. It is the service's own (campaign/link_token.h), so this redirects to
// nothing that the service did not put into a mail itself. HEAD is answered alike and not counted.
#pragma once

#include "api/front.h"
#include "campaign/subscriptions.h"
#include "campaign/tracking.h"
#include "campaign/visits.h"

namespace sesame::api {

// Mount as a public part. Thread-safe; what it is given must outlive it.
class LinkDoor final : public PublicPart {
 public:
  LinkDoor(const campaign::Tracking& tracking, campaign::Visits& visits, campaign::Subscriptions& subscriptions)
      : tracking_(tracking), visits_(visits), subscriptions_(subscriptions) {}

  bool takes(const http::Request& request, const http::Target& target) const override;
  net::Task<http::Response> handle(http::Request request, http::Target target, std::string request_id) override;

 private:
  net::Task<http::Response> visit(http::Request request, campaign::LinkClaim claim);
  net::Task<http::Response> unsubscribe(http::Request request, campaign::LinkClaim claim);

  const campaign::Tracking& tracking_;
  campaign::Visits& visits_;
  campaign::Subscriptions& subscriptions_;
};

}  // namespace sesame::api
