-- example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
-- This output belongs to you: use it under any licence you like.

-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start
-- tshark with `-X lua_script:` and its path.

local description = {
  name = "ping",
  title = "example",
  enums = {
    { name = "ping_kind", bits = 8, items = { { 0, "SHORT" }, { 4, "LONG" } } },
  },
  structs = {
    { name = "Ping", module = "ping", size = 5, pieces = {
      { block = 5,
        { name = "kind", kind = "enum", enum = 1, index = 1, at = 0 },
        { name = "size", kind = "int", bits = 32, doc = "Bytes of `data`.", index = 2, at = 1 } },
      {
        { name = "data", kind = "bytes", length = { field = 2 }, most = 256000, index = 3 } }
    } },
  },
  channels = {
    { module = "ping", server = {
        { number = 4, name = "ping", body = 1, module = "ping", doc = "Answered by `pong`." }
      } },
  },
  protocol = {
    [1] = { name = "main", channel = 1 },
  },
}
