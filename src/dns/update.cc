#include "dns/update.h"

#include "dns/wire_writer.h"

namespace sesame::dns {
namespace {

constexpr std::uint16_t class_none = 254;  // RFC 2136 §1.3
constexpr std::uint16_t class_any = 255;

void write_head(WireWriter& writer, const RecordSet& set, std::uint16_t record_class, std::uint32_t ttl) {
  writer.name(set.name);
  writer.u16(static_cast<unsigned>(set.type));
  writer.u16(record_class);
  writer.u32(ttl);
}

// A record without data: it stands for its whole set.
void write_empty(WireWriter& writer, const RecordSet& set, std::uint16_t record_class) {
  write_head(writer, set, record_class, 0);
  writer.u16(0);
}

void write_all(WireWriter& writer, const RecordSet& set, std::uint32_t ttl) {
  for (const RecordData& data : set.data) {
    write_head(writer, set, class_in, ttl);
    const std::size_t start = writer.open_length();
    write_rdata(writer, data);
    writer.close_length(start);
  }
}

}  // namespace

std::string serialise(const Update& update) {
  std::size_t prerequisites = 0, updates = update.remove.size();
  for (const RecordSet& set : update.must_be) prerequisites += set.data.empty() ? 1 : set.data.size();
  for (const RecordSet& set : update.add) updates += set.data.size();

  WireWriter writer(WireWriter::Names::whole);
  writer.u16(update.id);
  writer.u16(static_cast<unsigned>(Opcode::update) << 11);
  for (const std::size_t count : {std::size_t{1}, prerequisites, updates, std::size_t{0}}) {
    if (count > 0xffff) cannot_be_sent("number of records", std::to_string(count));
    writer.u16(static_cast<unsigned>(count));
  }
  writer.name(update.zone);
  writer.u16(static_cast<unsigned>(RecordType::soa));
  writer.u16(class_in);
  for (const RecordSet& set : update.must_be) {
    if (set.data.empty()) write_empty(writer, set, class_none);  // §2.4.3
    write_all(writer, set, 0);                                   // §2.4.2
  }
  for (const RecordSet& set : update.remove) write_empty(writer, set, class_any);  // §2.5.2
  for (const RecordSet& set : update.add) write_all(writer, set, set.ttl);         // §2.5.1
  return writer.take();
}

}  // namespace sesame::dns
