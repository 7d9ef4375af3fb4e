// sandbox/sandbox.h: the outside world on loopback: a pretend DNS provider, a receiver with its inbox, the simulator.
//
// Nothing of the service itself is replaced: names are looked up with real DNS messages at the built-in server, mail
// leaves over real SMTP, the receiver evaluates SPF, DKIM and DMARC of what it gets as any receiver would.
//
//   provider   zones the user edits through /v2/sesame/sandbox/zones/{zone}/records; kept in <data_dir>/zones.json
//   world      every other domain: MX and address lead to the receiver, so mail to anybody arrives in the inbox
//   receiver   SMTP on its own loopback address, all recipients; files messages with their verdict (inbox, bounded)
//   simulator  success@ bounce@ complaint@ ooto@ suppressionlist@ at simulator.<service domain>, plus labels
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "api/front.h"
#include "base/clock.h"
#include "base/random.h"
#include "dns/resolver.h"
#include "net/listener.h"
#include "net/runtime.h"
#include "store/control_store.h"
#include "zone/authority.h"

namespace sesame::sandbox {

struct Options {
  std::string service_domain;
  std::string account_id;  // whose identities own zones at the provider
  std::filesystem::path data_dir;
  net::IpAddress receiver_address;                    // 127.0.0.2
  std::vector<net::IpAddress> name_server_addresses;  // of the provider: ns1, ns2; all reach the built-in server
  std::uint16_t smtp_port = 25;                       // of every MX host in this world (delivery.port)
  std::size_t max_inbox_messages = 1000;
  std::size_t max_inbox_octets = 200u << 20;
};

struct Deps {
  store::ControlStore& control;
  dns::Resolver& resolver;
  zone::Authority& authority;  // zones of the provider are put here
  net::Runtime& runtime;
  const Clock& clock;
  RandomSource& random;
};

class Sandbox {
 public:
  // Reads zones.json. The error is one line naming the file.
  static Result<std::unique_ptr<Sandbox>, std::string> open(Deps deps, Options options);
  ~Sandbox();

  // What the authority asks for names in none of its zones; `before` (delegated MAIL FROM labels) is asked first.
  std::shared_ptr<zone::ZoneSource> world(std::shared_ptr<zone::ZoneSource> before);
  net::SessionHandler receiver();  // for net::Listener::start, on receiver_address
  api::Api& api();                 // /v2/sesame/sandbox/…
  // Receiver sessions that wait for a command are told 421 and closed. Then stop the receiver's listener.
  void finish();
  // Simulator mail under way is given until `deadline`, then dropped.
  net::Task<void> stop(net::Deadline deadline);

 private:
  struct Impl;
  explicit Sandbox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sesame::sandbox
