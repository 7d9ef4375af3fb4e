#include "app/sandbox_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace sesame::app {
namespace {

std::filesystem::path note_file(const std::filesystem::path& data_dir) { return data_dir / "sandbox.json"; }

std::string member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

std::string cannot_write(const std::filesystem::path& file, int problem) {
  return fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(problem));
}

// For its owner only.
Result<void, std::string> write_private(const std::filesystem::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected(cannot_write(file, errno));
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int problem = written < 0 ? errno : ENOSPC;  // a few hundred octets are cut short by a full disk only
  ::close(fd);
  if (written != static_cast<ssize_t>(text.size())) return std::unexpected(cannot_write(file, problem));
  return {};
}

}  // namespace

std::filesystem::path default_sandbox_dir() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return std::filesystem::path(state) / "sesame" / "sandbox";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : "/tmp") / ".local" / "state" / "sesame" / "sandbox";
}

Result<void, std::string> write_sandbox_note(const std::filesystem::path& data_dir, const SandboxNote& note) {
  const boost::json::object object{{"endpoint", note.endpoint},
                                   {"access_key_id", note.access_key_id},
                                   {"secret_access_key", note.secret_access_key},
                                   {"smtp_password", note.smtp_password},
                                   {"region", note.region}};
  const std::string text = boost::json::serialize(object) + "\n";
  const auto file = note_file(data_dir);
  auto beside = file;
  beside += ".new";
  if (auto written = write_private(beside, text); !written) return written;
  if (::rename(beside.c_str(), file.c_str()) != 0) return std::unexpected(cannot_write(file, errno));
  return {};
}

Result<SandboxNote, std::string> read_sandbox_note(const std::filesystem::path& data_dir) {
  const auto file = note_file(data_dir);
  std::ifstream in(file);
  if (!in) return std::unexpected(fmt::format("cannot read {}: is a sandbox running there?", file.string()));
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  boost::system::error_code bad;
  const boost::json::value value = boost::json::parse(text, bad);
  if (bad || !value.is_object()) return std::unexpected(fmt::format("{} is damaged", file.string()));
  const auto& object = value.get_object();
  return SandboxNote{member(object, "endpoint"), member(object, "access_key_id"), member(object, "secret_access_key"),
                     member(object, "smtp_password"), member(object, "region")};
}

}  // namespace sesame::app
