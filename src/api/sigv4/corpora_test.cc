// The published vectors: every case is signed, canonicalised and verified, or named with the reason why not.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>

#include "api/sigv4/authorization.h"
#include "api/sigv4/sign.h"
#include "api/sigv4/testing/http_text.h"
#include "api/sigv4/verify.h"
#include "base/digest.h"
#include "base/testing/corpora.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame::sigv4 {
namespace {

namespace fs = std::filesystem;
using testing::HttpText;

const VerifyOptions vector_options{{"service"}, {"us-east-1"}, true};

std::string text_of(const fs::path& file) {
  std::string text = read_file(file);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// One directory of sigv4-aws-c-auth.
struct Vector {
  std::string name;
  fs::path dir;
  HttpText request;
  SigningCredentials credentials;
  SigningOptions options;
  std::chrono::seconds lifetime;
  bool token_added_after_signing;

  VerifyOptions verify_options() const { return {{options.service}, {options.region}, options.normalize_path}; }
};

Vector read_vector(const fs::path& dir) {
  const boost::json::value context = boost::json::parse(read_file(dir / "context.json"));
  const auto word = [](const boost::json::value& object, std::string_view key) {
    const boost::json::value* found = object.as_object().if_contains(key);
    return found != nullptr ? std::string(found->as_string()) : std::string();
  };
  const boost::json::value& keys = context.at("credentials");
  std::string moment = word(context, "timestamp");
  std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
  const boost::json::value* omit = context.as_object().if_contains("omit_session_token");

  Vector vector{dir.filename(),
                dir,
                testing::read_http_text(read_file(dir / "request.txt")),
                {word(keys, "access_key_id"), Secret(word(keys, "secret_access_key")), word(keys, "token")},
                {word(context, "region"), word(context, "service"), parse_amz(moment).value_or(Time{}),
                 context.at("normalize").as_bool()},
                std::chrono::seconds(context.at("expiration_in_seconds").as_int64()),
                omit != nullptr && omit->as_bool()};
  if (vector.token_added_after_signing) vector.credentials.session_token.clear();
  return vector;
}

std::vector<fs::path> directories(const fs::path& root) {
  std::vector<fs::path> dirs;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    if (entry.is_directory()) dirs.push_back(entry.path());
  }
  std::ranges::sort(dirs);
  return dirs;
}

std::string canonical_of(const HttpText& request, std::span<const std::string> signed_headers, bool normalize) {
  return canonical_request(request.facts(), signed_headers, sha256_hex(request.body), {normalize, {}}).value();
}

void expect_verifies(const HttpText& request, const VerifyOptions& options, const Secret& secret, Time at) {
  auto parsed = parse_authorization(request.facts(), options);
  ASSERT_TRUE(parsed) << message_of(parsed.error());
  EXPECT_TRUE(verify(*parsed, secret, at));
  const Secret other(fmt::format("{}x", secret.reveal()));
  EXPECT_EQ(verify(*parsed, other, at).error().kind, AuthFailureKind::signature_mismatch);
  parsed->signature[7] = parsed->signature[7] == '0' ? '1' : '0';
  EXPECT_EQ(verify(*parsed, secret, at).error().kind, AuthFailureKind::signature_mismatch);
}

void expect_refused(const HttpText& request, const VerifyOptions& options) {
  EXPECT_EQ(parse_authorization(request.facts(), options).error().kind, AuthFailureKind::malformed);
}

void check_header_form(const Vector& vector) {
  HttpText to_sign = vector.request;
  if (!to_sign.body.empty()) to_sign.headers.emplace_back("X-Amz-Content-Sha256", sha256_hex(to_sign.body));
  const auto added = sign(to_sign.facts(), vector.credentials, vector.options);
  ASSERT_TRUE(added);
  const Authorization ours = parse_authorization_header(added->back().value).value();
  EXPECT_EQ(ours.signature, text_of(vector.dir / "header-signature.txt"));

  const HttpText sent = testing::read_http_text(read_file(vector.dir / "header-signed-request.txt"));
  const std::string canonical = canonical_of(sent, ours.signed_headers, vector.options.normalize_path);
  EXPECT_EQ(canonical, text_of(vector.dir / "header-canonical-request.txt"));
  EXPECT_EQ(string_to_sign(format_amz(vector.options.at), ours.scope, canonical),
            text_of(vector.dir / "header-string-to-sign.txt"));
  if (vector.token_added_after_signing) return expect_refused(sent, vector.verify_options());  // an unsigned x-amz-*
  expect_verifies(sent, vector.verify_options(), vector.credentials.secret_access_key, vector.options.at);
}

void check_query_form(const Vector& vector) {
  const auto target = presign(vector.request.facts(), vector.credentials, vector.options, vector.lifetime);
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->ends_with("&X-Amz-Signature=" + text_of(vector.dir / "query-signature.txt"))) << *target;

  const HttpText sent = testing::read_http_text(read_file(vector.dir / "query-signed-request.txt"));
  if (!vector.token_added_after_signing) {
    EXPECT_EQ(sent.target, *target);
    const auto parsed = parse_presigned_query(decode_query(split_target(sent.target).query).value());
    ASSERT_TRUE(parsed) << message_of(parsed.error());
    EXPECT_EQ(canonical_of(sent, parsed->authorization.signed_headers, vector.options.normalize_path),
              text_of(vector.dir / "query-canonical-request.txt"));
  }
  if (sent.method != "GET") return expect_refused(sent, vector.verify_options());  // spec/ses.md section 6: GET only
  expect_verifies(sent, vector.verify_options(), vector.credentials.secret_access_key,
                  vector.options.at + vector.lifetime);
}

TEST(SigV4Corpora, EveryCaseOfAwsCAuthIsSignedAndVerifiedInBothForms) {
  const auto root = find_corpus("sigv4-aws-c-auth/v4");
  if (!root) GTEST_SKIP();
  int cases = 0;
  for (const fs::path& dir : directories(*root)) {
    SCOPED_TRACE(dir.filename());
    const Vector vector = read_vector(dir);
    check_header_form(vector);
    check_query_form(vector);
    ++cases;
  }
  EXPECT_EQ(cases, 38);
}

TEST(SigV4Corpora, Version4aIsRefusedByName) {
  const auto root = find_corpus("sigv4-aws-c-auth/v4a");
  if (!root) GTEST_SKIP();
  int cases = 0;
  for (const fs::path& dir : directories(*root)) {
    SCOPED_TRACE(dir.filename());
    const fs::path signed_file = dir / "header-signed-request.txt";  // two cases come without
    if (fs::exists(signed_file)) {
      expect_refused(testing::read_http_text(read_file(signed_file)), vector_options);
    }
    std::cout << "skipped: sigv4-aws-c-auth/v4a/" << dir.filename().string()
              << ": ECDSA over a set of regions, which no SES client signs with; its request is refused\n";
    ++cases;
  }
  EXPECT_EQ(cases, 40);
}

// What becomes of the signed request of a case.
enum class Classic {
  verifies,
  unsigned_token,  // an x-amz-* header was added after signing: we refuse it
  wrong_copy,      // the .sreq repeats the signature of get-vanilla; with the one of its own .authz it verifies
};

Classic expectation(const std::string& name) {
  if (name == "post-sts-header-after") return Classic::unsigned_token;
  if (name == "get-vanilla-with-session-token") return Classic::wrong_copy;
  return Classic::verifies;
}

void check_classic_case(const fs::path& stem) {
  const auto file = [&](const char* extension) { return fs::path(stem).replace_extension(extension); };
  const Secret secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  const Time at = parse_amz("20150830T123600Z").value_or(Time{});
  const Authorization wanted = parse_authorization_header(text_of(file(".authz"))).value();

  HttpText sent = testing::read_http_text(read_file(file(".sreq")));
  const std::string canonical = canonical_of(sent, wanted.signed_headers, true);
  EXPECT_EQ(canonical, text_of(file(".creq")));
  const std::string text = string_to_sign("20150830T123600Z", wanted.scope, canonical);
  EXPECT_EQ(text, text_of(file(".sts")));
  EXPECT_EQ(calculate_signature(secret, wanted.scope, text), wanted.signature);

  const Classic expected = expectation(stem.stem().string());
  if (expected == Classic::unsigned_token) return expect_refused(sent, vector_options);
  if (expected == Classic::wrong_copy) {
    const SignedRequest as_published = parse_authorization(sent.facts(), vector_options).value();
    EXPECT_EQ(verify(as_published, secret, at).error().kind, AuthFailureKind::signature_mismatch);
    sent.headers.back().second = authorization_header(wanted);
    std::cout << "repaired: sigv4-botocore/" << stem.stem().string()
              << ": its .sreq has the signature of get-vanilla\n";
  }
  expect_verifies(sent, vector_options, secret, at);
}

TEST(SigV4Corpora, EveryCaseOfTheClassicSuiteIsCanonicalisedAndVerified) {
  const auto root = find_corpus("sigv4-botocore");
  if (!root) GTEST_SKIP();
  int cases = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(*root)) {
    if (entry.path().extension() != ".req") continue;
    SCOPED_TRACE(entry.path().stem());
    check_classic_case(entry.path());
    ++cases;
  }
  EXPECT_EQ(cases, 34);
}

}  // namespace
}  // namespace sesame::sigv4
