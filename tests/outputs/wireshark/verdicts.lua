-- Compares a dissector with what Rust says of bytes. It is the end of one program: `wireshark.lua`, the dissector, this.
--
--     lua PROGRAM LINES...
--
-- A line has columns with tabulators between them: `message` with module, side and number, or `struct` with module, name and
-- nothing, or `list` with the place of a list of sub-messages; then the bytes, numbers of capabilities, kind of error or `ok`, and
-- the error as text, or how many bytes trail. Prints the first that differ, then how many agree and how many differ.

local kind_of = {}
for kind, about in pairs(expert_notes) do
  kind_of[about] = kind
end

local by_name = {}
for number, struct in ipairs(description.structs) do
  by_name[(struct.module or "") .. "." .. struct.name] = { number = number, nodes = expand(number, "check") }
end
local by_module = {}
for _, channel in ipairs(description.channels) do
  by_module[channel.module or ""] = channel
end

local function whole_struct(tvb, size, name, capabilities, tree)
  local found = by_name[name]
  local reader = new_reader(tvb, 0, size, capabilities)
  if attempt(tree, read_struct, reader, found.number, found.nodes, tree) then
    local ending = math.max(reader.at, reader.used)
    tree.trailing = size - ending
    if ending < size and description.structs[found.number].exact then
      note(tree, { kind = "Trailing", offset = ending, present = size - ending, path = "" })
    end
  end
end

local function list_of(tvb, size, at, tree)
  local shown = {}
  for _, sub in ipairs(attempt(tree, sub_messages, tvb, 0, size, at) or {}) do
    shown[#shown + 1] = string.format("%d %.0f %d %d", sub.number, sub.declared, sub.head, sub.size)
  end
  return table.concat(shown, ", ")
end

local function verdict(columns)
  local what, module, name, number, hex, words = (table.unpack or unpack)(columns)
  local bytes = hex:gsub("..", function(digits) return string.char(tonumber(digits, 16)) end)
  local tree, tvb, capabilities, shown = made_up_tree(), made_up_tvb(bytes), {}, nil
  for word in words:gmatch("%d+") do
    capabilities[tonumber(word)] = true
  end
  if what == "message" then
    local message = by_module[module][name][tonumber(number)]
    read_body(tvb, 0, #bytes, message.name, message.body, message.nodes, tree, capabilities)
  elseif what == "struct" then
    whole_struct(tvb, #bytes, module .. "." .. name, capabilities, tree)
  else
    shown = list_of(tvb, #bytes, tonumber(number), tree)
  end
  for _, one in ipairs(tree.notes) do
    if kind_of[one.about] ~= "Hidden" then
      return kind_of[one.about], one.text
    end
  end
  return "ok", shown or string.format("%d", tree.trailing or 0)
end

local agree, differ = 0, 0
for _, path in ipairs(arg) do
  for line in io.lines(path) do
    local columns = {}
    for column in (line .. "\t"):gmatch("([^\t]*)\t") do
      columns[#columns + 1] = column
    end
    local ok, kind, text = pcall(verdict, columns)
    if ok and kind == columns[7] and text == columns[8] then
      agree = agree + 1
    else
      differ = differ + 1
      if differ <= 20 then
        print(line:sub(1, 1000))
        print("", kind, text)
      end
    end
  end
end
print(string.format("agree %d, differ %d", agree, differ))
os.exit(differ == 0 and agree > 0)
