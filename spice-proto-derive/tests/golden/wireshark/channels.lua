-- test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
-- This output belongs to you: use it under any licence you like.

-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start
-- tshark with `-X lua_script:` and its path.

local description = {
  name = "channels",
  title = "test",
  enums = {
    { name = "MainCapability", bits = 32, module = "main", flags = true, items = { { 0, "NAME" }, { 33, "FAR" } } },
  },
  structs = {
    { name = "Mode", module = "common", size = 4, fixed = true, pieces = {
      { block = 4,
        { name = "x_res", kind = "int", bits = 16, index = 1, at = 0 },
        { name = "y_res", kind = "int", bits = 16, index = 2, at = 2 } }
    } },
    { name = "Empty", module = "common", size = 0, fixed = true },
    { name = "SetAck", module = "common", size = 8, fixed = true, pieces = {
      { block = 8,
        { name = "generation", kind = "int", bits = 32, index = 1, at = 0 },
        { name = "window", kind = "int", bits = 32, index = 2, at = 4 } }
    } },
    { name = "MigrateData", module = "common", size = 0, pieces = {
      {
        { name = "data", kind = "bytes", length = "rest", index = 1 } }
    } },
    { name = "AckSync", module = "common", size = 4, fixed = true, pieces = {
      { block = 4,
        { name = "generation", kind = "int", bits = 32, index = 1, at = 0 } }
    } },
    { name = "Mode", module = "main", size = 4, fixed = true, pieces = {
      { block = 4,
        { name = "mode", kind = "struct", struct = 1, index = 1, at = 0 } }
    } },
    { name = "ServerMode", module = "main", size = 5, fixed = true, pieces = {
      { block = 5,
        { name = "mode", kind = "struct", struct = 1, index = 1, at = 0 },
        { name = "accepted", kind = "int", bits = 8, index = 2, at = 4 } }
    } },
    { name = "Mode", module = "agent", size = 1, fixed = true, pieces = {
      { block = 1,
        { name = "first", kind = "int", bits = 8, index = 1, at = 0 } }
    } },
    { name = "Announce", module = "agent", size = 1, fixed = true, pieces = {
      { block = 1,
        { name = "last", kind = "int", bits = 8, index = 1, at = 0 } }
    } },
    { name = "BothMessage", module = "agent", size = 0, fixed = true },
  },
  channels = {
    { module = "common", server = {
        { number = 3, name = "set_ack", body = 3, module = "common" },
        { number = 4, name = "migrate_data", body = 4, module = "common" }
      }, client = {
        { number = 1, name = "ack_sync", body = 5, module = "common" },
        { number = 2, name = "ack", body = 2, module = "common" }
      } },
    { module = "main", capabilities = 1, server = {
        { number = 3, name = "set_ack", body = 3, module = "common" },
        { number = 4, name = "migrate_data", body = 4, module = "common" },
        { number = 101, name = "mode", body = 7, module = "main", doc = "Tells the mode." },
        { number = 102, name = "agent_connected", body = 2, module = "main" }
      }, client = {
        { number = 1, name = "ack_sync", body = 5, module = "common" },
        { number = 2, name = "ack", body = 2, module = "common" },
        { number = 101, name = "mode", body = 6, module = "main", doc = "Asks for a mode." }
      } },
    { module = "derived", capabilities = 1, server = {
        { number = 3, name = "set_ack", body = 3, module = "common" },
        { number = 4, name = "migrate_data", body = 4, module = "common" },
        { number = 101, name = "mode", body = 7, module = "main", doc = "Tells the mode." },
        { number = 102, name = "agent_connected", body = 2, module = "main" }
      }, client = {
        { number = 1, name = "ack_sync", body = 5, module = "common" },
        { number = 2, name = "ack", body = 2, module = "common" },
        { number = 101, name = "mode", body = 6, module = "main", doc = "Asks for a mode." }
      } },
    { module = "agent", both = {
        { number = 1, name = "mode", body = 8, module = "agent" },
        { number = 70000, name = "announce", body = 9, module = "agent" },
        { number = 70001, name = "message", body = 10, module = "agent" }
      } },
  },
  protocol = {
    [1] = { name = "main", channel = 2 },
    [9] = { name = "derived", channel = 3 },
  },
}
