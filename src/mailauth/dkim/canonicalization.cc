// The body hasher keeps back what may still vanish: line ends (an empty line at the end of the body does not count)
// and, in the relaxed form, a run of blanks (it becomes one SP, or nothing at the end of a line). Everything else
// leaves at once. A block that relaxing would not change is found by a loop the compiler vectorises, and is hashed in
// place.
#include "mailauth/dkim/canonicalization.h"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "base/text.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::size_t buffer_octets = 1024;
constexpr std::size_t block_octets = 128;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // fetching per message is dear
  if (method == nullptr) throw std::runtime_error("OpenSSL offers no SHA-256");
  return method;
}

// Length of the longest prefix, in whole blocks, that has no tab, no two blanks together and no blank before a CR.
// The last octet of `octets` is never part of it, because what follows it is unknown.
std::size_t relaxed_prefix(std::string_view octets) {
  std::size_t length = 0;
  while (octets.size() - length > block_octets) {
    const char* block = octets.data() + length;
    unsigned char changed = 0;
    for (std::size_t i = 0; i < block_octets; ++i) {
      const char c = block[i];
      const char next = block[i + 1];
      changed |=
          static_cast<unsigned char>((c == '\t') | ((c == ' ') & ((next == ' ') | (next == '\t') | (next == '\r'))));
    }
    if (changed != 0) break;
    length += block_octets;
  }
  return length;
}

// Length of the prefix without line ends and, in the relaxed form, without blanks but for a single SP before an octet
// that is neither blank nor CR.
std::size_t unchanged_prefix(Canonicalization form, std::string_view octets) {
  std::size_t length = 0;
  for (; length < octets.size(); ++length) {
    const char c = octets[length];
    if (c == '\r') break;
    if (form == Canonicalization::simple || !is_blank(c)) continue;
    const char next = length + 1 < octets.size() ? octets[length + 1] : '\r';
    if (c == '\t' || length == 0 || is_blank(next) || next == '\r') break;
  }
  return length;
}

void append_relaxed_value(std::string_view value, std::string& out) {
  const std::size_t start = out.size();
  const auto is_plain = [](char c) { return !is_blank(c) && c != '\r' && c != '\n'; };
  bool blank = false;
  for (std::size_t i = 0; i < value.size();) {
    const char c = value[i];
    if (c == '\n' || (c == '\r' && value.substr(i + 1).starts_with('\n'))) {  // unfolding
      ++i;
    } else if (is_blank(c)) {
      blank = true;
      ++i;
    } else {
      std::size_t end = i + 1;  // a CR by itself is an octet like any other
      while (end < value.size() && is_plain(value[end])) ++end;
      if (blank && out.size() > start) out += ' ';
      blank = false;
      out += value.substr(i, end - i);
      i = end;
    }
  }
}

}  // namespace

std::string_view name(Canonicalization form) { return form == Canonicalization::simple ? "simple" : "relaxed"; }

void append_canonical_field(Canonicalization form, const message::HeaderField& field, bool with_line_end,
                            std::string& out) {
  if (form == Canonicalization::simple) {
    std::string_view raw = field.raw;
    if (raw.ends_with('\n')) raw.remove_suffix(raw.ends_with("\r\n") ? 2 : 1);
    out += raw;
  } else {
    for (const char c : field.name) out += ascii_lower(c);
    out += ':';
    append_relaxed_value(field.value, out);
  }
  if (with_line_end) out += "\r\n";
}

void BodyHasher::FreeDigest::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

BodyHasher::BodyHasher(Canonicalization form, std::optional<std::uint64_t> limit)
    : form_(form), left_(limit.value_or(UINT64_MAX)), digest_(EVP_MD_CTX_new()) {
  if (!digest_) throw std::bad_alloc();
  if (EVP_DigestInit_ex2(digest_.get(), sha256_method(), nullptr) != 1) throw std::runtime_error("SHA-256 failed");
  buffer_.reserve(buffer_octets);
}
BodyHasher::~BodyHasher() = default;
BodyHasher::BodyHasher(BodyHasher&&) noexcept = default;
BodyHasher& BodyHasher::operator=(BodyHasher&&) noexcept = default;

void BodyHasher::update(std::string_view octets) {
  while (!octets.empty()) {
    octets.remove_prefix(take_clean_run(octets));
    // One block the slow way, then look for clean ones again.
    const std::string_view block = octets.substr(0, block_octets);
    take_block(block);
    octets.remove_prefix(block.size());
  }
}

// Runs that stay as they are go at once; octet by octet where something is, or may have to be, held back.
void BodyHasher::take_block(std::string_view block) {
  while (!block.empty()) {
    const std::size_t length = held_cr_ ? 0 : unchanged_prefix(form_, block);
    if (length > 0) {
      put_held();
      put(block.substr(0, length));
      any_content_ = true;
      block.remove_prefix(length);
    } else {
      take_octet(block[0]);
      block.remove_prefix(1);
    }
  }
}

// Puts the longest run at the front that needs no change, and returns its length. What may still vanish is left out.
std::size_t BodyHasher::take_clean_run(std::string_view octets) {
  if (held_cr_) return 0;
  std::string_view run = octets;
  if (form_ == Canonicalization::relaxed) run = octets.substr(0, relaxed_prefix(octets));
  if (!run.empty() && (is_blank(run.back()) || run.back() == '\r')) run.remove_suffix(1);
  while (run.ends_with("\r\n")) run.remove_suffix(2);
  if (run.empty() || (held_blank_ && is_blank(run.front()))) return 0;
  if (run.starts_with("\r\n") && held_blank_) return 0;
  put_held();
  put(run);
  any_content_ = true;
  return run.size();
}

void BodyHasher::take_octet(char c) {
  if (held_cr_) {
    held_cr_ = false;
    if (c == '\n') {
      held_blank_ = false;
      ++held_line_ends_;
      return;
    }
    put_held();
    put('\r');
    any_content_ = true;
  }
  if (c == '\r') {
    held_cr_ = true;
    return;
  }
  if (form_ == Canonicalization::relaxed && is_blank(c)) {
    held_blank_ = true;
    return;
  }
  put_held();
  put(c);
  any_content_ = true;
}

void BodyHasher::put_held() {
  for (; held_line_ends_ > 0; --held_line_ends_) put("\r\n");
  if (held_blank_) put(' ');
  held_blank_ = false;
}

std::string BodyHasher::finish() {
  if (held_cr_) {
    put_held();
    put('\r');
    any_content_ = true;
  }
  // Line ends at the end of the body are held back to the last, so exactly one is due here. §3.4.3: the simple form of
  // an empty body is one CRLF; §3.4.4: the relaxed one is nothing.
  if (any_content_ || form_ == Canonicalization::simple) put("\r\n");
  flush();
  std::string digest(32, '\0');
  unsigned int length = 0;
  if (EVP_DigestFinal_ex(digest_.get(), reinterpret_cast<unsigned char*>(digest.data()), &length) != 1 || length != 32)
    throw std::runtime_error("SHA-256 failed");
  return digest;
}

void BodyHasher::put(std::string_view run) {
  canonical_octets_ += run.size();
  if (run.size() > left_) run = run.substr(0, left_);
  left_ -= run.size();
  if (buffer_.size() + run.size() > buffer_octets) flush();
  if (run.size() < buffer_octets) {
    buffer_ += run;
    return;
  }
  if (EVP_DigestUpdate(digest_.get(), run.data(), run.size()) != 1) throw std::runtime_error("SHA-256 failed");
}

void BodyHasher::put(char c) { put(std::string_view(&c, 1)); }

void BodyHasher::flush() {
  if (EVP_DigestUpdate(digest_.get(), buffer_.data(), buffer_.size()) != 1) throw std::runtime_error("SHA-256 failed");
  buffer_.clear();
}

std::string canonical_body(Canonicalization form, std::string_view body) {
  std::string out;
  std::size_t complete = 0;  // end of the last line that is not empty
  while (!body.empty()) {
    const std::size_t end = body.find("\r\n");
    const std::string_view line = body.substr(0, end);
    const std::size_t before = out.size();
    if (form == Canonicalization::simple) {
      out += line;
    } else {
      bool blank = false;
      for (const char c : line) {
        if (!is_blank(c)) {
          if (blank) out += ' ';
          out += c;
        }
        blank = is_blank(c);
      }
    }
    const bool empty = out.size() == before;
    out += "\r\n";
    if (!empty) complete = out.size();
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 2);
  }
  out.resize(complete);
  if (out.empty() && form == Canonicalization::simple) out = "\r\n";
  return out;
}

}  // namespace sesame::mailauth::dkim
