-- What a dissector needs of Wireshark, made up: enough to run it in plain Lua over the bytes of single messages. It keeps notes
-- (what Wireshark calls expert information) and the size of trailing bytes, and nothing else of the tree.

local function maker()
  return setmetatable({}, { __index = function(_, kind)
    return function(abbr) return { abbr = abbr, kind = kind } end
  end })
end

ProtoField = maker()
ProtoExpert = { new = function(abbr) return { abbr = abbr } end }
Pref = {
  range = function(_, default) return default end,
  uint = function(_, default) return default end,
  bool = function(_, default) return default end,
}
base = { NONE = 0, DEC = 1, HEX = 2 }
expert = { group = {}, severity = {} }
ENC_UTF_8 = 2
Proto = function(name) return { name = name, prefs = {}, register_heuristic = function() end } end
DissectorTable = { get = function()
  return { add = function() end, remove = function() end, get_dissector = function() end, add_for_decode_as = function() end }
end }
UInt64 = function(number) return number end

-- Numbers of 64 bits become floating point, as Wireshark's `tonumber` makes them.
local function unsigned(bytes)
  local value = 0.0
  for place = #bytes, 1, -1 do
    value = value * 256 + bytes:byte(place)
  end
  return value
end

local function signed(bytes)
  return unsigned(bytes) - (bytes:byte(#bytes) >= 128 and 2.0 ^ (8 * #bytes) or 0)
end

local function wide(value)
  return { tonumber = function() return value end }
end

local Range = {}
Range.__index = Range
function Range:le_uint() return unsigned(self.bytes) end
function Range:le_int() return signed(self.bytes) end
function Range:uint() return unsigned(self.bytes:reverse()) end
function Range:int() return signed(self.bytes:reverse()) end
function Range:le_uint64() return wide(unsigned(self.bytes)) end
function Range:le_int64() return wide(signed(self.bytes)) end
function Range:uint64() return wide(unsigned(self.bytes:reverse())) end
function Range:int64() return wide(signed(self.bytes:reverse())) end
function Range:raw() return self.bytes end
function Range:string() return self.bytes end

-- Bytes; a range that leaves them is a mistake of the dissector, as in Wireshark.
function made_up_tvb(bytes)
  return {
    len = function() return #bytes end,
    range = function(_, offset, length)
      offset = offset or 0
      length = length or #bytes - offset
      if offset < 0 or length < 0 or offset + length > #bytes then
        error(string.format("%s bytes at %s leave the %d there are", length, offset, #bytes), 0)
      end
      return setmetatable({ bytes = bytes:sub(offset + 1, offset + length) }, Range)
    end,
  }
end

local Tree = {}
Tree.__index = Tree
function made_up_tree(root)
  local tree = setmetatable({}, Tree)
  tree.root = root or tree
  tree.notes = tree.notes or {}
  return tree
end
function Tree:add(field, range)
  if type(field) == "table" and field.abbr and field.abbr:find("%.trailing$") then
    self.root.trailing = #range.bytes
  end
  return made_up_tree(self.root)
end
Tree.add_le = Tree.add
Tree.add_packet_field = Tree.add
function Tree:append_text() end
function Tree:set_len() end
function Tree:set_generated() return self end
function Tree:add_proto_expert_info(about, text)
  table.insert(self.root.notes, { about = about, text = text })
end
