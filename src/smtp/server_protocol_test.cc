#include "smtp/server_protocol.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "smtp/testing/protocol_driver.h"

namespace sesame::smtp {
namespace {

TEST(ServerProtocol, CarriesAWholeTransaction) {
  Session s;
  EXPECT_EQ(s(""), "220 mx.example ESMTP\r\n");
  EXPECT_EQ(codes(s("EHLO client.example\r\n")), "250");
  EXPECT_EQ(s("MAIL FROM:<a@b.example> SIZE=100\r\n"), "250 2.1.0 Ok\r\n");
  EXPECT_EQ(s("RCPT TO:<c@d.example>\r\n"), "250 2.1.5 Ok\r\n");
  EXPECT_EQ(s("DATA\r\n"), "354 End data with <CR><LF>.<CR><LF>\r\n");
  EXPECT_EQ(s("Subject: x\r\n\r\n..\r\n.\r\n"), "250 2.0.0 Ok id\r\n");
  ASSERT_EQ(s.messages.size(), 1u);
  EXPECT_EQ(s.messages[0].message, "Subject: x\r\n\r\n.\r\n");
  EXPECT_EQ(s.messages[0].envelope.reverse_path, (Mailbox{"a", "b.example"}));
  EXPECT_EQ(s.messages[0].envelope.recipients.at(0).forward_path, (Mailbox{"c", "d.example"}));
  EXPECT_EQ(s.protocol.with_protocol(s.messages[0].envelope), "ESMTP");
  EXPECT_EQ(s("QUIT\r\nNOOP\r\n"), "221 2.0.0 Bye\r\n<closed>");
}

TEST(ServerProtocol, EhloListsWhatIsOfferedNow) {
  auto settings = Session::make_settings();
  settings.tls_before_auth = true;
  settings.extensions.enhanced_status_codes = false;
  settings.extensions.pipelining = false;
  settings.last_ehlo_line = "Ok";
  Session s(settings);
  s("");
  EXPECT_EQ(s("EHLO a\r\n"), "250-mx.example\r\n250-8BITMIME\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250 Ok\r\n");
  EXPECT_EQ(s("STARTTLS\r\n"), "220 Ready to start TLS\r\n<tls>");
  EXPECT_EQ(s("EHLO a\r\n"),
            "250-mx.example\r\n250-8BITMIME\r\n250-SIZE 10485760\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n");
}

TEST(ServerProtocol, KeepsTheOrderOfCommands) {
  Session s;
  s("");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\n")), "503");
  EXPECT_EQ(codes(s("STARTTLS\r\nAUTH PLAIN\r\n")), "503 503");
  EXPECT_EQ(codes(s("EHLO a\r\nRCPT TO:<a@b>\r\nDATA\r\n")), "250 503 503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nMAIL FROM:<>\r\nDATA\r\n")), "250 503 503");
  EXPECT_EQ(codes(s("STARTTLS\r\n")), "503");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\n")), "503");
  EXPECT_EQ(codes(s("RSET\r\nRCPT TO:<a@b>\r\n")), "250 503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nEHLO a\r\nRCPT TO:<a@b>\r\n")), "250 250 503");
  EXPECT_EQ(codes(s("NOOP x\r\nHELP\r\nVRFY a\r\nEXPN a\r\nBDAT 0\r\nTURN\r\n")), "250 214 252 502 502 502");
}

TEST(ServerProtocol, HeloHasNoExtensions) {
  Session s;
  s("");
  EXPECT_EQ(s("HELO a\r\n"), "250 mx.example\r\n");
  EXPECT_EQ(codes(s("MAIL FROM:<> SIZE=1\r\nAUTH PLAIN\r\n")), "555 503");
  EXPECT_EQ(s("MAIL FROM:<>\r\n"), "250 Ok\r\n");
}

TEST(ServerProtocol, RefusesParametersOfExtensionsNotOffered) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("MAIL FROM:<> SMTPUTF8\r\nMAIL FROM:<> RET=FULL\r\nMAIL FROM:<> BODY=BINARYMIME\r\n")),
            "555 555 555");
  EXPECT_EQ(codes(s("MAIL FROM:<> BODY=8BITMIME AUTH=<>\r\nRCPT TO:<a@b> NOTIFY=NEVER\r\n")), "250 555");
}

TEST(ServerProtocol, Utf8RecipientsNeedMailToSaySmtputf8) {
  auto settings = Session::make_settings();
  settings.extensions.smtputf8 = true;
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nRCPT TO:<\xce\xb4@b>\r\nRSET\r\n")), "250 553 250");
  EXPECT_EQ(codes(s("MAIL FROM:<\xce\xb4@b> SMTPUTF8\r\nRCPT TO:<\xce\xb4@b>\r\n")), "250 250");
  EXPECT_EQ(s.protocol.with_protocol(*s.protocol.transaction()), "UTF8SMTP");
}

TEST(ServerProtocol, DeclaredAndActualSizeAreLimited) {
  auto settings = Session::make_settings();
  settings.max_message_octets = 10;
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("MAIL FROM:<> SIZE=11\r\n")), "552");
  EXPECT_EQ(codes(s("MAIL FROM:<> SIZE=10\r\nRCPT TO:<a@b>\r\nDATA\r\n")), "250 250 354");
  EXPECT_EQ(codes(s("123456789\r\n.\r\nRCPT TO:<a@b>\r\n")), "552 503");
  EXPECT_TRUE(s.messages.empty());
}

TEST(ServerProtocol, UnfitDataIsRefusedAndTheSessionStaysInStep) {
  Session s;
  s("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n");
  EXPECT_EQ(codes(s("a\n.\nMAIL FROM:<x@y>\r\n.\r\nNOOP\r\n")), "554 250");
  EXPECT_TRUE(s.messages.empty());
}

TEST(ServerProtocol, TooManyRecipientsGet452AndTheRestGoesOn) {
  auto settings = Session::make_settings();
  settings.max_recipients = 2;
  Session s(settings);
  s("EHLO a\r\nMAIL FROM:<>\r\n");
  EXPECT_EQ(codes(s("RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n")), "250 250 452 354");
  s(".\r\n");
  EXPECT_EQ(s.messages.at(0).envelope.recipients.size(), 2u);
}

TEST(ServerProtocol, PolicyRefusalsArePassedOn) {
  Session s;
  s("EHLO a\r\n");
  s.mail = [](const auto&) { return make_reply(451, {4, 3, 0}, "later"); };
  EXPECT_EQ(s("MAIL FROM:<>\r\n"), "451 4.3.0 later\r\n");
  EXPECT_EQ(codes(s("RCPT TO:<a@b>\r\n")), "503");
  s.mail = [](const auto&) { return Refusal(); };
  s.rcpt = [](const auto&) { return make_reply(550, {5, 1, 1}, "no"); };
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n")), "250 550 554");
  s.rcpt = [](const auto&) { return make_reply(421, {4, 3, 2}, "bye"); };
  EXPECT_EQ(codes(s("RCPT TO:<a@b>\r\n")), "421 <closed>");
}

TEST(ServerProtocol, TooManyErrorsCloseTheSession) {
  auto settings = Session::make_settings();
  settings.max_errors = 2;
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("X\r\nX\r\nX\r\nX\r\n")), "500 500 421 <closed>");
}

TEST(ServerProtocol, BadLinesGet500) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("NOOP\nQUIT\r\n" + std::string(3000, 'x') + "\r\nNOOP\r\n")), "500 500 250");
  EXPECT_EQ(codes(s(std::string(2 << 20, 'x'))), "421 <closed>");
}

// ---- STARTTLS ----

TEST(ServerProtocol, TlsForgetsTheSession) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("AUTH PLAIN AHVzZXIAcGFzcw==\r\nSTARTTLS\r\n")), "235 220 <tls>");
  EXPECT_TRUE(s.protocol.tls());
  EXPECT_FALSE(s.protocol.authenticated_user());
  EXPECT_EQ(s.protocol.helo_domain(), "");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nEHLO a\r\nSTARTTLS\r\n")), "503 250 503");
}

TEST(ServerProtocol, NothingMayFollowStarttls) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("STARTTLS\r\nRSET\r\n")), "554 <closed>");
}

TEST(ServerProtocol, NothingMayFollowDataBefore354) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\nSubject: x\r\n")), "250 250 554 <closed>");
}

TEST(ServerProtocol, AChunkNobodyAskedForIsNotReadAsCommands) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("BDAT 6 LAST\r\nNOOP\r\n")), "502 <closed>");
}

TEST(ServerProtocol, TlsAndAuthenticationCanBeDemanded) {
  auto settings = Session::make_settings();
  settings.tls_before_auth = settings.tls_before_mail = settings.auth_before_mail = true;
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(s("MAIL FROM:<>\r\n"), "530 5.7.0 Must issue a STARTTLS command first\r\n");
  EXPECT_EQ(codes(s("AUTH PLAIN AHVzZXIAcGFzcw==\r\nVRFY a\r\nSTARTTLS\r\n")), "530 530 220 <tls>");
  s("EHLO a\r\n");
  EXPECT_EQ(s("MAIL FROM:<>\r\n"), "530 5.7.0 Authentication required\r\n");
  EXPECT_EQ(codes(s("AUTH PLAIN AHVzZXIAcGFzcw==\r\nMAIL FROM:<>\r\n")), "235 250");
  EXPECT_EQ(s.protocol.with_protocol(*s.protocol.transaction()), "ESMTPSA");
}

TEST(ServerProtocol, ImplicitTlsOffersNoStarttls) {
  Session s(Session::make_settings(), Channel::tls);
  EXPECT_EQ(s("EHLO a\r\n").find("STARTTLS"), std::string::npos);
  EXPECT_EQ(codes(s("STARTTLS\r\n")), "503");
}

// ---- the driver's mistakes ----

TEST(ServerProtocol, ACallAtTheWrongMomentIsABug) {
  const auto settings = Session::make_settings();
  ServerProtocol protocol(settings, Channel::plain);
  EXPECT_THROW(protocol.on_line("NOOP", false), std::logic_error);
  protocol.greeting();
  EXPECT_THROW(protocol.mail_result(std::nullopt), std::logic_error);
  EXPECT_THROW(protocol.on_data("x"), std::logic_error);
  EXPECT_THROW(protocol.tls_established(), std::logic_error);
  protocol.on_line("EHLO a", false);
  protocol.on_line("MAIL FROM:<>", false);
  EXPECT_THROW(protocol.mail_result(make_reply(250, "yes")), std::invalid_argument);
  EXPECT_EQ(protocol.timed_out().reply.code, 421);
  EXPECT_THROW(protocol.shutting_down(), std::logic_error);
}

TEST(ServerProtocol, CannotBeMadeToOfferWhatItDoesNotServe) {
  auto settings = Session::make_settings();
  settings.extensions.binary_mime = true;
  EXPECT_THROW(ServerProtocol(settings, Channel::plain), std::invalid_argument);
  settings = Session::make_settings();
  settings.extensions.auth_mechanisms = {"CRAM-MD5"};
  EXPECT_THROW(ServerProtocol(settings, Channel::plain), std::invalid_argument);
}

}  // namespace
}  // namespace sesame::smtp
