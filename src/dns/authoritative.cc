// All state is touched on one executor only. What runs beside each other (addresses of several hosts, questions to
// several servers) is spawned into one TaskGroup and counted down by a Latch; the results stand in shared memory,
// because a caller may be gone before its questions are.
#include "dns/authoritative.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dns/exchange.h"
#include "dns/name.h"
#include "net/special_address.h"
#include "net/task_group.h"

namespace sesame::dns {
namespace {

namespace asio = boost::asio;

// What the way to the socket takes: a turn must leave `first_try` for the question, or its silence would not count.
constexpr std::chrono::milliseconds turn_slack{100};

class Latch {
 public:
  Latch(const net::Executor& executor, std::size_t count) : left_(count), open_(executor, net::Deadline::max()) {}
  void count_down() {
    if (--left_ == 0) open_.expires_at(net::Deadline::min());
  }
  net::Task<void> wait() {
    if (left_ > 0) co_await open_.async_wait(asio::as_tuple(asio::use_awaitable));
  }

 private:
  std::size_t left_;
  asio::steady_timer open_;
};

net::Task<void> counted(std::shared_ptr<Latch> latch, net::Task<void> task) {
  struct CountDown {
    Latch& latch;
    ~CountDown() { latch.count_down(); }
  };
  const CountDown at_end{*latch};
  co_await std::move(task);
}

ServerAnswer no_answer(std::string detail) {
  ServerAnswer answer;
  answer.detail = std::move(detail);
  return answer;
}

void take_addresses(const Answer& answer, std::vector<net::IpAddress>& addresses) {
  for (const Record& record : answer.records) {
    const auto* a = std::get_if<A>(&record.data);
    const auto address = net::parse_ip(a != nullptr ? a->address : std::get<Aaaa>(record.data).address);
    if (address) addresses.push_back(*address);
  }
}

// IPv4 and IPv6 by turns: where one family does not get through, the other often does.
std::vector<net::IpAddress> asked_in_turn(const std::vector<net::IpAddress>& all, bool allow_private) {
  std::vector<net::IpAddress> v4, v6, turns;
  for (const net::IpAddress& address : all) {
    if (allow_private || !net::is_special_purpose(address)) (address.is_v6() ? v6 : v4).push_back(address);
  }
  for (std::size_t i = 0; i < std::max(v4.size(), v6.size()); ++i) {
    if (i < v4.size()) turns.push_back(v4[i]);
    if (i < v6.size()) turns.push_back(v6[i]);
  }
  if (turns.size() > AuthoritativeClient::max_addresses) turns.resize(AuthoritativeClient::max_addresses);
  return turns;
}

std::vector<NameServer> named_in(const Answer& ns) {
  std::vector<NameServer> servers;
  for (const Record& record : ns.records) {
    if (servers.size() == AuthoritativeClient::max_servers) break;
    servers.push_back({std::get<Ns>(record.data).host, {}});
  }
  return servers;
}

// One level of look(): which servers are asked on behalf of which zone.
struct Level {
  std::string zone;
  std::vector<NameServer> servers;
};

// Sorts the answers of one level: referrals to a zone below become the next level, the others are results.
Level sort_answers(const Level& level, std::vector<ServerLook> looks, std::vector<ServerLook>& results) {
  Level next;
  for (ServerLook& look : looks) {
    ServerAnswer& answer = look.answer;
    if (answer.status != ServerStatus::referral) {
      results.push_back(std::move(look));
    } else if (!is_below(answer.referral_zone, level.zone)) {
      answer = {.status = ServerStatus::lame, .detail = "the server refers to " + answer.referral_zone};
      results.push_back(std::move(look));
    } else {
      next.zone = answer.referral_zone;
      for (NameServer& server : answer.referral) {
        // Addresses from outside the zone asked are hearsay.
        if (!is_at_or_below(server.name, level.zone)) server.addresses.clear();
        const bool known = std::ranges::any_of(next.servers, [&](const auto& s) { return s.name == server.name; });
        if (!known && next.servers.size() < AuthoritativeClient::max_servers) next.servers.push_back(std::move(server));
      }
    }
  }
  return next;
}

}  // namespace

struct AuthoritativeClient::Impl {
  Impl(net::Executor on, Resolver& with, RandomSource& source, AuthoritativeOptions opts)
      : executor(std::move(on)),
        resolver(with),
        random(source),
        options(opts),
        gate(opts.limits),
        tasks("dns.questions") {}

  const net::Executor executor;
  Resolver& resolver;
  RandomSource& random;
  const AuthoritativeOptions options;
  QuestionGate gate;
  net::TaskGroup tasks;

  using Self = std::shared_ptr<Impl>;
  using Transaction = Result<Message, net::NetError>;
  static net::Task<Result<ZoneServers, ZoneError>> servers_for(Self self, std::string name, net::Deadline deadline);
  static net::Task<ServerAnswer> ask(Self self, net::Endpoint server, std::string name, RecordType type,
                                     net::Deadline deadline);
  static net::Task<Result<std::vector<ServerLook>, ZoneError>> look(Self self, std::string name, RecordType type,
                                                                    net::Deadline deadline);

 private:
  using Servers = std::shared_ptr<std::vector<NameServer>>;
  using Looks = std::shared_ptr<std::vector<ServerLook>>;
  static net::Task<void> run_all(Self self, std::vector<net::Task<void>> work);
  static net::Task<void> find_addresses(Self self, Servers servers, std::size_t index, net::Deadline deadline);
  static net::Task<std::vector<NameServer>> with_addresses(Self self, std::vector<NameServer> servers,
                                                           net::Deadline deadline);
  static net::Task<void> ask_into(Self self, Looks looks, std::size_t index, std::vector<net::IpAddress> addresses,
                                  std::string name, RecordType type, net::Deadline deadline);
  static net::Task<std::vector<ServerLook>> ask_all(Self self, std::vector<NameServer> servers, std::string name,
                                                    RecordType type, net::Deadline deadline);
  static net::Task<Transaction> transact(Self self, QuestionGate::Place& place, net::Endpoint server, std::string name,
                                         RecordType type, bool edns, net::Deadline deadline);
};

net::Task<void> AuthoritativeClient::Impl::run_all(Self self, std::vector<net::Task<void>> work) {
  const auto latch = std::make_shared<Latch>(self->executor, work.size());
  for (net::Task<void>& task : work) {
    if (!self->tasks.spawn(self->executor, counted(latch, std::move(task)))) latch->count_down();
  }
  co_await latch->wait();
}

net::Task<void> AuthoritativeClient::Impl::find_addresses(Self self, Servers servers, std::size_t index,
                                                          net::Deadline deadline) {
  const std::string host = servers->at(index).name;
  std::vector<net::IpAddress> addresses;
  const Answer v4 = co_await self->resolver.resolve(host, RecordType::a, deadline);
  take_addresses(v4, addresses);
  const Answer v6 = co_await self->resolver.resolve(host, RecordType::aaaa, deadline);
  take_addresses(v6, addresses);
  servers->at(index).addresses = std::move(addresses);
}

net::Task<std::vector<NameServer>> AuthoritativeClient::Impl::with_addresses(Self self, std::vector<NameServer> servers,
                                                                             net::Deadline deadline) {
  const auto shared = std::make_shared<std::vector<NameServer>>(std::move(servers));
  std::vector<net::Task<void>> work;
  for (std::size_t i = 0; i < shared->size(); ++i) {
    if (shared->at(i).addresses.empty()) work.push_back(find_addresses(self, shared, i, deadline));
  }
  co_await run_all(self, std::move(work));
  co_return *shared;
}

net::Task<Result<ZoneServers, ZoneError>> AuthoritativeClient::Impl::servers_for(Self self, std::string name,
                                                                                 net::Deadline deadline) {
  std::string at = canonical(name);
  ZoneServers zone;
  while (true) {
    const Answer soa = co_await self->resolver.resolve(at, RecordType::soa, deadline);
    // An alias cannot be an apex; the SOA is then that of its target.
    if (soa.status == AnswerStatus::found && soa.cname_chain.empty()) {
      zone.apex = at;
      zone.soa = std::get<Soa>(soa.records.front().data);
      break;
    }
    if (soa.status == AnswerStatus::servfail || soa.status == AnswerStatus::timeout) {
      co_return std::unexpected(ZoneError{soa.status, fmt::format("SOA of {}: {}", at, soa.detail)});
    }
    if (at.empty()) co_return std::unexpected(ZoneError{AnswerStatus::nxdomain, "no zone holds " + name});
    at = std::string(parent(at));
  }
  const Answer ns = co_await self->resolver.resolve(zone.apex, RecordType::ns, deadline);
  if (ns.status != AnswerStatus::found) {
    co_return std::unexpected(ZoneError{ns.status, fmt::format("NS of {}: {}", zone.apex, dns::name(ns.status))});
  }
  zone.servers = co_await with_addresses(self, named_in(ns), deadline);
  co_return zone;
}

net::Task<AuthoritativeClient::Impl::Transaction> AuthoritativeClient::Impl::transact(
    Self self, QuestionGate::Place& place, net::Endpoint server, std::string name, RecordType type, bool edns,
    net::Deadline deadline) {
  const net::Deadline now = std::chrono::steady_clock::now();
  const net::Deadline first_end = std::min(now + self->options.first_try, now + (deadline - now) / 2);
  Message query = make_query(name, type, self->random, edns);
  Transaction response = co_await exchange_udp(server, query, first_end);
  if (!response && response.error().code == net::NetErrc::timed_out) {
    query = make_query(name, type, self->random, edns);
    response = co_await exchange_udp(server, query, deadline);
  }
  if (response) place.answered();
  // Silence within less than the usual time says nothing about the server.
  const bool had_time = deadline - now >= self->options.first_try;
  if (!response && response.error().code == net::NetErrc::timed_out && had_time) place.timed_out();
  if (response && response->header.tc) response = co_await exchange_tcp(server, query, deadline);
  co_return response;
}

net::Task<ServerAnswer> AuthoritativeClient::Impl::ask(Self self, net::Endpoint server, std::string name,
                                                       RecordType type, net::Deadline deadline) {
  const std::string asked = canonical(name);
  if (!to_wire_name(asked)) co_return no_answer("no such name can exist");
  if (self->tasks.stopping()) co_return no_answer("stopping");
  auto place = co_await self->gate.enter(server.address, deadline);
  if (!place) co_return no_answer(std::string(explain(place.error())));
  Transaction response = co_await transact(self, *place, server, asked, type, true, deadline);
  // Servers older than EDNS (RFC 6891 §7).
  const bool without_edns =
      response && !response->edns && (response->rcode == Rcode::formerr || response->rcode == Rcode::notimp);
  if (without_edns) response = co_await transact(self, *place, server, asked, type, false, deadline);
  if (!response) co_return no_answer(fmt::format("{}: {}", net::name(response.error().code), response.error().detail));
  co_return read_response(*response, asked, type);
}

net::Task<void> AuthoritativeClient::Impl::ask_into(Self self, Looks looks, std::size_t index,
                                                    std::vector<net::IpAddress> addresses, std::string name,
                                                    RecordType type, net::Deadline deadline) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const bool last = i + 1 == addresses.size();
    const net::Deadline turn = last ? deadline : std::min(deadline, net::after(self->options.first_try + turn_slack));
    const net::Endpoint server{addresses[i], self->options.port};
    ServerAnswer answer = co_await ask(self, server, name, type, turn);
    looks->at(index).address = server;
    looks->at(index).answer = std::move(answer);
    if (looks->at(index).answer.status != ServerStatus::timeout) co_return;
    if (std::chrono::steady_clock::now() >= deadline) co_return;
  }
}

net::Task<std::vector<ServerLook>> AuthoritativeClient::Impl::ask_all(Self self, std::vector<NameServer> servers,
                                                                      std::string name, RecordType type,
                                                                      net::Deadline deadline) {
  const auto looks = std::make_shared<std::vector<ServerLook>>(servers.size());
  std::vector<net::Task<void>> work;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    ServerLook& look = looks->at(i);
    look.server = servers[i].name;
    look.answer = no_answer("the name server has no address");
    if (servers[i].addresses.empty()) continue;
    look.address = {servers[i].addresses.front(), self->options.port};
    look.answer = no_answer("not asked: the name server's address is not one of the Internet");
    std::vector<net::IpAddress> addresses = asked_in_turn(servers[i].addresses, self->options.allow_private_servers);
    if (!addresses.empty()) work.push_back(ask_into(self, looks, i, std::move(addresses), name, type, deadline));
  }
  co_await run_all(self, std::move(work));
  co_return *looks;
}

net::Task<Result<std::vector<ServerLook>, ZoneError>> AuthoritativeClient::Impl::look(Self self, std::string name,
                                                                                      RecordType type,
                                                                                      net::Deadline deadline) {
  const std::string asked = canonical(name);
  const std::string held = label_count(asked) >= 3 ? std::string(parent(asked)) : asked;
  auto zone = co_await servers_for(self, held, deadline);
  if (!zone) co_return std::unexpected(zone.error());

  std::vector<ServerLook> results;
  Level level{zone->apex, std::move(zone->servers)};
  for (std::size_t depth = 0; depth <= max_referrals && !level.servers.empty(); ++depth) {
    auto looks = co_await ask_all(self, level.servers, asked, type, deadline);
    level = sort_answers(level, std::move(looks), results);
    level.servers = co_await with_addresses(self, std::move(level.servers), deadline);
  }
  for (const NameServer& server : level.servers) {
    results.push_back({server.name, {}, {.status = ServerStatus::lame, .detail = "too many referrals"}});
  }
  co_return results;
}

AuthoritativeClient::AuthoritativeClient(net::Executor executor, Resolver& resolver, RandomSource& random,
                                         AuthoritativeOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), resolver, random, options)) {}

AuthoritativeClient::~AuthoritativeClient() = default;

net::Task<Result<ZoneServers, ZoneError>> AuthoritativeClient::servers_for(std::string name, net::Deadline deadline) {
  auto task = Impl::servers_for(impl_, std::move(name), deadline);
  co_return co_await net::on_executor(impl_->executor, std::move(task));
}

net::Task<ServerAnswer> AuthoritativeClient::ask(net::Endpoint server, std::string name, RecordType type,
                                                 net::Deadline deadline) {
  auto task = Impl::ask(impl_, server, std::move(name), type, deadline);
  co_return co_await net::on_executor(impl_->executor, std::move(task));
}

net::Task<Result<std::vector<ServerLook>, ZoneError>> AuthoritativeClient::look(std::string name, RecordType type,
                                                                                net::Deadline deadline) {
  auto task = Impl::look(impl_, std::move(name), type, deadline);
  co_return co_await net::on_executor(impl_->executor, std::move(task));
}

std::size_t AuthoritativeClient::under_way() const { return impl_->gate.under_way(); }
std::size_t AuthoritativeClient::max_under_way() const { return impl_->gate.max_under_way(); }

net::Task<void> AuthoritativeClient::stop() { co_await impl_->tasks.stop(); }

}  // namespace sesame::dns
