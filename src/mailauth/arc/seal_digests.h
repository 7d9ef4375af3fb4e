// mailauth/arc/seal_digests.h: what each ARC-Seal signs, hashed.
//
// Source: RFC 8617 §5.1.1: every set up to the seal's own, each as ARC-Authentication-Results, ARC-Message-Signature,
// ARC-Seal, in the relaxed form; in the seal's own field b= is empty and the last CRLF is left out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mailauth/arc/sets.h"

namespace sesame::mailauth::arc {

// SHA-256 digests, that of the seal of set i at i - 1. Linear in the fields: a seal adds to what the one before it has
// hashed.
std::vector<std::string> seal_digests(std::span<const ArcSet> sets);

}  // namespace sesame::mailauth::arc
