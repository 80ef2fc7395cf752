-- image: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
-- This output belongs to you: use it under any licence you like.

-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start
-- tshark with `-X lua_script:` and its path.

local description = {
  name = "image",
  title = "image",
  enums = {
    { name = "image_type", bits = 8, items = { { 0, "BITMAP" }, { 1, "QUIC" }, { 104, "SURFACE" }, { 105, "LZ4" } } },
    { name = "bitmap_flags", bits = 8, flags = true, items = { { 0, "PAL_CACHE_ME" }, { 1, "PAL_FROM_CACHE" }, { 2, "TOP_DOWN" } } },
    { name = "line_flags", bits = 8, flags = true, items = { { 3, "STYLED" } } },
    { name = "string_flags", bits = 8, flags = true, items = { { 0, "RASTER_A1" }, { 1, "RASTER_A8" } } },
  },
  structs = {
    { name = "Point", size = 8, fixed = true, pieces = {
      { block = 8,
        { name = "x", kind = "int", bits = 32, signed = true, index = 1, at = 0 },
        { name = "y", kind = "int", bits = 32, signed = true, index = 2, at = 4 } }
    } },
    { name = "Palette", size = 10, pieces = {
      { block = 10,
        { name = "unique", kind = "int", bits = 64, index = 1, at = 0 },
        { name = "num_ents", kind = "int", bits = 16, index = 2, at = 8 } },
      {
        { name = "ents", kind = "list", element = { kind = "int", bits = 32, size = 4, plain = true }, length = { field = 2 }, index = 3 } }
    } },
    { name = "BinaryData", size = 4, pieces = {
      { block = 4,
        { name = "data_size", kind = "int", bits = 32, index = 1, at = 0 } },
      {
        { name = "data", kind = "bytes", length = { field = 1 }, index = 2 } }
    } },
    { name = "BitmapData", size = 13, pieces = {
      { block = 9,
        { name = "flags", kind = "enum", enum = 2, index = 1, at = 0 },
        { name = "y", kind = "int", bits = 32, index = 2, at = 1 },
        { name = "stride", kind = "int", bits = 32, index = 3, at = 5 } },
      {
        { name = "pal", kind = "switch", selector = { 1 }, arms = {
          { name = "palette_id", kind = "int", bits = 64, with = { 1 } },
          { name = "palette", kind = "pointer", target = { kind = "struct", struct = 2 }, without = { 1 } } }, index = 4 } },
      {
        { name = "data", kind = "bytes", length = { bits = 8, width = 3, height = 2 }, index = 5 } }
    } },
    { name = "ImageDescriptor", size = 9, fixed = true, pieces = {
      { block = 9,
        { name = "id", kind = "int", bits = 64, index = 1, at = 0 },
        { name = "type", kind = "enum", enum = 1, index = 2, at = 8 } }
    } },
    { name = "Surface", size = 4, fixed = true, pieces = {
      { block = 4,
        { name = "surface_id", kind = "int", bits = 32, index = 1, at = 0 } }
    } },
    { name = "Image", size = 9, pieces = {
      { block = 9,
        { name = "descriptor", kind = "struct", struct = 5, index = 1, at = 0 } },
      {
        { name = "u", kind = "switch", selector = { 1, 2 }, arms = {
          { name = "bitmap", kind = "struct", struct = 4, is = { 0 } },
          { name = "compressed", kind = "struct", struct = 3, is = { 1, 105 } },
          { name = "surface", kind = "struct", struct = 6, is = { 104 } } }, index = 2 } }
    } },
    { name = "LineAttr", size = 1, pieces = {
      { block = 1,
        { name = "flags", kind = "enum", enum = 3, index = 1, at = 0 } },
      {
        { name = "u1", kind = "switch", selector = { 1 }, optional = true, arms = {
          { name = "style_nseg", kind = "int", bits = 8, with = { 3 } } }, index = 2 } },
      {
        { name = "u2", kind = "switch", selector = { 1 }, optional = true, arms = {
          { name = "style", kind = "pointer", target = { kind = "list", element = { kind = "int", bits = 32, signed = true, size = 4, plain = true }, length = { field = 2 } }, with = { 3 } } }, index = 3 } }
    } },
    { name = "RasterGlyph", size = 12, pieces = {
      { block = 12,
        { name = "origin", kind = "struct", struct = 1, index = 1, at = 0 },
        { name = "width", kind = "int", bits = 16, index = 2, at = 8 },
        { name = "height", kind = "int", bits = 16, index = 3, at = 10 } },
      {
        { name = "data", kind = "bytes", length = { bits = 1, width = 2, height = 3 }, index = 4 } }
    } },
    { name = "String", size = 3, pieces = {
      { block = 3,
        { name = "length", kind = "int", bits = 16, index = 1, at = 0 },
        { name = "flags", kind = "enum", enum = 4, index = 2, at = 2 } },
      {
        { name = "u", kind = "switch", selector = { 2 }, arms = {
          { name = "glyphs", kind = "list", element = { kind = "struct", struct = 9, size = 12 }, length = { field = 1 }, with = { 0 } },
          { name = "glyphs", kind = "list", element = { kind = "struct", struct = 1, size = 8, plain = true }, length = { field = 1 }, with = { 1 } } }, index = 3 } }
    } },
    { name = "Draw", size = 38, pieces = {
      { block = 8,
        { name = "src_bitmap", kind = "pointer", target = { kind = "struct", struct = 7 }, index = 1, at = 0 },
        { name = "mask", kind = "pointer", target = { kind = "struct", struct = 7 }, required = true, index = 2, at = 4 } },
      {
        { name = "attr", kind = "struct", struct = 8, index = 3 } },
      { block = 9,
        { name = "str", kind = "pointer", target = { kind = "struct", struct = 10 }, required = true, index = 4, at = 0 },
        { name = "words", kind = "int", bits = 8, index = 5, at = 4 },
        { name = "numbers", kind = "pointer", target = { kind = "list", element = { kind = "int", bits = 32, size = 4, plain = true }, length = { field = 5 } }, required = true, index = 6, at = 5 } },
      {
        { name = "more", kind = "list", element = { kind = "int", bits = 16, size = 2, plain = true }, length = { field = 5 }, index = 7 } },
      { block = 20,
        { name = "name", kind = "pointer", target = { kind = "bytes", length = "c_string" }, index = 8, at = 0 },
        { name = "hash", kind = "bytes", length = 16, index = 9, at = 4 } },
      {
        { name = "rest", kind = "bytes", length = "rest", index = 10 } }
    } },
  },
  channels = {
  },
  protocol = {
  },
}
