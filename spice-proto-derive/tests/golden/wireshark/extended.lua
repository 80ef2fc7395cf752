-- example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
-- This output belongs to you: use it under any licence you like.

-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start
-- tshark with `-X lua_script:` and its path.

local description = {
  name = "extended",
  title = "example",
  enums = {
    { name = "ping_kind", bits = 8, items = { { 0, "SHORT" }, { 4, "LONG" }, { 16, "BROADCAST" } } },
  },
  structs = {
    { name = "Ping", module = "ping", size = 5, pieces = {
      { block = 5,
        { name = "kind", kind = "enum", enum = 1, index = 1, at = 0 },
        { name = "size", kind = "int", bits = 32, doc = "Bytes of `data`.", index = 2, at = 1 } },
      {
        { name = "data", kind = "bytes", length = { field = 2 }, most = 256000, index = 3 } }
    } },
    { name = "Question", size = 2, fixed = true, pieces = {
      { block = 2,
        { name = "topic", kind = "int", bits = 16, index = 1, at = 0 } }
    } },
    { name = "Tell", module = "ping", size = 0, pieces = {
      {
        { name = "text", kind = "bytes", length = "rest", text = true, index = 1 } }
    } },
    { name = "Pong", module = "ping", size = 1, fixed = true, pieces = {
      { block = 1,
        { name = "kind", kind = "enum", enum = 1, index = 1, at = 0 } }
    } },
  },
  channels = {
    { module = "ping", server = {
        { number = 4, name = "ping", body = 1, module = "ping", doc = "Answered by `pong`." },
        { number = 100, name = "ask", body = 2, module = "ping", doc = "A question, by name." },
        { number = 101, name = "tell", body = 3, module = "ping", doc = "A message of its own." }
      }, client = {
        { number = 100, name = "pong", body = 4, module = "ping" }
      } },
    { module = "ship", server = {
        { number = 4, name = "ping", body = 1, module = "ping", doc = "Answered by `pong`." },
        { number = 100, name = "ask", body = 2, module = "ping", doc = "A question, by name." },
        { number = 101, name = "tell", body = 3, module = "ping", doc = "A message of its own." }
      }, client = {
        { number = 100, name = "pong", body = 4, module = "ping" }
      } },
  },
  protocol = {
    [1] = { name = "main", channel = 1 },
    [200] = { name = "ships", channel = 2 },
  },
}
