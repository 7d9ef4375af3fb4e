// store/testing/conformance.h: what the conformance suites share.
//
// A suite is instantiated for an engine's harness: a default-constructible type with
//   Stores stores;   open, empty stores
//   void reopen();   closes and opens them again on the same data
#pragma once

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/open.h"

namespace sesame::store {

inline std::ostream& operator<<(std::ostream& out, StoreErrc code) { return out << name(code); }

// nullopt: it succeeded.
template <class T>
std::optional<StoreErrc> error_of(const StoreResult<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

template <class Harness>
class Conformance : public testing::Test {
 protected:
  ControlStore& control() { return *harness_.stores.control; }
  QueueStore& queue() { return *harness_.stores.queue; }
  TopicStore& topics() { return *harness_.stores.topics; }
  SessionStore& sessions() { return *harness_.stores.sessions; }
  ContactStore& contacts() { return *harness_.stores.contacts; }
  CampaignStore& campaigns() { return *harness_.stores.campaigns; }
  Outbox& outbox() { return *harness_.stores.outbox; }
  PoolStore& pools() { return *harness_.stores.pools; }
  ProviderStore& providers() { return *harness_.stores.providers; }
  PauseStore& pauses() { return *harness_.stores.pauses; }
  void reopen() { harness_.reopen(); }

  // The value, or a failed test.
  template <class T>
  T get(StoreTask<T> task) {
    StoreResult<T> result = net::run_task(std::move(task));
    if (!result) {
      ADD_FAILURE() << name(result.error().code) << ": " << result.error().detail;
      throw std::runtime_error("the operation was expected to succeed");
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  template <class T>
  std::optional<StoreErrc> failure(StoreTask<T> task) {
    return error_of(net::run_task(std::move(task)));
  }

 private:
  Harness harness_;
};

// Octets that text handling gets wrong: NUL inside and at the end, beyond the BMP, not UTF-8, quotes.
inline std::string awkward_text() {
  using namespace std::string_literals;
  return "a\0b\xf0\x9f\x93\xa7\xff'\"\\\r\n%_\0"s;
}

}  // namespace sesame::store
