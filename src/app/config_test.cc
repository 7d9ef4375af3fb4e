#include "app/config.h"

#include <gtest/gtest.h>

#include <map>

namespace sesame::app {
namespace {

const Environment empty_environment;

std::string error_of(const std::string& toml) {
  const auto config = parse_config(toml, "sesame.toml", empty_environment);
  return config ? "" : config.error();
}

TEST(Config, NeedsOnlyTheServiceDomain) {
  const auto config = parse_config("[service]\ndomain = \"SVC.example.\"\n", "sesame.toml", empty_environment);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->service.domain, "svc.example");
  EXPECT_EQ(config->service.hostname, "mail.svc.example");
  EXPECT_EQ(config->store.url, "sqlite:/var/lib/sesame");
  EXPECT_EQ(config->store.retention, std::chrono::days(60));
  EXPECT_EQ(net::to_string(config->http.listen.at(0)), "127.0.0.1:8025");
  EXPECT_TRUE(config->submission.require_tls);
  EXPECT_FALSE(config->delivery.allow_private_destinations);
  EXPECT_FALSE(config->dns.allow_private_servers);
  EXPECT_FALSE(config->dns.allow_private_providers);
  EXPECT_EQ(error_of(""), "service.domain is required: the domain this service stands under");
}

TEST(Config, OtherRegionsAreAListOfLabels) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n";
  const auto config = parse_config(head + "other_regions=[\"eu-west-1\", \"eu-north-1\"]\n", "f", empty_environment);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->service.other_regions, (std::vector<std::string>{"eu-west-1", "eu-north-1"}));
  EXPECT_EQ(error_of(head + "other_regions=[\"eu west\"]\n"),
            "sesame.toml: service.other_regions: \"eu west\" cannot be a label of a domain name");
}

TEST(Config, NamesTheKeyThatIsWrong) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n";
  EXPECT_EQ(error_of(head + "[smtp]\nport=1\n"), "sesame.toml: unknown key smtp.port");
  EXPECT_EQ(error_of(head + "regoin=\"x\"\n"), "sesame.toml: unknown key service.regoin");
  EXPECT_EQ(error_of(head + "[delivery]\nport=70000\n"),
            "sesame.toml: delivery.port: \"70000\" is not a number from 1 to 65535");
  EXPECT_EQ(error_of(head + "[http]\nlisten=\"127.0.0.1:1\"\n"),
            "sesame.toml: http.listen must be a list such as [\"127.0.0.1:8025\"]");
  EXPECT_EQ(error_of(head + "[http]\nlisten=[\"localhost\"]\n"),
            "sesame.toml: http.listen: \"localhost\" is not an address and port such as 127.0.0.1:8025");
  EXPECT_EQ(error_of(head + "[log]\nlevel=\"loud\"\n"),
            "sesame.toml: log.level: \"loud\" is not debug, info, warning or error");
  EXPECT_EQ(error_of("[service]\ndomain=\"nodot\"\n"), "sesame.toml: service.domain: \"nodot\" is not a domain name");
  EXPECT_EQ(error_of(head + "[store]\nurl=\"mysql://localhost\"\n"),
            "sesame.toml: store.url: \"mysql://localhost\" is not of the form sqlite:<directory>");
  EXPECT_EQ(error_of(head + "[store]\nretention_days=44\n"),
            "sesame.toml: store.retention_days: \"44\" is not a number from 45 to 36500");
  EXPECT_EQ(error_of(head + "admin_email=\"Ops\"\n"),
            "sesame.toml: service.admin_email: \"Ops\" is not an email address");
  EXPECT_EQ(error_of(head + "[http]\ntls_key=\"k\"\n"), "http.tls_certificate and http.tls_key must be given together");
  EXPECT_TRUE(error_of("[service\n").starts_with("sesame.toml:1: ")) << error_of("[service\n");
}

TEST(Config, QuotasAreUnlimitedUnlessTheySayHowMuch) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n[submission]\n";
  const auto bare = parse_config(head, "sesame.toml", {});
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->submission.quota.per_day, std::nullopt);
  EXPECT_EQ(bare->submission.quota.per_second, std::nullopt);
  const auto limited = parse_config(head + "daily_quota=200\nmax_send_rate=14\n", "sesame.toml", {});
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->submission.quota.per_day, 200u);
  EXPECT_EQ(limited->submission.quota.per_second, 14.0);
  const auto again = parse_config(head + "daily_quota=200\n", "sesame.toml", {{"SESAME_SUBMISSION_DAILY_QUOTA", "-1"}});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->submission.quota.per_day, std::nullopt);
  const auto wrong = parse_config(head + "max_send_rate=-2\n", "sesame.toml", {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(),
            "sesame.toml: submission.max_send_rate: \"-2\" is neither -1 nor a number from 0 to 1000000");
}

TEST(Config, NothingIsScannedUnlessAScannerIsNamed) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n[submission]\n";
  const auto bare = parse_config(head, "f", empty_environment);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->submission.scanner, std::nullopt);
  EXPECT_EQ(bare->submission.unscanned, submission::Unscanned::refuse);
  const auto named =
      parse_config(head + "scanner=\"unix:/run/clamav/clamd.ctl\"\nwhen_not_scanned=\"accept\"\n", "f", {});
  ASSERT_TRUE(named) << named.error();
  EXPECT_EQ(named->submission.scanner, submission::ScannerAddress(submission::UnixPath{"/run/clamav/clamd.ctl"}));
  EXPECT_EQ(named->submission.unscanned, submission::Unscanned::accept);
  EXPECT_EQ(error_of(head + "scanner=\"clamd\"\n"),
            "sesame.toml: submission.scanner: \"clamd\" is neither unix:<absolute path> nor tcp:<address>:<port>");
  EXPECT_EQ(error_of(head + "when_not_scanned=\"ignore\"\n"),
            "sesame.toml: submission.when_not_scanned: \"ignore\" is not refuse or accept");
}

TEST(Config, OnlyTheIdentityKeySignsUnlessOthersAreNamed) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n[submission]\n";
  const auto bare = parse_config(head, "f", empty_environment);
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->submission.also_sign.ed25519 || bare->submission.also_sign.service);
  const auto both = parse_config(head + "also_sign=[\"ed25519\", \"service\"]\n", "f", empty_environment);
  ASSERT_TRUE(both) << both.error();
  EXPECT_TRUE(both->submission.also_sign.ed25519 && both->submission.also_sign.service);
  EXPECT_EQ(error_of(head + "also_sign=[\"rsa\"]\n"),
            "sesame.toml: submission.also_sign: \"rsa\" is not ed25519 or service");
}

TEST(Config, DestinationGroupsHaveLimitsOfTheirOwn) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n[delivery]\nmax_connections_per_group=7\n";
  const auto config =
      parse_config(head +
                       "[[delivery.group]]\nmx=\"*.Provider.example.\"\nmax_connections=3\nmax_rate=0.5\n"
                       "[[delivery.group]]\ndomain=\"slow.example\"\nmax_messages_per_connection=1\n",
                   "f", empty_environment);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->delivery.limits.max_connections, 7u);
  ASSERT_EQ(config->delivery.groups.size(), 2u);
  EXPECT_EQ(config->delivery.groups[0].mx, "*.provider.example");
  EXPECT_EQ(config->delivery.groups[0].max_connections, 3u);
  EXPECT_EQ(config->delivery.groups[0].max_rate, 0.5);
  EXPECT_EQ(config->delivery.groups[1].domain, "slow.example");
  EXPECT_EQ(config->delivery.groups[1].max_messages_per_connection, 1u);
}

TEST(Config, NamesTheKeyOfTheGroupThatIsWrong) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n";
  const std::string group = head + "[[delivery.group]]\nmx=\"a.example\"\n[[delivery.group]]\n";
  EXPECT_EQ(error_of(group + "mx=\"a b\"\n"),
            "sesame.toml: delivery.group[2].mx: \"a b\" is not a host name, nor one after \"*.\"");
  EXPECT_EQ(error_of(group + "mx=\"b.example\"\nmax_connections=0\n"),
            "sesame.toml: delivery.group[2].max_connections: must be a number from 1 to 10000");
  EXPECT_EQ(error_of(group + "mx=\"b.example\"\nmax_rate=\"fast\"\n"),
            "sesame.toml: delivery.group[2].max_rate: must be messages a second, from 0.001 to 1000000");
  EXPECT_EQ(error_of(group + "mx=\"b.example\"\nmax_speed=1\n"),
            "sesame.toml: unknown key delivery.group[2].max_speed");
  EXPECT_EQ(error_of(group + "max_rate=1\n"), "sesame.toml: delivery.group[2]: needs mx or domain, and not both");
  EXPECT_EQ(error_of(group + "mx=\"A.example\"\n"), "sesame.toml: delivery.group[2]: a.example has a group already");
  EXPECT_EQ(error_of(head + "[delivery]\ngroup=3\n"),
            "sesame.toml: delivery.group: must be given as [[delivery.group]]");
}

TEST(Config, AddressesToLeaveFrom) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n";
  const auto config = parse_config(head +
                                       "[delivery]\nsource_addresses=[\"192.0.2.1\"]\n"
                                       "[[delivery.address]]\naddress=\"192.0.2.2\"\nweight=3\n"
                                       "[[delivery.address]]\naddress=\"2001:db8::1\"\npool=\"news\"\n"
                                       "helo_name=\"Out1.Example.\"\nwarm=true\n",
                                   "sesame.toml", {});
  ASSERT_TRUE(config) << config.error();
  const std::vector<delivery::OwnAddress> expected{
      {.address = *net::parse_ip("192.0.2.2"), .helo_name = "", .weight = 3},
      {.address = *net::parse_ip("2001:db8::1"), .helo_name = "out1.example", .pool = "news", .is_warm = true},
      {.address = *net::parse_ip("192.0.2.1"), .helo_name = ""}};
  EXPECT_EQ(config->delivery.own_addresses(), expected);
}

TEST(Config, AWrongAddressToLeaveFromIsNamed) {
  const std::string head = "[service]\ndomain=\"svc.example\"\n[[delivery.address]]\naddress=\"192.0.2.1\"\n";
  const std::string second = head + "[[delivery.address]]\n", where = "sesame.toml: delivery.address[2]";
  EXPECT_EQ(error_of(second + "address=\"x\"\n"), where + ".address: must be an IP address of this host");
  EXPECT_EQ(error_of(second + "weight=2\n"), where + ": needs an address");
  EXPECT_EQ(error_of(second + "address=\"192.0.2.1\"\n"), where + ": 192.0.2.1 is given twice");
  EXPECT_EQ(error_of(head + "weight=0\n"), "sesame.toml: delivery.address[1].weight: must be a number from 1 to 1000");
  EXPECT_EQ(error_of(head + "pool=\"a b\"\n"),
            "sesame.toml: delivery.address[1].pool: must be the name of a pool: letters, digits, '_' and '-'");
  EXPECT_EQ(error_of(head + "helo_name=\"a b\"\n"),
            "sesame.toml: delivery.address[1].helo_name: \"a b\" is not a host name");
  EXPECT_EQ(error_of(head + "warm=true\n"),
            "sesame.toml: delivery.address[1]: warm is said of addresses of a pool; shared ones are not warmed up");
  EXPECT_EQ(error_of(head + "[delivery]\nsource_addresses=[\"192.0.2.1\"]\n"),
            "delivery.source_addresses: 192.0.2.1 is a [[delivery.address]] already");
}

TEST(Config, EnvironmentWinsAndIsCheckedTheSameWay) {
  Environment environment{{"SESAME_SERVICE_DOMAIN", "env.example"}, {"SESAME_HTTP_LISTEN", "127.0.0.1:1, [::1]:2"}};
  const auto config = parse_config("[service]\ndomain=\"file.example\"\n", "f", environment);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->service.domain, "env.example");
  ASSERT_EQ(config->http.listen.size(), 2u);
  EXPECT_EQ(net::to_string(config->http.listen[1]), "[::1]:2");
  environment["SESAME_DELIVERY_PORT"] = "zero";
  EXPECT_EQ(parse_config("", "f", environment).error(),
            "SESAME_DELIVERY_PORT: \"zero\" is not a number from 1 to 65535");
}

TEST(Config, MistypedVariablesAreNamedAndOthersLeftAlone) {
  const Environment mistyped{{"SESAME_SERVICE_DOMIAN", "x"}};
  EXPECT_EQ(parse_config("", "f", mistyped).error(), "SESAME_SERVICE_DOMIAN: unknown key");
  const Environment others{{"SESAME_SERVICE_DOMAIN", "svc.example"}, {"SESAME_BINARY", "x"}, {"HTTP_LISTEN", "x"}};
  EXPECT_TRUE(parse_config("", "f", others));
}

}  // namespace
}  // namespace sesame::app
