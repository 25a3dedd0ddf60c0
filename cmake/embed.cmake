# Run as a script by uloop_embed(): writes the bytes of INPUT to OUTPUT, sixteen a line, as "0x7b,0x0a,…".
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "${bytes}\n")
