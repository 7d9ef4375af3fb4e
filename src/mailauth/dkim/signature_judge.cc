// Everything that needs no DNS comes first: a signature that is malformed, expired or over another body costs no
// question. Results of look-ups and body hashes are kept, since several signatures of one message share them.
#include "mailauth/dkim/signature_judge.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "dns/name.h"
#include "mailauth/dkim/key_record.h"
#include "mailauth/dkim/signed_header.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::size_t max_records_per_name = 3;

void end(SignatureResult& result, DkimResult word, std::string problem) {
  result.result = word;
  result.problem = std::move(problem);
}

// What can be said of a signature that is no good.
SignatureResult malformed(const message::HeaderField& field, std::string problem) {
  SignatureLabels labels = read_labels(field.value);
  return {.result = DkimResult::neutral,
          .domain = std::move(labels.domain),
          .selector = std::move(labels.selector),
          .identity = std::move(labels.identity),
          .algorithm = std::move(labels.algorithm),
          .problem = std::move(problem),
          .signature_start = std::move(labels.signature_start)};
}

SignatureResult not_judged_yet(const Signature& signature) {
  return {.result = DkimResult::neutral,
          .domain = signature.domain,
          .selector = signature.selector,
          .identity = signature.identity,
          .algorithm = std::string(name(signature.algorithm)),
          .signed_at = signature.signed_at,
          .expires_at = signature.expires_at,
          .signature_start = base64_encode(std::string_view(signature.signature).substr(0, 6))};
}

}  // namespace

net::Task<SignatureResult> SignatureJudge::judge(const message::HeaderField& field, SignatureKind kind) {
  const auto signature = parse_signature(field.value, kind);
  if (!signature) co_return malformed(field, signature.error().text);
  SignatureResult result = not_judged_yet(*signature);
  if (!acceptable_without_key(*signature, result)) co_return result;
  std::string hashed = canonical_signed_fields(signature->header_form, message_.fields, signature->names, &field);
  append_own_field(signature->header_form, field, hashed);
  std::string digest = sha256(hashed);
  co_await judge_with_keys(*signature, std::move(digest), result);
  co_return result;
}

net::Task<SignatureResult> SignatureJudge::judge_seal(const message::HeaderField& field, std::string digest) {
  const auto signature = parse_signature(field.value, SignatureKind::arc_seal);
  if (!signature) co_return malformed(field, signature.error().text);
  SignatureResult result = not_judged_yet(*signature);
  if (!acceptable_algorithm(*signature, result)) co_return result;
  co_await judge_with_keys(*signature, std::move(digest), result);
  co_return result;
}

const SignatureJudge::BodyDigest& SignatureJudge::body_digest(Canonicalization form,
                                                              std::optional<std::uint64_t> limit) {
  const auto [place, fresh] = bodies_.try_emplace({form, limit});
  if (fresh) {
    BodyHasher hasher(form, limit);
    hasher.update(message_.body);
    place->second.sha256 = hasher.finish();
    place->second.canonical_octets = hasher.canonical_octets();
  }
  return place->second;
}

bool SignatureJudge::acceptable_algorithm(const Signature& signature, SignatureResult& result) {
  if (signature.algorithm != SignatureAlgorithm::rsa_sha1) return true;
  end(result, DkimResult::policy, "rsa-sha1 is not accepted any more (RFC 8301)");
  return false;
}

bool SignatureJudge::acceptable_without_key(const Signature& signature, SignatureResult& result) {
  if (!acceptable_algorithm(signature, result)) return false;
  if (signature.expires_at && *signature.expires_at < to_unix_seconds(now_)) {
    end(result, DkimResult::permerror, "the signature has expired (x=)");
    return false;
  }
  const BodyDigest& body = body_digest(signature.body_form, signature.body_length);
  if (signature.body_length) {
    if (*signature.body_length > body.canonical_octets) {
      end(result, DkimResult::permerror, "l= is larger than the body");
      return false;
    }
    result.unsigned_body_octets = body.canonical_octets - *signature.body_length;
  }
  if (body.sha256 != signature.body_hash) {
    end(result, DkimResult::fail, "the body has been altered (bh= differs)");
    return false;
  }
  return true;
}

net::Task<const dns::Answer*> SignatureJudge::look_up_key(std::string name) {
  if (const auto known = answers_.find(name); known != answers_.end()) co_return &known->second;
  dns::Answer answer = co_await resolver_.resolve(name, dns::RecordType::txt, deadline_);
  co_return &answers_.emplace(std::move(name), std::move(answer)).first->second;
}

net::Task<void> SignatureJudge::judge_with_keys(const Signature& signature, std::string digest,
                                                SignatureResult& result) {
  const std::string name = signature.selector + "._domainkey." + signature.domain;
  if (name.size() > dns::max_name_octets) {
    end(result, DkimResult::permerror, "selector and domain together are too long for a name");
    co_return;
  }
  const dns::Answer* answer = co_await look_up_key(name);
  switch (answer->status) {
    case dns::AnswerStatus::found: break;
    case dns::AnswerStatus::nxdomain:
    case dns::AnswerStatus::no_data: end(result, DkimResult::permerror, fmt::format("no key at {}", name)); co_return;
    case dns::AnswerStatus::servfail:
    case dns::AnswerStatus::timeout:
      end(result, DkimResult::temperror, fmt::format("DNS did not answer the question for the key at {}", name));
      co_return;
  }
  std::size_t tried = 0;
  for (const dns::Record& record : answer->records) {
    const auto* txt = std::get_if<dns::Txt>(&record.data);
    if (txt == nullptr) continue;
    if (++tried > max_records_per_name) break;
    judge_with_key(txt->joined(), signature, digest, result);
    if (result.result == DkimResult::pass) break;
  }
}

void SignatureJudge::judge_with_key(std::string_view txt, const Signature& signature, std::string_view digest,
                                    SignatureResult& result) {
  const auto record = keys_ != nullptr ? keys_->parse(txt) : parse_key_record(txt);
  if (!record) return end(result, DkimResult::permerror, fmt::format("the key record {}", describe(record.error())));
  const bool wants_rsa = signature.algorithm == SignatureAlgorithm::rsa_sha256;
  if ((record->key.algorithm() == Algorithm::rsa_sha256) != wants_rsa)
    return end(result, DkimResult::permerror, "the key is of another type than the signature (k=, a=)");
  result.key_bits = record->key.bits();
  result.testing = record->testing;
  if (!record->accepts_sha256) return end(result, DkimResult::permerror, "the key is not to be used with sha256 (h=)");
  const std::string_view identity = signature.identity;
  if (record->exact_domain_only && !dns::equal(identity.substr(identity.rfind('@') + 1), signature.domain))
    return end(result, DkimResult::permerror, "the key is for its very domain only (t=s), and i= is below it");
  if (wants_rsa && result.key_bits > max_verified_rsa_bits)
    return end(result, DkimResult::policy, fmt::format("an RSA key of {} bits is not accepted", result.key_bits));
  if (wants_rsa && result.key_bits < min_rsa_bits)
    return end(result, DkimResult::policy,
               fmt::format("an RSA key of {} bits is too short (RFC 8301)", result.key_bits));
  if (!record->key.verify_digest(digest, signature.signature))
    return end(result, DkimResult::fail, "the signature does not match the header fields or the key");
  end(result, DkimResult::pass, "");
  const std::uint64_t unsigned_octets = result.unsigned_body_octets.value_or(0);
  if (unsigned_octets > 0)
    result.problem = fmt::format("the last {} octets of the body are not signed (l=)", unsigned_octets);
}

}  // namespace sesame::mailauth::dkim
