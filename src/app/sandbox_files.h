// app/sandbox_files.h: where a sandbox keeps its data, and the note it leaves for the commands that talk to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace sesame::app {

// $XDG_STATE_HOME/sesame/sandbox, else $HOME/.local/state/sesame/sandbox.
std::filesystem::path default_sandbox_dir();

struct SandboxNote {
  std::string endpoint, access_key_id, secret_access_key;
  std::string smtp_password;  // to `access_key_id` as the user name
  std::string region;
};

// <data_dir>/sandbox.json, mode 0600; a reader sees the old note or the new one, never half of it. Errors are one line
// naming the file.
Result<void, std::string> write_sandbox_note(const std::filesystem::path& data_dir, const SandboxNote& note);
Result<SandboxNote, std::string> read_sandbox_note(const std::filesystem::path& data_dir);

}  // namespace sesame::app
