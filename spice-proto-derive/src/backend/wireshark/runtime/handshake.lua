-- The handshake: link messages, tickets, SASL. Each step looks at the bytes from `at` on and gives how many it took, or
-- nothing and how many it needs.

local MAGIC = 0x51444552
local LINK_HEAD = 16
local PROTOCOL_AUTH_SELECTION, MINI_HEADER = 0, 3
local MECHANISM_SASL = 2

local known = {}
for key, name in pairs({
  header = "LinkHeader", mess = "LinkMess", reply = "LinkReply", mechanism = "LinkAuthMechanism",
  ticket = "LinkEncryptedTicket", result = "LinkResult", sasl_list = "SaslMechList", sasl_name = "SaslMechName",
  sasl_client = "SaslClientData", sasl_server = "SaslServerData", sasl_result = "SaslResult",
}) do
  known[key] = find("link", name)
end
local common_names = enum_names("common", "CommonCapability")
local error_names = enum_names("common", "link_err")

-- What is expected next from a side.
local function expect(state, side, stage)
  local other = side == "server" and "client" or "server"
  state.stage = { [side] = stage, [other] = state.stage[other] }
end

local function starts_link(tvb, at)
  return tvb:len() - at >= 4 and tvb:range(at, 4):le_uint() == MAGIC
end

local function show_step(place, at, size, side, what, key)
  local tree = place.tree:add(proto, place.tvb:range(at, size), string.format("%s %s: %s", description.title, side, what))
  tree:add(shown.handshake, what):set_generated(true)
  place.summary[#place.summary + 1] = what
  local struct = known[key]
  if struct then
    local item = tree:add(struct.field, place.tvb:range(at, size))
    read_body(place.tvb, at, size, struct.name, struct.number, struct.nodes, item)
  end
  return tree
end

-- Shows words of capabilities and gives them as a set. `first` counts words from the start of the list.
local function capability_set(place, tree, field, names, at, count)
  local found = {}
  for word = 0, count - 1 do
    local range = place.tvb:range(at + 4 * word, 4)
    local value = range:le_uint()
    for bit = 0, 31 do
      if has_bit(value, bit) then
        local number = 32 * word + bit
        found[number] = true
        tree:add(field, range, names[number] or string.format("%d", number))
      end
    end
  end
  return found
end

local function link_message(place, state, side, at, room)
  if room < LINK_HEAD then
    return nil, LINK_HEAD
  end
  local tvb = place.tvb
  local size = tvb:range(at + 12, 4):le_uint()
  local key, fixed, most = "mess", 18, 4096
  if side == "server" then
    key, fixed, most = "reply", 178, 65536
  end
  if not starts_link(tvb, at) or size < fixed or size > most then
    expect(state, side, "lost")
    return 0
  elseif room < LINK_HEAD + size then
    return nil, LINK_HEAD + size
  end
  local what = side == "server" and "link reply" or "link message"
  local tree = show_step(place, at, LINK_HEAD, side, what, "header")
  tree:set_len(LINK_HEAD + size)
  local body = at + LINK_HEAD
  local struct = known[key]
  if struct then
    local item = tree:add(struct.field, tvb:range(body, size))
    local fields = attempt(item, function()
      local reader = new_reader(tvb, body, size, {})
      push(reader, struct.name)
      return read_struct(reader, struct.number, struct.nodes, item)
    end)
    if not fields then
      expect(state, side, "lost")
      return LINK_HEAD + size
    end
  end
  local counts = body + fixed - 12
  if side == "client" then
    state.channel, state.channel_id = tvb:range(body + 4, 1):uint(), tvb:range(body + 5, 1):uint()
  end
  local common, own = tvb:range(counts, 4):le_uint(), tvb:range(counts + 4, 4):le_uint()
  local place_of_words = tvb:range(counts + 8, 4):le_uint()
  local capabilities = { common = {}, channel = {} }
  if common + own > 0 then
    if common + own > 2048 or place_of_words < fixed or place_of_words + 4 * (common + own) > size then
      note(tree, { kind = "Truncated", offset = place_of_words, needed = 4 * (common + own),
        present = math.max(size - place_of_words, 0), path = "caps_offset" })
    else
      local entry = description.protocol[state.channel]
      local list = entry and description.channels[entry.channel].capabilities
      local names = list and description.enums[list].names or {}
      local words = body + place_of_words
      capabilities.common = capability_set(place, tree, shown.capabilities.common, common_names, words, common)
      capabilities.channel =
        capability_set(place, tree, shown.capabilities.channel, names, words + 4 * common, own)
    end
  end
  state.capabilities = { server = state.capabilities.server, client = state.capabilities.client }
  state.capabilities[side] = capabilities
  if side == "server" then
    local both = function(number)
      return capabilities.common[number] and state.capabilities.client.common[number]
    end
    state.header = both(MINI_HEADER) and "mini" or "full"
    local refused = tvb:range(body, 4):le_uint() ~= 0
    state.stage = {
      server = refused and "closed" or "result",
      client = refused and "closed" or both(PROTOCOL_AUTH_SELECTION) and "mechanism" or "ticket",
    }
  else
    expect(state, "client", "waiting")
  end
  return LINK_HEAD + size
end

local function mechanism(place, state, side, at, room)
  if room < 4 then
    return nil, 4
  end
  show_step(place, at, 4, side, "authentication mechanism", "mechanism")
  if place.tvb:range(at, 4):le_uint() == MECHANISM_SASL then
    state.stage = { server = "sasl_list", client = "sasl_name" }
  else
    expect(state, "client", "ticket")
  end
  return 4
end

local function ticket(place, state, side, at, room)
  if room < 128 then
    return nil, 128
  end
  show_step(place, at, 128, side, "ticket", "ticket")
  expect(state, "client", "messages")
  return 128
end

local function result(place, state, side, at, room)
  if room < 4 then
    return nil, 4
  elseif starts_link(place.tvb, at) then
    return link_message(place, state, side, at, room)
  end
  local code = place.tvb:range(at, 4):le_uint()
  local refused = code ~= 0
  local what = refused and "link result " .. (error_names[code] or string.format("%d", code)) or "link result"
  show_step(place, at, 4, side, what, "result")
  expect(state, "server", refused and "closed" or "messages")
  return 4
end

-- A block of SASL: its length, so many bytes, and `more` behind them.
local function sasl_block(place, state, side, at, room, what, key, more, limit)
  if room < 4 then
    return nil, 4
  end
  local length = place.tvb:range(at, 4):le_uint()
  if length > limit then
    state.stage = { server = "lost", client = "lost" }
    return 0
  elseif room < 4 + length + more then
    return nil, 4 + length + more
  end
  show_step(place, at, 4 + length + more, side, what, key)
  return 4 + length + more, length
end

local SASL_LIMIT = 1048576
-- Mechanisms that may encrypt what follows; without TLS the reference demands that they do.
local LAYERS = { ["DIGEST-MD5"] = true, GSSAPI = true }

local function sasl_list(place, state, side, at, room)
  if starts_link(place.tvb, at) then
    return link_message(place, state, side, at, room)
  end
  local taken, length = sasl_block(place, state, side, at, room, "SASL mechanisms", "sasl_list", 0, SASL_LIMIT)
  if taken and taken > 0 then
    expect(state, "server", "sasl_server")
  end
  return taken, length
end

local function sasl_name(place, state, side, at, room)
  local taken, length = sasl_block(place, state, side, at, room, "SASL mechanism", "sasl_name", 0, 4096)
  if taken and taken > 0 then
    local name = length > 0 and place.tvb:range(at + 4, length):string() or ""
    state.layer = LAYERS[name] and place.transport ~= "tls"
    expect(state, "client", "sasl_client")
  end
  return taken, length
end

local function sasl_client(place, state, side, at, room)
  return sasl_block(place, state, side, at, room, "SASL data", "sasl_client", 0, SASL_LIMIT)
end

local function sasl_server(place, state, side, at, room)
  if starts_link(place.tvb, at) then
    return link_message(place, state, side, at, room)
  end
  local taken, length = sasl_block(place, state, side, at, room, "SASL data", "sasl_server", 1, SASL_LIMIT)
  if taken and taken > 0 and place.tvb:range(at + taken - 1, 1):uint() ~= 0 then
    state.stage = { server = "sasl_result", client = state.layer and "layer" or "messages" }
  end
  return taken, length
end

local function sasl_result(place, state, side, at, room)
  if room < 4 then
    return nil, 4
  end
  show_step(place, at, 4, side, "SASL result", "sasl_result")
  local refused = place.tvb:range(at, 4):le_uint() ~= 0
  local stage = refused and "closed" or state.layer and "layer" or "result"
  state.stage = { server = stage, client = refused and "closed" or state.stage.client }
  return 4
end

-- What a security layer wraps: a length, most significant byte first, and bytes that only the two ends can read.
local function layer(place, state, side, at, room)
  if room < 4 then
    return nil, 4
  end
  local length = place.tvb:range(at, 4):uint()
  if length > SASL_LIMIT then
    state.stage = { server = "lost", client = "lost" }
    return 0
  elseif room < 4 + length then
    return nil, 4 + length
  end
  local tree = place.tree:add(proto, place.tvb:range(at, 4 + length), description.title .. ", encrypted by SASL")
  tree:add(shown.encrypted, place.tvb:range(at + 4, length))
  place.summary[#place.summary + 1] = "encrypted"
  return 4 + length
end
