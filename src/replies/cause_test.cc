#include "replies/cause.h"

#include <gtest/gtest.h>

#include "replies/phrase_table.h"

namespace sesame::replies {
namespace {

Cause cause_of(std::string_view text, std::string_view host = "") {
  const SpokenCodes codes = find_codes(text);
  return find_cause(
      {.reply_code = codes.reply_code, .enhanced_status = codes.enhanced_status, .text = text, .remote_host = host});
}

std::string kind(std::string_view text) {
  const BounceKind found = bounce_kind(cause_of(text));
  return std::string(found.type) + "/" + std::string(found.subtype);
}

TEST(Cause, ASentenceGoesBeforeTheStatusTheStatusBeforeAWord) {
  EXPECT_EQ(cause_of("550 5.7.1 No such user c18si2365148hub").reason, Reason::user_unknown);
  EXPECT_EQ(cause_of("550 5.2.2 it does not exist").reason, Reason::mailbox_full);
  EXPECT_EQ(cause_of("550 it does not exist").reason, Reason::user_unknown);
  EXPECT_EQ(cause_of("521 go away").reason, Reason::not_accepting_mail);
  EXPECT_EQ(cause_of("599 zzqq totally gibberish").reason, Reason::unknown);
}

TEST(Cause, ASentenceWrappedOverReplyLinesReadsAsOne) {
  EXPECT_EQ(
      cause_of(
          "550-5.7.1 Our system has detected that this\r\n550-5.7.1 message is likely suspicious due to the very\r\n"
          "550-5.7.1 low reputation of the sending\r\n550 5.7.1 IP address.")
          .reason,
      Reason::bad_reputation);
}

TEST(Cause, TheLongerCodeSaysTheClass) {
  EXPECT_EQ(cause_of("554 4.4.7 Message expired").status_class, StatusClass::transient);
  EXPECT_EQ(cause_of("450 try later").status_class, StatusClass::transient);
  EXPECT_EQ(cause_of("no code here").status_class, StatusClass::unsaid);
}

TEST(BounceKind, IsOneOfTheSpecs) {
  EXPECT_EQ(kind("550 5.1.1 User unknown"), "Permanent/General");
  EXPECT_EQ(kind("552 5.2.2 Mailbox full"), "Transient/MailboxFull");
  EXPECT_EQ(kind("552 5.3.4 too large"), "Transient/MessageTooLarge");
  EXPECT_EQ(kind("550 5.6.0 bad"), "Transient/ContentRejected");
  EXPECT_EQ(kind("554 5.7.1 this is spam"), "Transient/ContentRejected");
  EXPECT_EQ(kind("554 attachment refused"), "Transient/AttachmentRejected");
  EXPECT_EQ(kind("4.4.7"), "Transient/General");
  EXPECT_EQ(kind("5.4.7"), "Transient/General");
  EXPECT_EQ(kind("4.2.1"), "Transient/General");
  EXPECT_EQ(kind("550 recipient opted out"), "Permanent/UnsubscribedRecipient");
  EXPECT_EQ(kind("user unknown"), "Permanent/General");
  EXPECT_EQ(kind("connection timed out"), "Transient/General");
  for (const char* odd : {"", "5", "5.1", "2.0.0", "x.y.z", "5.1.1.1"})
    EXPECT_EQ(kind(odd), "Undetermined/Undetermined");
}

TEST(Suppression, OnlyWhatSpeaksAgainstTheAddressItself) {
  EXPECT_TRUE(suppresses(cause_of("550 5.1.1 User unknown")));
  EXPECT_TRUE(suppresses(cause_of("550 5.1.2 Host unknown")));
  EXPECT_FALSE(suppresses(cause_of("450 4.1.1 User unknown in virtual alias table")));
  EXPECT_FALSE(suppresses(cause_of("552 5.2.2 Mailbox full")));
  EXPECT_FALSE(suppresses(cause_of("550 5.7.26 unauthenticated")));
  EXPECT_FALSE(suppresses(cause_of("550 5.7.1 blocked using zen.spamhaus.org")));
  EXPECT_FALSE(suppresses(cause_of("550 5.7.25 x")));
  EXPECT_FALSE(suppresses(cause_of("550 no")));
}

TEST(SpokenCodes, AreFoundWhereHostsPutThem) {
  const auto said = [](std::string_view text) {
    const SpokenCodes codes = find_codes(text);
    return std::to_string(codes.reply_code) + " " + codes.enhanced_status;
  };
  EXPECT_EQ(said("smtp; 550-5.1.1 x"), "550 5.1.1");
  EXPECT_EQ(said("550 #5.1.0 Address rejected."), "550 5.1.0");
  EXPECT_EQ(said("550: 5.2.2 <a@b.example>... Mailbox Full"), "550 5.2.2");
  EXPECT_EQ(said("Sorry, no mailbox here by that name. (#5.1.1)"), "0 5.1.1");
  EXPECT_EQ(said("ERROR_CODE :550, ERROR_CODE :5.2.1 <a>"), "550 5.2.1");
  EXPECT_EQ(said("host mx [203.0.113.45]: 554 5.7.1 no"), "554 5.7.1");
  EXPECT_EQ(said("Thu, 29 Apr 2010 11:51:29 -0500, 5.5.2657.72, 450-1234 Street, 5000, 5501"), "0 ");
  EXPECT_EQ(said(""), "0 ");
}

TEST(PhraseTable, AgreesWithAPlainSearch) {
  const std::vector<std::string_view> phrases{"he", "she", "his", "hers", "^ush", "s*e*s", "hers"};
  const PhraseTable table(phrases);
  EXPECT_EQ(table.all_matches("ushers"), (std::vector<std::size_t>{0, 1, 3, 4, 5, 6}));
  EXPECT_EQ(table.all_matches("xushe"), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(table.all_matches(""), (std::vector<std::size_t>{}));
  EXPECT_EQ(table.first_match("ushers", [](std::size_t row) { return row > 1; }), 3u);
  EXPECT_FALSE(table.first_match("zzz"));
  const std::string gap(max_gap_octets, '.');
  EXPECT_EQ(table.all_matches("s" + gap + ".es s" + gap + "e" + gap + "s"), (std::vector<std::size_t>{5}));
  EXPECT_TRUE(table.all_matches("s" + gap + ".e.s").empty());
}

TEST(Fold, MakesTextsComparable) {
  EXPECT_EQ(fold("  It\xe2\x80\x99s\r\n\tA  T\xc3\x89ST \xd0\xaf\xd0\x96 ", 100),
            "it's a t\xc3\xa9st \xd1\x8f\xd0\xb6");
  EXPECT_EQ(fold("550-5.1.1 a 550-5.1.1 b 550 5.1.1 c 550 d", 100), "550-5.1.1 a b c 550 d");
  EXPECT_EQ(fold("550 <Spam@a.example>: no virus@b.example", 100), "550 @ no @");
  EXPECT_EQ(fold("abc", 2), "ab");
  EXPECT_EQ(fold(fold("550 5.1.1 X 550 y", 100), 100), fold("550 5.1.1 X 550 y", 100));
}

}  // namespace
}  // namespace sesame::replies
