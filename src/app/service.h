// app/service.h: the wiring. Every mutable thing is made here once, handed down by constructor and stopped in order.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/config.h"
#include "net/runtime.h"

namespace sesame::app {

// The one account of an installation that has not made others.
inline constexpr std::string_view default_account = "000000000000";

struct SandboxSettings {
  net::Endpoint receiver;                             // where the pretend receiver listens
  std::vector<net::IpAddress> name_server_addresses;  // of the pretend DNS provider
};

// Order: configuration is complete → certificates are read → sockets are bound → the store is opened → everything
// starts. A failure in that order leaves nothing behind that was not there before.
class Service {
 public:
  // The error is one line naming the key, file or address.
  static Result<std::unique_ptr<Service>, std::string> open(Config config, std::optional<SandboxSettings> sandbox);
  ~Service();

  void start();
  // Closes the doors and takes no new work, at once; lets what is under way end within 10 s, returns the rest to the
  // queue. Blocks, a little longer than that at most.
  void stop();

  net::Endpoint http_endpoint() const;
  net::Endpoint submission_endpoint() const;

  // Where the console is: as long as no password is set, the one-time link that sets it. Blocks; for the start only, as
  // each call ends the link of before.
  struct ConsoleLink {
    std::string url;
    bool sets_password = false;
  };
  Result<ConsoleLink, std::string> console_link();

  // For the sandbox's banner: an access key of the default account, made when there is none. Blocks.
  struct AccessKey {
    std::string access_key_id, secret_access_key;
  };
  Result<AccessKey, std::string> first_access_key();

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sesame::app
