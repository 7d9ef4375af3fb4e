// app/classify_page.h: what `sesame classify` says about a returned message.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "feedback/report.h"

namespace sesame::app {

// exit_bad_news: somebody did not get the message, or complained of it. exit_good: everything else.
int classify_status(const feedback::Report& report);

// The keys of DESIGN 3.1, with the finer reason and the repair of our own beside them.
boost::json::object to_json(const feedback::Report& report);

// A page of text ending in a line end: the answer in one sentence, then a paragraph per recipient. Texts from the
// message are made harmless (terminal.h).
std::string classify_page(const feedback::Report& report, bool colours);

}  // namespace sesame::app
