#include "dns/wire_writer.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "base/result.h"
#include "base/text.h"
#include "dns/wire.h"

namespace sesame::dns {
namespace {

constexpr std::size_t max_pointer_offset = 0x3fff;

void write_address(WireWriter& writer, int family, std::size_t size, const std::string& text) {
  std::array<char, sizeof(in6_addr)> octets{};
  if (inet_pton(family, text.c_str(), octets.data()) != 1) cannot_be_sent("address", text);
  writer.octets(std::string_view(octets.data(), size));
}

void write_txt(WireWriter& writer, const Txt& txt) {
  if (txt.strings.empty()) writer.u8(0);
  for (const auto& string : txt.strings) {
    if (string.size() > 255) cannot_be_sent("character-string", string);
    writer.u8(static_cast<unsigned>(string.size()));
    writer.octets(string);
  }
}

void write_soa(WireWriter& writer, const Soa& soa) {
  writer.name(soa.primary);
  writer.name(soa.mailbox);
  for (const auto number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) writer.u32(number);
}

}  // namespace

void cannot_be_sent(std::string_view what, std::string_view value) {
  throw std::invalid_argument(fmt::format("not a {} that DNS can carry: {}", what, value));
}

void WireWriter::name(std::string_view text, bool may_point) {
  const auto wire = to_wire_name(text);
  if (!wire) cannot_be_sent("name", text);
  for (std::size_t at = 0; (*wire)[at] != 0; at += 1U + static_cast<unsigned char>((*wire)[at])) {
    std::string suffix = ascii_lower(std::string_view(*wire).substr(at));
    const auto known = offsets_.find(suffix);
    if (may_point && may_point_ && known != offsets_.end()) {
      u16(0xc000U | static_cast<unsigned>(known->second));
      return;
    }
    if (known == offsets_.end() && out_.size() <= max_pointer_offset) offsets_.emplace(std::move(suffix), out_.size());
    out_.append(*wire, at, 1U + static_cast<unsigned char>((*wire)[at]));
  }
  u8(0);
}

void write_rdata(WireWriter& writer, const RecordData& data) {
  std::visit(
      overloaded{[&](const A& a) { write_address(writer, AF_INET, sizeof(in_addr), a.address); },
                 [&](const Aaaa& aaaa) { write_address(writer, AF_INET6, sizeof(in6_addr), aaaa.address); },
                 [&](const Ns& ns) { writer.name(ns.host); }, [&](const Cname& cname) { writer.name(cname.target); },
                 [&](const Ptr& ptr) { writer.name(ptr.target); },
                 [&](const Mx& mx) {
                   writer.u16(mx.preference);
                   writer.name(mx.exchange);
                 },
                 [&](const Txt& txt) { write_txt(writer, txt); }, [&](const Soa& soa) { write_soa(writer, soa); },
                 [&](const Other& other) { writer.octets(other.rdata); }},
      data);
}

}  // namespace sesame::dns
