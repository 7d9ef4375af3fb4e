// sandbox/inbox.h: the messages the receiver took, each with its verdict; bounded, the oldest go.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/feed.h"

namespace sesame::sandbox {

// As the SMTP session had it.
struct InboxEnvelope {
  std::string mail_from;             // empty for <>
  std::vector<std::string> rcpt_to;  // those who take mail
  std::string helo;
  std::string ip;
  std::optional<std::string> tls;  // "TLSv1.3"; nullopt: plain
};

struct InboxEntry {
  std::uint64_t number = 0;  // from 1, never given twice; set by Inbox
  Time received_at{};
  InboxEnvelope envelope;
  // Header fields, decoded to UTF-8 and cut at max_field_octets; "" if there is none.
  std::string from, to, subject, message_id;
  // The service's id of the message: the local part of the return path, else of the Message-ID, if that has the form.
  std::optional<std::string> api_message_id;
  boost::json::object verdict;  // keys of `sesame verify --json`
  std::string content;          // with the trace fields of the receiver; lines end in CRLF

  static constexpr std::size_t max_field_octets = 1'000;
};

// Fills in what the header section says.
InboxEntry make_entry(InboxEnvelope envelope, boost::json::object verdict, std::string content, Time received_at);

struct InboxPage {
  std::vector<std::shared_ptr<const InboxEntry>> entries;  // newest first
  std::uint64_t last = 0;                                  // pass as `after` to hear what comes next
};

// Thread-safe.
class Inbox {
 public:
  // An entry counts its content and this much for everything else.
  static constexpr std::size_t entry_overhead_octets = 8'192;

  struct Limits {
    std::size_t max_messages = 1'000;
    std::size_t max_octets = 200u << 20;
  };
  explicit Inbox(Limits limits) : limits_(limits) {}

  // Returns its number. One that is larger than the whole inbox is not kept.
  std::uint64_t add(InboxEntry entry);

  // The newest `limit`; `last` is the newest number ever given.
  InboxPage newest(std::size_t limit) const;
  // The oldest `limit` of those with numbers above `after`, so that nobody who asks on from `last` misses one; `last`
  // is the newest of them, or `after` if there are none.
  InboxPage after(std::uint64_t after, std::size_t limit) const;
  // The same, but waits until there is one, `deadline` has passed or nobody is kept waiting any more.
  net::Task<InboxPage> wait_after(std::uint64_t after, std::size_t limit, net::Deadline deadline);
  void stop_waiting() { arrivals_.close(); }

  std::shared_ptr<const InboxEntry> find(std::uint64_t number) const;  // nullptr if it is not (any more) there
  bool erase(std::uint64_t number);
  std::size_t clear();  // how many there were

 private:
  using Entries = std::deque<std::shared_ptr<const InboxEntry>>;  // numbers ascending

  Entries::const_iterator position(std::uint64_t number) const;
  void drop(Entries::const_iterator at);

  const Limits limits_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::size_t octets_ = 0;
  std::uint64_t last_number_ = 0;
  events::Feed arrivals_;
};

}  // namespace sesame::sandbox
