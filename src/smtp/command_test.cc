#include "smtp/command.h"

#include <gtest/gtest.h>

#include <map>

#include "smtp/testing/corpus.h"

namespace sesame::smtp {
namespace {

template <class C>
C parse_as(std::string_view line, Utf8 utf8 = Utf8::refuse) {
  const auto command = parse_command(line, utf8);
  if (!command || !std::holds_alternative<C>(*command)) {
    ADD_FAILURE() << "not the expected command: " << line;
    return {};
  }
  return std::get<C>(*command);
}

int code_of(std::string_view line, Utf8 utf8 = Utf8::refuse) {
  const auto command = parse_command(line, utf8);
  return command ? 250 : reply_to(command.error()).code;
}

TEST(Command, VerbsAndKeywordsAreCaseInsensitive) {
  EXPECT_EQ(parse_as<MailCommand>("mAiL fRoM:<A@b.example> sIzE=10").parameters.size_octets, 10u);
  parse_as<QuitCommand>("quit");
}

TEST(Command, BlanksBeforeTheLineEndAreIgnored) {
  parse_as<QuitCommand>("QUIT \t ");
  parse_as<RcptCommand>("RCPT TO:<a@b.example> ");
}

TEST(Command, UnknownVerbsGet500AndKnownButUnimplementedOnes502) {
  for (const char* line : {"", " ", "FOO", " QUIT", "QUIT\tx", "DATA_", "MAILFROM:<a@b>", "NOOP\x01", "NO\rOP"}) {
    EXPECT_EQ(code_of(line), 500) << line;
  }
  EXPECT_EQ(code_of(std::string_view("NOOP\0", 5)), 500);
  for (const char* line : {"TURN", "ETRN example.com", "SEND FROM:<a@b>"}) EXPECT_EQ(code_of(line), 502) << line;
}

TEST(Command, MissingAndSuperfluousArgumentsGet501) {
  for (const char* line :
       {"EHLO", "HELO ", "MAIL", "RCPT", "AUTH", "BDAT", "VRFY", "EXPN", "DATA x", "RSET x", "QUIT x", "STARTTLS x",
        "EHLO a b", "AUTH PLAIN = x", "AUTH PLAIN  =", "BDAT 1 FIRST", "BDAT -1", "BDAT 18446744073709551616"}) {
    EXPECT_EQ(code_of(line), 501) << line;
  }
}

TEST(Command, NoopAndHelpTakeAnyArgument) {
  parse_as<NoopCommand>("NOOP");
  parse_as<NoopCommand>("NOOP whatever this is");
  EXPECT_EQ(parse_as<HelpCommand>("HELP MAIL").argument, "MAIL");
}

TEST(Command, EhloTakesDomainsLiteralsAndUnderscores) {
  EXPECT_EQ(parse_as<EhloCommand>("EHLO relay.example").helo_domain, "relay.example");
  EXPECT_EQ(parse_as<EhloCommand>("EHLO [IPv6:::1]").helo_domain, "[IPv6:::1]");
  EXPECT_EQ(parse_as<HeloCommand>("HELO [192.0.2.1]").helo_domain, "[192.0.2.1]");
  EXPECT_EQ(parse_as<EhloCommand>("EHLO my_desktop").helo_domain, "my_desktop");
  for (const char* line : {"EHLO a@b", "EHLO .", "EHLO a..b", "EHLO [x]", "EHLO \xce\xb4.example", "EHLO (none)"}) {
    EXPECT_EQ(code_of(line), 501) << line;
  }
}

TEST(Command, PathErrorsGet501) {
  EXPECT_EQ(code_of("MAIL FROM:<a@b>x"), 501);
  EXPECT_EQ(code_of("MAIL FROM:a@b"), 501);
  EXPECT_EQ(code_of("RCPT TO:<>"), 501);
  EXPECT_EQ(code_of("MAIL TO:<a@b>"), 501);
  EXPECT_EQ(parse_command("RCPT TO:<" + std::string(65, 'a') + "@b>", Utf8::refuse).error(),
            CommandError::bad_forward_path);
}

TEST(Command, MailParametersHaveTheirTypes) {
  const auto p = parse_as<MailCommand>(
                     "MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ+2B314159 AUTH=e+3Dmc2@example.com")
                     .parameters;
  EXPECT_EQ(p.size_octets, 1000u);
  EXPECT_EQ(p.body, BodyType::eight_bit_mime);
  EXPECT_EQ(p.ret, DsnReturn::hdrs);
  EXPECT_EQ(p.envid, "QQ+314159");
  EXPECT_EQ(p.auth, (Submitter{Mailbox{"e=mc2", "example.com"}}));
  EXPECT_EQ(parse_as<MailCommand>("MAIL FROM:<> AUTH=<>").parameters.auth, Submitter{});
  EXPECT_EQ(parse_as<MailCommand>("MAIL FROM:<> SIZE=99999999999999999999").parameters.size_octets, UINT64_MAX);
}

TEST(Command, RcptParametersHaveTheirTypes) {
  const auto p =
      parse_as<RcptCommand>("RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2BX@Example.COM").parameters;
  EXPECT_EQ(p.notify, (Notify{.success = true, .failure = false, .delay = true}));
  EXPECT_EQ(p.orcpt, (OriginalRecipient{"rfc822", "Bob+X@Example.COM"}));
  EXPECT_EQ(parse_as<RcptCommand>("RCPT TO:<a@b> NOTIFY=NEVER").parameters.notify, Notify{});
}

TEST(Command, BadParametersGet501AndUnknownOnes555) {
  for (const char* parameter :
       {"SIZE",      "SIZE=",       "SIZE=x",       "SIZE=-1",       "SIZE=111111111111111111111",
        "BODY=9BIT", "BODY",        "SMTPUTF8=YES", "RET=ALL",       "ENVID=+0a",
        "ENVID=+0",  "ENVID=a+0Db", "AUTH=<",       "AUTH=a",        "SIZE=1 SIZE=2",
        "SIZE=1=2",  "-A",          "A_B",          "SIZE=\xce\xb4", " SIZE=1"}) {
    EXPECT_EQ(code_of(std::string("MAIL FROM:<a@b> ") + parameter), 501) << parameter;
  }
  for (const char* parameter : {"NOTIFY=", "NOTIFY=NEVER,SUCCESS", "NOTIFY=SUCCESS,", "ORCPT=rfc822", "ORCPT=;a@b",
                                "ORCPT=rfc822;", "ORCPT=rfc822;a+0A"}) {
    EXPECT_EQ(code_of(std::string("RCPT TO:<a@b> ") + parameter), 501) << parameter;
  }
  EXPECT_EQ(code_of("MAIL FROM:<a@b> ENVID=" + std::string(101, 'e')), 501);
  EXPECT_EQ(code_of("RCPT TO:<a@b> ORCPT=rfc822;" + std::string(494, 'e')), 501);
  EXPECT_EQ(code_of("MAIL FROM:<a@b> NOTIFY=NEVER"), 555);
  EXPECT_EQ(code_of("RCPT TO:<a@b> SIZE=1"), 555);
  EXPECT_EQ(code_of("MAIL FROM:<a@b> X-FOO"), 555);
}

TEST(Command, Utf8PathsNeedSmtputf8) {
  EXPECT_EQ(parse_command("MAIL FROM:<\xce\xb4@b>", Utf8::accept).error(), CommandError::utf8_reverse_path);
  EXPECT_EQ(parse_command("MAIL FROM:<\xce\xb4@b> SMTPUTF8", Utf8::refuse).error(), CommandError::utf8_reverse_path);
  EXPECT_TRUE(parse_as<MailCommand>("MAIL FROM:<\xce\xb4@b> SMTPUTF8", Utf8::accept).parameters.smtputf8);
  EXPECT_EQ(parse_command("RCPT TO:<\xce\xb4@b>", Utf8::refuse).error(), CommandError::utf8_forward_path);
  parse_as<RcptCommand>("RCPT TO:<\xce\xb4@b>", Utf8::accept);
}

TEST(Command, FormattedAndParsedIsTheSame) {
  for (const char* line : {"EHLO relay.example",
                           "HELO a",
                           "MAIL FROM:<>",
                           "MAIL FROM:<\"a b\"@d.example> SIZE=7 BODY=BINARYMIME RET=FULL",
                           "MAIL FROM:<a@b> ENVID=a+2Bb AUTH=<>",
                           "MAIL FROM:<a@b> AUTH=a+2Bb@c",
                           "RCPT TO:<Postmaster>",
                           "RCPT TO:<a@b> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+3Db@c",
                           "RCPT TO:<a@b> NOTIFY=NEVER",
                           "DATA",
                           "BDAT 7",
                           "BDAT 0 LAST",
                           "RSET",
                           "NOOP",
                           "QUIT",
                           "STARTTLS",
                           "AUTH PLAIN",
                           "AUTH PLAIN =",
                           "AUTH LOGIN dXNlcg==",
                           "VRFY a",
                           "EXPN list",
                           "HELP",
                           "HELP me"}) {
    const auto command = parse_command(line, Utf8::refuse);
    ASSERT_TRUE(command) << line;
    EXPECT_EQ(format_command(*command), line);
  }
}

// Corpus cases that other implementations decide otherwise than RFC 5321 does, and where we follow the RFC.
const std::map<std::string, std::string> stricter_than_commands_corpus{
    {"MAIL FROM: <\" hi there! \"@d>", "RFC 5321 3.3: no blank after the colon"},
    {"MAIL  FROM : <>", "RFC 5321 3.3, 4.1.1.2: one SP after the verb, none beside the colon"},
    {"MAIL  FROM : <postmaster>", "RFC 5321 4.1.1.2, 4.1.1.3: only a forward-path may lack a domain"},
    {"MAIL  FROM : < >", "RFC 5321 4.1.2: the null path is <>"},
    {"RCPT TO:<>", "RFC 5321 4.1.1.3: a forward-path is never null"},
};

std::string address_of(const Command& command) {
  const auto joined = [](const Mailbox& m) { return m.local_part + '@' + m.domain; };
  if (const auto* mail = std::get_if<MailCommand>(&command)) {
    return mail->reverse_path ? joined(*mail->reverse_path) : std::string();
  }
  return joined(std::get<RcptCommand>(command).forward_path);
}

void expect_fields(const Command& command, const boost::json::object& entry, const std::string& line) {
  if (entry.contains("address")) {
    EXPECT_EQ(address_of(command), entry.at("address").as_string()) << line;
  }
  if (entry.contains("host")) {
    const auto* ehlo = std::get_if<EhloCommand>(&command);
    EXPECT_EQ(ehlo ? ehlo->helo_domain : std::get<HeloCommand>(command).helo_domain, entry.at("host").as_string());
  }
  if (entry.contains("size")) {
    EXPECT_EQ(std::get<BdatCommand>(command).size_octets, entry.at("size").to_number<std::uint64_t>()) << line;
    EXPECT_EQ(std::get<BdatCommand>(command).last, entry.at("last").as_bool()) << line;
  }
  if (entry.contains("initial_response")) {
    EXPECT_EQ(std::get<AuthCommand>(command).initial_response, std::string(entry.at("initial_response").as_string()));
  }
  EXPECT_TRUE(format_command(command).starts_with(testing::text_at(entry, "verb"))) << line;
}

TEST(CommandCorpus, EveryCaseIsDecided) {
  std::size_t exceptions = 0;
  const auto corpus = testing::load_corpus("smtp-commands/commands.json");
  for (const auto& entry : corpus) {
    const auto line = testing::text_at(entry, "line");
    const auto command = parse_command(line, Utf8::accept);
    if (const auto listed = stricter_than_commands_corpus.find(line); listed != stricter_than_commands_corpus.end()) {
      ++exceptions;
      EXPECT_FALSE(command) << line << ": " << listed->second;
      continue;
    }
    if (const auto error = testing::text_at(entry, "error"); !error.empty()) {
      ASSERT_FALSE(command) << line;
      const int code = reply_to(command.error()).code;
      EXPECT_TRUE(code == (error == "unknown command" ? 500 : 501) || (error == "unsupported parameter" && code == 555))
          << line << ": " << code;
      continue;
    }
    ASSERT_TRUE(command) << line;
    expect_fields(*command, entry.as_object(), line);
  }
  EXPECT_EQ(exceptions, corpus.empty() ? 0 : stricter_than_commands_corpus.size());
}

const std::map<std::string, std::string> stricter_than_reverse_path_corpus{
    {"root@nsa.gov", "RFC 5321 4.1.2: Path = \"<\" ... \">\""},
    {"root@nsa.gov AUTH=asdf@example.org", "RFC 5321 4.1.2: Path = \"<\" ... \">\""},
};

TEST(ReversePathCorpus, EveryCaseIsDecided) {
  std::size_t exceptions = 0;
  const auto corpus = testing::load_corpus("smtp-commands/reverse-path.json");
  for (const auto& entry : corpus) {
    const auto input = testing::text_at(entry, "input");
    std::string_view rest = input;
    const auto path = take_reverse_path(rest, Utf8::refuse);
    const bool listed = stricter_than_reverse_path_corpus.contains(input);
    exceptions += listed;
    ASSERT_EQ(path.has_value(), entry.at("valid").as_bool() && !listed) << input;
    if (!path) continue;
    EXPECT_EQ(*path ? format_mailbox(**path) : "", testing::text_at(entry, "path"));
    EXPECT_EQ(rest, testing::text_at(entry, "rest"));
  }
  EXPECT_EQ(exceptions, corpus.empty() ? 0 : stricter_than_reverse_path_corpus.size());
}

}  // namespace
}  // namespace sesame::smtp
