// Walks the parts as mime_reader.h finds them and writes down what to put in the place of which octets; the rest of the
// message is copied around that.
#include "message/downgrade.h"

#include <ranges>
#include <vector>

#include "base/text.h"
#include "message/mime_reader.h"
#include "message/transfer_encoding.h"

namespace sesame::message {
namespace {

struct Replacement {
  std::string_view place;  // of the original; empty: put before it
  std::string text;
};

class Downgrade {
 public:
  // False: it cannot be done.
  bool walk(const MimePart& part) {
    if (is_ascii(part.entity.body)) return true;
    const bool is_protected = part.is("multipart/signed") || part.is("multipart/encrypted");
    if (is_protected || part.entity.malformed_at || part.entity.first("DKIM-Signature") != nullptr) return false;
    if (part.transfer_encoding == TransferEncoding::unknown) return false;
    return part.parts.empty() ? encode(part) : walk_parts(part);
  }

  std::string apply(std::string_view octets) const {
    std::string out;
    out.reserve(octets.size() * 4 / 3);
    const char* at = octets.data();
    for (const Replacement& replacement : replacements_) {
      out.append(at, replacement.place.data());
      out += replacement.text;
      at = replacement.place.data() + replacement.place.size();
    }
    out.append(at, octets.data() + octets.size());
    return out;
  }

 private:
  bool walk_parts(const MimePart& part) {
    if (part.transfer_encoding != TransferEncoding::seven_bit) put_encoding(part, TransferEncoding::seven_bit);
    for (const MimePart& inner : part.parts) {
      if (!walk(inner)) return false;
    }
    return true;
  }

  bool encode(const MimePart& part) {
    const bool is_encoded = part.transfer_encoding == TransferEncoding::base64 ||
                            part.transfer_encoding == TransferEncoding::quoted_printable;
    const std::string_view type = part.content_type.type();
    if (is_encoded || type == "multipart" || type == "message") return false;
    const ContentShape shape = shape_of(part.entity.body);
    const bool is_text = type == "text" && !shape.has_bare_cr_or_lf;
    const TransferEncoding encoding = is_text ? shape.smaller_encoding() : TransferEncoding::base64;
    put_encoding(part, encoding);
    std::string body;
    if (encoding == TransferEncoding::base64) {
      append_base64_lines(body, part.entity.body);
    } else {
      append_quoted_printable(body, part.entity.body, true);
    }
    replacements_.push_back({part.entity.body, std::move(body)});
    return true;
  }

  // In the place of the field that is there, else after all others.
  void put_encoding(const MimePart& part, TransferEncoding encoding) {
    std::string field = "Content-Transfer-Encoding: " + std::string(to_text(encoding)) + "\r\n";
    const std::vector<const HeaderField*> fields = part.entity.all("Content-Transfer-Encoding");
    if (fields.empty()) {
      constexpr std::size_t empty_line = 2;
      const char* end_of_header = part.entity.body.data() - empty_line;
      replacements_.push_back({std::string_view(end_of_header, end_of_header), std::move(field)});
      return;
    }
    replacements_.push_back({fields.front()->raw, std::move(field)});
    for (const HeaderField* other : fields | std::views::drop(1)) replacements_.push_back({other->raw, ""});
  }

  std::vector<Replacement> replacements_;  // in the order of the octets
};

}  // namespace

std::optional<std::string> to_seven_bit(std::string_view octets) {
  if (is_ascii(octets)) return std::nullopt;
  const MimeMessage message = read_mime(octets);
  if (message.limited || message.root.entity.first("MIME-Version") == nullptr) return std::nullopt;
  Downgrade downgrade;
  if (!downgrade.walk(message.root)) return std::nullopt;
  std::string converted = downgrade.apply(octets);
  if (!is_ascii(converted)) return std::nullopt;
  return converted;
}

}  // namespace sesame::message
