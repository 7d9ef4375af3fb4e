#include "sandbox/report_mailer.h"

#include <gtest/gtest.h>

#include <future>

#include "dns/testing/fake_resolver.h"
#include "net/listener.h"
#include "smtp_session/server_session.h"

namespace sesame::sandbox {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;

constexpr auto patience = 20s;

// Refuses the first `refusals` recipients for now, then takes what comes.
class Home final : public smtp_session::Handler {
 public:
  explicit Home(int refusals, int code) : refusals_(refusals), code_(code) {}

  net::Task<std::optional<smtp::Reply>> rcpt(const smtp_session::SessionFacts&, const smtp::Envelope& envelope,
                                             const smtp::Recipient&) override {
    null_reverse_path = !envelope.reverse_path;
    if (++asked > refusals_) co_return std::nullopt;
    if (asked == refusals_) refused.set_value();
    co_return smtp::make_reply(code_, "not now");
  }
  net::Task<smtp::Reply> message(const smtp_session::SessionFacts&, smtp::Envelope, std::string content,
                                 std::string) override {
    arrived.set_value(std::move(content));
    co_return smtp::make_reply(250, "ok");
  }

  std::atomic<int> asked = 0;
  std::atomic<bool> null_reverse_path = false;
  std::promise<void> refused;
  std::promise<std::string> arrived;

 private:
  const int refusals_, code_;
};

class ReportMailerTest : public testing::Test {
 protected:
  void serve(int refusals, int code) {
    home = std::make_unique<Home>(refusals, code);
    options.settings.host_name = "home.example";
    listener->start([this](std::unique_ptr<net::Stream> stream) {
      return smtp_session::serve(std::move(stream), options, *home, gate);
    });
  }
  ReportMailerTest() {
    auto bound = net::Listener::bind(runtime, {*net::parse_ip("127.0.0.1"), 0}, {});
    if (!bound) throw std::runtime_error(bound.error().detail);
    listener = std::move(*bound);
    resolver.add("bounce.shop.example", RecordType::mx, "10 home.example");
    resolver.add("home.example", RecordType::a, "127.0.0.1");
    const Hosts hosts{"svc.example", *net::parse_ip("127.0.0.2"), {*net::parse_ip("127.0.0.1")}};
    mailer = std::make_unique<ReportMailer>(ReportMailerDeps{resolver, runtime, clock, random}, hosts,
                                            listener->local().port);
  }
  ~ReportMailerTest() override {
    stop();
    if (home) runtime.run_blocking(listener->stop(net::after(patience)));
  }
  void stop() { runtime.run_blocking(mailer->stop(net::after(patience))); }

  net::Runtime runtime{2};
  dns::FakeResolver resolver;
  SystemClock clock;
  SecureRandom random;
  smtp_session::ServerOptions options;
  net::IdleGate gate;
  std::unique_ptr<Home> home;
  std::unique_ptr<net::Listener> listener;
  std::unique_ptr<ReportMailer> mailer;
  const Report report{{"id", "bounce.shop.example"}, "Subject: x\r\n\r\nbody\r\n"};
};

TEST_F(ReportMailerTest, ARefusalForNowIsTriedAgainFromTheNullReversePath) {
  serve(1, 450);
  auto arrived = home->arrived.get_future();
  mailer->mail(report);
  ASSERT_EQ(arrived.wait_for(patience), std::future_status::ready);
  EXPECT_EQ(arrived.get(), report.content);
  EXPECT_TRUE(home->null_reverse_path);
  stop();
  EXPECT_EQ(mailer->sent(), 1u);
  EXPECT_EQ(home->asked, 2);
}

TEST_F(ReportMailerTest, ARefusalForGoodIsNotTriedAgain) {
  serve(1, 550);
  mailer->mail(report);
  ASSERT_EQ(home->refused.get_future().wait_for(patience), std::future_status::ready);
  stop();
  EXPECT_EQ(mailer->sent(), 0u);
  EXPECT_EQ(home->asked, 1);
}

TEST_F(ReportMailerTest, StopDoesNotWaitForTheNextTry) {
  serve(2, 450);
  mailer->mail(report);
  ASSERT_EQ(home->refused.get_future().wait_for(patience), std::future_status::ready);  // the next pause is of 2 s
  stop();
  EXPECT_EQ(home->asked, 2);
}

TEST_F(ReportMailerTest, NothingIsTakenAfterStop) {
  stop();
  mailer->mail(report);
  EXPECT_EQ(resolver.questions(), 0u);
}

}  // namespace
}  // namespace sesame::sandbox
