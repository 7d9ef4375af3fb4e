#include "mailauth/verdict/unsubscribe.h"

#include <gtest/gtest.h>

namespace sesame::mailauth {
namespace {

const std::string way = "List-Unsubscribe: <mailto:leave@example.com>,\r\n <https://example.com/u/1>\r\n";
const std::string post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";

std::string signature(const std::string& names) {
  return "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=" + names + "; bh=AA==; b=AA==\r\n";
}
const std::string covering = signature("From:list-unsubscribe:List-Unsubscribe-Post");

Unsubscribe find(const std::string& header, std::vector<dkim::DkimResult> results) {
  std::vector<dkim::SignatureResult> signatures;
  for (const auto result : results) signatures.push_back({.result = result});
  return find_unsubscribe(message::parse_message(header + "\r\n"), signatures);
}
using enum dkim::DkimResult;

TEST(Unsubscribe, IsOneClickWithBothFieldsUnderOneValidSignature) {
  const Unsubscribe found = find(covering + way + post, {pass});
  EXPECT_TRUE(found.one_click) << found.problem;
  EXPECT_TRUE(found.by_mail);
  EXPECT_TRUE(find(signature("From") + covering + way + post, {pass, pass}).one_click);
}

TEST(Unsubscribe, SaysWhatIsMissing) {
  EXPECT_EQ(find(covering + post, {pass}).problem, "there is no List-Unsubscribe field");
  EXPECT_EQ(find(covering + way, {pass}).problem, "there is no List-Unsubscribe-Post field");
  EXPECT_EQ(find(covering + way + way + post, {pass}).problem,
            "List-Unsubscribe or List-Unsubscribe-Post comes more than once");
  for (const char* other :
       {"<mailto:leave@example.com>", "<http://example.com/u>", "https://example.com/u", "<https://>", ""})
    EXPECT_EQ(find(covering + "List-Unsubscribe: " + other + "\r\n" + post, {pass}).problem,
              "List-Unsubscribe has no https: URI")
        << other;
  EXPECT_EQ(find(covering + way + "List-Unsubscribe-Post: yes\r\n", {pass}).problem,
            "List-Unsubscribe-Post is not List-Unsubscribe=One-Click");
}

TEST(Unsubscribe, OnlyAValidSignatureOverBothCounts) {
  const std::string unsigned_problem = "no valid DKIM signature covers List-Unsubscribe and List-Unsubscribe-Post";
  EXPECT_EQ(find(way + post, {}).problem, unsigned_problem);
  EXPECT_EQ(find(covering + way + post, {fail}).problem, unsigned_problem);
  EXPECT_EQ(find(signature("From") + covering + way + post, {pass, fail}).problem, unsigned_problem);
  EXPECT_EQ(
      find(signature("From:List-Unsubscribe") + signature("From:List-Unsubscribe-Post") + way + post, {pass, pass})
          .problem,
      unsigned_problem);
}

TEST(Unsubscribe, BulkIsWhatSaysSo) {
  const auto bulk = [](const std::string& header) {
    return is_marked_as_bulk(message::parse_message(header + "\r\n"));
  };
  EXPECT_TRUE(bulk("List-Id: <news.example.com>\r\n"));
  EXPECT_TRUE(bulk(way));
  EXPECT_TRUE(bulk("Precedence: Bulk\r\n"));
  EXPECT_FALSE(bulk("Precedence: first-class\r\nSubject: your receipt\r\n"));
}

}  // namespace
}  // namespace sesame::mailauth
