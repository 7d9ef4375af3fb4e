// fuzz/check.h: what fuzz targets assert. Unlike assert() it is there in every build.
#pragma once

#include <cstdlib>

inline void check(bool ok) {
  if (!ok) std::abort();
}
