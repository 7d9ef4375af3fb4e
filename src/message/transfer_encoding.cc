#include "message/transfer_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace sesame::message {
namespace {

constexpr std::size_t max_line_octets = 76;
constexpr std::size_t base64_line_input = max_line_octets / 4 * 3;
constexpr char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char hex_digits[] = "0123456789ABCDEF";

constexpr auto base64_value = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}();

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_qp_literal(char c) { return c >= 33 && c <= 126 && c != '='; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char* base64_line(char* to, const unsigned char* from, std::size_t size) {
  std::size_t i = 0;
  for (; i + 2 < size; i += 3) {
    const std::uint32_t v = std::uint32_t(from[i]) << 16 | std::uint32_t(from[i + 1]) << 8 | from[i + 2];
    *to++ = base64_alphabet[v >> 18];
    *to++ = base64_alphabet[v >> 12 & 63];
    *to++ = base64_alphabet[v >> 6 & 63];
    *to++ = base64_alphabet[v & 63];
  }
  if (i == size) return to;
  const bool two = size - i == 2;
  const std::uint32_t v = std::uint32_t(from[i]) << 16 | (two ? std::uint32_t(from[i + 1]) << 8 : 0u);
  *to++ = base64_alphabet[v >> 18];
  *to++ = base64_alphabet[v >> 12 & 63];
  *to++ = two ? base64_alphabet[v >> 6 & 63] : '=';
  *to++ = '=';
  return to;
}

// Writes the octets of quoted-printable lines and the soft line breaks between.
class QuotedPrintableWriter {
 public:
  explicit QuotedPrintableWriter(std::string& out) : out_(out) {}

  void literals(std::string_view run) {
    while (!run.empty()) {
      make_room(1);
      const std::size_t n = std::min(run.size(), max_column - column_);
      out_ += run.substr(0, n);
      column_ += n;
      run.remove_prefix(n);
    }
  }
  void escaped(char c) {
    make_room(3);
    out_ += '=';
    out_ += hex_digits[static_cast<unsigned char>(c) >> 4];
    out_ += hex_digits[c & 15];
    column_ += 3;
  }
  void line_break() {
    out_ += "\r\n";
    column_ = 0;
  }

 private:
  void make_room(std::size_t octets) {
    if (column_ + octets <= max_column) return;
    out_ += "=\r\n";
    column_ = 0;
  }

  static constexpr std::size_t max_column = max_line_octets - 1;  // the last one is for the "=" of a soft break

  std::string& out_;
  std::size_t column_ = 0;
};

}  // namespace

TransferEncoding parse_transfer_encoding(std::string_view value) {
  value = trim(value.substr(0, value.find_first_of("(;")));
  if (value.empty() || ascii_iequals(value, "7bit")) return TransferEncoding::seven_bit;
  if (ascii_iequals(value, "8bit")) return TransferEncoding::eight_bit;
  if (ascii_iequals(value, "binary")) return TransferEncoding::binary;
  if (ascii_iequals(value, "quoted-printable")) return TransferEncoding::quoted_printable;
  if (ascii_iequals(value, "base64")) return TransferEncoding::base64;
  return TransferEncoding::unknown;
}

std::string_view to_text(TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::seven_bit: return "7bit";
    case TransferEncoding::eight_bit: return "8bit";
    case TransferEncoding::binary: return "binary";
    case TransferEncoding::quoted_printable: return "quoted-printable";
    case TransferEncoding::base64: return "base64";
    case TransferEncoding::unknown: break;
  }
  return "x-unknown";
}

void append_base64_lines(std::string& out, std::string_view octets) {
  if (octets.empty()) return;
  const std::size_t breaks = (octets.size() - 1) / base64_line_input;
  const std::size_t start = out.size();
  out.resize(start + (octets.size() + 2) / 3 * 4 + breaks * 2);
  char* to = out.data() + start;
  const auto* from = reinterpret_cast<const unsigned char*>(octets.data());
  for (std::size_t done = 0; done < octets.size(); done += base64_line_input) {
    if (done != 0) {
      *to++ = '\r';
      *to++ = '\n';
    }
    to = base64_line(to, from + done, std::min(base64_line_input, octets.size() - done));
  }
}

void append_quoted_printable(std::string& out, std::string_view octets, bool text) {
  QuotedPrintableWriter writer(out);
  const auto at_line_break = [&](std::size_t i) { return text && octets.substr(i).starts_with("\r\n"); };
  for (std::size_t i = 0; i < octets.size();) {
    std::size_t run_end = i;
    while (run_end < octets.size() && (is_qp_literal(octets[run_end]) || is_blank(octets[run_end]))) ++run_end;
    // A blank before a line break or at the end is escaped: relays may drop it (RFC 2045 §6.7 (3)).
    const bool line_ends = run_end == octets.size() || at_line_break(run_end);
    const bool last_escaped = run_end > i && line_ends && is_blank(octets[run_end - 1]);
    if (last_escaped) --run_end;
    writer.literals(octets.substr(i, run_end - i));
    i = run_end;
    if (i == octets.size()) break;
    if (at_line_break(i)) {
      writer.line_break();
      i += 2;
    } else {
      writer.escaped(octets[i++]);
    }
  }
}

std::string decode_base64_tolerant(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t v = 0;
  unsigned digits = 0;
  for (char c : text) {
    if (c == '=') break;
    const int d = base64_value[static_cast<unsigned char>(c)];
    if (d < 0) continue;
    v = v << 6 | static_cast<std::uint32_t>(d);
    if (++digits % 4 != 0) continue;
    out += static_cast<char>(v >> 16 & 255);
    out += static_cast<char>(v >> 8 & 255);
    out += static_cast<char>(v & 255);
    v = 0;
  }
  if (digits % 4 == 2) out += static_cast<char>(v >> 4 & 255);
  if (digits % 4 == 3) {
    out += static_cast<char>(v >> 10 & 255);
    out += static_cast<char>(v >> 2 & 255);
  }
  return out;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto lf = text.find('\n');
    const bool crlf = lf != std::string_view::npos && lf > 0 && text[lf - 1] == '\r';
    std::string_view line = text.substr(0, lf);
    if (crlf) line.remove_suffix(1);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const int high = line[i] == '=' && line.size() - i > 2 ? hex_value(line[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(line[i + 2]) : -1;
      if (low >= 0) {
        out += static_cast<char>(high << 4 | low);
        i += 2;
      } else {
        out += line[i];
      }
    }
    if (lf == std::string_view::npos) break;
    if (!soft) out += crlf ? "\r\n" : "\n";
    text.remove_prefix(lf + 1);
  }
  return out;
}

ContentShape shape_of(std::string_view octets) {
  ContentShape shape{.size = octets.size()};
  std::size_t line = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    if (c == '\r' && i + 1 < octets.size() && octets[i + 1] == '\n') {
      line = 0;
      ++i;
      continue;
    }
    shape.longest_line = std::max(shape.longest_line, ++line);
    if (c <= 0) shape.has_eight_bit_or_nul = true;  // char is signed
    if (c == '\r' || c == '\n') shape.has_bare_cr_or_lf = true;
    if (!is_qp_literal(c) && !is_blank(c)) ++shape.to_escape;
  }
  return shape;
}

}  // namespace sesame::message
