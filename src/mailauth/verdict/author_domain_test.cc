#include "mailauth/verdict/author_domain.h"

#include <gtest/gtest.h>

namespace sesame::mailauth {
namespace {

using Domains = std::vector<std::string>;

TEST(AuthorDomain, IsThatOfTheAddressNotOfTheName) {
  EXPECT_EQ(author_domains_of(" \"bob@bank.example\" <eve@Evil.Example>").domains, Domains{"evil.example"});
  EXPECT_EQ(author_domains_of(" (bob@bank.example) eve@evil.example").domains, Domains{"evil.example"});
}

TEST(AuthorDomain, SeveralAddressesOfOneDomainAreOneDomain) {
  EXPECT_EQ(author_domains_of("a@example.com, B <b@EXAMPLE.com>").domains, Domains{"example.com"});
  EXPECT_EQ(author_domains_of("a@example.com, b@example.net").domains, (Domains{"example.com", "example.net"}));
}

TEST(AuthorDomain, BrokenFieldHidesNobody) {
  const auto authors = author_domains_of("bank@bank.example <eve@evil.example");
  EXPECT_EQ(authors.domains, (Domains{"bank.example", "evil.example"}));
  EXPECT_FALSE(authors.problem.empty());
}

TEST(AuthorDomain, Utf8AddressesHaveALabels) {
  EXPECT_EQ(author_domains_of("J\xc3\xb6rg <j\xc3\xb6rg@b\xc3\xbc"
                              "cher.example>")
                .domains,
            Domains{"xn--bcher-kva.example"});
}

TEST(AuthorDomain, NoneIsExplained) {
  for (const char* empty : {"", "undisclosed:;", "nobody", "<>"}) {
    EXPECT_TRUE(author_domains_of(empty).domains.empty()) << empty;
    EXPECT_FALSE(author_domains_of(empty).problem.empty()) << empty;
  }
  EXPECT_EQ(author_domains(message::parse_message("To: a@b.example\r\n\r\n")).problem, "the message has no From field");
}

TEST(AuthorDomain, EveryFromFieldCounts) {
  const auto authors = author_domains(message::parse_message("From: a@example.com\r\nfrom: b@example.net\r\n\r\n"));
  EXPECT_EQ(authors.domains, (Domains{"example.com", "example.net"}));
  EXPECT_NE(authors.problem.find("2 From fields"), std::string::npos);
}

}  // namespace
}  // namespace sesame::mailauth
