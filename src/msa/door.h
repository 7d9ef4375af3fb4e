// msa/door.h: the SMTP submission door (RFC 6409), as SES's SMTP interface behaves (spec 5).
//
// STARTTLS before AUTH, AUTH PLAIN and LOGIN with the derived password, one SubmissionRequest per message; identity,
// quota and MAIL FROM checks answer after DATA. It never accepts mail from somebody who has not signed in.
//
// Guessing passwords is slow: a session ends at its third failed AUTH, and a peer network (an IPv4 address or an IPv6
// /64) that has failed too often hears 421 4.7.0 in place of the greeting, or of an answer to AUTH, until its time has
// come (DoorOptions).
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "net/listener.h"
#include "net/tls_context.h"
#include "store/control_store.h"
#include "submission/pipeline.h"

namespace sesame::msa {

struct DoorOptions {
  std::string host_name;      // in the greeting
  std::string region;         // SMTP passwords are derived for it
  bool require_tls = true;    // before AUTH
  bool implicit_tls = false;  // TLS before the greeting (listen_tls)
  std::size_t max_message_octets = 40u << 20;
  double failed_sign_ins_at_once = 20;    // of one peer network, at least 1
  double failed_sign_ins_per_minute = 6;  // and then, above 0
};

struct DoorDeps {
  store::ControlStore& control;
  submission::Pipeline& pipeline;
  net::TlsContext tls;
  RandomSource& random;
};

class Door {
 public:
  Door(DoorDeps deps, DoorOptions options);
  ~Door();

  net::SessionHandler handler();  // for net::Listener::start
  // Sessions that wait for a command are told 421 and closed; transactions under way may end. Then stop the listener.
  void finish();

  struct Counters {
    std::uint64_t sessions = 0, accepted = 0, refused = 0, auth_failures = 0;
    std::uint64_t auth_refused = 0;  // without looking: the peer's network has failed too often
  };
  Counters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::msa
