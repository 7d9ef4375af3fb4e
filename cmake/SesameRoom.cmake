# What `ctest -L unit` runs.
add_custom_target(unit_tests)

# sesame_room(<directory> DEPS <rooms...> LIBS <outside libraries...>)
#
# One library per directory of src/: every *.cc is the library `sesame_<directory>`, every *_test.cc goes into one
# GoogleTest program `<directory>_test`, and testing/*.cc into `sesame_<directory>_testing` (helpers for tests).
# DEPS lists the rooms this one includes from: only ones listed before it in src/CMakeLists.txt, which is the order
# of the house. A room that is not listed there cannot be named.
function(sesame_room room)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TEST_DEPS;TEST_LIBS" ${ARGN})
  string(REPLACE "/" "_" id ${room})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  set(helpers ${sources})
  list(FILTER helpers INCLUDE REGEX "/testing/")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/testing/|/main\\.cc$")

  add_library(sesame_${id} STATIC ${sources})
  target_include_directories(sesame_${id} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_precompile_headers(sesame_${id} REUSE_FROM sesame_pch)
  foreach(dep IN LISTS ARG_DEPS)
    string(REPLACE "/" "_" dep ${dep})
    if(NOT TARGET sesame_${dep})
      message(FATAL_ERROR "src/${room} depends on src/${dep}, which does not come before it in the house")
    endif()
    target_link_libraries(sesame_${id} PUBLIC sesame_${dep})
  endforeach()
  target_link_libraries(sesame_${id} PUBLIC ${ARG_LIBS} sesame_boost fmt::fmt Boost::json Boost::headers Threads::Threads)

  if(helpers)
    add_library(sesame_${id}_testing STATIC ${helpers})
    target_precompile_headers(sesame_${id}_testing REUSE_FROM sesame_pch)
    target_link_libraries(sesame_${id}_testing PUBLIC sesame_${id} GTest::gtest)
  endif()

  if(tests)
    add_executable(${id}_test ${tests})
    target_precompile_headers(${id}_test REUSE_FROM sesame_pch)
    target_link_libraries(${id}_test PRIVATE sesame_${id} GTest::gtest_main GTest::gmock ${ARG_TEST_LIBS})
    foreach(dep IN LISTS ARG_TEST_DEPS)
      target_link_libraries(${id}_test PRIVATE sesame_${dep})
    endforeach()
    if(TARGET sesame_${id}_testing)
      target_link_libraries(${id}_test PRIVATE sesame_${id}_testing)
    endif()
    target_compile_definitions(${id}_test PRIVATE SESAME_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_dependencies(unit_tests ${id}_test)
    add_test(NAME unit.${id} COMMAND ${id}_test --gtest_brief=1 WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(unit.${id} PROPERTIES TIMEOUT 300 LABELS unit
      ENVIRONMENT "SESAME_CORPORA=${CMAKE_SOURCE_DIR}/../shared/corpora")
  endif()
endfunction()
