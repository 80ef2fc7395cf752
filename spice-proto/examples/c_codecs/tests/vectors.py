#!/usr/bin/env python3
"""Does what vectors.c does, through ctypes: `vectors.py LIBRARY`."""
import ctypes as c
import struct
import sys


class Picture(c.Structure):
    _fields_ = [("width", c.c_uint32), ("height", c.c_uint32), ("length", c.c_size_t), ("pixels", c.c_void_p)]


library = c.CDLL(sys.argv[1])
given, places = [c.c_char_p, c.c_size_t], c.POINTER(c.POINTER(Picture))
library.spice_codecs_quic.argtypes = [*given, places]
library.spice_codecs_lz.argtypes = [*given, c.POINTER(c.c_uint32), c.c_size_t, places]
library.spice_codecs_glz.argtypes = [c.c_void_p, *given, places, c.POINTER(c.c_uint64)]
library.spice_codecs_window_new.restype = c.c_void_p
library.spice_codecs_window_free.argtypes = [c.c_void_p]
library.spice_codecs_picture_free.argtypes = [c.POINTER(Picture)]
library.spice_codecs_error.restype = c.c_char_p

window = None
while head := sys.stdin.buffer.read(10):
    codec, fresh, length, colours = struct.unpack("<cBII", head)
    stream = sys.stdin.buffer.read(length)
    palette = (c.c_uint32 * colours)(*struct.unpack("<%dI" % colours, sys.stdin.buffer.read(4 * colours)))
    picture, missing = c.POINTER(Picture)(), c.c_uint64()
    if fresh:
        library.spice_codecs_window_free(window)
        window = library.spice_codecs_window_new()
    if codec == b"q":
        status = library.spice_codecs_quic(stream, length, picture)
    elif codec == b"l":
        status = library.spice_codecs_lz(stream, length, palette, colours, picture)
    else:
        status = library.spice_codecs_glz(window, stream, length, picture, missing)
    width, height, answer = 0, 0, library.spice_codecs_error()
    if picture:
        width, height = picture.contents.width, picture.contents.height
        answer = c.string_at(picture.contents.pixels, picture.contents.length)
    library.spice_codecs_picture_free(picture)
    sys.stdout.buffer.write(struct.pack("<IIIQI", status, width, height, missing.value, len(answer)) + answer)
library.spice_codecs_window_free(window)
