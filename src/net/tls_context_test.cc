#include "net/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net/testing/certificate.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "net/tls_engine.h"

namespace sesame::net {
namespace {

using testing::HasSubstr;

class TlsContextTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_); }
  void TearDown() override {
    ::unsetenv("SSL_CERT_FILE");
    std::filesystem::remove_all(directory_);
  }
  std::filesystem::path directory_ = std::filesystem::path(testing::TempDir()) / "sesame_tls_context_test";
};

struct Outcome {
  std::optional<NetError> error;
  std::optional<TlsInfo> info;
};

Task<Outcome> negotiate_client(std::unique_ptr<Stream> stream, TlsContext context, std::string server_name) {
  const auto started = co_await stream->start_tls_client(context, server_name);
  Outcome outcome;
  if (!started) outcome.error = started.error();
  outcome.info = stream->tls();
  co_return outcome;
}

Task<void> negotiate_server(std::unique_ptr<Stream> stream, TlsContext context) {
  co_await stream->start_tls_server(context);
}

Outcome negotiate(const TlsContext& server, const TlsContext& client, std::string server_name) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  loop.spawn(negotiate_server(std::move(ends.server), server));
  return loop.run(negotiate_client(std::move(ends.client), client, std::move(server_name)));
}

TEST_F(TlsContextTest, VerifiedClientAcceptsATrustedCertificateForTheName) {
  const CertificateFiles files = write_self_signed(directory_, "mail.example");
  const auto server = TlsContext::server(files.certificate, files.key);
  ASSERT_TRUE(server) << server.error();
  ::setenv("SSL_CERT_FILE", files.certificate.c_str(), 1);
  const TlsContext client = TlsContext::client_verified();

  const Outcome good = negotiate(*server, client, "mail.example");
  ASSERT_FALSE(good.error) << good.error->detail;
  EXPECT_TRUE(good.info->peer_verified);
  EXPECT_EQ(good.info->problem, "");

  const Outcome wrong_name = negotiate(*server, client, "other.example");
  ASSERT_TRUE(wrong_name.error);
  EXPECT_EQ(wrong_name.error->code, NetErrc::tls);
  EXPECT_THAT(wrong_name.error->detail, HasSubstr("hostname mismatch"));
  EXPECT_FALSE(wrong_name.info);
}

TEST_F(TlsContextTest, OpportunisticClientVerifiesWithoutInsisting) {
  const CertificateFiles files = write_self_signed(directory_, "mail.example");
  const auto server = TlsContext::server(files.certificate, files.key);
  ASSERT_TRUE(server) << server.error();
  ::setenv("SSL_CERT_FILE", files.certificate.c_str(), 1);
  const TlsContext client = TlsContext::client_opportunistic();
  EXPECT_TRUE(negotiate(*server, client, "mail.example.").info->peer_verified);
  const Outcome wrong_name = negotiate(*server, client, "other.example");
  ASSERT_TRUE(wrong_name.info);
  EXPECT_FALSE(wrong_name.info->peer_verified);
  EXPECT_THAT(wrong_name.info->problem, HasSubstr("hostname mismatch"));
}

TEST_F(TlsContextTest, VerifiedClientRefusesAStranger) {
  const Outcome outcome =
      negotiate(TlsContext::server_self_signed("127.0.0.1"), TlsContext::client_verified(), "127.0.0.1");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, NetErrc::tls);
}

TEST_F(TlsContextTest, ErrorsNameTheFile) {
  const CertificateFiles files = write_self_signed(directory_, "a.example");
  const CertificateFiles others = write_self_signed(directory_, "b.example");
  const std::string missing = directory_ / "missing.pem";
  const std::string damaged = directory_ / "damaged.pem";
  std::ofstream(damaged) << "not PEM";

  EXPECT_THAT(TlsContext::server(missing, files.key).error(), HasSubstr(missing));
  EXPECT_THAT(TlsContext::server(files.certificate, missing).error(), HasSubstr(missing));
  EXPECT_THAT(TlsContext::server(damaged, files.key).error(), HasSubstr(damaged));
  EXPECT_THAT(TlsContext::server(files.certificate, damaged).error(), HasSubstr(damaged));
  EXPECT_THAT(TlsContext::server(files.certificate, others.key).error(), HasSubstr(others.key));
}

// Octets both ways until nobody has more to say.
void shake_hands(TlsEngine& client, TlsEngine& server) {
  for (int round = 0; round < 6; ++round) {
    static_cast<void>(client.handshake());
    server.feed(client.take_output());
    static_cast<void>(server.handshake());
    client.feed(server.take_output());
  }
  ASSERT_TRUE(client.handshake().value_or(false));
  std::array<char, 16> none;
  ASSERT_TRUE(client.read(none).has_value());  // what comes behind the handshake: tickets
}

bool is_resumed(const TlsContext& server_context, const TlsContext& client_context, const std::string& name) {
  TlsEngine client = TlsEngine::client(client_context, name);
  TlsEngine server = TlsEngine::server(server_context);
  shake_hands(client, server);
  client.close();
  return client.is_resumed();
}

TEST(TlsSessions, ASecondHandshakeWithAServerGoesOnFromTheFirst) {
  const TlsContext server = TlsContext::server_self_signed("mail.example");
  const TlsContext client = TlsContext::client_opportunistic();
  EXPECT_FALSE(is_resumed(server, client, "mail.example"));
  const TlsContext copy = client;
  EXPECT_TRUE(is_resumed(server, copy, "mail.example"));
  EXPECT_TRUE(is_resumed(server, client, "mail.example"));
  EXPECT_FALSE(is_resumed(server, client, "other.example"));
  EXPECT_FALSE(is_resumed(server, TlsContext::client_opportunistic(), "mail.example"));
}

TEST(TlsSessions, AServerThatForgotIsGreetedAnew) {
  const TlsContext client = TlsContext::client_opportunistic();
  EXPECT_FALSE(is_resumed(TlsContext::server_self_signed("mail.example"), client, "mail.example"));
  EXPECT_FALSE(is_resumed(TlsContext::server_self_signed("mail.example"), client, "mail.example"));
}

TEST(TlsSessions, AResumedSessionStillTellsWhatItsCertificateWas) {
  const TlsContext server = TlsContext::server_self_signed("mail.example");
  const TlsContext client = TlsContext::client_opportunistic();
  is_resumed(server, client, "mail.example");
  TlsEngine engine = TlsEngine::client(client, "mail.example");
  TlsEngine peer = TlsEngine::server(server);
  shake_hands(engine, peer);
  ASSERT_TRUE(engine.is_resumed());
  EXPECT_FALSE(engine.info().peer_verified);
  EXPECT_THAT(engine.info().problem, HasSubstr("self-signed"));
}

}  // namespace
}  // namespace sesame::net
