// app/check_page.h: what `sesame check` says about a domain, for people.
#pragma once

#include <string>

#include "check/report.h"

namespace sesame::app {

// The exit status of the verdict.
int check_status(const check::Report& report);

// A page of text ending in a line end: the answer in one sentence; a paragraph per topic; then, numbered, what to
// change: asked, found, change. At most `columns` wide but for names and records. Texts from DNS are made harmless
// (terminal.h).
std::string check_page(const check::Report& report, bool colours, std::size_t columns = 110);

}  // namespace sesame::app
