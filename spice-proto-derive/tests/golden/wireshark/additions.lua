-- additions: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
-- This output belongs to you: use it under any licence you like.

-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start
-- tshark with `-X lua_script:` and its path.

local description = {
  name = "additions",
  title = "additions",
  enums = {
    { name = "AgentCapability", bits = 32, module = "agent", flags = true, items = { { 6, "CLIPBOARD_SELECTION" }, { 17, "GRAB_SERIAL" } } },
    { name = "command", bits = 32, module = "agent", items = { { 1, "SET" }, { 2, "MOVE" }, { 3, "HIDE" } } },
  },
  structs = {
    { name = "QXLDataChunk", module = "agent", size = 20, exact = true, pieces = {
      { block = 20,
        { name = "data_size", kind = "int", bits = 32, index = 1, at = 0 },
        { name = "prev_chunk", kind = "address", index = 2, at = 4 },
        { name = "next_chunk", kind = "address", index = 3, at = 12 } },
      {
        { name = "data", kind = "bytes", length = { field = 1 }, index = 4 } }
    } },
    { name = "QuicHeader", module = "agent", size = 7, fixed = true, big = true, pieces = {
      { block = 7,
        { name = "magic", kind = "int", bits = 32, index = 1, at = 0 },
        { name = "version", kind = "int", bits = 16, min = 1, max = 127, index = 2, at = 4 },
        { name = "offset", kind = "int", bits = 8, signed = true, min = -5, max = 5, index = 3, at = 6 } }
    } },
    { name = "ClipboardGrab", module = "agent", size = 0, pieces = {
      {
        { name = "selection", kind = "int", bits = 8, condition = 6, index = 1 } },
      {
        { name = "reserved", kind = "bytes", length = 3, condition = 6, index = 2 } },
      {
        { name = "serial", kind = "int", bits = 32, condition = 17, index = 3 } },
      {
        { name = "types", kind = "list", element = { kind = "int", bits = 32, size = 4, plain = true }, length = "rest", index = 4 } }
    } },
    { name = "Set", module = "agent", size = 10, fixed = true, pieces = {
      { block = 10,
        { name = "x", kind = "int", bits = 16, index = 1, at = 0 },
        { name = "shape", kind = "address", index = 2, at = 2 } }
    } },
    { name = "CursorCommand", module = "agent", size = 32, pieces = {
      { block = 32,
        { name = "type", kind = "enum", enum = 2, index = 1, at = 0 },
        { name = "u", kind = "switch", selector = { 1 }, arms = {
          { name = "set", kind = "struct", struct = 4, is = { 1 } },
          { name = "position", kind = "list", element = { kind = "int", bits = 16, size = 2, plain = true }, length = 2, is = { 2 } },
          { name = "raw", kind = "int", bits = 64, sensitive = true } }, size = 16, sensitive = true, doc = "The union.", index = 3, at = 4 },
        { name = "name_size", kind = "int", bits = 32, index = 4, at = 20 },
        { name = "name", kind = "pointer", target = { kind = "bytes", length = { field = 4 } }, required = true, most = 64, text = true, index = 5, at = 24 },
        { name = "password_size", kind = "int", bits = 32, index = 6, at = 28 } },
      {
        { name = "password", kind = "bytes", length = { field = 6 }, most = 60, sensitive = true, text = true, index = 7 } }
    } },
  },
  channels = {
  },
  protocol = {
  },
}
