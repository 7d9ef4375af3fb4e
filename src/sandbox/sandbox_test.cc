// The sandbox as the service has it: its API, real DNS messages, real SMTP, on loopback.
#include "sandbox/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/text.h"
#include "dns/authoritative.h"
#include "dns/unbound_resolver.h"
#include "message/mime_reader.h"
#include "smtp_session/client_session.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"
#include "zone/server.h"

namespace sesame::sandbox {
namespace {

using namespace std::chrono_literals;
using dns::AnswerStatus;
using dns::RecordType;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto patience = 20s;
constexpr const char* account = "111122223333";

class NothingDelegated final : public zone::ZoneSource {
 public:
  net::Task<zone::ZoneAnswer> answer(std::string, RecordType) override { co_return zone::refused(); }
};

struct Answered {
  int status;
  std::string error_type;
  boost::json::value body;
  std::string raw;
};

class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    auto dns_bound = zone::Server::bind(runtime, {*net::parse_ip("127.0.0.1"), 0}, authority);
    auto smtp_bound = net::Listener::bind(runtime, {*net::parse_ip("127.0.0.2"), 0}, {});
    if (!dns_bound || !smtp_bound) throw std::runtime_error("loopback cannot be bound");
    dns_server = std::move(*dns_bound);
    listener = std::move(*smtp_bound);
    dns::UnboundOptions dns_options;
    dns_options.stub_root = dns_server->local();
    dns_options.cache = false;
    resolver = std::make_unique<dns::UnboundResolver>(runtime.executor(0), dns_options);
    open();
    dns_server->start();
    listener->start(sandbox->receiver());
  }

  void open() {
    Options options;
    options.service_domain = "svc.example";
    options.account_id = account;
    options.data_dir = temp.directory();
    options.receiver_address = *net::parse_ip("127.0.0.2");
    options.name_server_addresses = {*net::parse_ip("127.0.0.1")};
    options.smtp_port = listener->local().port;
    auto opened = Sandbox::open({*temp.stores.control, *resolver, authority, runtime, clock, random}, options);
    if (!opened) throw std::runtime_error(opened.error());
    sandbox = std::move(*opened);
    authority.set_fallback(sandbox->world(std::make_shared<NothingDelegated>()));
  }

  ~SandboxTest() override {
    sandbox->finish();
    run(listener->stop(net::after(patience)));
    run(sandbox->stop(net::after(patience)));
    resolver->stop();
    run(dns_server->stop(net::after(patience)));
  }

  template <class T>
  T run(net::Task<T> task) {
    if constexpr (std::is_void_v<T>) {
      runtime.run_blocking(std::move(task));
    } else {
      std::optional<T> result;
      runtime.run_blocking(net::detail::keep_result(std::move(task), result));
      return std::move(*result);
    }
  }

  // `target` below /v2/sesame/sandbox/, segments without escapes.
  http::Response answer(std::string method, std::string_view target, std::string body = "") {
    api::Call call;
    call.caller.account_id = account;
    call.method = std::move(method);
    const auto mark = target.find('?');
    call.segments = {"v2", "sesame", "sandbox"};
    for (const auto segment : split(target.substr(0, mark), '/')) call.segments.emplace_back(segment);
    if (mark != target.npos) {
      for (const auto pair : split(target.substr(mark + 1), '&')) {
        const auto equals = pair.find('=');
        call.parameters.push_back({std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1))});
      }
    }
    call.body = std::move(body);
    return run(sandbox->api().handle(std::move(call)));
  }
  Answered call(std::string method, std::string_view target, std::string body = "") {
    const http::Response response = answer(std::move(method), target, std::move(body));
    Answered answered{
        response.status, std::string(response.headers.find("x-amzn-ErrorType").value_or("")), {}, response.body};
    if (response.headers.find("Content-Type") == "application/json") answered.body = boost::json::parse(response.body);
    return answered;
  }

  // One transaction with the MX of `to`'s domain, over STARTTLS. The reply that counted.
  std::string send(std::string mail_from, std::vector<smtp::Mailbox> to, std::string content) {
    return run(send_task(std::move(mail_from), std::move(to), std::move(content)));
  }
  net::Task<std::string> send_task(std::string mail_from, std::vector<smtp::Mailbox> to, std::string content) {
    auto stream = co_await smtp_session::connect(listener->local(), net::after(patience));
    if (!stream) co_return smtp_session::to_text(stream.error());
    smtp_session::ClientOptions options;
    options.helo_domain = "host.svc.example";
    options.server_name = "mx.receiver.example";
    options.start_tls = smtp_session::StartTls::required;
    options.tls_context = net::TlsContext::client_opportunistic();
    smtp_session::ClientSession session(std::move(*stream), std::move(options));
    const auto started = co_await session.start();
    if (!started) co_return smtp_session::to_text(started.error());
    smtp_session::OutboundMessage message;
    if (!mail_from.empty()) message.reverse_path = *smtp::parse_mailbox(mail_from, smtp::Utf8::refuse);
    message.recipients = std::move(to);
    message.content = content;
    const auto outcome = co_await session.send(std::move(message));
    co_await session.quit();
    const auto& first = outcome.recipients.at(0);
    co_return first ? first->to_text() : smtp_session::to_text(first.error());
  }

  void publish(std::string_view records) {
    const Answered put = call("PUT", "zones/shop.example/records", std::string(records));
    ASSERT_EQ(put.status, 200) << put.raw;
  }
  // The message of that number, once it is there.
  boost::json::value wait_for(int number) {
    const Answered page = call("GET", fmt::format("inbox?after={}&wait=20&limit=1", number - 1));
    EXPECT_EQ(page.body.at("messages").as_array().size(), 1u) << page.raw;
    return page.body.at("messages").as_array().empty() ? boost::json::value() : page.body.at("messages").at(0);
  }
  std::string raw(int number) { return call("GET", fmt::format("inbox/{}/raw", number)).raw; }

  net::Runtime runtime{2};
  store::TempStores temp;
  zone::Authority authority;
  SystemClock clock;
  SecureRandom random;
  std::unique_ptr<zone::Server> dns_server;
  std::unique_ptr<net::Listener> listener;
  std::unique_ptr<dns::UnboundResolver> resolver;
  std::unique_ptr<Sandbox> sandbox;
};

constexpr std::string_view plain_message = "From: hello@shop.example\r\nTo: x\r\nSubject: Hi\r\n\r\nHello\r\n";

TEST_F(SandboxTest, MailToAnybodyArrivesInTheInboxWithItsVerdict) {
  publish(R"([{"name":"bounce.shop.example","type":"TXT","value":"v=spf1 ip4:127.0.0.0/8 -all"},
              {"name":"_dmarc.shop.example","type":"TXT","value":"v=DMARC1; p=reject"}])");
  EXPECT_THAT(send("id@bounce.shop.example", {{"reader", "inbox.example"}}, std::string(plain_message)),
              StartsWith("250 2.0.0 Ok"));
  const boost::json::value mail = wait_for(1);
  EXPECT_EQ(mail.at("envelope").at("mail_from"), "id@bounce.shop.example");
  EXPECT_EQ(mail.at("envelope").at("rcpt_to").at(0), "reader@inbox.example");
  EXPECT_THAT(std::string(mail.at("envelope").at("tls").as_string()), StartsWith("TLSv1."));
  EXPECT_EQ(mail.at("verdict").at("spf").at("result"), "pass");
  EXPECT_EQ(mail.at("verdict").at("dmarc").at("result"), "pass");
  EXPECT_EQ(mail.at("verdict").at("dmarc").at("spf_aligned"), true);
  EXPECT_THAT(raw(1), StartsWith("Return-Path: <id@bounce.shop.example>\r\nAuthentication-Results: "
                                 "mx.receiver.example;"));
  const std::string octets = raw(1);
  const message::ParsedMessage parsed = message::parse_message(octets);
  const message::HeaderField* received = parsed.first("Received");
  ASSERT_NE(received, nullptr);
  EXPECT_THAT(message::unfold(received->value),
              StartsWith("from host.svc.example ([127.0.0.1]) by mx.receiver.example with ESMTPS (TLSv1."));
  EXPECT_THAT(raw(1), testing::EndsWith(std::string(plain_message)));
}

TEST_F(SandboxTest, ForgedResultsAreRemoved) {
  send("a@b.example", {{"reader", "inbox.example"}},
       "Authentication-Results: mx.receiver.example; spf=pass\r\nAuthentication-Results: other.example; spf=pass\r\n"
       "Return-Path: <c@d.example>\r\n" +
           std::string(plain_message));
  wait_for(1);
  EXPECT_THAT(raw(1), testing::Not(HasSubstr("mx.receiver.example; spf=pass\r\n")));
  EXPECT_THAT(raw(1), HasSubstr("other.example; spf=pass\r\n"));
  EXPECT_THAT(raw(1), testing::Not(HasSubstr("c@d.example")));
}

TEST_F(SandboxTest, ABounceComesHomeOverSmtp) {
  publish(R"([{"name":"bounce.shop.example","type":"MX","value":"10 mx.receiver.example"}])");
  EXPECT_EQ(send("id@bounce.shop.example", {{"bounce", "simulator.svc.example"}}, std::string(plain_message)),
            "250 2.0.0 Ok");
  const boost::json::value bounce = wait_for(1);
  EXPECT_EQ(bounce.at("envelope").at("mail_from"), "");
  EXPECT_EQ(bounce.at("envelope").at("rcpt_to").at(0), "id@bounce.shop.example");
  EXPECT_EQ(bounce.at("envelope").at("ip"), "127.0.0.2");
  EXPECT_EQ(bounce.at("verdict").at("spf").at("result"), "pass");  // by HELO
  const std::string octets = raw(1);
  EXPECT_EQ(message::read_mime(octets).root.content_type.parameter("report-type"), "delivery-status");
}

TEST_F(SandboxTest, AComplaintAndAnAbsenceNoticeComeHomeBesideTheMessage) {
  publish(R"([{"name":"bounce.shop.example","type":"MX","value":"10 mx.receiver.example"}])");
  send("id@bounce.shop.example", {{"complaint+1", "simulator.svc.example"}, {"ooto", "simulator.svc.example"}},
       std::string(plain_message));
  EXPECT_EQ(wait_for(1).at("envelope").at("rcpt_to").as_array().size(), 2u);
  const std::string both =
      std::string(wait_for(2).at("subject").as_string()) + "|" + std::string(wait_for(3).at("subject").as_string());
  EXPECT_THAT(both, HasSubstr("Complaint about message from 127.0.0.1"));
  EXPECT_THAT(both, HasSubstr("Auto: Hi"));
}

TEST_F(SandboxTest, TheSimulatorRefusesInSessionWhatRealReceiversRefuse) {
  const std::string content(plain_message);
  EXPECT_EQ(send("a@b.example", {{"bounce+session", "simulator.svc.example"}}, content),
            "rcpt: 550 5.1.1 user unknown");
  EXPECT_EQ(send("a@b.example", {{"nobody", "simulator.svc.example"}}, content), "rcpt: 550 5.1.1 user unknown");
  EXPECT_EQ(send("a@b.example", {{"suppressionlist", "simulator.svc.example"}}, content),
            "rcpt: 550 5.1.1 Address is on the suppression list");
  EXPECT_EQ(call("GET", "inbox").body.at("last"), 0);
}

TEST_F(SandboxTest, ANullReversePathGetsNoReport) {
  send("", {{"bounce", "simulator.svc.example"}, {"success", "simulator.svc.example"}}, std::string(plain_message));
  EXPECT_EQ(wait_for(1).at("envelope").at("rcpt_to").at(0), "success@simulator.svc.example");
  EXPECT_EQ(call("GET", "inbox").body.at("last"), 1);
}

TEST_F(SandboxTest, TheWorldIsCoherentForResolvers) {
  const auto resolve = [&](std::string name, RecordType type) {
    return run(resolver->resolve(std::move(name), type, net::after(patience)));
  };
  EXPECT_EQ(dns::presentation(resolve("inbox.example", RecordType::mx).records.at(0).data), "10 mx.receiver.example.");
  EXPECT_EQ(resolve("inbox.example", RecordType::a).status, AnswerStatus::no_data);
  EXPECT_EQ(resolve("_dmarc.inbox.example", RecordType::txt).status, AnswerStatus::nxdomain);
  EXPECT_EQ(dns::presentation(resolve("simulator.svc.example", RecordType::mx).records.at(0).data),
            "10 mx.receiver.example.");
}

TEST_F(SandboxTest, TheZoneOfANameIsFoundBeforeAndAfterItIsMade) {
  run(temp.stores.control->create_identity(store::plain_identity("shop.example", account), {}));
  dns::AuthoritativeOptions options;
  options.allow_private_servers = true;
  options.port = dns_server->local().port;
  dns::AuthoritativeClient client(runtime.executor(0), *resolver, random, options);
  const auto before = run(client.servers_for("a.shop.example", net::after(patience)));
  ASSERT_TRUE(before.has_value()) << before.error().detail;
  EXPECT_EQ(before->apex, "");
  EXPECT_EQ(run(client.look("a.shop.example", RecordType::txt, net::after(patience)))->at(0).answer.status,
            dns::ServerStatus::nxdomain);

  publish(R"([{"name":"a.shop.example","type":"TXT","value":"hello"}])");
  const auto after = run(client.servers_for("a.shop.example", net::after(patience)));
  ASSERT_TRUE(after.has_value()) << after.error().detail;
  EXPECT_EQ(after->apex, "shop.example");
  EXPECT_EQ(run(client.look("a.shop.example", RecordType::txt, net::after(patience)))->at(0).answer.status,
            dns::ServerStatus::found);
  run(client.stop());
}

TEST_F(SandboxTest, RecordsGoInAndOutThroughTheApi) {
  const Answered put = call("PUT", "zones/Shop.example/records",
                            R"([{"name":"b.shop.example","type":"MX","ttl":30,"value":"10 mx.example"}])");
  EXPECT_EQ(put.status, 200) << put.raw;
  EXPECT_EQ(boost::json::serialize(put.body.as_array().back()),
            R"({"name":"b.shop.example","type":"MX","ttl":30,"value":"10 mx.example."})");
  EXPECT_EQ(call("GET", "zones/shop.example/records").body, put.body);
  EXPECT_EQ(call("GET", "zones").raw, R"({"zones":["shop.example"]})");
  const Answered less = call("DELETE", "zones/shop.example/records?name=b.shop.example&type=MX");
  EXPECT_EQ(less.body.as_array().size(), put.body.as_array().size() - 1);
  EXPECT_EQ(call("DELETE", "zones/shop.example/records").raw, "[]");
  EXPECT_EQ(call("GET", "zones/shop.example/records").raw, R"({"message":"Zone shop.example does not exist."})");
}

TEST_F(SandboxTest, WhatCannotBeDoneIsRefusedInTheWordsOfSes) {
  const auto refused = [&](std::string method, std::string_view target, std::string body = "") {
    const Answered answer = call(std::move(method), target, std::move(body));
    return fmt::format("{} {}", answer.status, answer.error_type);
  };
  publish(R"([{"name":"b.shop.example","type":"TXT","value":"x"}])");
  EXPECT_EQ(refused("PUT", "zones/shop.example/records", "{"), "400 SerializationException");
  EXPECT_EQ(refused("PUT", "zones/shop.example/records", R"([{"name":"b.shop.example","type":"X","value":"x"}])"),
            "400 BadRequestException");
  EXPECT_EQ(refused("PUT", "zones/shop.example/records", R"([{"name":"b.shop.example","type":"CNAME","value":"x"}])"),
            "400 BadRequestException");
  EXPECT_EQ(refused("PUT", "zones/svc.example/records", "[]"), "400 BadRequestException");
  EXPECT_EQ(refused("GET", "zones/other.example/records"), "404 NotFoundException");
  EXPECT_EQ(refused("DELETE", "zones/shop.example/records?name=c.shop.example"), "404 NotFoundException");
  EXPECT_EQ(refused("DELETE", "zones/shop.example/records?type=MX"), "400 BadRequestException");
  EXPECT_EQ(refused("DELETE", "zones/shop.example/records?name=b.shop.example&type=X"), "400 BadRequestException");
  EXPECT_EQ(refused("GET", "inbox/1"), "404 NotFoundException");
  EXPECT_EQ(refused("GET", "inbox/x/raw"), "404 NotFoundException");
  EXPECT_EQ(refused("DELETE", "inbox/1"), "404 NotFoundException");
  EXPECT_EQ(refused("GET", "inbox?wait=26&after=1"), "400 BadRequestException");
  EXPECT_EQ(refused("GET", "inbox?limit=x"), "400 SerializationException");
  EXPECT_EQ(refused("POST", "inbox"), "404 UnknownOperationException");
}

TEST_F(SandboxTest, AttachmentsAreSavedAndNeverShown) {
  const std::string_view with_files =
      "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
      "--x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"..\\\\a/b\\\"c.html\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\nPGI+\r\n"
      "--x\r\nContent-Type: image/png\r\n\r\nno name\r\n--x--\r\n";
  send("a@b.example", {{"reader", "inbox.example"}}, std::string(with_files));
  wait_for(1);
  const auto attachments = call("GET", "inbox/1").body.at("attachments").as_array();
  ASSERT_EQ(attachments.size(), 2u);
  EXPECT_EQ(attachments[0].at("part"), 1);
  EXPECT_EQ(attachments[1].at("part"), 2);

  const http::Response saved = answer("GET", "inbox/1/attachments/1");
  EXPECT_EQ(saved.body, "<b>");
  EXPECT_EQ(saved.headers.find("Content-Type"), "application/octet-stream");
  EXPECT_EQ(saved.headers.find("Content-Disposition"), "attachment; filename*=UTF-8''bc.html");
  EXPECT_EQ(saved.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(saved.headers.find("Content-Security-Policy").value_or("")), StartsWith("sandbox;"));
  EXPECT_EQ(answer("GET", "inbox/1/attachments/2").headers.find("Content-Disposition"),
            "attachment; filename*=UTF-8''attachment");
  for (const char* none :
       {"inbox/1/attachments/0", "inbox/1/attachments/3", "inbox/1/attachments/x", "inbox/9/attachments/1"}) {
    EXPECT_EQ(call("GET", none).status, 404) << none;
  }
}

TEST_F(SandboxTest, MessagesAreShownAndDeleted) {
  send("a@b.example", {{"reader", "inbox.example"}}, std::string(plain_message));
  wait_for(1);
  const Answered shown = call("GET", "inbox/1");
  EXPECT_EQ(shown.body.at("text"), "Hello\r\n");
  EXPECT_TRUE(shown.body.at("html").is_null());
  EXPECT_EQ(call("DELETE", "inbox/1").raw, R"({"deleted":1})");
  EXPECT_EQ(call("GET", "inbox/1").status, 404);
  send("a@b.example", {{"reader", "inbox.example"}}, std::string(plain_message));
  wait_for(2);
  EXPECT_EQ(call("DELETE", "inbox").raw, R"({"deleted":1})");
  EXPECT_EQ(call("GET", "inbox").raw, R"({"messages":[],"last":2})");
}

TEST_F(SandboxTest, ZonesAreThereAfterARestart) {
  publish(R"([{"name":"b.shop.example","type":"TXT","value":"x"}])");
  const std::string before = call("GET", "zones").raw;
  run(sandbox->stop(net::after(patience)));
  sandbox->finish();
  run(listener->stop(net::after(patience)));
  open();
  EXPECT_EQ(call("GET", "zones").raw, before);
  EXPECT_EQ(run(resolver->resolve("b.shop.example", RecordType::txt, net::after(patience))).status,
            AnswerStatus::found);
}

}  // namespace
}  // namespace sesame::sandbox
