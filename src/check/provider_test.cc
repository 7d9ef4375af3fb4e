#include "check/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace sesame::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const Provider& provider) {
  std::vector<std::string> all;
  for (const KnownProvider* choice : provider.choices) all.emplace_back(choice->name);
  return all;
}

TEST(Providers, AreRecognisedByTheirNameServers) {
  EXPECT_THAT(names(recognise_provider({"ns01.domaincontrol.com", "ns02.domaincontrol.com"})), ElementsAre("GoDaddy"));
  EXPECT_THAT(names(recognise_provider({"ada.ns.cloudflare.com", "Bob.NS.cloudflare.com"})), ElementsAre("Cloudflare"));
}

TEST(Providers, APatternStandsForPartOfALabel) {
  EXPECT_THAT(names(recognise_provider({"ns-12.awsdns-04.com", "ns-999.awsdns-11.co.uk"})),
              ElementsAre("Amazon Route 53"));
  EXPECT_THAT(names(recognise_provider({"ns1.siteground.net"})), ElementsAre("SiteGround"));
}

TEST(Providers, ASuffixIsComparedByLabels) {
  EXPECT_THAT(names(recognise_provider({"ns1.rename.com"})), IsEmpty()) << "not Name.com";
  EXPECT_THAT(names(recognise_provider({"ns1xyz.name.com"})), ElementsAre("Name.com"));
}

TEST(Providers, WhoCannotBeToldApartIsAChoice) {
  const Provider shared = recognise_provider({"dns1.p01.nsone.net", "dns2.p01.nsone.net"});
  EXPECT_THAT(names(shared), ElementsAre("Netlify", "NS1 (IBM)"));
  EXPECT_EQ(shared.name(), "Netlify or NS1 (IBM)");
}

TEST(Providers, OfSeveralTheOneWithMostServersIsShown) {
  const Provider mixed = recognise_provider({"ns1.desec.io", "ns2.desec.org", "ns1.example.com"});
  EXPECT_THAT(names(mixed), ElementsAre("deSEC"));
  EXPECT_FALSE(mixed.runs_all);
}

TEST(Providers, NobodyIsRecognisedInOnesOwnServers) {
  EXPECT_THAT(recognise_provider({"ns1.example.com"}).choices, IsEmpty());
  EXPECT_THAT(recognise_provider({}).choices, IsEmpty());
}

TEST(Providers, HabitsAreKnown) {
  const Provider route_53 = recognise_provider({"ns-12.awsdns-04.com"});
  EXPECT_TRUE(route_53.choices.at(0)->habits.appends_zone);
  EXPECT_FALSE(route_53.choices.at(0)->habits.proxies);
  EXPECT_TRUE(recognise_provider({"ada.ns.cloudflare.com"}).choices.at(0)->habits.proxies);
  EXPECT_TRUE(recognise_provider({"ns-1.gandi.net"}).choices.at(0)->habits.wants_trailing_dot);
}

// Rows of a CSV file, quotes removed.
std::vector<std::vector<std::string>> rows(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream content;
  content << in.rdbuf();
  std::vector<std::vector<std::string>> all(1, std::vector<std::string>(1));
  bool quoted = false;
  for (const char c : content.str()) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\n' && !quoted) {
      all.push_back({""});
    } else if (c == ',' && !quoted) {
      all.back().emplace_back();
    } else {
      all.back().back() += c;
    }
  }
  return all;
}

TEST(Providers, AreThoseOfTheResearch) {
  const std::filesystem::path file = SESAME_SOURCE_DIR "/../shared/spec/dns-providers.csv";
  if (!std::filesystem::exists(file)) {
    std::cout << "skipped: the research on DNS providers is not beside the source\n";
    GTEST_SKIP();
  }
  std::vector<std::string> expected, built_in;
  for (const auto& row : rows(file)) {
    if (row.size() < 6 || row[0] == "provider" || row[1].empty()) continue;
    expected.push_back(row[0] + " " + row[1] + " " + (row[2].empty() ? row[3] : row[2]) + " " + row[3] +
                       (row[5].starts_with("yes") ? " domain connect" : ""));
  }
  for (const KnownProvider& known : known_providers()) {
    built_in.push_back(std::string(known.name) + " " + std::string(known.suffixes) + " " + std::string(known.help_url) +
                       " " + std::string(known.txt_help_url) + (known.domain_connect ? " domain connect" : ""));
  }
  EXPECT_EQ(built_in, expected);
}

}  // namespace
}  // namespace sesame::check
