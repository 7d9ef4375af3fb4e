// identity/testing/house.h: an IdentityService with everything real around it but time and mail: a store on disk, name
// servers on loopback for example.com (ns1, ns2), the client that asks them, a clock that stands still, notices
// collected.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "identity/identity_service.h"
#include "identity/testing/name_servers.h"
#include "store/testing/temp_stores.h"

namespace sesame::identity {

class CollectedNotices final : public NoticeSender {
 public:
  net::Task<bool> send(Notice notice) override;
  // What was sent since the last call.
  std::vector<Notice> take();
  void refuse(bool refusing) { refusing_ = refusing; }

 private:
  std::atomic<bool> refusing_ = false;
  std::mutex mutex_;
  std::vector<Notice> sent_;
};

struct House {
  static constexpr const char* account = "123456789012";

  House();
  ~House();

  template <class T>
  T run(net::Task<T> task) {
    std::optional<T> result;
    runtime.run_blocking(net::detail::keep_result(std::move(task), result));
    if (!result) throw std::logic_error("a task ended without its result");
    return std::move(*result);
  }
  // The value, or a failure of the test by exception naming the error.
  template <class T>
  T must(IdentityTask<T> task) {
    auto result = run(std::move(task));
    if (!result) throw std::runtime_error("identity operation failed: " + result.error().text);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  // Publishes what the identity's DKIM and, if set, MAIL FROM domain need.
  void publish_dkim(const store::IdentityRecord& identity);
  void publish_mail_from(const std::string& mail_from_domain);
  store::IdentityRecord domain(const std::string& name = "example.com");
  store::IdentityRecord read(const std::string& name = "example.com");

  net::Runtime runtime{1};
  net::WorkerPool workers{1};
  NameServers servers{runtime, "example.com", 2};
  SecureRandom random;
  ManualClock clock;
  store::TempStores temp;
  ServiceNames names{"svc.example", "us-east-1"};
  CollectedNotices notices;
  dns::AuthoritativeClient client;
  IdentityService service;
};

}  // namespace sesame::identity
