#include "message/mime_reader.h"

#include "base/text.h"
#include "message/charset.h"
#include "message/encoded_word.h"

namespace sesame::message {
namespace {

bool is_message_type(std::string_view type) { return type == "message/rfc822" || type == "message/global"; }

std::string_view value_of(const ParsedMessage& entity, std::string_view name) {
  const HeaderField* field = entity.first(name);
  return field == nullptr ? std::string_view{} : field->value;
}

// The line at the front of `text` without its end; removes it with its end.
std::string_view take_line(std::string_view& text) {
  const auto lf = text.find('\n');
  std::string_view line = text.substr(0, lf);
  text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

enum class Delimiter { none, part, end };

Delimiter delimiter_in(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--")) return Delimiter::none;
  line.remove_prefix(2);
  if (!line.starts_with(boundary)) return Delimiter::none;
  line.remove_prefix(boundary.size());
  const bool end = line.starts_with("--");
  if (trim(line).empty()) return Delimiter::part;
  return end && trim(line.substr(2)).empty() ? Delimiter::end : Delimiter::none;
}

// The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
std::string_view without_final_line_end(std::string_view text) {
  if (!text.ends_with('\n')) return text;
  text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// The bodies between the delimiters. `body` without any delimiter gives none.
std::vector<std::string_view> split_multipart(std::string_view body, std::string_view boundary, std::size_t max_parts,
                                              bool& limited) {
  std::vector<std::string_view> found;
  const char* part = nullptr;  // where the open part begins
  std::string_view rest = body;
  const auto close = [&](const char* end) {
    if (part != nullptr) found.push_back(without_final_line_end({part, static_cast<std::size_t>(end - part)}));
    part = nullptr;
  };
  while (!rest.empty()) {
    const char* line_start = rest.data();
    const Delimiter delimiter = delimiter_in(take_line(rest), boundary);
    if (delimiter == Delimiter::none) continue;
    close(line_start);
    if (delimiter == Delimiter::end) return found;
    if (found.size() == max_parts) {
      limited = true;
      return found;
    }
    part = rest.data();
  }
  close(body.data() + body.size());
  return found;
}

class Reader {
 public:
  explicit Reader(const MimeLimits& limits) : limits_(limits) {}

  MimePart read(std::string_view octets, std::string_view default_type, std::size_t depth) {
    ++parts_;
    MimePart part;
    part.entity = parse_message(octets);
    read_header(part, default_type);
    const bool multipart = part.content_type.type() == "multipart";
    const bool message = is_message_type(part.content_type.value) && !is_encoded(part);
    if (!multipart && !message) return part;
    if (depth == limits_.max_depth) {
      limited_ = true;
    } else if (message) {
      read_inner(part, {part.entity.body}, "text/plain", depth);
    } else {
      read_multipart(part, depth);
    }
    return part;
  }

  bool limited() const { return limited_; }

 private:
  static bool is_encoded(const MimePart& part) {
    return part.transfer_encoding == TransferEncoding::base64 ||
           part.transfer_encoding == TransferEncoding::quoted_printable;
  }

  static void read_header(MimePart& part, std::string_view default_type) {
    part.content_type = parse_parameterized_value(value_of(part.entity, "Content-Type"));
    if (part.content_type.value.empty()) part.content_type.value = default_type;
    part.transfer_encoding = parse_transfer_encoding(value_of(part.entity, "Content-Transfer-Encoding"));
    const ParameterizedValue disposition = parse_parameterized_value(value_of(part.entity, "Content-Disposition"));
    part.disposition = disposition.value;
    part.file_name = disposition.parameter("filename");
    if (part.file_name.empty()) part.file_name = part.content_type.parameter("name");
    std::string_view id = trim(value_of(part.entity, "Content-ID"));
    if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
    part.content_id = id;
  }

  void read_multipart(MimePart& part, std::size_t depth) {
    const std::string_view boundary = part.content_type.parameter("boundary");
    if (boundary.empty()) return;
    const std::size_t room = limits_.max_parts - std::min(parts_, limits_.max_parts);
    const auto bodies = split_multipart(part.entity.body, boundary, room, limited_);
    const bool digest = part.content_type.subtype() == "digest";  // RFC 2046 §5.1.5
    read_inner(part, bodies, digest ? "message/rfc822" : "text/plain", depth);
  }

  void read_inner(MimePart& part, const std::vector<std::string_view>& bodies, std::string_view default_type,
                  std::size_t depth) {
    for (std::string_view body : bodies) {
      if (parts_ >= limits_.max_parts) {
        limited_ = true;
        return;
      }
      part.parts.push_back(read(body, default_type, depth + 1));
    }
  }

  const MimeLimits& limits_;
  std::size_t parts_ = 0;
  bool limited_ = false;
};

void collect_leaves(const MimePart& part, std::vector<const MimePart*>& out) {
  if (part.parts.empty()) out.push_back(&part);
  for (const MimePart& inner : part.parts) collect_leaves(inner, out);
}

}  // namespace

std::string MimePart::octets() const {
  switch (transfer_encoding) {
    case TransferEncoding::base64: return decode_base64_tolerant(entity.body);
    case TransferEncoding::quoted_printable: return decode_quoted_printable(entity.body);
    case TransferEncoding::seven_bit:
    case TransferEncoding::eight_bit:
    case TransferEncoding::binary:
    case TransferEncoding::unknown: break;
  }
  return std::string(entity.body);
}

std::string MimePart::text() const {
  std::string decoded = octets();
  auto utf8 = to_utf8(decoded, content_type.parameter("charset"));
  return utf8 ? std::move(*utf8) : replace_invalid_utf8(decoded);
}

const MimePart* MimeMessage::first(std::string_view type) const {
  for (const MimePart* leaf : leaves()) {
    if (leaf->is(type) && leaf->disposition != "attachment") return leaf;
  }
  return nullptr;
}

std::vector<const MimePart*> MimeMessage::leaves() const {
  std::vector<const MimePart*> found;
  collect_leaves(root, found);
  return found;
}

MimeMessage read_mime(std::string_view octets, const MimeLimits& limits) {
  Reader reader(limits);
  MimeMessage message;
  message.root = reader.read(octets, "text/plain", 0);
  message.limited = reader.limited();
  return message;
}

}  // namespace sesame::message
