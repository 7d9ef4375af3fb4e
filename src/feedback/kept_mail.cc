#include "feedback/kept_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "base/durable_file.h"
#include "base/text.h"
#include "base/time_text.h"
#include "feedback/mail.h"
#include "message/header_section.h"

namespace sesame::feedback {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".eml";
constexpr std::string_view unfinished = ".new";  // behind the suffix; replace_durably's
constexpr std::size_t time_octets = 16;          // 20260101T000000Z
constexpr std::size_t random_octets = 8;
constexpr std::size_t name_octets = time_octets + 1 + 2 * random_octets;
constexpr std::size_t listed_octets = 16 << 10;  // of a file, for its fields

// "20260101T000000Z-0123456789abcdef"
std::optional<Time> time_of(std::string_view name) {
  if (name.size() != name_octets || name[time_octets] != '-' || !hex_decode(name.substr(time_octets + 1))) {
    return std::nullopt;
  }
  return parse_amz(name.substr(0, time_octets));
}

// The name of the mail in `file`; "" for a file that is none.
std::string name_of(const fs::path& file) {
  const std::string name = file.stem().string();
  return file.extension() == suffix && time_of(name) ? name : "";
}

fs::path file_of(const fs::path& directory, const std::string& name) {
  return directory / (name + std::string(suffix));
}

std::string delivery_fields(const Arrival& arrival, Time now) {
  return fmt::format("Return-Path: {}\r\nDelivered-To: {}\r\nReceived: from {} ([{}])\r\n\tby {} with {};\r\n\t{}\r\n",
                     arrival.reverse_path, arrival.return_path,
                     arrival.helo_domain.empty() ? "unknown" : arrival.helo_domain, arrival.peer, arrival.host_name,
                     arrival.with_protocol, format_rfc5322(now));
}

std::string problem_with(const fs::path& what, const std::error_code& problem) {
  return fmt::format("cannot use {}: {}", what.string(), problem.message());
}

// Calls `take` with the name and the size of each mail; files that go meanwhile are left out.
Result<void, std::string> each_mail(const fs::path& directory,
                                    const std::function<void(const std::string&, std::uint64_t)>& take) {
  std::error_code problem;
  if (!fs::exists(directory, problem) && !problem) return {};
  fs::directory_iterator entry(directory, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const std::string name = name_of(entry->path());
    std::error_code gone;
    const std::uint64_t octets = name.empty() ? 0 : entry->file_size(gone);
    if (!name.empty() && !gone) take(name, octets);
  }
  if (problem) return std::unexpected(problem_with(directory, problem));
  return {};
}

// What a crash left half written.
Result<void, std::string> remove_unfinished(const fs::path& directory) {
  std::error_code problem;
  std::vector<fs::path> found;
  fs::directory_iterator entry(directory, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const fs::path& file = entry->path();
    if (file.extension() == unfinished && !name_of(file.stem()).empty()) found.push_back(file);
  }
  for (const fs::path& file : found) {
    if (!problem) fs::remove(file, problem);
  }
  if (problem) return std::unexpected(problem_with(directory, problem));
  return {};
}

std::string first_octets(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(listed_octets, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

KeptMailEntry entry_of(const fs::path& directory, const std::string& name, std::uint64_t octets) {
  const std::string text = first_octets(file_of(directory, name));
  const Mail mail(text);
  const auto time = time_of(name);
  return {.name = name,
          .received = time ? format_rfc3339_seconds(*time) : "",
          .octets = octets,
          .reverse_path = mail.field("Return-Path"),
          .return_path = mail.field("Delivered-To"),
          .from = mail.field("From"),
          .subject = mail.field("Subject")};
}

}  // namespace

Result<void, std::string> KeptMail::read_directory() {
  if (read_) return {};
  std::error_code problem;
  fs::create_directories(directory_, problem);
  if (!problem) fs::permissions(directory_, fs::perms::owner_all, problem);
  if (problem) return std::unexpected(problem_with(directory_, problem));
  if (auto done = remove_unfinished(directory_); !done) return done;
  octets_of_.clear();
  octets_ = 0;
  auto done = each_mail(directory_, [&](const std::string& name, std::uint64_t octets) {
    octets_of_[name] = octets;
    octets_ += octets;
  });
  read_ = done.has_value();
  return done;
}

Result<void, std::string> KeptMail::remove_oldest() {
  const auto oldest = octets_of_.begin();
  const fs::path file = file_of(directory_, oldest->first);
  std::error_code problem;
  fs::remove(file, problem);  // no problem when somebody else has removed it
  if (problem) return std::unexpected(problem_with(file, problem));
  octets_ -= oldest->second;
  octets_of_.erase(oldest);
  return {};
}

Result<std::size_t, std::string> KeptMail::remove_old() {
  std::size_t removed = 0;
  const Time before = clock_.now() - limits_.age;
  while (!octets_of_.empty() && time_of(octets_of_.begin()->first).value_or(before) < before) {
    if (auto done = remove_oldest(); !done) return std::unexpected(done.error());
    ++removed;
  }
  return removed;
}

Result<std::size_t, std::string> KeptMail::forget_old() {
  const std::scoped_lock lock(mutex_);
  if (auto done = read_directory(); !done) return std::unexpected(done.error());
  return remove_old();
}

Result<std::string, std::string> KeptMail::put(const Arrival& arrival, std::string_view content) {
  const Time now = clock_.now();
  std::string text = delivery_fields(arrival, now);
  text += content;
  if (text.size() > limits_.octets) return std::unexpected("it is larger than all that may be kept");
  const std::scoped_lock lock(mutex_);
  if (auto done = read_directory(); !done) return std::unexpected(done.error());
  while (!octets_of_.empty() && (octets_of_.size() >= limits_.mails || octets_ > limits_.octets - text.size())) {
    if (auto done = remove_oldest(); !done) return std::unexpected(done.error());
  }
  const std::string name = format_amz(now) + "-" + hex_encode(random_.octets(random_octets));
  if (auto written = replace_durably(file_of(directory_, name), text); !written) {
    read_ = false;  // whatever is there now
    return std::unexpected(written.error());
  }
  octets_of_[name] = text.size();
  octets_ += text.size();
  return name;
}

Result<std::vector<KeptMailEntry>, std::string> list_kept_mail(const fs::path& directory) {
  std::vector<KeptMailEntry> entries;
  auto done = each_mail(directory, [&](const std::string& name, std::uint64_t octets) {
    entries.push_back(entry_of(directory, name, octets));
  });
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(entries, std::ranges::greater(), &KeptMailEntry::name);
  return entries;
}

Result<std::string, KeptMailErrc> read_kept_mail(const fs::path& directory, const std::string& name) {
  if (!time_of(name)) return std::unexpected(KeptMailErrc::no_such_mail);
  const fs::path file = file_of(directory, name);
  std::ifstream in(file, std::ios::binary);
  std::error_code problem;
  if (!in) {
    const bool there = fs::exists(file, problem) || problem;
    return std::unexpected(there ? KeptMailErrc::unreadable : KeptMailErrc::no_such_mail);
  }
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return std::unexpected(KeptMailErrc::unreadable);
  return text;
}

}  // namespace sesame::feedback
