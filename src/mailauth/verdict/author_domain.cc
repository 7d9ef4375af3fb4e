#include "mailauth/verdict/author_domain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "message/address_list.h"

namespace sesame::mailauth {
namespace {

bool is_domain_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// The end of a quoted string or comment that begins at `at`; the end of the text if it is not closed.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
  return std::min(at + 1, text.size());
}
std::size_t skip_comment(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '(')
      ++depth;
    else if (text[at] == ')' && --depth == 0)
      break;
  }
  return std::min(at + 1, text.size());
}

// Whatever follows an '@' outside quoted strings and comments.
std::vector<std::string> scan_for_domains(std::string_view text) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = skip_quoted(text, at);
    } else if (text[at] == '(') {
      at = skip_comment(text, at);
    } else if (text[at++] == '@') {
      const std::size_t start = at;
      while (at < text.size() && is_domain_octet(text[at])) ++at;
      found.emplace_back(text.substr(start, at - start));
    }
  }
  return found;
}

void add_distinct(const std::string& domain, AuthorDomains& authors) {
  const bool known = std::ranges::find(authors.domains, domain) != authors.domains.end();
  if (!known && authors.domains.size() < max_listed_domains) authors.domains.push_back(domain);
}

void add_domain(std::string_view domain, AuthorDomains& authors) {
  const auto ascii = dns::to_ascii(domain);
  if (!ascii || !dns::is_valid_name(*ascii)) {
    authors.problem = fmt::format("'{}' in From is not a domain name", domain);
  } else {
    add_distinct(*ascii, authors);
  }
}

}  // namespace

AuthorDomains author_domains_of(std::string_view from_value) {
  AuthorDomains authors;
  const auto list = message::parse_address_list(from_value);
  if (list) {
    for (const message::Mailbox& mailbox : *list) add_domain(mailbox.address.domain, authors);
  } else {
    for (const std::string& domain : scan_for_domains(from_value)) add_domain(domain, authors);
    // Addresses with UTF-8 are in order; the parser knows only ASCII ones.
    if (is_ascii(from_value)) authors.problem = "From breaks the grammar of RFC 5322";
  }
  if (authors.domains.empty() && authors.problem.empty()) authors.problem = "From names no address";
  return authors;
}

AuthorDomains author_domains(const message::ParsedMessage& message) {
  AuthorDomains all;
  const auto fields = message.all("From");
  for (const message::HeaderField* field : fields) {
    const AuthorDomains one = author_domains_of(field->value);
    for (const std::string& domain : one.domains) add_distinct(domain, all);
    if (all.problem.empty()) all.problem = one.problem;
  }
  if (fields.empty()) all.problem = "the message has no From field";
  if (fields.size() > 1)
    all.problem = fmt::format("the message has {} From fields; RFC 5322 allows one", fields.size());
  return all;
}

}  // namespace sesame::mailauth
