// app/data_dir.h: the service's data directory and the key that seals its secrets.
#pragma once

#include <filesystem>
#include <string>

#include "app/config.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesame::app {

// Whether `path` is `directory` or below it, as written: links are not followed.
bool is_within(const std::filesystem::path& path, const std::filesystem::path& directory);

// Where mail is kept that came home and is not understood (feedback/kept_mail.h).
std::filesystem::path kept_mail_directory(const Config& config);

// Makes the directory if it is missing (its owner's alone) and returns the key in <directory>/secret.key, made at the
// first use. The error is one line naming what cannot be used.
Result<Secret, std::string> prepare_data_dir(const std::string& directory, RandomSource& random);

}  // namespace sesame::app
