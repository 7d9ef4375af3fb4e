// dns/unbound_context.h: a configured libunbound context. For unbound_resolver.cc and its tests only.
#pragma once

#include <unbound.h>

#include <memory>

#include "dns/unbound_resolver.h"

namespace sesame::dns {

struct UnboundDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using UnboundContext = std::unique_ptr<ub_ctx, UnboundDeleter>;

// Throws std::runtime_error, one line that names the option.
UnboundContext make_unbound_context(const UnboundOptions& options);

struct UnboundResultDeleter {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using UnboundResult = std::unique_ptr<ub_result, UnboundResultDeleter>;

// `error` is libunbound's, `result` may be null.
Answer to_answer(int error, const ub_result* result, RecordType type);

}  // namespace sesame::dns
