// base/result.h: expected failures are values.
//
// A function that can fail in a way its caller must handle returns Result<T, E>, where E is the module's own enum or
// struct (never a bare string or bool). Exceptions mean a bug, exhausted memory or failed start-up.
#pragma once

#include <expected>
#include <utility>

namespace sesame {

template <class T, class E>
using Result = std::expected<T, E>;

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

}  // namespace sesame
