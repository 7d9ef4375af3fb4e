// sandbox/sandbox_api.h: the sandbox under /v2/sesame/sandbox, signed and refused like SES v2.
//
//   GET    inbox?limit=                   {"messages": [newest first], "last": n}
//   GET    inbox?after=n&wait=S&limit=    those after number n, waiting up to S seconds (at most 25) for one
//   DELETE inbox                          {"deleted": how many}
//   GET    inbox/{n}                      one message with headers, texts and attachments (inbox_shapes.h)
//   GET    inbox/{n}/raw                  its octets, message/rfc822
//   GET    inbox/{n}/html                 its HTML as a page under a policy that keeps it from doing anything
//   GET    inbox/{n}/attachments/{part}   its octets, to be saved: whatever the message says it is, nothing shows it
//   DELETE inbox/{n}
//   GET    zones                          {"zones": [names]}
//   GET    zones/{zone}/records           [{"name", "type", "ttl", "value"}] (zone_records.h)
//   PUT    zones/{zone}/records           the same list: each name and type in it becomes exactly what is given
//   DELETE zones/{zone}/records?name=&type=   the set; all sets at the name without a type; the zone without a name
//
// PUT and DELETE of records answer as GET does after them.
#pragma once

#include "api/front.h"
#include "api/router.h"
#include "net/runtime.h"
#include "sandbox/inbox.h"
#include "sandbox/provider.h"

namespace sesame::sandbox {

// Thread-safe. What it is given must outlive its calls.
class SandboxApi final : public api::Api {
 public:
  static constexpr std::size_t default_page = 100;
  static constexpr std::size_t max_page = 1'000;

  // `worker` runs what takes long or writes to disk.
  SandboxApi(Inbox& inbox, Provider& provider, net::Executor worker)
      : inbox_(inbox), provider_(provider), worker_(std::move(worker)) {}

  net::Task<http::Response> handle(api::Call call) override;

 private:
  net::Task<api::Outcome> list_inbox(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> clear_inbox(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> get_message(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> delete_message(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> list_zones(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> get_records(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> put_records(api::Call call, api::Arguments arguments);
  net::Task<api::Outcome> delete_records(api::Call call, api::Arguments arguments);
  http::Response raw_message(const std::string& number) const;
  net::Task<http::Response> html_body(std::string number);
  net::Task<http::Response> attachment(std::string number, std::string part);

  Inbox& inbox_;
  Provider& provider_;
  net::Executor worker_;
};

}  // namespace sesame::sandbox
