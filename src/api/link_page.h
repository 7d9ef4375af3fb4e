// api/link_page.h: what somebody sees who follows the link that verifies an address.
#pragma once

#include <string_view>

#include "http/message.h"

namespace sesame::api {

// The button, which posts to the page's own address. The same for every token: nothing is looked up, nothing is told.
http::Response link_page_ask();
http::Response link_page_done(std::string_view address);
http::Response link_page_gone();       // unknown, used or older than 24 h: 404
http::Response link_page_try_again();  // the store could not say: 503

}  // namespace sesame::api
