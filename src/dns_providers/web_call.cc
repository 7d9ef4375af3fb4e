#include "dns_providers/web_call.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/text.h"

namespace sesame::dns_providers {
namespace {

constexpr std::size_t max_text_octets = 300;

}  // namespace

ProviderError said(ProviderErrc code, std::string field, std::string_view text) {
  return {code, std::move(field), printable_utf8(text, max_text_octets), false};
}

ProviderTask<http::ClientResponse> call_web(const http::OutsideClient& client, WebCall call, net::Deadline deadline) {
  http::ClientOptions options;
  options.deadline = deadline;
  options.max_body_octets = max_web_answer_octets;
  auto response = co_await client.send(std::move(call.request), options);
  if (response) co_return std::move(*response);
  const http::OutsideError& error = response.error();
  switch (error.code) {
    case http::OutsideErrc::no_address:
    case http::OutsideErrc::refused_address:
      co_return std::unexpected(said(ProviderErrc::bad_address, call.url_field, error.detail + "."));
    case http::OutsideErrc::not_sent:
    case http::OutsideErrc::exchange: break;
  }
  ProviderError failed =
      said(ProviderErrc::unreachable, call.url_field, "The provider does not answer: " + error.detail + ".");
  failed.may_have_happened = call.changes && error.code == http::OutsideErrc::exchange;
  co_return std::unexpected(std::move(failed));
}

Result<void, ProviderError> expect_unchanged(const std::vector<RecordSet>& expected,
                                             const std::vector<RecordSet>& present) {
  const bool same =
      std::ranges::all_of(expected, [&](const RecordSet& set) { return same_data(set, set_at(present, key_of(set))); });
  if (!same) return std::unexpected(said(ProviderErrc::changed, "", "The zone is not as it was."));
  return {};
}

ProviderTask<std::vector<RecordSet>> read_expected(Provider& provider, const std::vector<RecordSet>& expected,
                                                   net::Deadline deadline) {
  auto present = co_await provider.read(keys_of(expected), deadline);
  if (!present) co_return std::unexpected(present.error());
  const auto unchanged = expect_unchanged(expected, *present);
  if (!unchanged) co_return std::unexpected(unchanged.error());
  co_return std::move(*present);
}

std::string text_at(const boost::json::object& object, std::string_view member) {
  const boost::json::value* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

const boost::json::array* array_at(const boost::json::object& object, std::string_view member) {
  const boost::json::value* value = object.if_contains(member);
  return value == nullptr ? nullptr : value->if_array();
}

std::int64_t number_at(const boost::json::object& object, std::string_view member) {
  const boost::json::value* value = object.if_contains(member);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

std::vector<std::string> names_of(const std::vector<SetKey>& questions) {
  std::vector<std::string> names;
  for (const SetKey& question : questions) {
    if (std::ranges::find(names, question.name) == names.end()) names.push_back(question.name);
  }
  return names;
}

bool is_known(dns::RecordType type) {
  using enum dns::RecordType;
  return type == a || type == aaaa || type == ns || type == cname || type == mx || type == txt;
}

std::optional<boost::json::value> json_in(const http::ClientResponse& response) {
  boost::system::error_code problem;
  boost::json::value value = boost::json::parse(boost::json::string_view(response.body), problem);
  if (problem) return std::nullopt;
  return value;
}

}  // namespace sesame::dns_providers
