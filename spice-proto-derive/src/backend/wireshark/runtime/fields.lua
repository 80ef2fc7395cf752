-- Fields: one for each way from a message down to a value, so that a filter can name it.

local prefix = description.name
local proto = Proto(prefix, description.title .. " (generated dissector)")

local registered = {}

-- Names of filters are small letters: `LinkMess` gives `link_mess`.
local function snake(text)
  return (text:gsub("(%l)(%u)", "%1_%2"):lower():gsub("[^%w_]", "_"))
end

-- The field of a filter's name. Where two values of different kinds would have the same name, the later one gets a number.
local function register(abbr, kind, make)
  local wanted, count = abbr, 1
  while registered[abbr] and registered[abbr].kind ~= kind do
    count = count + 1
    abbr = wanted .. "_" .. count
  end
  if not registered[abbr] then
    registered[abbr] = { kind = kind, field = make(abbr) }
  end
  return registered[abbr].field
end

local function none(abbr, name, doc)
  return register(abbr, "none", function(as) return ProtoField.none(as, name, doc) end)
end

local function text(abbr, name, doc)
  return register(abbr, "string", function(as) return ProtoField.string(as, name, base.NONE, doc) end)
end

local function integer(abbr, name, bits, signed, doc)
  local kind = (signed and "int" or "uint") .. string.format("%d", bits)
  return register(abbr, kind, function(as) return ProtoField[kind](as, name, base.DEC, nil, nil, doc) end)
end

-- Names of numbers, as Wireshark wants them.
for _, enum in ipairs(description.enums) do
  enum.names = {}
  for _, item in ipairs(enum.items) do
    enum.names[item[1]] = item[2]
  end
end

local function named_number(abbr, field)
  local enum = description.enums[field.enum]
  local kind = string.format("uint%d", enum.bits)
  return register(abbr, kind .. " of " .. (enum.module or "") .. "." .. enum.name, function(as)
    if enum.flags then
      return ProtoField[kind](as, field.name, base.HEX, nil, nil, field.doc)
    end
    return ProtoField[kind](as, field.name, base.DEC, enum.names, nil, field.doc)
  end)
end

local expand

-- What is shown of a value: its field, and those inside of it. `shape` says what it is; `field` what it is called.
local function expand_shape(shape, field, abbr)
  local node = { kids = nil }
  if field.sensitive then
    node.field = none(abbr, field.name, field.doc)
  elseif shape.kind == "int" then
    node.field = integer(abbr, field.name, shape.bits, shape.signed, field.doc)
  elseif shape.kind == "enum" then
    node.field = named_number(abbr, { enum = shape.enum, name = field.name, doc = field.doc })
  elseif shape.kind == "address" then
    node.field = register(abbr, "address", function(as)
      return ProtoField.uint64(as, field.name, base.HEX, nil, nil, field.doc)
    end)
  elseif shape.kind == "bytes" and field.text then
    node.field = text(abbr, field.name, field.doc)
  elseif shape.kind == "bytes" then
    node.field = register(abbr, "bytes", function(as) return ProtoField.bytes(as, field.name, base.NONE, field.doc) end)
  elseif shape.kind == "struct" then
    node.field = none(abbr, field.name, field.doc)
    node.kids = expand(shape.struct, abbr)
  elseif shape.kind == "list" then
    node.element = expand_shape(shape.element, field, abbr)
  end
  return node
end

local function expand_field(field, above)
  if field.kind == "switch" then
    local node = { arms = {} }
    for number, arm in ipairs(field.arms) do
      node.arms[number] = expand_field(arm, above)
    end
    return node
  end
  return expand_shape(field.kind == "pointer" and field.target or field, field, above .. "." .. snake(field.name))
end

-- What is shown of a structure, by the positions of its fields.
function expand(struct, above)
  local nodes = {}
  for _, piece in ipairs(description.structs[struct].pieces or {}) do
    for _, field in ipairs(piece) do
      nodes[field.index] = expand_field(field, above)
    end
  end
  return nodes
end

local function below(module, name)
  return prefix .. (module and ("." .. module) or "") .. "." .. snake(name)
end

-- What every message has. These stand before those of the description, so that they have their names for sure.
local shown = {
  channel = text(prefix .. ".channel", "Channel", "Name of the channel's type"),
  channel_id = integer(prefix .. ".channel_id", "Channel number", 8, false, "Which channel of that type"),
  from = text(prefix .. ".from", "From", "`server` or `client`"),
  handshake = text(prefix .. ".handshake", "Handshake", "What a step of the handshake is"),
  message = text(prefix .. ".message", "Message", "Name of the message"),
  number = integer(prefix .. ".number", "Number", 32, false, "Number of the message"),
  size = integer(prefix .. ".size", "Size", 32, false, "Bytes of the body"),
  serial = integer(prefix .. ".serial", "Serial", 64, false, "Number of the frame on its channel and in its direction"),
  sub_list = integer(prefix .. ".sub_list", "Sub-messages at", 32, false, "Where in the body the list of sub-messages is"),
  sub_message = integer(prefix .. ".sub_message", "Sub-message", 32, false, "Its number in the list, from 0"),
  body = register(prefix .. ".body", "bytes", function(as) return ProtoField.bytes(as, "Body") end),
  trailing = register(prefix .. ".trailing", "bytes", function(as)
    return ProtoField.bytes(as, "Trailing bytes", base.NONE, "Bytes of the body that the message does not use")
  end),
  encrypted = register(prefix .. ".encrypted", "bytes", function(as)
    return ProtoField.bytes(as, "Encrypted buffer", base.NONE, "What a SASL security layer made of messages")
  end),
  agent = text(prefix .. ".agent_message", "Agent message", "Name of the agent message that is complete here"),
  device = text(prefix .. ".device_message", "Stream device message", "Name of the message on the stream device's port"),
  capabilities = {
    common = text(prefix .. ".common_capability", "Common capability"),
    channel = text(prefix .. ".channel_capability", "Channel capability"),
  },
}

-- Messages by channel, sender and number.
for _, channel in ipairs(description.channels) do
  for _, side in ipairs({ "server", "client", "both" }) do
    local by_number = {}
    for _, message in ipairs(channel[side] or {}) do
      local abbr = below(message.module, message.name)
      message.field = none(abbr, message.name, message.doc)
      message.nodes = expand(message.body, abbr)
      by_number[message.number] = message
    end
    channel[side] = by_number
  end
end

-- A structure outside of messages, by its name, with what is shown of it; nothing where the description has none.
local function find(module, name)
  for number, struct in ipairs(description.structs) do
    if struct.module == module and struct.name == name then
      local abbr = below(module, name)
      return { number = number, name = snake(name), field = none(abbr, name), nodes = expand(number, abbr) }
    end
  end
end

local function enum_names(module, name)
  for _, enum in ipairs(description.enums) do
    if enum.module == module and enum.name == name then
      return enum.names
    end
  end
  return {}
end
