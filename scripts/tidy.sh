#!/usr/bin/env bash
# clang-tidy over the sources (not the tests), with .clang-tidy's few checks, all errors.
set -euo pipefail
build=${1:?usage: tidy.sh BUILD_DIRECTORY}
git ls-files -z 'src/*.cc' ':!*_test.cc' ':!src/boost_impl.cc' |
  xargs -0 -P"$(nproc)" -n4 clang-tidy-19 -p "$build" --quiet --extra-arg=-Wno-unused-command-line-argument
