-- The dissector: pieces of a stream in, frames out; and where Wireshark finds it.

local BODY_LIMIT = 256 * 1024 * 1024

local settings = { channel = 0, full = false }

local function frame(place, state, side, at, room)
  if side == "server" and state.beside and show_beside(place, state, at) then
    return 1
  end
  local head = state.header == "full" and 18 or 6
  if room < head then
    return nil, head
  end
  local size = place.tvb:range(at + head - (state.header == "full" and 8 or 4), 4):le_uint()
  if size > BODY_LIMIT then
    note(place.tree, { kind = "Limit", offset = at + head - 4, needed = size, present = BODY_LIMIT, path = "size" })
    expect(state, side, "lost")
    return 0
  elseif room < head + size then
    return nil, head + size
  end
  show_frame(place, state, side, at, head, size)
  return head + size
end

local function rest(place, _, _, at, room)
  place.tree:add(proto, place.tvb:range(at, room), description.title .. ": bytes after the connection's end")
  return room
end

local function lost(place, _, _, at, room)
  local tree = place.tree:add(proto, place.tvb:range(at, room), description.title .. ": bytes that cannot be read")
  tree:add_proto_expert_info(expert_notes.Lost)
  return room
end

local steps = {
  link = link_message, mechanism = mechanism, ticket = ticket, result = result, sasl_list = sasl_list,
  sasl_name = sasl_name, sasl_client = sasl_client, sasl_server = sasl_server, sasl_result = sasl_result, layer = layer,
  chunk = agent_chunk, device = device_message, messages = frame, closed = rest, waiting = rest, lost = lost,
}

-- Everything that is complete in a piece. Gives how many bytes that was, and how many the next thing needs.
local function run(place, state, side)
  local at, len = 0, place.tvb:len()
  while at < len do
    local taken, wanted = steps[state.stage[side]](place, state, side, at, len - at)
    if not taken then
      return at, wanted
    end
    at = at + taken
  end
  return at
end

-- Several names of one kind are counted: `draw_copy, 3 ping`.
local function summary_of(names)
  local parts, number = {}, 1
  while number <= #names do
    local same = number
    while names[same + 1] == names[number] do
      same = same + 1
    end
    local count = same - number + 1
    parts[#parts + 1] = count > 1 and string.format("%d %s", count, names[number]) or names[number]
    number = same + 1
  end
  return table.concat(parts, ", ")
end

local function dissect(tvb, pinfo, tree, transport, port)
  local conversation, side, state, call = look_up(tvb, pinfo, port or settings)
  if not conversation then
    return 0
  end
  pinfo.cols.protocol = description.title:upper()
  local place = { tvb = tvb, tree = tree, summary = {}, transport = transport }
  local own = transport == "websocket"
  if own and state.pending[side] ~= "" then
    local bytes = state.pending[side] .. tvb:range():raw()
    place.tvb = ByteArray.new(bytes, true):tvb("Messages of several WebSocket frames")
  end
  local at, wanted = run(place, state, side)
  local left = place.tvb:len() - at
  if tvb:reported_len() > tvb:len() then
    -- The capture does not have the whole packet: what follows in the stream has no known place.
    expect(state, side, "lost")
    tree:add_proto_expert_info(expert_notes.Lost, "the capture has only a part of this packet")
  elseif own then
    state.pending = { server = state.pending.server, client = state.pending.client }
    state.pending[side] = left > 0 and place.tvb:range(at, left):raw() or ""
  elseif wanted then
    pinfo.desegment_offset = at
    pinfo.desegment_len = wanted - left
  end
  if not pinfo.visited then
    conversation.state = state
  end
  local summary = summary_of(place.summary)
  if summary ~= "" then
    if call == 1 then
      pinfo.cols.info:set(string.format("%s %s: %s", channel_name(state), side, summary))
    else
      pinfo.cols.info:append(", " .. summary)
    end
    pinfo.cols.info:fence()
  end
  return tvb:len()
end

-- Who had our ports before: VNC has 5900 and 5901, where SPICE servers are often found too.
local before_us = {}

function proto.dissector(tvb, pinfo, tree)
  local taken = dissect(tvb, pinfo, tree, "tcp")
  local other = taken == 0 and (before_us[pinfo.src_port] or before_us[pinfo.dst_port])
  return other and other:call(tvb, pinfo, tree) or taken
end

function proto.init()
  conversations, noted = {}, {}
end

-- TLS and WebSocket hand their streams to dissectors of their own, which do the same with them.
local function inside(suffix, what, transport)
  local other = Proto(prefix .. "_" .. suffix, description.title .. " inside of " .. what)
  function other.dissector(tvb, pinfo, tree)
    return dissect(tvb, pinfo, tree, transport)
  end
  return other
end
local over_tls, over_websocket = inside("tls", "TLS", "tls"), inside("ws", "WebSocket", "websocket")

-- What Decode As offers for the TCP connection of a virtio port.
local ports = {}
local function of_port(suffix, title, stage)
  local other = Proto(prefix .. "_" .. suffix, description.title .. " " .. title)
  local port = { channel = 0, stage = stage, title = title }
  function other.dissector(tvb, pinfo, tree)
    return dissect(tvb, pinfo, tree, "tcp", port)
  end
  ports[#ports + 1] = other
end
if agent_channel and chunk_head then
  of_port("agent_port", "agent port", "chunk")
end
if device_channel and device_head then
  of_port("stream_device", "stream device", "device")
end

local fields = {}
for _, entry in pairs(registered) do
  fields[#fields + 1] = entry.field
end
proto.fields = fields
local notes = {}
for _, one in pairs(expert_notes) do
  notes[#notes + 1] = one
end
proto.experts = notes

proto.prefs.ports = Pref.range("TCP ports", "5900-5901",
  "Ports of servers. Others are found by the first bytes of a connection, unless a protocol has them", 65535)
proto.prefs.tls_ports = Pref.range("TLS ports", "", "Ports of servers that speak TLS", 65535)
proto.prefs.channel = Pref.uint("Channel without handshake", 0, "Number of the channel whose start is not in the capture; 0 for none")
proto.prefs.full = Pref.bool("Full heads without handshake", false, "Heads of 18 bytes where the start is not in the capture")
proto.prefs.items = Pref.uint("Items of a message", most_items, "How many items of the tree a message may have")

local function table_of(name)
  local ok, found = pcall(DissectorTable.get, name)
  return ok and found or nil
end

local bound = { ports = "", tls_ports = "" }
local function bind(key, to, dissector)
  local wanted = tostring(proto.prefs[key])
  if not to or bound[key] == wanted then
    return
  end
  if bound[key] ~= "" then
    to:remove(bound[key], dissector)
  end
  if wanted ~= "" then
    to:add(wanted, dissector)
  end
  bound[key] = wanted
end

local tcp, tls, websocket = table_of("tcp.port"), table_of("tls.port"), table_of("ws.protocol")
for _, port in ipairs({ 5900, 5901 }) do
  before_us[port] = tcp:get_dissector(port)
end

local function apply_preferences()
  settings.channel, settings.full, most_items = proto.prefs.channel, proto.prefs.full, proto.prefs.items
  bind("ports", tcp, proto)
  bind("tls_ports", tls, over_tls)
end

proto.prefs_changed = apply_preferences
apply_preferences()
if tcp.add_for_decode_as then
  tcp:add_for_decode_as(proto)
  for _, port in ipairs(ports) do
    tcp:add_for_decode_as(port)
  end
  if tls then
    tls:add_for_decode_as(over_tls)
  end
end
if websocket then
  websocket:add("binary", over_websocket)
end

-- A connection is ours when it starts with the magic bytes; from then on its dissector is asked directly.
proto:register_heuristic("tcp", function(tvb, pinfo, tree)
  if not starts_link(tvb, 0) then
    return false
  end
  pinfo.conversation = proto
  dissect(tvb, pinfo, tree, "tcp")
  return true
end)
over_tls:register_heuristic("tls", function(tvb, pinfo, tree)
  local _, _, key = ends_of(pinfo)
  if not starts_link(tvb, 0) and not conversations[key] then
    return false
  end
  dissect(tvb, pinfo, tree, "tls")
  return true
end)
