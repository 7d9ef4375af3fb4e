#include "message/edit.h"

#include <algorithm>

#include "base/text.h"
#include "message/header_section.h"

namespace sesame::message {
namespace {

Result<std::string, EditError> write_fields(const std::vector<NewField>& fields) {
  std::string out;
  for (const NewField& f : fields) {
    const auto written = append_field(out, f.name, f.value);
    if (!written) return std::unexpected(EditError{f.name, written.error()});
  }
  return out;
}

// What stands in each field's place: the field, its replacement or nothing. Replacements that find no place go to
// `unplaced`, in their order.
std::vector<std::string_view> place_fields(const ParsedMessage& message, const HeaderEdits& edits,
                                           const std::vector<std::string>& replacements, std::string& unplaced) {
  std::vector<std::string_view> lines;
  lines.reserve(message.fields.size());
  std::vector<bool> placed(replacements.size(), false);
  for (const HeaderField& field : message.fields) {
    const auto named = [&](std::string_view name) { return ascii_iequals(name, field.name); };
    const auto replaced =
        std::find_if(edits.replace.begin(), edits.replace.end(), [&](const NewField& f) { return named(f.name); });
    if (replaced != edits.replace.end()) {
      const auto i = static_cast<std::size_t>(replaced - edits.replace.begin());
      lines.push_back(placed[i] ? std::string_view{} : std::string_view(replacements[i]));
      placed[i] = true;
    } else {
      const bool removed = std::any_of(edits.remove.begin(), edits.remove.end(), named);
      lines.push_back(removed ? std::string_view{} : field.raw);
    }
  }
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    if (!placed[i]) unplaced += replacements[i];
  }
  return lines;
}

}  // namespace

bool has_crlf_line_ends(std::string_view octets) {
  // Two passes that look for one octet each are several times faster than one that looks for both.
  for (std::size_t at = 0; (at = octets.find('\n', at)) != std::string_view::npos; ++at) {
    if (at == 0 || octets[at - 1] != '\r') return false;
  }
  for (std::size_t at = 0; (at = octets.find('\r', at)) != std::string_view::npos; ++at) {
    if (at + 1 == octets.size() || octets[at + 1] != '\n') return false;
  }
  return true;
}

std::string normalise_line_ends(std::string_view octets) {
  std::size_t extra = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == '\n' || (octets[i] == '\r' && !octets.substr(i + 1).starts_with('\n'))) ++extra;
  }
  std::string out;
  out.reserve(octets.size() + extra);
  for (std::size_t at = 0; at < octets.size();) {
    const auto end = std::min(octets.find_first_of("\r\n", at), octets.size());
    out += octets.substr(at, end - at);
    if (end == octets.size()) break;
    out += "\r\n";
    at = end + (octets.substr(end).starts_with("\r\n") ? 2 : 1);
  }
  return out;
}

std::optional<std::size_t> find_long_line(std::string_view octets) {
  for (std::size_t at = 0; at < octets.size();) {
    const auto lf = octets.find('\n', at);
    std::size_t length = std::min(lf, octets.size()) - at;
    if (lf != std::string_view::npos && length > 0 && octets[lf - 1] == '\r') --length;
    if (length > max_line_octets) return at;
    if (lf == std::string_view::npos) break;
    at = lf + 1;
  }
  return std::nullopt;
}

Result<std::string, EditError> edit_message(std::string_view octets, const HeaderEdits& edits) {
  std::string normalised;
  if (!has_crlf_line_ends(octets)) {
    normalised = normalise_line_ends(octets);
    octets = normalised;
  }
  const auto prepended = write_fields(edits.prepend);
  if (!prepended) return prepended;
  auto appended = write_fields(edits.append);
  if (!appended) return appended;
  std::vector<std::string> replacements;
  for (const NewField& f : edits.replace) {
    auto written = write_fields({f});
    if (!written) return written;
    replacements.push_back(std::move(*written));
  }

  const ParsedMessage message = parse_message(octets);
  std::string unplaced;
  const std::vector<std::string_view> lines = place_fields(message, edits, replacements, unplaced);
  constexpr std::string_view crlf = "\r\n";
  std::size_t size = prepended->size() + unplaced.size() + appended->size() + message.body.size() + 2 * crlf.size();
  for (std::string_view line : lines) size += line.size() + crlf.size();

  std::string out;
  out.reserve(size);
  out += *prepended;
  for (std::string_view line : lines) {
    out += line;
    if (!line.empty() && !line.ends_with(crlf)) out += crlf;
  }
  out.append(unplaced).append(*appended).append(crlf).append(message.body);
  if (!out.ends_with(crlf)) out += crlf;
  return out;
}

}  // namespace sesame::message
