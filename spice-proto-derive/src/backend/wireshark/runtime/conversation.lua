-- What is known of a connection. Wireshark looks at packets in order once and then at any of them again: the first time notes
-- the state that each piece of a stream found, and later times start from that. So values inside of a state are never changed but
-- replaced, and a copy of its outermost table keeps it.

local conversations, noted = {}, {}

local function fresh_state()
  return {
    stage = { server = "link", client = "link" },
    channel = 0,
    channel_id = 0,
    header = "mini",
    capabilities = { server = { common = {}, channel = {} }, client = { common = {}, channel = {} } },
    serial = { server = 0, client = 0 },
    pending = { server = "", client = "" },
    agent = fresh_agent(),
  }
end

local function copy(state)
  local same = {}
  for key, value in pairs(state) do
    same[key] = value
  end
  same.serial = { server = state.serial.server, client = state.serial.client }
  return same
end

local function ends_of(pinfo)
  local source = tostring(pinfo.src) .. " " .. pinfo.src_port
  local target = tostring(pinfo.dst) .. " " .. pinfo.dst_port
  return source, target, source < target and (source .. " " .. target) or (target .. " " .. source)
end

-- Which call in this packet it is: TLS and reassembly hand over several pieces of one packet.
local function call_number(pinfo)
  local key = prefix .. "_calls"
  local number = (tonumber(pinfo.private[key]) or 0) + 1
  pinfo.private[key] = string.format("%d", number)
  return number
end

-- The state of a connection that does not start with a handshake, or whose start is not in the capture.
local function assumed_state(settings)
  local state = fresh_state()
  local stage = settings.stage or "messages"
  state.stage = { server = stage, client = stage }
  if settings.stage then
    state.title = settings.title
  elseif settings.channel == 0 then
    return nil
  end
  state.channel, state.header = settings.channel, settings.full and "full" or "mini"
  return state
end

-- The connection that a piece belongs to, the side that sent it, and its state; nothing where it is none of ours.
local function look_up(tvb, pinfo, settings)
  local call, len = call_number(pinfo), tvb:len()
  local source, target, key = ends_of(pinfo)
  if pinfo.visited then
    local calls = noted[pinfo.number] or {}
    local record = calls[call]
    if not (record and record.len == len) then
      record = nil
      for _, other in pairs(calls) do
        record = record or (other.len == len and other)
      end
    end
    if not record then
      return nil
    end
    return record.conversation, record.side, copy(record.state), call
  end
  local conversation = conversations[key]
  if starts_link(tvb, 0) and not settings.stage then
    -- A new connection may have the addresses and ports of an old one.
    local done = conversation and conversation.client == source and conversation.state.stage.client ~= "link"
      and conversation.state.pending.client == ""
    if not conversation or done then
      local from_server = len >= LINK_HEAD and tvb:range(12, 4):le_uint() >= 178
      conversation = { client = from_server and target or source, state = fresh_state() }
      conversations[key] = conversation
    end
  elseif not conversation then
    local state = assumed_state(settings)
    if not state then
      return nil
    end
    conversation = { client = pinfo.src_port > pinfo.dst_port and source or target, state = state }
    conversations[key] = conversation
  end
  local side = conversation.client == source and "client" or "server"
  noted[pinfo.number] = noted[pinfo.number] or {}
  noted[pinfo.number][call] = { conversation = conversation, side = side, state = copy(conversation.state), len = len }
  return conversation, side, conversation.state, call
end
