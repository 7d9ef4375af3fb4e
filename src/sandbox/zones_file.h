// sandbox/zones_file.h: the provider's zones on disk.
//
// <data_dir>/zones.json, replaced as a whole (written beside, synced, renamed), so a crash leaves the old or the new:
//
//   {"version": 1, "zones": [{"zone": "shop.example", "records": [{"name", "type", "ttl", "value"}, ...]}, ...]}
//
// Without the zones' own SOA and NS, which are made anew when it is read. Blocking.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/record.h"

namespace sesame::sandbox {

using ZoneRecords = std::map<std::string, std::vector<dns::Record>>;  // by apex

struct ZonesFileError {
  std::string text;  // one line that names the file
};

// No file is no zones.
Result<ZoneRecords, ZonesFileError> read_zones(const std::filesystem::path& file);
// Durable when it has returned without error; else the old file is still there.
Result<void, ZonesFileError> write_zones(const std::filesystem::path& file, const ZoneRecords& zones);

}  // namespace sesame::sandbox
