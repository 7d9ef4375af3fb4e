// feedback/notice.h: notices in words: whom they are about, and what they say of each.
//
// Mail systems that write no delivery status name the recipients in lines of their own ("<ann@example.com>:",
// "  ann@example.com", "550 <ann@example.com>... User unknown"), or in a sentence. Lines are ranked by how sure they
// are, and the surest kind that occurs is taken; who sent the message and who writes the notice count least.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feedback/mail.h"
#include "feedback/report.h"

namespace sesame::feedback {

struct NoticeRecipient {
  std::string address;
  std::string text;      // what is said of this one, lines joined by blanks; may be empty
  std::string original;  // whom the notice itself names, when a refusal that it quotes names this one instead
};

// At most max_reported_recipients, each address once. The header X-Failed-Recipients goes before the text; the returned
// message's To stands in when nobody is named.
std::vector<NoticeRecipient> notice_recipients(const Mail& mail);

// The lines of the notice that hold an SMTP refusal or a known reason, joined: for recipients without a text of their
// own. "" when there is none.
std::string notice_diagnosis(const Mail& mail);

}  // namespace sesame::feedback
