// dns/authoritative.h: direct questions to the name servers of a zone, past every cache.
//
// Source: RFC 1034 §4.3.2 (authoritative answers, referrals), RFC 1035 §4.2 (UDP, TCP), RFC 5452 (random id and port),
// RFC 6891 (EDNS, 1232 octets), RFC 9210 (TCP on truncation).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "dns/question_gate.h"
#include "dns/record.h"
#include "dns/resolver.h"
#include "dns/server_answer.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::dns {

struct ZoneServers {
  std::string apex;
  Soa soa;
  std::vector<NameServer> servers;  // at most AuthoritativeClient::max_servers
};

// Why there are no servers to ask. `status` is servfail or timeout when nothing can be said, nxdomain or no_data when
// the DNS says there is no zone or no name server.
struct ZoneError {
  AnswerStatus status = AnswerStatus::servfail;
  std::string detail;  // one line, for people
};

struct ServerLook {
  std::string server;     // name of the name server
  net::Endpoint address;  // where it was asked last; unspecified if no address could be found
  ServerAnswer answer;    // never a referral
};

struct AuthoritativeOptions {
  std::uint16_t port = 53;  // of every name server (sandbox and tests: another)
  GateLimits limits;
  std::chrono::milliseconds first_try{1'500};  // then once more, until the deadline
  // False: look() asks nobody at a special-purpose address (net/special_address.h). Who owns a zone names its servers,
  // and could name hosts of ours.
  bool allow_private_servers = false;
};

// Works on `executor`, one of a net::Runtime's, where the bounds are kept: they are those of the process. Any executor
// may call; the caller resumes on its own. `resolver` and `random` must outlive it. stop() must be awaited before it is
// destroyed; after it every answer is timeout.
class AuthoritativeClient {
 public:
  static constexpr std::size_t max_servers = 8;
  static constexpr std::size_t max_addresses = 4;  // of one server, that are asked
  static constexpr std::size_t max_referrals = 4;  // one below the other

  AuthoritativeClient(net::Executor executor, Resolver& resolver, RandomSource& random, AuthoritativeOptions options);
  ~AuthoritativeClient();

  // The zone that holds `name`, found by walking up SOA questions through the resolver, whose cache may hold this.
  net::Task<Result<ZoneServers, ZoneError>> servers_for(std::string name, net::Deadline deadline);

  // One question to one server: UDP, once more, TCP if truncated. Answers with another id or question are not its.
  // A server that let two questions in a row time out is silent: until it answers, one question in ten seconds goes out
  // to it and the others are answered timeout at once (dns/question_gate.h). Whoever gives less time than `first_try`
  // does not make a server silent.
  net::Task<ServerAnswer> ask(net::Endpoint server, std::string name, RecordType type, net::Deadline deadline);

  // Asks all servers of the zone that holds `name` beside each other and follows referrals to a zone below. A server
  // that cannot be reached at one of its addresses is asked at the next, IPv4 and IPv6 by turns, at most max_addresses;
  // each gets `first_try` of the time, the last one what is left. For a name
  // of three or more labels it starts at the zone of its parent: a delegation of that one label is then seen where it
  // is made, at this moment, not in a cache.
  net::Task<Result<std::vector<ServerLook>, ZoneError>> look(std::string name, RecordType type, net::Deadline deadline);

  net::Task<void> stop();

  // Questions on their way, of GateLimits::max_under_way. Thread-safe.
  std::size_t under_way() const;
  std::size_t max_under_way() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sesame::dns
