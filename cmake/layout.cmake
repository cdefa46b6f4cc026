# Where libraries come from and where the program lies.
#
# xrun_place_high(target): links the program at a fixed address near the top of the address space, so that it, its heap and
# all that libc maps lie above what guests own (softmmu/README.md). It is not position-independent, so it needs no
# relocation when it starts; its code is compiled with -fPIE because it is out of reach of 32-bit addresses. For the same
# reason the start files are those of position-independent programs, and the linker must not relax loads from the GOT into
# 32-bit immediates. Sanitizers expect an ordinary program and get one.

set(XRUN_IMAGE_BASE 0x7e8000000000)

# Static libraries where there are any, libc among them: a shared one costs about half a millisecond at each start, and is missing
# in containers that have none.
set(XRUN_ALL_STATIC ${XRUN_STATIC})
foreach(name elf z zstd ffi capstone)
  string(TOUPPER ${name} upper)
  find_library(XRUN_LIB_${upper} NAMES lib${name}.a ${name} REQUIRED)
  if(NOT XRUN_LIB_${upper} MATCHES "[.]a$")
    set(XRUN_ALL_STATIC OFF)
  endif()
endforeach()

function(xrun_crt_file name variable)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${name} OUTPUT_VARIABLE path
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${variable} ${path} PARENT_SCOPE)
endfunction()

xrun_crt_file(libc.a XRUN_LIB_C)
if(NOT IS_ABSOLUTE "${XRUN_LIB_C}")
  set(XRUN_ALL_STATIC OFF)
endif()
if(XRUN_STATIC AND NOT XRUN_ALL_STATIC)
  message(STATUS "not all libraries are there as static ones: xrun needs shared ones and starts more slowly")
endif()

function(xrun_place_high target)
  if(XRUN_SANITIZE OR XRUN_FUZZ)
    return()
  endif()
  xrun_crt_file(Scrt1.o start)
  xrun_crt_file(crti.o init)
  xrun_crt_file(crtn.o init_end)
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tools/start.c)
  target_link_options(${target} PRIVATE -no-pie -nostartfiles -Wl,--no-relax -Wl,-Ttext-segment=${XRUN_IMAGE_BASE}
                      -Wl,-z,noexecstack ${start} ${init} ${init_end})
  if(XRUN_ALL_STATIC)
    target_link_options(${target} PRIVATE -static)
    target_compile_definitions(${target} PRIVATE XRUN_STATIC=1)
  endif()
endfunction()
