// Serialising: names are compressed against a table of the names written so far, keyed in lower case. Only the first
// question may keep upper case, and answers that point to it repeat that case, as DNS servers do.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <unordered_map>

#include "base/text.h"
#include "dns/wire.h"

namespace sesame::dns {
namespace {

constexpr std::uint16_t type_opt = 41;
constexpr std::size_t max_pointer_offset = 0x3fff;

[[noreturn]] void cannot_be_sent(std::string_view what, std::string_view value) {
  throw std::invalid_argument(fmt::format("not a {} that DNS can carry: {}", what, value));
}

class Writer {
 public:
  void u8(unsigned value) { out_ += static_cast<char>(value & 0xffU); }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffffU);
  }
  void octets(std::string_view value) { out_ += value; }
  void name(std::string_view text, bool may_point = true);

  // Reserves two octets for a length and returns their place for close_length.
  std::size_t open_length() {
    u16(0);
    return out_.size();
  }
  void close_length(std::size_t start) {
    const std::size_t length = out_.size() - start;
    if (length > 0xffff) cannot_be_sent("record data length", fmt::to_string(length));
    out_[start - 2] = static_cast<char>(length >> 8);
    out_[start - 1] = static_cast<char>(length & 0xffU);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::unordered_map<std::string, std::size_t> offsets_;  // lower-case wire name (a suffix) -> where it stands
};

void Writer::name(std::string_view text, bool may_point) {
  const auto wire = to_wire_name(text);
  if (!wire) cannot_be_sent("name", text);
  for (std::size_t at = 0; (*wire)[at] != 0; at += 1U + static_cast<unsigned char>((*wire)[at])) {
    std::string suffix = ascii_lower(std::string_view(*wire).substr(at));
    const auto known = offsets_.find(suffix);
    if (may_point && known != offsets_.end()) {
      u16(0xc000U | static_cast<unsigned>(known->second));
      return;
    }
    if (known == offsets_.end() && out_.size() <= max_pointer_offset) offsets_.emplace(std::move(suffix), out_.size());
    out_.append(*wire, at, 1U + static_cast<unsigned char>((*wire)[at]));
  }
  u8(0);
}

void write_address(Writer& writer, int family, std::size_t size, const std::string& text) {
  std::array<char, sizeof(in6_addr)> octets{};
  if (inet_pton(family, text.c_str(), octets.data()) != 1) cannot_be_sent("address", text);
  writer.octets(std::string_view(octets.data(), size));
}

void write_txt(Writer& writer, const Txt& txt) {
  if (txt.strings.empty()) writer.u8(0);
  for (const auto& string : txt.strings) {
    if (string.size() > 255) cannot_be_sent("character-string", string);
    writer.u8(static_cast<unsigned>(string.size()));
    writer.octets(string);
  }
}

void write_soa(Writer& writer, const Soa& soa) {
  writer.name(soa.primary);
  writer.name(soa.mailbox);
  for (const auto number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) writer.u32(number);
}

void write_record(Writer& writer, const Record& record) {
  writer.name(record.name);
  writer.u16(static_cast<unsigned>(record.type));
  writer.u16(class_in);
  writer.u32(record.ttl);
  const std::size_t start = writer.open_length();
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
      record.data);
  writer.close_length(start);
}

void write_opt(Writer& writer, const Edns& edns, Rcode rcode) {
  writer.u8(0);
  writer.u16(type_opt);
  writer.u16(edns.udp_size);
  writer.u8(static_cast<unsigned>(rcode) >> 4);
  writer.u8(edns.version);
  writer.u16(edns.dnssec_ok ? 0x8000U : 0U);
  writer.u16(0);
}

unsigned flags_of(const Message& message) {
  const Header& header = message.header;
  const auto bit = [](bool set, unsigned at) { return set ? 1U << at : 0U; };
  return bit(header.qr, 15) | static_cast<unsigned>(header.opcode) << 11 | bit(header.aa, 10) | bit(header.tc, 9) |
         bit(header.rd, 8) | bit(header.ra, 7) | bit(header.ad, 5) | bit(header.cd, 4) |
         (static_cast<unsigned>(message.rcode) & 0xfU);
}

bool is_referral(const Message& message) {
  return !message.header.aa && message.answers.empty() && !message.authority.empty() &&
         message.authority.front().type == RecordType::ns;
}

}  // namespace

std::string serialise(const Message& message) {
  Writer writer;
  writer.u16(message.header.id);
  writer.u16(flags_of(message));
  const std::size_t additional = message.additional.size() + (message.edns ? 1 : 0);
  for (const std::size_t count :
       {message.questions.size(), message.answers.size(), message.authority.size(), additional}) {
    if (count > 0xffff) cannot_be_sent("number of records", fmt::to_string(count));
    writer.u16(static_cast<unsigned>(count));
  }
  for (const auto& question : message.questions) {
    writer.name(question.name, false);
    writer.u16(static_cast<unsigned>(question.type));
    writer.u16(question.record_class);
  }
  for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
    for (const auto& record : *section) write_record(writer, record);
  }
  if (message.edns) write_opt(writer, *message.edns, message.rcode);
  return writer.take();
}

std::string serialise_within(const Message& message, std::size_t limit) {
  std::string octets = serialise(message);
  if (octets.size() <= limit) return octets;
  Message shorter = message;
  shorter.additional.clear();
  if (!is_referral(message)) {
    octets = serialise(shorter);
    if (octets.size() <= limit) return octets;
  }
  shorter.answers.clear();
  shorter.authority.clear();
  shorter.header.tc = true;
  return serialise(shorter);
}

std::optional<std::string> to_wire_name(std::string_view name) {
  std::string wire;
  for (std::string_view label : name.empty() ? std::vector<std::string_view>() : split(name, '.')) {
    const std::size_t length_at = wire.size();
    wire += '\0';
    while (!label.empty()) {
      char c = label[0];
      std::size_t used = 1;
      if (c == '\\') {
        const auto value = parse_decimal(label.substr(1, 3));
        if (label.size() < 4 || !value || *value > 255) return std::nullopt;
        c = static_cast<char>(*value);
        used = 4;
      }
      wire += c;
      label.remove_prefix(used);
    }
    const std::size_t length = wire.size() - length_at - 1;
    if (length == 0 || length > 63 || wire.size() >= max_wire_name_octets) return std::nullopt;
    wire[length_at] = static_cast<char>(length);
  }
  wire += '\0';
  return wire;
}

std::string name(Rcode rcode) {
  switch (rcode) {
    case Rcode::noerror: return "NOERROR";
    case Rcode::formerr: return "FORMERR";
    case Rcode::servfail: return "SERVFAIL";
    case Rcode::nxdomain: return "NXDOMAIN";
    case Rcode::notimp: return "NOTIMP";
    case Rcode::refused: return "REFUSED";
    case Rcode::notauth: return "NOTAUTH";
    case Rcode::badvers: return "BADVERS";
  }
  return fmt::format("RCODE{}", static_cast<unsigned>(rcode));
}

std::string_view name(WireError error) {
  switch (error) {
    case WireError::truncated: return "the message ends too early";
    case WireError::trailing_octets: return "octets follow the message";
    case WireError::bad_name: return "a name is malformed";
    case WireError::bad_rdata: return "record data are malformed";
    case WireError::bad_opt: return "the OPT record is malformed";
  }
  return "malformed";
}

}  // namespace sesame::dns
