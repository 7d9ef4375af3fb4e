// feedback/testing/door_house.h: the feedback door over a real session and a real store, for tests.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "feedback/door.h"
#include "net/runtime.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "smtp_session/client_session.h"
#include "store/testing/temp_stores.h"

namespace sesame::feedback {

inline std::string dsn(const std::string& groups) {
  return "From: MAILER-DAEMON@mx.example.net\r\nTo: x\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
         "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
         "Reporting-MTA: dns; mx.example.net\r\n\r\n" +
         groups + "\r\n--b--\r\n";
}

// Keeps what the service would send.
class KeepingNotices final : public identity::NoticeSender {
 public:
  net::Task<bool> send(identity::Notice notice) override {
    if (works) sent.push_back(std::move(notice));
    co_return works;
  }
  std::vector<identity::Notice> sent;
  bool works = true;
};

// A door on a store of its own, and mail servers that bring it mail.
class DoorTest : public testing::Test {
 protected:
  DoorTest() {
    auto loaded = net::run_task(submission::MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
    open_door({.host_name = "feedback.svc.example"});
  }

  void open_door(DoorOptions options) {
    door = std::make_unique<Door>(
        DoorDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, notices, kept, clock, random, pool.executor(),
                 net::TlsContext::server_self_signed("feedback.svc.example")},
        std::move(options));
  }
  void open_door_with_operator() {
    open_door({.host_name = "feedback.svc.example",
               .operator_address = "ops@example.com",
               .operator_account = "000000000000",
               .service_domains = {"svc.example"}});
  }

  std::string sent(std::vector<std::string> recipients, std::string through = "ses_v2") {
    store::NewMessage message;
    message.api_message_id = ids->mint();
    message.account_id = "111122223333";
    message.envelope = {message.api_message_id + "@bounce.example.com", std::move(recipients)};
    message.content = "x";
    message.accepted_through = std::move(through);
    message.accepted = clock.now();
    message.expires = clock.now() + std::chrono::hours(14);
    const std::string path = message.envelope.reverse_path;
    EXPECT_TRUE(net::run_task(temp.stores.queue->enqueue(std::move(message), {})));
    return path;
  }

  // One message to the door from <>; its reply to the recipient or to the final dot.
  smtp::Reply deliver(const std::string& to, const std::string& content) { return deliver_to_all({to}, content); }
  // The reply to the first recipient.
  smtp::Reply deliver_to_all(const std::vector<std::string>& to, const std::string& content,
                             const smtp::ReversePath& from = std::nullopt) {
    net::TestLoop loop;
    net::MemoryStreams streams = net::make_memory_streams(loop.executor());
    loop.spawn(door->handler()(std::move(streams.server)));
    return loop.run(talk(std::move(streams.client), from, to, content));
  }

  static net::Task<smtp::Reply> talk(std::unique_ptr<net::Stream> stream, smtp::ReversePath from,
                                     std::vector<std::string> to, std::string content) {
    smtp_session::ClientOptions options;
    options.helo_domain = "mx.example.net";
    options.start_tls = smtp_session::StartTls::never;
    smtp_session::ClientSession session(std::move(stream), std::move(options));
    auto started = co_await session.start();
    if (!started) co_return smtp::make_reply(421, smtp_session::to_text(started.error()));
    smtp_session::OutboundMessage message;
    message.reverse_path = from;
    for (const std::string& path : to) {
      const auto mailbox = smtp::parse_mailbox(path, smtp::Utf8::refuse);
      message.recipients.push_back(mailbox ? *mailbox : smtp::Mailbox{path, ""});  // only <Postmaster> is none
    }
    message.content = content;
    auto outcome = co_await session.send(message);
    co_await session.quit();
    const auto& result = outcome.recipients.at(0);
    if (result) co_return *result;
    const auto* refused = std::get_if<smtp_session::Refused>(&result.error().reason);
    if (refused == nullptr) co_return smtp::make_reply(421, smtp_session::to_text(result.error()));
    co_return refused->reply;
  }

  static net::Task<bool> offers_smtputf8(std::unique_ptr<net::Stream> stream) {
    smtp_session::ClientOptions options;
    options.helo_domain = "mx.example.net";
    options.start_tls = smtp_session::StartTls::never;
    smtp_session::ClientSession session(std::move(stream), std::move(options));
    const auto started = co_await session.start();
    const bool offered = started && session.extensions().smtputf8;
    co_await session.quit();
    co_return offered;
  }

  std::vector<store::Event> events(const std::string& path) {
    return *net::run_task(temp.stores.queue->events_of(path.substr(0, path.find('@'))));
  }
  std::string detail(const store::Event& event, const char* member) {
    return std::string(boost::json::parse(event.detail).at(member).as_string());
  }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  net::WorkerPool pool{1};
  const std::filesystem::path kept_mails = temp.directory() / "unread";
  KeptMail kept{kept_mails, {}, clock, random};
  events::Feed feed;
  KeepingNotices notices;
  std::unique_ptr<submission::MessageIds> ids;
  std::unique_ptr<Door> door;
};

}  // namespace sesame::feedback
