#include "message/mime_builder.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/time_text.h"
#include "message/address_list.h"
#include "message/content_type.h"
#include "message/edit.h"
#include "message/encoded_word.h"
#include "message/header_writer.h"

namespace sesame::message {
namespace {

using enum TransferEncoding;

constexpr std::size_t boundary_random_octets = 16;  // 2^128: no content holds the boundary by accident or design

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 32 && c != '\t') || c == 127; });
}

bool is_id_text(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) { return c > 32 && c < 127 && c != '<' && c != '>'; });
}

BuildProblem to_build_problem(FieldProblem problem) {
  switch (problem) {
    case FieldProblem::bad_name: return BuildProblem::bad_field_name;
    case FieldProblem::control_character: return BuildProblem::control_character;
    case FieldProblem::not_ascii: return BuildProblem::not_utf8;
    case FieldProblem::line_too_long: return BuildProblem::line_too_long;
  }
  return BuildProblem::control_character;
}

struct Body {
  std::string_view octets;
  TransferEncoding encoding;
};

class Builder {
 public:
  Builder(const MessageParts& parts, RandomSource& random) : parts_(parts), random_(random) {}

  Result<std::string, BuildError> run() {
    reserve();
    check();
    write_header();
    write_content();
    if (error_) return std::unexpected(std::move(*error_));
    if (!out_.ends_with("\r\n")) out_ += "\r\n";
    return std::move(out_);
  }

 private:
  void fail(BuildProblem problem, std::string_view where) {
    if (!error_) error_ = BuildError{problem, std::string(where)};
  }

  void reserve() {
    std::size_t size = 4096;
    for (const Attachment& a : parts_.attachments) size += a.octets.size() / 54 * 76 + 1024;
    for (const auto& body : {parts_.text, parts_.html}) size += body ? body->size() * 3 / 2 : 0;
    out_.reserve(size);
  }

  // Text for people: UTF-8 without controls.
  void check_text(std::string_view text, std::string_view where) {
    if (has_control(text)) fail(BuildProblem::control_character, where);
    if (!is_utf8(text)) fail(BuildProblem::not_utf8, where);
  }

  void check_names(std::span<const Mailbox> mailboxes, std::string_view where) {
    for (const Mailbox& m : mailboxes) check_text(m.display_name, where);
  }

  void check() {
    check_names({&parts_.from, 1}, "From");
    if (parts_.sender) check_names({&*parts_.sender, 1}, "Sender");
    check_names(parts_.reply_to, "Reply-To");
    check_names(parts_.to, "To");
    check_names(parts_.cc, "Cc");
    check_text(parts_.subject, "Subject");
    if (!is_id_text(parts_.message_id)) fail(BuildProblem::bad_message_id, "Message-ID");
    for (const ExtraField& f : parts_.extra_fields) check_text(f.value, f.name);
    if (parts_.text && !is_utf8(*parts_.text)) fail(BuildProblem::not_utf8, "text");
    if (parts_.html && !is_utf8(*parts_.html)) fail(BuildProblem::not_utf8, "html");
    for (std::size_t i = 0; i < parts_.attachments.size(); ++i) check_attachment(parts_.attachments[i], i);
  }

  void check_attachment(const Attachment& a, std::size_t index) {
    const auto where = [&](std::string_view member) { return fmt::format("attachments[{}].{}", index, member); };
    check_text(a.file_name, where("file_name"));
    check_text(a.content_description, where("content_description"));
    if (!is_id_text(a.content_id)) fail(BuildProblem::bad_message_id, where("content_id"));
    if (!a.content_type.empty() && !is_content_type(a.content_type)) {
      fail(BuildProblem::bad_content_type, where("content_type"));
    }
  }

  void field(std::string_view name, std::string_view value) {
    const auto written = append_field(out_, name, value);
    if (!written) fail(to_build_problem(written.error().problem), name);
  }

  void text_field(std::string_view name, std::string_view utf8) {
    field(name, encode_unstructured(utf8, name.size() + 2));
  }

  void mailbox_field(std::string_view name, std::span<const Mailbox> mailboxes) {
    if (!mailboxes.empty()) field(name, format_mailbox_list(mailboxes));
  }

  void write_header() {
    field("Date", format_rfc5322(parts_.date));
    mailbox_field("From", {&parts_.from, 1});
    if (parts_.sender) mailbox_field("Sender", {&*parts_.sender, 1});
    mailbox_field("Reply-To", parts_.reply_to);
    mailbox_field("To", parts_.to);
    mailbox_field("Cc", parts_.cc);
    if (!parts_.message_id.empty()) field("Message-ID", "<" + parts_.message_id + ">");
    text_field("Subject", parts_.subject);
    for (const ExtraField& f : parts_.extra_fields) text_field(f.name, f.value);
    field("MIME-Version", "1.0");
  }

  // --- entities: each writes its Content-* fields, an empty line and its body, without a final line end ---

  bool is_related(const Attachment& a) const {
    return parts_.html && a.disposition == Attachment::Disposition::inline_part && !a.content_id.empty();
  }

  std::string open_multipart(std::string_view subtype, std::string_view more = {}) {
    // "=_" cannot occur in quoted-printable or base64 (RFC 2045 §6.7).
    const std::string boundary = "=_" + hex_encode(random_.octets(boundary_random_octets));
    field("Content-Type", fmt::format("multipart/{}{}; boundary=\"{}\"", subtype, more, boundary));
    return boundary;
  }
  void next_part(const std::string& boundary) { out_.append("\r\n--").append(boundary).append("\r\n"); }
  void close_multipart(const std::string& boundary) { out_.append("\r\n--").append(boundary).append("--"); }

  void write_content() {
    const auto& all = parts_.attachments;
    const bool mixed = std::any_of(all.begin(), all.end(), [&](const Attachment& a) { return !is_related(a); });
    const bool has_body = parts_.text || parts_.html;
    if (!mixed) return has_body ? write_body() : write_text("plain", "");
    const std::string boundary = open_multipart("mixed");
    if (has_body) {
      next_part(boundary);
      write_body();
    }
    for (const Attachment& a : all) {
      if (is_related(a)) continue;
      next_part(boundary);
      write_attachment(a);
    }
    close_multipart(boundary);
  }

  void write_body() {
    const auto& text = parts_.text;
    if (!parts_.html) return write_text("plain", text.value_or(""));
    if (!text) return write_html();
    const std::string boundary = open_multipart("alternative");
    next_part(boundary);
    write_text("plain", *text);
    next_part(boundary);
    write_html();
    close_multipart(boundary);
  }

  void write_html() {
    const auto& all = parts_.attachments;
    const std::string_view html = parts_.html.value_or("");
    if (std::none_of(all.begin(), all.end(), [&](const Attachment& a) { return is_related(a); })) {
      return write_text("html", html);
    }
    const std::string boundary = open_multipart("related", "; type=\"text/html\"");
    next_part(boundary);
    write_text("html", html);
    for (const Attachment& a : all) {
      if (!is_related(a)) continue;
      next_part(boundary);
      write_attachment(a);
    }
    close_multipart(boundary);
  }

  void write_text(std::string_view subtype, std::string_view text) {
    std::string normalised;
    if (!has_crlf_line_ends(text)) {
      normalised = normalise_line_ends(text);
      text = normalised;
    }
    const ContentShape shape = shape_of(text);
    const TransferEncoding encoding = shape.fits_seven_bit() ? seven_bit : shape.smaller_encoding();
    field("Content-Type", fmt::format("text/{}; charset=UTF-8", subtype));
    write_encoded({text, encoding}, true);
  }

  void write_attachment(const Attachment& a) {
    std::string_view type = a.content_type.empty() ? std::string_view("application/octet-stream") : a.content_type;
    const bool composite = type_is(type, "multipart/") || type_is(type, "message/");
    const bool always_base64 = !composite && !type_is(type, "text/") && a.transfer_encoding.value_or(base64) == base64;
    const ContentShape shape = always_base64 ? ContentShape{} : shape_of(a.octets);
    if (composite && !shape.fits_seven_bit()) type = "application/octet-stream";
    const TransferEncoding encoding = always_base64 ? base64 : choose_encoding(a, type, shape);

    std::string type_value(type), disposition("attachment");
    if (a.disposition == Attachment::Disposition::inline_part) disposition = "inline";
    if (!a.file_name.empty()) {
      if (parse_parameterized_value(type).parameter("name").empty()) type_value += legacy_name(a.file_name);
      disposition += format_parameter("filename", a.file_name);
    }
    field("Content-Type", type_value);
    field("Content-Disposition", disposition);
    if (!a.content_id.empty()) field("Content-ID", "<" + a.content_id + ">");
    if (!a.content_description.empty()) text_field("Content-Description", a.content_description);
    // Line breaks may be written as line breaks only where all of them are CRLF: the octets arrive exactly so.
    write_encoded({a.octets, encoding}, !shape.has_bare_cr_or_lf);
  }

  static bool type_is(std::string_view type, std::string_view prefix) {
    return ascii_iequals(type.substr(0, prefix.size()), prefix);
  }

  static TransferEncoding choose_encoding(const Attachment& a, std::string_view type, const ContentShape& shape) {
    const bool composite = type_is(type, "multipart/") || type_is(type, "message/");
    if (composite) return seven_bit;
    if (a.transfer_encoding == base64 || a.transfer_encoding == quoted_printable) return *a.transfer_encoding;
    const bool as_it_stands = a.transfer_encoding == seven_bit || type_is(type, "text/");
    if (as_it_stands && shape.fits_seven_bit()) return seven_bit;
    if (type_is(type, "text/") && !shape.has_bare_cr_or_lf) return shape.smaller_encoding();
    return base64;
  }

  // The name for readers that know no Content-Disposition or no RFC 2231: an encoded word in quotes, which RFC 2047 §5
  // does not allow and everybody reads.
  static std::string legacy_name(std::string_view file_name) {
    const bool printable = std::all_of(file_name.begin(), file_name.end(), [](char c) { return c >= 32 && c < 127; });
    if (printable) return format_parameter("name", file_name);
    return "; name=\"" + encode_words(file_name) + "\"";
  }

  void write_encoded(const Body& body, bool text) {
    field("Content-Transfer-Encoding", to_text(body.encoding));
    out_ += "\r\n";
    if (body.encoding == base64) {
      append_base64_lines(out_, body.octets);
    } else if (body.encoding == quoted_printable) {
      append_quoted_printable(out_, body.octets, text);
    } else {
      out_ += body.octets;
    }
  }

  const MessageParts& parts_;
  RandomSource& random_;
  std::string out_;
  std::optional<BuildError> error_;
};

}  // namespace

Result<std::string, BuildError> build_message(const MessageParts& parts, RandomSource& random) {
  return Builder(parts, random).run();
}

}  // namespace sesame::message
