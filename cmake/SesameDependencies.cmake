# Every outside library, found once. docs/dependencies.md says why each is here.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)

# libunbound's .pc file asks for libevent's headers, which its plain API does not need.
find_path(UNBOUND_INCLUDE unbound.h REQUIRED)
find_library(UNBOUND_LIBRARY unbound REQUIRED)
add_library(unbound INTERFACE IMPORTED)
target_include_directories(unbound INTERFACE "${UNBOUND_INCLUDE}")
target_link_libraries(unbound INTERFACE "${UNBOUND_LIBRARY}")
