-- Virtio ports, where a capture has one: QEMU can put them on sockets. No first bytes tell them from others, so they are chosen
-- with Decode As. Whoever has the lower port is called the server.

local CHUNK_HEAD, DEVICE_HEAD = 8, 8
local DEVICE_LIMIT = 64 * 1024 * 1024

local chunk_head = find("agent", "VDIChunkHeader")
local device_head = find("stream_device", "StreamDeviceHeader")
local device_channel
for _, channel in ipairs(description.channels) do
  if channel.module == "stream_device" and next(channel.both) then
    device_channel = channel
  end
end

-- Shows a head; nothing where it is refused.
local function show_head(place, tree, at, size, head)
  local item = tree:add(head.field, place.tvb:range(at, size))
  return read_body(place.tvb, at, size, head.name, head.number, head.nodes, item)
end

-- A chunk of com.redhat.spice.0: two streams of agent messages in each direction, told apart by their heads.
local function agent_chunk(place, state, side, at, room)
  if room < CHUNK_HEAD then
    return nil, CHUNK_HEAD
  end
  local stream, size = place.tvb:range(at, 4):le_uint(), place.tvb:range(at + 4, 4):le_uint()
  local title = string.format("%s %s, %s: chunk", description.title, state.title, side)
  if size > 2048 or stream < 1 or stream > 2 then
    show_head(place, place.tree:add(proto, place.tvb:range(at, CHUNK_HEAD), title), at, CHUNK_HEAD, chunk_head)
    expect(state, side, "lost")
    return CHUNK_HEAD
  elseif room < CHUNK_HEAD + size then
    return nil, CHUNK_HEAD + size
  end
  show_head(place, place.tree:add(proto, place.tvb:range(at, CHUNK_HEAD + size), title), at, CHUNK_HEAD, chunk_head)
  local inside = { agent = state.streams and state.streams[stream] or fresh_agent() }
  take_agent_data(place, inside, side, at + CHUNK_HEAD, size)
  local other = state.streams and state.streams[3 - stream]
  state.streams = { [stream] = inside.agent, [3 - stream] = other }
  return CHUNK_HEAD + size
end

-- A message of org.spice-space.stream.0.
local function device_message(place, state, side, at, room)
  if room < DEVICE_HEAD then
    return nil, DEVICE_HEAD
  end
  local number, size = place.tvb:range(at + 2, 2):le_uint(), place.tvb:range(at + 4, 4):le_uint()
  local refused = place.tvb:range(at, 1):uint() ~= 1 or size > DEVICE_LIMIT
  local len = DEVICE_HEAD + (refused and 0 or size)
  if room < len then
    return nil, len
  end
  local message = device_channel.both[number]
  local name = message and message.name or string.format("message %d", number)
  local tree = place.tree:add(proto, place.tvb:range(at, len), string.format(
    "%s %s, %s: %s (%d)", description.title, state.title, side, name, number))
  show_head(place, tree, at, DEVICE_HEAD, device_head)
  if refused then
    if size > DEVICE_LIMIT then
      note(tree, { kind = "Limit", offset = at + 4, needed = size, present = DEVICE_LIMIT, path = "size" })
    end
    expect(state, side, "lost")
    return len
  end
  tree:add(shown.device, name):set_generated(true)
  place.summary[#place.summary + 1] = name
  show_body(place, tree, message, at + DEVICE_HEAD, size)
  return len
end
