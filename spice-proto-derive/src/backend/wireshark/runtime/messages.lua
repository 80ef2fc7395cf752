-- Messages: heads, bodies, and the messages inside of messages.

local LIST = 8
local SUB_HEAD = 6

local function message_of(state, side, number)
  local entry = description.protocol[state.channel]
  local channel = entry and description.channels[entry.channel]
  return channel and (channel[side][number] or channel.both[number])
end

local function channel_name(state)
  local entry = description.protocol[state.channel]
  return state.title or entry and entry.name or string.format("channel %d", state.channel)
end

-- What stands in front of every message, and the summary column.
local function head_of(place, state, side, number, start, size, title)
  local message = message_of(state, side, number)
  local name = message and message.name or string.format("message %d", number)
  local tree = place.tree:add(proto, place.tvb:range(start, size), string.format(
    "%s %s, %s: %s (%d)", description.title, channel_name(state), title, name, number))
  tree:add(shown.channel, channel_name(state)):set_generated(true)
  tree:add(shown.channel_id, state.channel_id):set_generated(true)
  tree:add(shown.from, side):set_generated(true)
  tree:add(shown.message, name):set_generated(true)
  place.summary[#place.summary + 1] = name
  return tree, message
end

local function show_body(place, tree, message, start, size)
  if message then
    local item = tree:add(message.field, place.tvb:range(start, size))
    return read_body(place.tvb, start, size, message.name, message.body, message.nodes, item)
  elseif size > 0 then
    tree:add(shown.body, place.tvb:range(start, size))
  end
end

local function fail_list(kind, offset, needed, present, path)
  error({ kind = kind, offset = offset, needed = needed, present = present, path = path }, 0)
end

-- Places of the sub-messages of a body, checked as a whole: where each head is, and where its body ends.
local function sub_messages(tvb, start, size, list)
  if list + 2 > size then
    fail_list("Truncated", list, 2, math.max(size - list, 0), "sub_list")
  end
  local count = tvb:range(start + list, 2):le_uint()
  if 4 * count > size - list - 2 then
    fail_list("Truncated", list, 2 + 4 * count, size - list, "sub_messages")
  end
  local found, sorted = {}, {}
  for index = 0, count - 1 do
    local at = list + 2 + 4 * index
    local head = tvb:range(start + at, 4):le_uint()
    if head + SUB_HEAD > size then
      fail_list("Pointer", at, head, size, string.format("sub_messages[%d]", index))
    end
    found[#found + 1] = { head = head }
    sorted[#sorted + 1] = head
  end
  table.sort(sorted)
  local above = {}
  for index, head in ipairs(sorted) do
    if sorted[index + 1] and sorted[index + 1] > head then
      above[head] = sorted[index + 1]
    end
  end
  local sum, allowed = 0, size + SUB_HEAD * count
  for index, sub in ipairs(found) do
    local body = sub.head + SUB_HEAD
    sub.number = tvb:range(start + sub.head, 2):le_uint()
    sub.declared = tvb:range(start + sub.head + 2, 4):le_uint()
    local ending = math.min(body + sub.declared, above[sub.head] or size, list > sub.head and list or size, size)
    sub.size = math.max(ending - body, 0)
    sum = sum + SUB_HEAD + sub.size
    if sub.number == LIST then
      fail_list("Value", sub.head, LIST, 0, string.format("sub_messages[%d].type", index - 1))
    elseif sum > allowed then
      fail_list("Limit", sub.head, sum, allowed, string.format("sub_messages[%d]", index - 1))
    end
  end
  return found
end

-- Shows sub-messages and gives where the body of the message that carries them ends.
local function show_sub_messages(place, state, side, start, size, list, carrier)
  local found = attempt(carrier, sub_messages, place.tvb, start, size, list)
  local ending = list > 0 and math.min(list, size) or size
  for index, sub in ipairs(found or {}) do
    local at = start + sub.head
    local tree, message = head_of(place, state, side, sub.number, at, SUB_HEAD + sub.size, side .. ", inside")
    tree:add(shown.sub_message, index - 1):set_generated(true)
    tree:add_le(shown.number, place.tvb:range(at, 2))
    tree:add_le(shown.size, place.tvb:range(at + 2, 4))
    show_body(place, tree, message, at + SUB_HEAD, sub.size)
    if list > 0 then
      ending = math.min(ending, sub.head)
    end
  end
  return ending
end

-- A whole frame: head, sub-messages, body.
local function show_frame(place, state, side, start, head, size)
  local at, tvb, list = start, place.tvb, 0
  if state.header == "full" then
    at = at + 8
    list = tvb:range(start + 14, 4):le_uint()
  end
  local number = tvb:range(at, 2):le_uint()
  local tree, message = head_of(place, state, side, number, start, head + size, side)
  state.serial[side] = state.serial[side] + 1
  if state.header == "full" then
    tree:add_le(shown.serial, tvb:range(start, 8))
  else
    tree:add(shown.serial, UInt64(state.serial[side])):set_generated(true)
  end
  tree:add_le(shown.number, tvb:range(at, 2))
  tree:add_le(shown.size, tvb:range(at + 2, 4))
  if list > 0 then
    tree:add_le(shown.sub_list, tvb:range(start + 14, 4))
  end
  local body, own = start + head, size
  if list > 0 then
    own = show_sub_messages(place, state, side, body, size, list, tree)
  elseif number == LIST and message and message.name == "list" then
    show_sub_messages(place, state, side, body, size, 0, tree)
  end
  show_body(place, tree, message, body, own)
  show_agent(place, state, side, message, body, own)
  state.beside = side == "server" and message ~= nil and message.name:find("^gl_scanout") ~= nil
end

-- The byte that carries descriptors on a Unix socket, between two frames.
local BESIDE = 0x40

local function show_beside(place, state, at)
  state.beside = false
  if place.tvb:range(at, 1):uint() ~= BESIDE then
    return false
  end
  place.tree:add(proto, place.tvb:range(at, 1), description.title .. ": byte that came with descriptors")
  return true
end
