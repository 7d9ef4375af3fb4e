// api/ses_v2/media_types.h: the content type of an attachment that was given without one, by the extension of its name.
#pragma once

#include <string_view>

namespace sesame::api {

// "application/octet-stream" where the extension says nothing. Any case.
std::string_view media_type_of(std::string_view file_name);

}  // namespace sesame::api
