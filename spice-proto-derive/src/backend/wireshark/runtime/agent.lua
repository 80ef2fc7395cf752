-- The guest agent: messages in a stream of their own, which travels in pieces inside of `agent_data`.

local agent_channel
for _, channel in ipairs(description.channels) do
  if channel.module == "agent" and next(channel.both) then
    agent_channel = channel
  end
end

local AGENT_HEAD = 20
local AGENT_LIMIT = 16 * 1024 * 1024

local function fresh_agent()
  return { server = { pieces = nil, size = 0 }, client = { pieces = nil, size = 0 }, words = {} }
end

-- Capabilities that both ends of the agent protocol have announced.
local function agent_capabilities(words)
  local both = {}
  for number in pairs(words.client or {}) do
    both[number] = (words.server or {})[number]
  end
  return both
end

local function announced(tvb, start, size)
  local found = {}
  for at = start + 4, start + size - 4, 4 do
    local word = tvb:range(at, 4):le_uint()
    for bit = 0, 31 do
      if has_bit(word, bit) then
        found[(at - start - 4) / 4 * 32 + bit] = true
      end
    end
  end
  return found
end

local function show_agent_message(tvb, start, size, place, state, side, number)
  local message = agent_channel.both[number]
  local name = message and message.name or string.format("message %d", number)
  local tree = place.tree:add(proto, tvb:range(start, AGENT_HEAD + size), string.format(
    "%s agent, %s: %s (%d)", description.title, side, name, number))
  tree:add(shown.agent, name):set_generated(true)
  place.summary[#place.summary + 1] = "agent " .. name
  local body = start + AGENT_HEAD
  if not message then
    return
  end
  local item = tree:add(message.field, tvb:range(body, size))
  read_body(tvb, body, size, name, message.body, message.nodes, item, agent_capabilities(state.agent.words))
  if name == "announce_capabilities" and size >= 4 then
    local words = state.agent.words
    words = { server = words.server, client = words.client }
    words[side] = announced(tvb, body, size)
    state.agent = { server = state.agent.server, client = state.agent.client, words = words }
  end
end

-- Puts pieces together, the last one first in the chain.
local function joined(pieces)
  local parts = {}
  while pieces do
    table.insert(parts, 1, pieces.bytes)
    pieces = pieces.before
  end
  return table.concat(parts)
end

local function with_stream(state, side, stream)
  local agent = { server = state.agent.server, client = state.agent.client, words = state.agent.words }
  agent[side] = stream
  state.agent = agent
end

-- Takes the piece of a message `agent_data`, and shows the agent messages that are complete with it. Values of the state
-- are replaced, never changed: what was noted for a packet stays as it was.
local function take_agent_data(place, state, side, start, size)
  local stream = state.agent[side]
  if stream.lost or size == 0 then
    return
  end
  local tvb, at, ending = place.tvb, start, start + size
  if stream.size > 0 or size < AGENT_HEAD then
    local pieces = { bytes = tvb:range(start, size):raw(), before = stream.pieces }
    local total = stream.size + size
    if total < (stream.wanted or AGENT_HEAD) then
      return with_stream(state, side, { pieces = pieces, size = total, wanted = stream.wanted })
    end
    tvb = ByteArray.new(joined(pieces), true):tvb("Agent messages")
    at, ending = 0, total
  end
  local wanted
  while ending - at >= AGENT_HEAD do
    local protocol, body = tvb:range(at, 4):le_uint(), tvb:range(at + 16, 4):le_uint()
    if protocol ~= 1 or body > AGENT_LIMIT then
      place.tree:add_proto_expert_info(expert_notes.Lost, "no agent message starts here")
      return with_stream(state, side, { size = 0, lost = true })
    elseif AGENT_HEAD + body > ending - at then
      wanted = AGENT_HEAD + body
      break
    end
    show_agent_message(tvb, at, body, place, state, side, tvb:range(at + 4, 4):le_uint())
    at = at + AGENT_HEAD + body
  end
  local rest = ending - at
  with_stream(state, side, {
    pieces = rest > 0 and { bytes = tvb:range(at, rest):raw() } or nil,
    size = rest,
    wanted = wanted,
  })
end

local function show_agent(place, state, side, message, start, size)
  if not message or message.module ~= "main" or not agent_channel then
    return
  elseif message.name == "agent_data" then
    take_agent_data(place, state, side, start, size)
  elseif message.name == "agent_disconnected" or message.name:find("^agent_connected") then
    state.agent = fresh_agent()
  end
end
