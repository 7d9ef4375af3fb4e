#include "app/walkthrough/sandbox_client.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sesame::app {
namespace {

using namespace std::chrono_literals;
constexpr auto identity_patience = 60s, message_patience = 30s;
constexpr auto pause = 200ms;

boost::json::object record_json(const ZoneRecord& record) {
  return {{"name", record.name}, {"type", record.type}, {"ttl", 60}, {"value", record.value}};
}

}  // namespace

net::Task<boost::json::value> SandboxClient::expect_ok(std::string method, std::string target,
                                                       std::optional<boost::json::value> body) {
  auto reply = co_await api_.call(method, target, std::move(body));
  if (!reply) throw ProofMissing{fmt::format("{} {}: {}", method, target, reply.error())};
  if (!reply->ok()) {
    throw ProofMissing{fmt::format("{} {} answered {} {}: {}", method, target, reply->status, reply->error_type,
                                   reply->message().empty() ? reply->raw.substr(0, 300) : reply->message())};
  }
  co_return std::move(reply->body);
}

net::Task<std::string> SandboxClient::expect_refusal(std::string method, std::string target, boost::json::value body,
                                                     std::string error_type) {
  auto reply = co_await api_.call(method, target, std::move(body));
  if (!reply) throw ProofMissing{fmt::format("{} {}: {}", method, target, reply.error())};
  if (reply->status != 400 || reply->error_type != error_type) {
    throw ProofMissing{fmt::format("{} {} answered {} {} instead of 400 {}", method, target, reply->status,
                                   reply->error_type, error_type)};
  }
  co_return reply->message();
}

net::Task<boost::json::value> SandboxClient::identity(std::string name) {
  auto found = co_await expect_ok("GET", "/v2/email/identities/" + percent_encode(name));
  co_return found;
}

net::Task<double> SandboxClient::wait_for_identity(std::string name, std::string path, std::string wanted) {
  const auto begin = std::chrono::steady_clock::now();
  const auto deadline = begin + identity_patience;
  std::string last;
  while (std::chrono::steady_clock::now() < deadline) {
    const boost::json::value found = co_await identity(name);
    last = text_at(found, path);
    if (last == wanted) co_return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    co_await net::sleep_until(net::after(pause));
  }
  throw ProofMissing{fmt::format("{} of {} is {} after 60 s, not {}", path, name, last, wanted)};
}

net::Task<void> SandboxClient::set_mail_from(std::string identity, std::string mail_from, std::string behavior) {
  const boost::json::object body{{"MailFromDomain", mail_from}, {"BehaviorOnMxFailure", behavior}};
  co_await expect_ok("PUT", fmt::format("/v2/email/identities/{}/mail-from", percent_encode(identity)), body);
}

net::Task<void> SandboxClient::publish(std::string zone, std::vector<ZoneRecord> records) {
  boost::json::array body;
  for (const ZoneRecord& record : records) body.push_back(record_json(record));
  co_await expect_ok("PUT", fmt::format("/v2/sesame/sandbox/zones/{}/records", zone), std::move(body));
}

net::Task<void> SandboxClient::withdraw(std::string zone, std::string name, std::string type) {
  const std::string target = fmt::format("/v2/sesame/sandbox/zones/{}/records?name={}&type={}", zone, name, type);
  co_await expect_ok("DELETE", target);
}

net::Task<boost::json::value> SandboxClient::look(std::string identity) {
  const std::string target = fmt::format("/v2/sesame/identities/{}/look", percent_encode(identity));
  auto found = co_await expect_ok("POST", target);
  co_return found;
}

net::Task<std::string> SandboxClient::send(std::string from, std::string to, std::string subject) {
  const boost::json::array recipients{boost::json::value(to)};
  const boost::json::object subject_part{{"Data", subject}};
  const boost::json::object text_part{{"Data", "Sent by the walkthrough.\n"}};
  const boost::json::object body_part{{"Text", text_part}};
  const boost::json::object simple{{"Subject", subject_part}, {"Body", body_part}};
  const boost::json::object content{{"Simple", simple}};
  const boost::json::object destination{{"ToAddresses", recipients}};
  const boost::json::object body{{"FromEmailAddress", from}, {"Destination", destination}, {"Content", content}};
  const boost::json::value answer = co_await expect_ok("POST", "/v2/email/outbound-emails", body);
  std::string id = text_at(answer, "MessageId");
  if (id.empty()) throw ProofMissing{"SendEmail answered without a MessageId"};
  co_return id;
}

net::Task<boost::json::value> SandboxClient::received(std::string api_message_id) {
  const auto deadline = net::after(message_patience);
  while (std::chrono::steady_clock::now() < deadline) {
    const boost::json::value inbox = co_await expect_ok("GET", "/v2/sesame/sandbox/inbox");
    const auto* messages = at(inbox, "messages").if_array();
    if (messages == nullptr) throw ProofMissing{"the inbox has no list of messages"};
    for (const boost::json::value& entry : *messages) {
      if (text_at(entry, "api_message_id") == api_message_id) co_return entry;
    }
    co_await net::sleep_until(net::after(pause));
  }
  throw ProofMissing{fmt::format("message {} did not reach the inbox within 30 s", api_message_id)};
}

net::Task<boost::json::value> SandboxClient::message(std::string api_message_id) {
  auto found = co_await expect_ok("GET", "/v2/sesame/messages/" + api_message_id);
  co_return found;
}

net::Task<boost::json::value> SandboxClient::event(std::string api_message_id, std::string kind) {
  const auto deadline = net::after(message_patience);
  while (std::chrono::steady_clock::now() < deadline) {
    const boost::json::value found = co_await message(api_message_id);
    if (const auto* events = at(found, "events").if_array()) {
      for (const boost::json::value& event : *events) {
        if (text_at(event, "kind") == kind) co_return event;
      }
    }
    co_await net::sleep_until(net::after(pause));
  }
  throw ProofMissing{fmt::format("message {} has no {} event after 30 s", api_message_id, kind)};
}

}  // namespace sesame::app
