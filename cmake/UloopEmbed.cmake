# uloop_embed(<module> <file> <name>): builds <name>, the bytes of <file> as the elements of a C array, which a source
# of the module includes between braces. Needs no tool but CMake itself.
function(uloop_embed module file name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name})
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DOUTPUT=${output}
      -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(uloop_${module} PRIVATE ${output})
  target_include_directories(uloop_${module} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
