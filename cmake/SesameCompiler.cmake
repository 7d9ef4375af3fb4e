# Warnings, sanitizers, compiler cache and linker: one place, the same for every target.

find_program(SESAME_CCACHE ccache)
if(SESAME_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SESAME_CCACHE})
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(SESAME_MOLD mold)
if(SESAME_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers -Wswitch -fno-omit-frame-pointer)
add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)

if(SESAME_SANITIZE)
  add_compile_options(-fsanitize=${SESAME_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SESAME_SANITIZE})
  if(SESAME_SANITIZE MATCHES thread)
    # TSan does not model fences: neither the block's, nor the one with which the last owner of an any_executor's shared
    # target (a strand in one) takes it over to delete it. Without std::atomic Asio counts with acq_rel, which says the
    # same in words TSan knows, so that nothing needs to be suppressed.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK BOOST_ASIO_DISABLE_STD_ATOMIC)
  endif()
endif()

if(SESAME_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
