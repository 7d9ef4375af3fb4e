// dns_providers/web_call.h: one call of a provider's HTTP API, with its failures in the words of this room.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dns_providers/provider.h"
#include "http/outside_client.h"

namespace sesame::dns_providers {

inline constexpr std::size_t max_web_answer_octets = 4 * 1024 * 1024;  // a zone with twenty thousand records

struct WebCall {
  http::ClientRequest request;
  std::string url_field;  // of the connection, that decides where it goes; empty: none
  bool changes = false;   // without an answer it may have happened
};

// The answer, whatever its status. Errors: bad_address, unreachable.
ProviderTask<http::ClientResponse> call_web(const http::OutsideClient& client, WebCall call, net::Deadline deadline);

// nullopt if the body is no JSON.
std::optional<boost::json::value> json_in(const http::ClientResponse& response);

// For providers that know no prerequisites: what was just read must be what is expected. Error: changed.
Result<void, ProviderError> expect_unchanged(const std::vector<RecordSet>& expected,
                                             const std::vector<RecordSet>& present);
// Reads what is expected, which must be as it is. What is there, with the TTLs it has.
ProviderTask<std::vector<RecordSet>> read_expected(Provider& provider, const std::vector<RecordSet>& expected,
                                                   net::Deadline deadline);

// Members of an answer; what is not there, or of another type, is empty, nullptr or 0.
std::string text_at(const boost::json::object& object, std::string_view member);
const boost::json::array* array_at(const boost::json::object& object, std::string_view member);
std::int64_t number_at(const boost::json::object& object, std::string_view member);

// The names asked about, each once.
std::vector<std::string> names_of(const std::vector<SetKey>& questions);
// The types whose records are read; others stand beside them and are nobody's concern here.
bool is_known(dns::RecordType type);

// A sentence from what a provider says, made printable and short.
ProviderError said(ProviderErrc code, std::string field, std::string_view text);

}  // namespace sesame::dns_providers
