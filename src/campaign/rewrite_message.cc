#include "campaign/rewrite_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "message/edit.h"
#include "message/mime_reader.h"

namespace sesame::campaign {
namespace {

using message::MimePart;
using message::TransferEncoding;

struct Splice {
  std::size_t begin, end, number;  // where in the message; the number tells those at one place apart
  std::string text;
};

bool is_utf8_part(const MimePart& part) {
  const std::string charset = ascii_lower(part.content_type.parameter("charset"));
  return charset == "utf-8" || charset == "us-ascii" || charset.empty();
}

std::string encoded(const std::string& text, TransferEncoding encoding) {
  std::string out;
  if (encoding == TransferEncoding::base64) {
    message::append_base64_lines(out, text);
  } else if (encoding == TransferEncoding::quoted_printable) {
    message::append_quoted_printable(out, text, true);
  } else {
    out = text;
  }
  return out;
}

class Walk {
 public:
  Walk(std::string_view octets, const PartRewriting& rewriting) : octets_(octets), rewriting_(rewriting) {}

  std::string run() {
    const message::MimeMessage mime = message::read_mime(octets_);
    visit(mime.root);
    std::ranges::sort(splices_, {}, [](const Splice& splice) { return std::pair(splice.begin, splice.number); });
    std::string rewritten;
    std::size_t at = 0;
    for (const Splice& splice : splices_) {
      rewritten += octets_.substr(at, splice.begin - at);
      rewritten += splice.text;
      at = splice.end;
    }
    rewritten += octets_.substr(at);
    return rewritten;
  }

 private:
  std::size_t offset(std::string_view view) const { return static_cast<std::size_t>(view.data() - octets_.data()); }
  void replace(std::string_view view, std::string text) {
    splices_.push_back({offset(view), offset(view) + view.size(), splices_.size(), std::move(text)});
  }

  void visit(const MimePart& part) {
    if (part.is("multipart/signed") || part.is("multipart/encrypted") || part.disposition == "attachment") return;
    if (part.content_type.type() == "multipart") {
      for (const MimePart& inner : part.parts) visit(inner);
      return;
    }
    const RewriteText* rewrite = part.is("text/html") ? &rewriting_.html : &rewriting_.plain;
    if ((part.is("text/html") || part.is("text/plain")) && *rewrite && !part.entity.body.empty()) {
      change(part, *rewrite);
    }
  }

  void change(const MimePart& part, const RewriteText& rewrite) {
    if (part.transfer_encoding == TransferEncoding::unknown) return;
    const std::string before = message::normalise_line_ends(part.text());
    const std::string after = rewrite(before);
    if (after == before) return;
    const message::ContentShape shape = message::shape_of(after);
    const TransferEncoding encoding = shape.fits_seven_bit() ? TransferEncoding::seven_bit : shape.smaller_encoding();
    std::string body = encoded(after, encoding);
    if (part.entity.body.ends_with("\r\n") && !body.ends_with("\r\n")) body += "\r\n";
    // Without a blank line of its own the new fields would end in the text.
    if (part.entity.header_section.data() + part.entity.header_section.size() == part.entity.body.data()) {
      body.insert(0, "\r\n");
    }
    put_field(part, "Content-Transfer-Encoding", std::string(message::to_text(encoding)));
    if (!is_utf8_part(part) || (part.content_type.parameter("charset") != "utf-8" && !is_ascii(after))) {
      put_field(part, "Content-Type", part.content_type.value + "; charset=utf-8");
    }
    replace(part.entity.body, std::move(body));
  }

  // The first of the name is replaced; without one it follows the last field.
  void put_field(const MimePart& part, std::string_view name, const std::string& value) {
    const std::string line = fmt::format("{}: {}\r\n", name, value);
    if (const message::HeaderField* field = part.entity.first(name)) return replace(field->raw, line);
    replace(part.entity.header_section.substr(part.entity.header_section.size()), line);
  }

  std::string_view octets_;
  const PartRewriting& rewriting_;
  std::vector<Splice> splices_;
};

}  // namespace

std::string rewrite_message(std::string_view octets, const PartRewriting& rewriting) {
  return Walk(octets, rewriting).run();
}

}  // namespace sesame::campaign
