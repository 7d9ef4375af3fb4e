// dns/question_gate.h: how many questions are under way at once, how fast one server is asked, and which servers have
// gone silent.
//
// A silent server holds each of its questions' places until the deadline, one that answers for a round trip only. Hence
// places are given by what is remembered of a server:
//
//   answers         its last question was answered: any place, `max_per_answering_server` of them
//   not known       never asked, or the last question timed out: half of the places at most, two per server
//   silent          two time-outs in a row: refused at once, but for one question every `probe_interval`
//
// So questions to servers that answer never wait behind those to servers that do not. A server that falls silent costs
// its places once, for the time of one question.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <map>
#include <string_view>

#include "base/result.h"
#include "base/token_bucket.h"
#include "net/endpoint.h"
#include "net/task.h"

namespace sesame::dns {

struct GateLimits {
  std::size_t max_under_way = 256;
  double per_server_per_second = 20;  // one address; the same number at once as a burst. 0: no limit
  std::size_t max_per_answering_server = 8;
  std::chrono::milliseconds probe_interval{10'000};
};

enum class GateRefusal {
  late,    // the server's turn or a place comes later than the deadline, or the caller is cancelled
  silent,  // the server has not answered lately and is not asked now; soon again
};
std::string_view explain(GateRefusal refusal);  // one line for people

// All calls on one serial executor. Questions that may go wait in the order they came.
class QuestionGate {
  struct Server;

 public:
  // Servers remembered; beyond it the one asked longest ago is forgotten, unless a question to it is here.
  static constexpr std::size_t max_servers = 20'000;
  static constexpr std::size_t max_per_unknown_server = 2;
  static constexpr unsigned silent_after = 2;  // time-outs in a row

  explicit QuestionGate(GateLimits limits) : limits_(limits) {}

  // A place among the questions under way; given back when it goes out of scope.
  class Place {
   public:
    Place(Place&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), server_(other.server_), at_(other.at_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (gate_ != nullptr) gate_->leave(*server_);
    }

    // What became of the question; neither is called when that says nothing about the server. A time-out counts only
    // if nothing was heard of the server since the place was given: some servers drop one kind of question.
    void answered() { gate_->answered(*server_); }
    void timed_out() { gate_->timed_out(*server_, at_); }

   private:
    friend class QuestionGate;
    Place(QuestionGate* gate, Server* server) : gate_(gate), server_(server), at_(std::chrono::steady_clock::now()) {}
    QuestionGate* gate_;
    Server* server_;
    net::Deadline at_;
  };

  // Waits for the server's turn and for a place. The gate must outlive its places.
  net::Task<Result<Place, GateRefusal>> enter(net::IpAddress server, net::Deadline deadline);

  std::size_t under_way() const { return under_way_; }  // thread-safe
  std::size_t max_under_way() const { return limits_.max_under_way; }

 private:
  struct Waiter;
  struct Server {
    Server(net::IpAddress at, TokenBucket turns_) : address(std::move(at)), turns(turns_) {}
    bool silent() const { return timeouts >= silent_after; }

    net::IpAddress address;
    TokenBucket turns;
    std::size_t entering = 0;  // with these or with places the server is not forgotten
    std::size_t under_way = 0;
    unsigned timeouts = 0;  // in a row
    bool answers = false;
    net::Deadline heard = net::Deadline::min();
    net::Deadline next_probe = net::Deadline::min();
  };
  using ServersByUse = std::list<Server>;  // the latest asked in front
  struct Entering;

  Server& remembered(const net::IpAddress& address);
  void forget_oldest();
  static bool in_use(const Server& server) { return server.entering > 0 || server.under_way > 0; }
  net::Task<bool> wait_for_turn(Server& server, net::Deadline deadline);
  bool has_place_for(const Server& server) const;
  void take_place(Server& server);
  void leave(Server& server);
  void set_answers(Server& server, bool answers);
  void answered(Server& server);
  void timed_out(Server& server, net::Deadline asked);
  void admit_waiting();

  const GateLimits limits_;
  std::atomic<std::size_t> under_way_ = 0;  // changed on the executor only
  std::size_t unknown_under_way_ = 0;       // those to servers not known to answer
  std::list<Waiter*> waiting_;
  ServersByUse servers_;
  std::map<net::IpAddress, ServersByUse::iterator> by_address_;
};

}  // namespace sesame::dns
