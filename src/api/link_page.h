// api/link_page.h: what somebody sees who follows a link in a mail: of a verification, or of an unsubscription.
#pragma once

#include <string_view>

#include "http/message.h"

namespace sesame::api {

// The button, which posts to the page's own address. The same for every token: nothing is looked up, nothing is told.
http::Response link_page_ask();
http::Response link_page_done(std::string_view address);
http::Response link_page_gone();       // unknown, used or older than 24 h: 404
http::Response link_page_try_again();  // the store could not say: 503

// The button that unsubscribes, from the topic and, beside it, from the whole list. `topic` may be empty.
http::Response unsubscribe_page_ask(std::string_view list, std::string_view topic);
http::Response unsubscribe_page_done(std::string_view topic);  // empty: from everything
http::Response unsubscribe_page_gone();                        // the list or the contact is no longer there: 404

}  // namespace sesame::api
