// Serialising. Only the first question may keep upper case, and answers that point to it repeat that case, as DNS
// servers do.
#include <fmt/format.h>

#include "base/text.h"
#include "dns/wire.h"
#include "dns/wire_writer.h"

namespace sesame::dns {
namespace {

constexpr std::uint16_t type_opt = 41;

void write_record(WireWriter& writer, const Record& record) {
  writer.name(record.name);
  writer.u16(static_cast<unsigned>(record.type));
  writer.u16(class_in);
  writer.u32(record.ttl);
  const std::size_t start = writer.open_length();
  write_rdata(writer, record.data);
  writer.close_length(start);
}

void write_opt(WireWriter& writer, const Edns& edns, Rcode rcode) {
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
  WireWriter writer;
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
    case Rcode::yxdomain: return "YXDOMAIN";
    case Rcode::yxrrset: return "YXRRSET";
    case Rcode::nxrrset: return "NXRRSET";
    case Rcode::notauth: return "NOTAUTH";
    case Rcode::notzone: return "NOTZONE";
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
