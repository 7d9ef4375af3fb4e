#include <arpa/inet.h>

#include <array>

#include "dns/wire.h"
#include "dns/wire_reader.h"

namespace sesame::dns {
namespace {

constexpr std::uint16_t type_opt = 41;

using ParsedData = Result<RecordData, WireError>;

ParsedData bad_rdata() { return std::unexpected(WireError::bad_rdata); }

template <class Address>
ParsedData read_address(WireReader& reader, int family, std::size_t size) {
  std::string_view octets;
  if (!reader.octets(size, octets)) return bad_rdata();
  std::array<char, INET6_ADDRSTRLEN> text{};
  return Address{inet_ntop(family, octets.data(), text.data(), text.size())};
}

template <class Data>
ParsedData read_single_name(WireReader& reader) {
  auto target = reader.name(false);
  if (!target) return std::unexpected(target.error());
  return Data{std::move(*target)};
}

ParsedData read_mx(WireReader& reader) {
  Mx mx;
  if (!reader.u16(mx.preference)) return bad_rdata();
  auto exchange = reader.name(false);
  if (!exchange) return std::unexpected(exchange.error());
  mx.exchange = std::move(*exchange);
  return mx;
}

ParsedData read_txt(WireReader& reader) {
  Txt txt;
  do {
    std::uint8_t length = 0;
    std::string_view string;
    if (!reader.u8(length) || !reader.octets(length, string)) return bad_rdata();
    txt.strings.emplace_back(string);
  } while (reader.left() > 0);
  return txt;
}

ParsedData read_soa(WireReader& reader) {
  auto primary = reader.name(false);
  if (!primary) return std::unexpected(primary.error());
  auto mailbox = reader.name(false);
  if (!mailbox) return std::unexpected(mailbox.error());
  Soa soa{std::move(*primary), std::move(*mailbox)};
  for (auto* number : {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum}) {
    if (!reader.u32(*number)) return bad_rdata();
  }
  return soa;
}

ParsedData read_data(WireReader& reader, RecordType type) {
  switch (type) {
    case RecordType::a: return read_address<A>(reader, AF_INET, sizeof(in_addr));
    case RecordType::aaaa: return read_address<Aaaa>(reader, AF_INET6, sizeof(in6_addr));
    case RecordType::ns: return read_single_name<Ns>(reader);
    case RecordType::cname: return read_single_name<Cname>(reader);
    case RecordType::ptr: return read_single_name<Ptr>(reader);
    case RecordType::mx: return read_mx(reader);
    case RecordType::txt: return read_txt(reader);
    case RecordType::soa: return read_soa(reader);
    default: break;
  }
  std::string_view rdata;
  reader.octets(reader.left(), rdata);
  return Other{std::string(rdata)};
}

// The fixed part of a resource record (RFC 1035 §4.1.3).
struct RecordHead {
  std::string owner;
  std::uint16_t type = 0, record_class = 0, data_octets = 0;
  std::uint32_t ttl = 0;
};

Result<RecordHead, WireError> read_head(WireReader& reader) {
  auto owner = reader.name(false);
  if (!owner) return std::unexpected(owner.error());
  RecordHead head{std::move(*owner)};
  if (!reader.u16(head.type) || !reader.u16(head.record_class) || !reader.u32(head.ttl) ||
      !reader.u16(head.data_octets) || reader.left() < head.data_octets) {
    return std::unexpected(WireError::truncated);
  }
  return head;
}

// RFC 6891 §6.1.3: the TTL carries the upper octet of RCODE, the version and the flags.
Result<void, WireError> read_opt(WireReader& reader, const RecordHead& head, Message& message) {
  if (message.edns || !head.owner.empty()) return std::unexpected(WireError::bad_opt);
  message.edns = Edns{head.record_class, static_cast<std::uint8_t>(head.ttl >> 16), (head.ttl & 0x8000U) != 0};
  message.rcode = static_cast<Rcode>((head.ttl >> 24) << 4 | static_cast<unsigned>(message.rcode));
  while (reader.left() > 0) {
    std::uint16_t code = 0, length = 0;
    std::string_view value;
    if (!reader.u16(code) || !reader.u16(length) || !reader.octets(length, value)) {
      return std::unexpected(WireError::bad_opt);
    }
  }
  return {};
}

Result<void, WireError> read_record(WireReader& reader, std::vector<Record>& section, Message& message) {
  auto head = read_head(reader);
  if (!head) return std::unexpected(head.error());
  reader.limit_to(head->data_octets);
  if (head->type == type_opt) {
    if (&section != &message.additional) return std::unexpected(WireError::bad_opt);
    if (auto read = read_opt(reader, *head, message); !read) return read;
  } else if (head->record_class != class_in) {
    std::string_view dropped;
    reader.octets(head->data_octets, dropped);
  } else {
    const auto type = static_cast<RecordType>(head->type);
    auto data = read_data(reader, type);
    if (!data) return std::unexpected(data.error() == WireError::truncated ? WireError::bad_rdata : data.error());
    const std::uint32_t ttl = head->ttl > 0x7fffffffU ? 0 : head->ttl;
    section.push_back({std::move(head->owner), type, ttl, std::move(*data)});
  }
  if (reader.left() > 0) return std::unexpected(WireError::bad_rdata);
  reader.lift_limit();
  return {};
}

Result<void, WireError> read_question(WireReader& reader, Message& message) {
  auto name = reader.name(true);
  if (!name) return std::unexpected(name.error());
  std::uint16_t type = 0, record_class = 0;
  if (!reader.u16(type) || !reader.u16(record_class)) return std::unexpected(WireError::truncated);
  message.questions.push_back({std::move(*name), static_cast<RecordType>(type), record_class});
  return {};
}

}  // namespace

std::optional<Header> parse_header(std::string_view octets) {
  if (octets.size() < header_octets) return std::nullopt;
  WireReader reader(octets);
  Header header;
  std::uint16_t flags = 0;
  reader.u16(header.id);
  reader.u16(flags);
  header.qr = (flags & 0x8000U) != 0;
  header.opcode = static_cast<Opcode>(flags >> 11 & 0xfU);
  header.aa = (flags & 0x0400U) != 0;
  header.tc = (flags & 0x0200U) != 0;
  header.rd = (flags & 0x0100U) != 0;
  header.ra = (flags & 0x0080U) != 0;
  header.ad = (flags & 0x0020U) != 0;
  header.cd = (flags & 0x0010U) != 0;
  return header;
}

Result<Message, WireError> parse_message(std::string_view octets) {
  const auto header = parse_header(octets);
  if (!header) return std::unexpected(WireError::truncated);
  Message message;
  message.header = *header;
  message.rcode = static_cast<Rcode>(static_cast<unsigned char>(octets[3]) & 0xfU);

  WireReader reader(octets);
  std::array<std::uint16_t, 6> words{};  // id, flags, four counts
  for (auto& word : words) reader.u16(word);
  for (unsigned i = 0; i < words[2]; ++i) {
    if (auto read = read_question(reader, message); !read) return std::unexpected(read.error());
  }
  const std::array sections = {&message.answers, &message.authority, &message.additional};
  for (std::size_t s = 0; s < sections.size(); ++s) {
    for (unsigned i = 0; i < words[3 + s]; ++i) {
      if (auto read = read_record(reader, *sections[s], message); !read) return std::unexpected(read.error());
    }
  }
  if (reader.left() > 0) return std::unexpected(WireError::trailing_octets);
  return message;
}

}  // namespace sesame::dns
