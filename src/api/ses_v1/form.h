// api/ses_v1/form.h: the parameters of a Query request, read against what an action expects. Pure.
//
//   const Form form(call.parameters);
//   Problems problems;
//   const FormReader input(form, problems);
//   const std::string identity = input.required_name("Identity");
//   const auto behavior = input.one_of("BehaviorOnMXFailure", behavior_words);
//   if (const auto error = problems.error()) ...
//
// Members of structures are joined by dots ("Message.Subject.Data"), list elements are "Identities.member.N" with N
// from 1 on. Elements come in the order of N and gaps close, for clients number as they like; of a repeated name the
// first one counts. SDKs write an empty list or structure as its bare name without a value ("ReplyToAddresses=").
// Parameters nobody asks for are ignored. A reader that meets something wrong notes it in the Problems and gives
// nothing, so that everything is found in one pass.
#pragma once

#include <fmt/ranges.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/json.h"
#include "api/ses_v1/error.h"
#include "api/sigv4/canonical.h"

namespace sesame::api::ses_v1 {

// Everything that is wrong with one request, said at once in the words of SES (spec 6):
//
//   1 validation error detected: Value null at 'identity' failed to satisfy constraint: Member must not be null
//
// A value that is none of its type outweighs the rest, for the request could not even be read.
class Problems {
 public:
  static constexpr std::size_t max_named = 10;  // further ones are counted, not named

  // Paths are those of SES texts: "message.subject.data", "tags.1.member.name".
  void is_null(std::string_view path);
  void must(bool holds, std::string_view path, std::string_view constraint);  // "Member must ..."
  void unreadable(std::string_view path, std::string_view what);              // "expected true or false"

  // validation_error or malformed_input; nullopt if nothing was wrong.
  std::optional<QueryError> error() const;

 private:
  void add(std::string problem);

  std::vector<std::string> named_;
  std::size_t count_ = 0;
  std::optional<std::string> unreadable_;  // the first
};

// An index over the parameters, which must outlive it.
class Form {
 public:
  explicit Form(std::span<const sigv4::Parameter> parameters);

  // The value of the first parameter of that name; nullptr if there is none.
  const std::string* find(std::string_view name) const;
  // Parameters whose names begin with `prefix`, in order of name.
  std::span<const sigv4::Parameter* const> starting_with(std::string_view prefix) const;

 private:
  std::vector<const sigv4::Parameter*> by_name_;
};

// A view of one structure of the form; form and problems must outlive it.
class FormReader {
 public:
  FormReader(const Form& form, Problems& problems) : form_(&form), problems_(&problems) {}

  std::optional<std::string> text(std::string_view member) const;  // absent or empty: nullopt
  std::vector<std::string> texts(std::string_view member) const;   // absent: empty
  std::optional<bool> flag(std::string_view member) const;         // "true" or "false"
  std::vector<FormReader> structures(std::string_view member) const;
  std::optional<FormReader> structure(std::string_view member) const;
  // Decimal, `least` to `most`.
  std::optional<std::uint64_t> number(std::string_view member, std::uint64_t least, std::uint64_t most) const;

  // Absence is noted.
  std::string required_text(std::string_view member) const;  // may be empty
  std::string required_name(std::string_view member) const;  // may not
  bool required_flag(std::string_view member) const;         // "true" or "false"
  std::string required_blob(std::string_view member) const;  // base64 (RFC 4648 §4), decoded
  std::vector<std::string> required_texts(std::string_view member, std::size_t most) const;
  std::optional<FormReader> required_structure(std::string_view member) const;

  template <class E, std::size_t n>
  std::optional<E> one_of(std::string_view member, const EnumWords<E, n>& words) const {
    const auto given = text(member);
    if (!given) return std::nullopt;
    std::vector<std::string_view> allowed;
    for (const auto& [word, value] : words) {
      if (word == *given) return value;
      allowed.push_back(word);
    }
    problems_->must(false, path_to(member),
                    fmt::format("Member must satisfy enum value set: [{}]", fmt::join(allowed, ", ")));
    return std::nullopt;
  }

  bool has(std::string_view member) const;             // the parameter itself or one below it
  std::string path_to(std::string_view member) const;  // "message.subject"

 private:
  struct Element {
    std::uint64_t number;
    std::string prefix;  // "Tags.member.3"
  };

  FormReader(const FormReader& outer, std::string prefix, std::string path);
  std::string name_of(std::string_view member) const;
  std::vector<Element> elements(std::string_view member) const;
  std::string path_to_element(std::string_view member, std::size_t index) const;

  const Form* form_;
  Problems* problems_;
  std::string prefix_;  // "Message."
  std::string path_;    // "message."
};

}  // namespace sesame::api::ses_v1
