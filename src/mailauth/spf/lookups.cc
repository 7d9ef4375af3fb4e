#include "mailauth/spf/lookups.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::mailauth::spf {
namespace {

bool is_void(const dns::Answer& answer) {
  return answer.status == dns::AnswerStatus::nxdomain || answer.status == dns::AnswerStatus::no_data;
}

// A local-part expanded into a name can hold a backslash, which in a name's text begins an escape.
std::string escaped(std::string name) {
  if (name.find('\\') == name.npos) return name;
  std::string out;
  for (const char c : name) {
    if (c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

bool is_askable(std::string_view name) {
  if (name.empty() || name.size() > dns::max_name_octets) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') return false;
    if (c != '.') {
      if (++label > dns::max_label_octets) return false;
    } else {
      if (label == 0) return false;
      label = 0;
    }
  }
  return label != 0;
}

std::vector<net::IpAddress> addresses(const dns::Answer& answer) {
  std::vector<net::IpAddress> found;
  for (const dns::Record& record : answer.records) {
    const std::string* text = nullptr;
    if (const auto* a = std::get_if<dns::A>(&record.data)) text = &a->address;
    if (const auto* aaaa = std::get_if<dns::Aaaa>(&record.data)) text = &aaaa->address;
    if (text == nullptr) continue;
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(*text, failed);
    if (!failed) found.push_back(address);
  }
  return found;
}

dns::RecordType address_type_of(const net::IpAddress& ip) {
  return ip.is_v4() ? dns::RecordType::a : dns::RecordType::aaaa;
}

std::string reverse_name(const net::IpAddress& ip) {
  std::string out;
  const auto append = [&](auto value) { fmt::format_to(std::back_inserter(out), "{}.", value); };
  if (ip.is_v4()) {
    const auto octets = ip.to_v4().to_bytes();
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) append(*octet);
    return out + "in-addr.arpa";
  }
  const auto octets = ip.to_v6().to_bytes();
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet)
    fmt::format_to(std::back_inserter(out), "{:x}.{:x}.", *octet & 15, *octet >> 4);
  return out + "ip6.arpa";
}

net::Task<dns::Answer> Lookups::ask(std::string name, dns::RecordType type) {
  dns::Answer answer;
  answer.status = dns::AnswerStatus::nxdomain;
  if (!is_askable(name)) co_return answer;
  std::string asked = escaped(std::move(name));
  answer = co_await resolver_.resolve(std::move(asked), type, deadline_);
  co_return answer;
}

net::Task<dns::Answer> Lookups::ask_for_term(std::string name, dns::RecordType type) {
  dns::Answer answer = co_await ask(std::move(name), type);
  if (is_void(answer)) ++voids_;
  co_return answer;
}

net::Task<std::vector<std::string>> Lookups::validated_names(net::IpAddress ip, std::string preferred) {
  if (!ptr_names_) {
    const dns::Answer answer = co_await ask_for_term(reverse_name(ip), dns::RecordType::ptr);
    ptr_names_.emplace();
    for (const dns::Record& record : answer.records) {
      const auto* ptr = std::get_if<dns::Ptr>(&record.data);
      if (ptr != nullptr && ptr_names_->size() < max_ptr_records) ptr_names_->push_back(ptr->target);
    }
  }
  std::vector<std::string> names;
  for (const bool below : {true, false}) {
    for (const std::string& name : *ptr_names_) {
      if (dns::is_at_or_below(name, preferred) == below) names.push_back(name);
    }
  }
  std::vector<std::string> valid;
  for (const std::string& name : names) {
    const bool valid_name = co_await resolves_to(name, ip);
    if (valid_name) valid.push_back(name);
  }
  co_return valid;
}

net::Task<bool> Lookups::resolves_to(std::string name, net::IpAddress ip) {
  const dns::Answer answer = co_await ask(std::move(name), address_type_of(ip));
  co_return std::ranges::count(addresses(answer), ip) > 0;
}

}  // namespace sesame::mailauth::spf
