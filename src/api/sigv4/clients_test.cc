// Requests recorded from real clients (testdata/README.md): they verify as sent, and not with one octet changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "api/sigv4/authorization.h"
#include "api/sigv4/testing/http_text.h"
#include "api/sigv4/verify.h"
#include "base/testing/corpora.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::sigv4 {
namespace {

namespace fs = std::filesystem;
using testing::HttpText;

const Secret test_secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

bool accepted(const HttpText& request, Time at) {
  const auto parsed = parse_authorization(request.facts(), {.regions = {"eu-west-1"}});
  return parsed && verify(*parsed, test_secret, at).has_value();
}

std::vector<fs::path> recorded_requests() {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(SESAME_SOURCE_DIR) / "src/api/sigv4/testdata")) {
    if (entry.path().extension() == ".http") files.push_back(entry.path());
  }
  return files;
}

// Turns each octet of `text`, one at a time, into another one.
template <class Check>
void with_each_octet_changed(std::string& text, Check check) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char kept = text[i];
    text[i] = kept == 'q' ? 'z' : 'q';
    check(i);
    text[i] = kept;
  }
}

TEST(RecordedClients, VerifyAtTheTimeTheyWereSigned) {
  int count = 0;
  for (const fs::path& file : recorded_requests()) {
    SCOPED_TRACE(file.filename());
    const HttpText request = testing::read_http_text(read_file(file));
    const auto parsed = parse_authorization(request.facts(), {});
    ASSERT_TRUE(parsed) << message_of(parsed.error());
    EXPECT_EQ(parsed->access_key_id, "AKIDEXAMPLE");
    EXPECT_TRUE(verify(*parsed, test_secret, parsed->signed_at));
    EXPECT_TRUE(verify(*parsed, test_secret, parsed->signed_at + parsed->lifetime));
    EXPECT_FALSE(verify(*parsed, test_secret, parsed->signed_at + parsed->lifetime + std::chrono::milliseconds(1)));
    ++count;
  }
  EXPECT_EQ(count, 7);
}

TEST(RecordedClients, FailWithAnyOctetOfTargetOrBodyChanged) {
  for (const fs::path& file : recorded_requests()) {
    SCOPED_TRACE(file.filename());
    HttpText request = testing::read_http_text(read_file(file));
    const Time at = parse_authorization(request.facts(), {}).value().signed_at;
    ASSERT_TRUE(accepted(request, at));
    with_each_octet_changed(request.target, [&](std::size_t i) { EXPECT_FALSE(accepted(request, at)) << i; });
    with_each_octet_changed(request.body, [&](std::size_t i) { EXPECT_FALSE(accepted(request, at)) << i; });
    with_each_octet_changed(request.method, [&](std::size_t i) { EXPECT_FALSE(accepted(request, at)) << i; });
  }
}

TEST(RecordedClients, FailWithASignedHeaderChangedAndSurviveAnUnsignedOne) {
  for (const fs::path& file : recorded_requests()) {
    SCOPED_TRACE(file.filename());
    HttpText request = testing::read_http_text(read_file(file));
    const SignedRequest parsed = parse_authorization(request.facts(), {}).value();
    for (auto& [name, value] : request.headers) {
      const std::string kept = value;
      value += "0";
      const bool is_signed = ascii_lower(name) == "authorization" || ascii_lower(name) == "host" ||
                             ascii_lower(name).starts_with("x-amz-") || ascii_lower(name) == "content-type";
      if (is_signed) EXPECT_FALSE(accepted(request, parsed.signed_at)) << name;
      if (ascii_lower(name) == "user-agent") EXPECT_TRUE(accepted(request, parsed.signed_at)) << name;
      value = kept;
    }
  }
}

TEST(RecordedClients, SurviveAProxyThatUnescapesThePath) {
  HttpText request = testing::read_http_text(
      read_file(fs::path(SESAME_SOURCE_DIR) / "src/api/sigv4/testdata/boto3-1.26.27-sesv2-put-mail-from.http"));
  const Time at = parse_authorization(request.facts(), {}).value().signed_at;
  const std::string escaped = "user%2Btag%40example.com";
  request.target.replace(request.target.find(escaped), escaped.size(), "user%2btag@example.com");
  EXPECT_TRUE(accepted(request, at));
}

}  // namespace
}  // namespace sesame::sigv4
