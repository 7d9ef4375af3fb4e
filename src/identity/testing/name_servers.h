// identity/testing/name_servers.h: authoritative name servers on loopback that answer real DNS messages, for tests.
//
//   NameServers servers(runtime, "example.com", 2);  // ns1.example.com on 127.0.0.1, ns2.example.com on 127.0.0.2
//   servers.publish("bounce.example.com", RecordType::mx, "10 mx.example.net");
//   servers.server(1).publish(...);                  // that one alone
//   servers.server(1).misbehave(Misbehaviour::silent);
//
// UDP on one port the system chose. The root's part (who serves a zone) is played by `resolver`.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dns/datagram.h"
#include "dns/testing/fake_resolver.h"
#include "dns/wire.h"
#include "net/runtime.h"
#include "net/task_group.h"

namespace sesame::identity {

enum class Misbehaviour { none, silent, servfail, refused };

// Thread-safe but for construction.
class NameServer {
 public:
  // `value` in the form of dns::parse_record_data; throws std::invalid_argument if it is not one. Names may begin with
  // the label "*" (RFC 4592).
  void publish(std::string_view name, dns::RecordType type, std::string_view value);
  void withdraw(std::string_view name, dns::RecordType type);
  // Questions at or below `name` are referred to `host`.
  void delegate(std::string_view name, std::string_view host);
  void misbehave(Misbehaviour how) { how_ = how; }
  std::size_t questions() const { return questions_; }

  // The octets to send back; empty for silence.
  std::string answer(std::string_view octets);

 private:
  using Key = std::pair<std::string, dns::RecordType>;

  std::vector<dns::Record> records_at(const std::string& owner, const std::string& asked, dns::RecordType type) const;
  bool exists(const std::string& name) const;
  void fill(dns::Message& response, const std::string& asked, dns::RecordType type) const;

  mutable std::mutex mutex_;
  std::map<Key, std::vector<dns::RecordData>> records_;
  std::map<std::string, std::string> delegations_;
  std::atomic<Misbehaviour> how_ = Misbehaviour::none;
  std::atomic<std::size_t> questions_ = 0;
};

class NameServers {
 public:
  // `count` servers for `zone`, announced in resolver(). Throws std::runtime_error if a socket cannot be bound.
  NameServers(net::Runtime& runtime, std::string zone, std::size_t count);
  ~NameServers();

  void publish(std::string_view name, dns::RecordType type, std::string_view value);
  void withdraw(std::string_view name, dns::RecordType type);
  NameServer& server(std::size_t index) { return *servers_.at(index); }
  // One more server, for a delegated name: called `host`, on an address of its own.
  NameServer& add_server(std::string host);
  // Replaces everything that is published at a name on all servers.
  void replace(std::string_view name, dns::RecordType type, std::string_view value);

  std::uint16_t port() const { return port_; }
  dns::FakeResolver& resolver() { return resolver_; }

 private:
  NameServer& start(const std::string& address);

  net::Runtime& runtime_;
  dns::FakeResolver resolver_;
  net::TaskGroup tasks_{"test.name_servers"};
  std::vector<std::unique_ptr<NameServer>> servers_;
  std::size_t zone_servers_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace sesame::identity
