#include "dns_providers/domain_connect.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/json.hpp>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/text.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;

const identity::ServiceNames names{"svc.example", "us-east-1"};

// As the specification shows settings.
constexpr std::string_view settings = R"({"providerId":"virtucondomains.com","providerName":"Virtucon Domains",
  "providerDisplayName":"Virtucon","urlSyncUX":"https://domainconnect.virtucondomains.com",
  "urlAsyncUX":"https://domainconnect.virtucondomains.com","urlAPI":"https://api.domainconnect.virtucondomains.com/dc/",
  "width":750,"height":700,"nameServers":["ns1.virtucon.example"]})";

store::IdentityRecord identity_record(std::string name = "example.com") {
  store::IdentityRecord identity;
  identity.name = std::move(name);
  identity.dkim.emplace();
  identity.dkim->selectors = {"t1", "t2", "t3"};
  identity.mail_from.emplace();
  identity.mail_from->domain = "bounce." + identity.name;
  return identity;
}

// The key as somebody puts it together who reads the records.
bool verifies(const std::vector<std::string>& records, std::string_view text, std::string_view signature) {
  std::string base64;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string begin = "p=" + std::to_string(i + 1) + ",a=RS256,t=x509,d=";
    EXPECT_TRUE(records[i].starts_with(begin)) << records[i];
    EXPECT_LE(records[i].size(), 255u);
    base64 += records[i].substr(begin.size());
  }
  const std::string der = base64_decode(base64).value();
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &octets, static_cast<long>(der.size())), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

TEST(DomainConnect, SettingsAreAskedForByHttpsOnly) {
  EXPECT_EQ(http::to_string(*settings_url("domainconnect.example.net", "example.com")),
            "https://domainconnect.example.net/v2/example.com/settings");
  EXPECT_EQ(http::to_string(*settings_url("api.example.net/client/v4/dns/domainconnect/", "example.com")),
            "https://api.example.net/client/v4/dns/domainconnect/v2/example.com/settings");
  for (const char* wrong : {"", " ", "http://x.example", "user@x.example", "x.example?y", "x.example#y", "x y"}) {
    EXPECT_FALSE(settings_url(wrong, "example.com").has_value()) << wrong;
  }
  EXPECT_FALSE(settings_url(std::string(256, 'a'), "example.com").has_value());
}

TEST(DomainConnect, SettingsAreReadAsTheSpecificationShowsThem) {
  const auto provider = parse_domain_connect_settings(settings);
  ASSERT_TRUE(provider.has_value()) << provider.error();
  EXPECT_EQ(provider->id, "virtucondomains.com");
  EXPECT_EQ(provider->display_name, "Virtucon");
  EXPECT_EQ(provider->height, 700);
  EXPECT_EQ(http::to_string(template_url(*provider, names)),
            "https://api.domainconnect.virtucondomains.com/dc/v2/domainTemplates/providers/svc.example/services/mail");
}

TEST(DomainConnect, SettingsThatLeadElsewhereThanHttpsAreRefused) {
  const json::object good = json::parse(json::string_view(settings)).as_object();
  for (const auto& [member, value] : {std::pair{"urlSyncUX", "http://x.example"},
                                      {"urlSyncUX", "javascript:alert(1)"},
                                      {"urlSyncUX", "https://x.example/?a=b"},
                                      {"urlAPI", "ftp://x.example"},
                                      {"urlAPI", ""},
                                      {"providerName", ""}}) {
    json::object changed = good;
    changed[member] = value;
    EXPECT_FALSE(parse_domain_connect_settings(json::serialize(changed)).has_value()) << member << value;
  }
  for (const char* text : {"", "[]", "1", "{", "{}"}) EXPECT_FALSE(parse_domain_connect_settings(text).has_value());
}

TEST(DomainConnect, WindowsHaveSensibleSizes) {
  json::object changed = json::parse(json::string_view(settings)).as_object();
  changed["width"] = 1'000'000;
  changed["height"] = "x";
  const auto provider = parse_domain_connect_settings(json::serialize(changed));
  ASSERT_TRUE(provider.has_value());
  EXPECT_EQ(provider->width, 750);
  EXPECT_EQ(provider->height, 750);
}

TEST(DomainConnect, TheQueryHasWhatTheTemplateNeeds) {
  EXPECT_EQ(apply_query(identity_record(), "example.com"),
            "domain=example.com&token1=t1&token2=t2&token3=t3&mailfrom=bounce&groupId=dkim%2Cmail-from");
  EXPECT_EQ(apply_query(identity_record("a.shop.example.com"), "example.com"),
            "domain=example.com&host=a.shop&token1=t1&token2=t2&token3=t3&mailfrom=bounce&groupId=dkim%2Cmail-from");
  store::IdentityRecord own_key = identity_record();
  own_key.dkim->origin = store::DkimOrigin::external;
  EXPECT_EQ(apply_query(own_key, "example.com"), "domain=example.com&mailfrom=bounce&groupId=mail-from");
  own_key.mail_from.reset();
  EXPECT_FALSE(apply_query(own_key, "example.com").has_value());
  EXPECT_FALSE(apply_query(identity_record(), "example.org").has_value());
}

TEST(DomainConnect, TheSignatureHoldsWithTheKeyThatIsPublished) {
  const auto provider = parse_domain_connect_settings(settings);
  ASSERT_TRUE(provider.has_value());
  const auto key = mailauth::dkim::SigningKey::generate_rsa();
  const std::string query = apply_query(identity_record(), "example.com").value();
  const std::string url = signed_apply_url(*provider, names, query, key);
  const std::string begin =
      "https://domainconnect.virtucondomains.com/v2/domainTemplates/providers/svc.example/services/mail/apply?" +
      query + "&key=_dck1&sig=";
  ASSERT_TRUE(url.starts_with(begin)) << url;
  const std::string signature = base64_decode(percent_decode(url.substr(begin.size())).value()).value();
  EXPECT_TRUE(verifies(key_records(key), query, signature));
  EXPECT_FALSE(verifies(key_records(key), query + "&mailfrom=x", signature));
}

TEST(DomainConnect, TheTemplateInTheRepositoryIsTheOneThatIsServed) {
  std::ifstream file(SESAME_SOURCE_DIR "/packaging/domain-connect/svc.example.mail.json");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(json::parse(text.str()), json::value(domain_connect_template(names)));
}

}  // namespace
}  // namespace sesame::dns_providers
