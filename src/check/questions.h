// check/questions.h: the questions of a check, and the values they are answered with.
//
// Records a domain owner publishes are asked for at each name server of the zone, past every cache. Where those cannot
// be reached (a network that lets DNS out only through its resolver), the resolver's word is taken.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/authoritative.h"
#include "dns/resolver.h"
#include "identity/judge.h"
#include "identity/look.h"

namespace sesame::check {

// One record looked at. identity/look.h knows the purposes of a service's own records; a check has more: "spf",
// "dmarc".
struct Record {
  std::string purpose;
  identity::RecordFinding finding;
};

// What the servers of the zone say; if none of them answers, what the resolver says, as if it were one more of them,
// called resolver_name.
constexpr std::string_view resolver_name = "resolver";
net::Task<identity::Reply> ask_servers(dns::AuthoritativeClient& client, dns::Resolver& resolver, std::string name,
                                       dns::RecordType type, net::Deadline deadline);

// Did any server of `reply` answer, if only with "no such record"?
bool has_answer(const identity::Reply& reply);

// The resolver's answer in the form of a name server's.
dns::ServerLook as_server_look(const dns::Answer& answer);

// The server that says what most of those that answered say; of several answers equally frequent the first. nullptr if
// none answered. Points into `reply`.
const dns::ServerLook* majority(const identity::Reply& reply);
// Its records.
std::vector<dns::Record> majority_records(const identity::Reply& reply);

// The strings of TXT records, each joined (RFC 7208 §3.3).
std::vector<std::string> texts(const std::vector<dns::Record>& records);

// Records on one line as identity::shown writes them; "nothing" if there are none.
std::string shown_all(const std::vector<dns::Record>& records);
std::string shown_found(const identity::RecordFinding& finding);
// "bounce.example.com MX"
std::string question_text(std::string_view name, dns::RecordType type);

// Did the DNS say something, if only that there is nothing?
bool is_answered(const dns::Answer& answer);

// A resolver that answers with what was just asked of the zone's own servers, and leaves the rest to another, whose
// cache may still hold what stood there before. Not thread-safe while being filled.
class FreshResolver final : public dns::Resolver {
 public:
  explicit FreshResolver(dns::Resolver& others) : others_(others) {}

  // Takes the majority's answer, also that there is nothing; not if nobody answered or there is an alias.
  void learn(const identity::Reply& reply);
  net::Task<dns::Answer> resolve(std::string name, dns::RecordType type, net::Deadline deadline) override;

 private:
  dns::Resolver& others_;
  std::map<std::pair<std::string, dns::RecordType>, dns::Answer> known_;
};

}  // namespace sesame::check
