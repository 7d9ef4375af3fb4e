// app/walkthrough/sandbox_client.h: the calls the walkthrough makes, in its own words. Each throws ProofMissing when
// the service does not answer as documented.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/api_client.h"
#include "app/json_path.h"
#include "app/walkthrough/report.h"

namespace sesame::app {

struct ZoneRecord {
  std::string name, type, value;
};

class SandboxClient {
 public:
  explicit SandboxClient(ApiClient& api) : api_(api) {}

  // 2yz with JSON, or ProofMissing naming the call.
  net::Task<boost::json::value> expect_ok(std::string method, std::string target,
                                          std::optional<boost::json::value> body = std::nullopt);
  // Anything else than the given error type is ProofMissing; returns the message.
  net::Task<std::string> expect_refusal(std::string method, std::string target, boost::json::value body,
                                        std::string error_type);

  net::Task<boost::json::value> identity(std::string name);
  // Asks until `path` of GetEmailIdentity is `wanted`; ProofMissing after 60 s. Returns the seconds it took.
  net::Task<double> wait_for_identity(std::string name, std::string path, std::string wanted);
  net::Task<void> set_mail_from(std::string identity, std::string mail_from, std::string behavior);
  // Replaces the record sets named; removes a name's set of a type.
  net::Task<void> publish(std::string zone, std::vector<ZoneRecord> records);
  net::Task<void> withdraw(std::string zone, std::string name, std::string type);
  net::Task<boost::json::value> look(std::string identity);
  net::Task<std::string> send(std::string from, std::string to, std::string subject);
  // The inbox's entry for a message, once it is there; ProofMissing after 30 s.
  net::Task<boost::json::value> received(std::string api_message_id);
  // The first event of that kind of a message, once it is there; ProofMissing after 30 s.
  net::Task<boost::json::value> event(std::string api_message_id, std::string kind);
  net::Task<boost::json::value> message(std::string api_message_id);

 private:
  ApiClient& api_;
};

}  // namespace sesame::app
