#include "smtp/server_protocol.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <stdexcept>

#include "base/text.h"

namespace sesame::smtp {
namespace {

using Refusal = std::optional<Reply>;

// The driver of the header's contract, with a policy made of functions and the peer's octets given as text.
class Session {
 public:
  explicit Session(ServerSettings settings = make_settings(), Channel channel = Channel::plain)
      : settings_(std::move(settings)), protocol(settings_, channel) {
    carry_out(protocol.greeting());
  }

  static ServerSettings make_settings() {
    ServerSettings settings;
    settings.host_name = "mx.example";
    settings.extensions.enhanced_status_codes = true;
    settings.extensions.eight_bit_mime = true;
    settings.extensions.starttls = true;
    settings.extensions.pipelining = true;
    settings.extensions.auth_mechanisms = {"PLAIN", "LOGIN"};
    settings.tls_before_auth = false;
    return settings;
  }

  // Receives `octets` and gives what was written since the last call.
  std::string operator()(std::string_view octets) {
    while (!octets.empty() && !protocol.closed()) {
      const auto piece = octets.substr(0, buffer.room());
      buffer.append(piece);
      octets.remove_prefix(piece.size());
      work();
    }
    return std::exchange(written, {});
  }

  std::function<Refusal(const Credentials&)> authenticate = [](const Credentials& c) {
    return c.user == "user" && c.password.equals("pass") ? Refusal() : make_reply(535, {5, 7, 8}, "no");
  };
  std::function<Refusal(const ReversePath&)> mail = [](const ReversePath&) { return Refusal(); };
  std::function<Refusal(const Mailbox&)> rcpt = [](const Mailbox&) { return Refusal(); };
  Reply message_reply = make_reply(250, {2, 0, 0}, "Ok id");
  std::vector<AskMessage> messages;

 private:
  ServerSettings settings_;

 public:
  ServerProtocol protocol;
  LineBuffer buffer;
  std::string written;

 private:
  void work() {
    while (!protocol.closed()) {
      if (protocol.receiving_data()) {
        auto step = protocol.on_data(buffer.buffered());
        buffer.take(step.consumed);
        if (!step.action) return;
        carry_out(std::move(*step.action));
        continue;
      }
      const auto line = buffer.next_line(protocol.max_line_octets());
      if (line) {
        carry_out(protocol.on_line(*line, !buffer.empty()));
      } else if (line.error() == LineError::need_more) {
        return;
      } else {
        carry_out(protocol.on_line_error(line.error()));
      }
    }
  }

  void carry_out(Action action) {
    std::visit(overloaded{
                   [&](SendReply& a) { written += format_reply(a.reply); },
                   [&](BeginData& a) { written += format_reply(a.reply); },
                   [](BeginChunk&) {},
                   [&](Close& a) { written += format_reply(a.reply) + "<closed>"; },
                   [&](StartTls& a) {
                     written += format_reply(a.reply) + "<tls>";
                     buffer.discard();
                     protocol.tls_established();
                   },
                   [&](AskAuth& a) { carry_out(protocol.auth_result(authenticate(a.credentials))); },
                   [&](AskMail& a) { carry_out(protocol.mail_result(mail(a.reverse_path))); },
                   [&](AskRcpt& a) { carry_out(protocol.rcpt_result(rcpt(a.forward_path))); },
                   [&](AskMessage& a) {
                     messages.push_back(std::move(a));
                     carry_out(protocol.message_result(message_reply));
                   },
               },
               action);
  }
};

// The reply codes in what was written: "250 354", with "<closed>" and "<tls>" where they happened.
std::string codes(std::string_view written) {
  std::string out;
  for (auto line : split(written, '\n')) {
    for (const std::string_view mark : {"<closed>", "<tls>"}) {
      if (line.starts_with(mark)) {
        out += ' ' + std::string(mark);
        line.remove_prefix(mark.size());
      }
    }
    if (line.size() > 3 && line[3] == ' ') out += ' ' + std::string(line.substr(0, 3));
  }
  return out.empty() ? out : out.substr(1);
}

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

// ---- BDAT ----

ServerSettings chunking_settings(std::uint64_t max_message_octets = 1000) {
  auto settings = Session::make_settings();
  settings.extensions.chunking = true;
  settings.max_message_octets = max_message_octets;
  return settings;
}

const std::string to_one = "MAIL FROM:<x@y>\r\nRCPT TO:<a@b>\r\n";

TEST(ServerBdat, OffersChunkingAndNotBinarymime) {
  Session s(chunking_settings());
  const std::string offered = s("EHLO a\r\n");
  EXPECT_NE(offered.find("CHUNKING\r\n"), std::string::npos);
  EXPECT_EQ(offered.find("BINARYMIME"), std::string::npos);
  EXPECT_EQ(codes(s("MAIL FROM:<> BODY=BINARYMIME\r\n")), "555");
}

TEST(ServerBdat, ChunksMakeOneMessageWithoutUnstuffing) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one);
  EXPECT_EQ(s("BDAT 16\r\n"), "");
  EXPECT_EQ(s("Subject: x\r\n\r\n."), "");
  EXPECT_EQ(s("."), "250 2.0.0 Ok\r\n");
  EXPECT_TRUE(s.protocol.receiving_message());
  EXPECT_EQ(codes(s("NOOP\r\nBDAT 0\r\n")), "250 250");
  EXPECT_EQ(s("bdat 5 last\r\n\r\n.\r\nQUIT\r\n"), "250 2.0.0 Ok id\r\n221 2.0.0 Bye\r\n<closed>");
  ASSERT_EQ(s.messages.size(), 1u);
  EXPECT_EQ(s.messages[0].message, "Subject: x\r\n\r\n..\r\n.\r\n");
  EXPECT_EQ(s.messages[0].envelope.recipients.size(), 1u);
  EXPECT_FALSE(s.protocol.receiving_message());
}

TEST(ServerBdat, WholeMessagesMayBePipelinedHoweverTheOctetsCome) {
  const std::string input = to_one + "BDAT 3\r\na\r\nBDAT 6 LAST\r\nNOOP\r\n" + to_one + "BDAT 0 LAST\r\n" + to_one +
                            "BDAT 4\r\n.\r\nbBDAT 0 LAST\r\nNOOP\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, input.size()}) {
    Session s(chunking_settings());
    s("EHLO a\r\n");
    std::string written;
    for (std::size_t at = 0; at < input.size(); at += piece) written += s(std::string_view(input).substr(at, piece));
    EXPECT_EQ(codes(written), "250 250 250 250 250 250 250 250 250 250 250 250") << piece;
    ASSERT_EQ(s.messages.size(), 3u) << piece;
    EXPECT_EQ(s.messages[0].message, "a\r\nNOOP\r\n");
    EXPECT_EQ(s.messages[1].message, "");
    EXPECT_EQ(s.messages[2].message, ".\r\nb\r\n");
  }
}

TEST(ServerBdat, RefusedChunksAreReadAndNotTakenForCommands) {
  Session s(chunking_settings());
  EXPECT_EQ(codes(s("BDAT 6\r\nQUIT\r\n")), "220 503");
  EXPECT_EQ(codes(s("EHLO a\r\nBDAT 6 LAST\r\nQUIT\r\nBDAT 0 LAST\r\n")), "250 503 503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\n")), "250 503 250");
  s.rcpt = [](const auto&) { return make_reply(550, {5, 1, 1}, "no"); };
  EXPECT_EQ(codes(s(to_one + "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")), "250 550 554 250");
  EXPECT_EQ(codes(s("HELO a\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\n")), "250 250 503");
  EXPECT_TRUE(s.messages.empty());
}

TEST(ServerBdat, ARefusedChunkEndsTheTransactionSoThatNoHalfMessageIsKept) {
  Session s(chunking_settings());
  s("EHLO a\r\nMAIL FROM:<>\r\n");
  EXPECT_EQ(codes(s("BDAT 3\r\na\r\nRCPT TO:<a@b>\r\nBDAT 3 LAST\r\nb\r\n")), "503 503 503");
  EXPECT_EQ(codes(s(to_one + "BDAT 2\r\na\nBDAT 3 LAST\r\nb\r\n")), "250 250 554 503");
  EXPECT_TRUE(s.messages.empty());
  EXPECT_EQ(codes(s(to_one + "BDAT 3 LAST\r\na\r\n")), "250 250 250");
}

TEST(ServerBdat, AfterLastThereIsNoMoreToCome) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one);
  EXPECT_EQ(codes(s("BDAT 3 LAST\r\na\r\nBDAT 3 LAST\r\nb\r\n")), "250 503");
  ASSERT_EQ(s.messages.size(), 1u);
  EXPECT_EQ(s.messages[0].message, "a\r\n");
}

TEST(ServerBdat, TheSizeOfAllChunksIsLimited) {
  Session s(chunking_settings(10));
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s(to_one + "BDAT 5\r\nabc\r\nBDAT 5 LAST\r\nabc\r\n")), "250 250 250 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 5\r\nabc\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")), "250 250 250 552 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 40 LAST\r\n" + std::string(40, 'x') + "NOOP\r\n")), "250 250 552 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 9 LAST\r\nabcdefghi")), "250 250 552");  // its last line would get CRLF
  EXPECT_EQ(s.messages.size(), 1u);
  for (const char* endless : {"BDAT 44\r\n", "BDAT 18446744073709551615 LAST\r\n"}) {
    Session other(chunking_settings(10));
    other("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(other(endless)), "552 <closed>") << endless;
  }
}

TEST(ServerBdat, AChunkOfUnknownSizeEndsTheSession) {
  for (const char* line : {"BDAT\r\n", "BDAT x\r\n", "BDAT -1\r\n", "BDAT 6 FIRST\r\n", "BDAT 6 LAST x\r\n",
                           "BDAT 18446744073709551616\r\n", "BDAT \t\r\n"}) {
    Session s(chunking_settings());
    s("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(s(std::string(line) + "QUIT\r\n")).substr(3), " <closed>") << line;
  }
}

TEST(ServerBdat, UnfitContentIsRefusedAsWithData) {
  using namespace std::string_literals;
  for (const auto& content : {"a\nbc\r\n"s, "a\rbc\r\n"s, "a\0bc\r\n"s, "abc\r\n\r"s}) {
    Session s(chunking_settings());
    s("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(s("BDAT 6 LAST\r\n" + content + "NOOP\r\n")), "554 250") << content;
    EXPECT_TRUE(s.messages.empty());
  }
  Session apart(chunking_settings());  // CRLF in two chunks is one all the same
  apart("EHLO a\r\n" + to_one);
  EXPECT_EQ(codes(apart("BDAT 2\r\na\rBDAT 1 LAST\r\n\n")), "250 250");
}

TEST(ServerBdat, NothingButChunksBelongsBetweenChunks) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one + "BDAT 3\r\na\r\n");
  EXPECT_EQ(codes(s("DATA\r\n")), "503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nSTARTTLS\r\nAUTH PLAIN\r\n")), "503 503 503 503");
  EXPECT_EQ(codes(s("BDAT 3 LAST\r\nb\r\n")), "250");
  EXPECT_EQ(s.messages.at(0).message, "a\r\nb\r\n");
  EXPECT_EQ(s.messages.at(0).envelope.recipients.size(), 1u);
}

TEST(ServerBdat, RsetAndEhloForgetTheChunks) {
  Session s(chunking_settings());
  s("EHLO a\r\n");
  for (const std::string again : {"RSET\r\n", "EHLO a\r\n"}) {
    s(to_one + "BDAT 3\r\na\r\n");
    EXPECT_EQ(codes(s(again + "BDAT 3 LAST\r\nb\r\n")), "250 503") << again;
    EXPECT_EQ(codes(s(to_one + "DATA\r\n")), "250 250 354") << again;
    EXPECT_EQ(codes(s("..c\r\n.\r\n")), "250") << again;
    EXPECT_EQ(s.messages.back().message, ".c\r\n") << again;
  }
  EXPECT_EQ(s.messages.size(), 2u);
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

// ---- AUTH ----

TEST(ServerAuth, PlainWithAndWithoutInitialResponse) {
  Session at_once;
  at_once("EHLO a\r\n");
  EXPECT_EQ(codes(at_once("AUTH PLAIN AHVzZXIAcGFzcw==\r\n")), "235");
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH PLAIN\r\n"), "334 \r\n");
  EXPECT_EQ(s("AHVzZXIAcGFzcw==\r\n"), "235 2.7.0 Authentication successful.\r\n");
  EXPECT_EQ(s.protocol.authenticated_user(), "user");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\n")), "503");
}

TEST(ServerAuth, LoginAsksForUserAndPassword) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(s("dXNlcg==\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(codes(s("cGFzcw==\r\n")), "235");
}

TEST(ServerAuth, LoginTakesTheUserAsInitialResponse) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(s("AUTH LOGIN dXNlcg==\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(codes(s("cGFzcw==\r\n")), "235");
}

TEST(ServerAuth, CancelAndBadResponsesGet501) {
  Session s;
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("AUTH LOGIN\r\n*\r\nNOOP\r\n")), "334 501 250");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\nnot base64\r\nNOOP\r\n")), "334 501 250");
  EXPECT_EQ(codes(s("AUTH PLAIN =\r\n")), "501");
  EXPECT_EQ(codes(s("AUTH PLAIN dXNlcg==\r\n")), "501");
  EXPECT_EQ(codes(s("AUTH CRAM-MD5\r\n")), "504");
  EXPECT_EQ(codes(s("AUTH PLAIN\r\n" + std::string(12000, 'A') + "\r\n")), "334 501");
  EXPECT_EQ(s("AUTH PLAIN\r\n" + std::string(13000, 'A') + "\r\n"),
            "334 \r\n500 5.5.6 Authentication exchange line is too long\r\n");
  EXPECT_EQ(codes(s("NOOP\r\n")), "250");
}

TEST(ServerAuth, TheAuthorizationIdentityReachesThePolicy) {
  Session s;
  std::string identity;
  s.authenticate = [&](const Credentials& c) {
    identity = c.authorization_identity;
    return Refusal();
  };
  s("EHLO a\r\nAUTH PLAIN " + base64_encode(std::string_view("zid\0user\0pass", 13)) + "\r\n");
  EXPECT_EQ(identity, "zid");
}

TEST(ServerAuth, TheLastFailureAllowedCloses) {
  Session s;
  s("EHLO a\r\n");
  const std::string bad = "AUTH PLAIN AHVzZXIAbm8=\r\n";
  EXPECT_EQ(codes(s(bad + bad + bad)), "535 535 421 <closed>");
}

TEST(ServerAuth, IsNotImplementedWhereNothingIsOffered) {
  auto settings = Session::make_settings();
  settings.extensions.auth_mechanisms.clear();
  Session s(settings);
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s("AUTH PLAIN AHVzZXIAcGFzcw==\r\nMAIL FROM:<> AUTH=<>\r\n")), "502 555");
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
