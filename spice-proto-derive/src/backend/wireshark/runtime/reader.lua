-- Reading: a cursor over a message body that never leaves it, and the errors that it gives.

local expert_notes = {}
for kind, what in pairs({
  Truncated = "The bytes end before the field does",
  NullPointer = "A required pointer is null",
  Pointer = "A pointer leads out of the message",
  Value = "A value is not allowed here",
  Trailing = "Bytes follow where nothing may follow",
  Limit = "More than a limit allows",
}) do
  local abbr = prefix .. "." .. snake(kind) .. "_error"
  expert_notes[kind] = ProtoExpert.new(abbr, what, expert.group.MALFORMED, expert.severity.ERROR)
end
expert_notes.Lost = ProtoExpert.new(
  prefix .. ".lost", "The stream cannot be read any more", expert.group.SEQUENCE, expert.severity.WARN)
expert_notes.Hidden = ProtoExpert.new(
  prefix .. ".not_shown", "Not all elements are shown", expert.group.COMMENTS_GROUP, expert.severity.NOTE)

local most_items = 10000

local function new_reader(tvb, start, size, capabilities)
  return {
    tvb = tvb,
    start = start, -- of the body in `tvb`
    size = size,
    at = 0, -- where the next byte is read
    used = 0, -- the farthest end of a pointer's target
    capabilities = capabilities,
    path = {},
    left = most_items, -- items of the tree that may still be added
    hidden = false,
  }
end

-- The field, from the message down. At most ten parts are kept, two of them indices: those nearest to the field.
local function path_of(parts)
  local kept, indices, cut = {}, 0, false
  for number = #parts, 1, -1 do
    local part = parts[number]
    local is_index = part:sub(1, 1) == "["
    if #kept >= 10 or (is_index and indices >= 2) then
      cut = true
    else
      indices = indices + (is_index and 1 or 0)
      table.insert(kept, 1, is_index and part or ("." .. part))
    end
  end
  local path = table.concat(kept):gsub("^%.", "")
  return cut and ("..." .. path) or path
end

local function fail(reader, kind, offset, needed, present)
  error({ kind = kind, offset = offset, needed = needed, present = present, path = path_of(reader.path) }, 0)
end

local function push(reader, name)
  reader.path[#reader.path + 1] = name
end

local function pop(reader)
  reader.path[#reader.path] = nil
end

-- Takes bytes and gives where they start.
local function take(reader, count)
  local at = reader.at
  if count > reader.size - at then
    fail(reader, "Truncated", at, count, reader.size - at)
  end
  reader.at = at + count
  return at
end

local function range_of(reader, at, count)
  return reader.tvb:range(reader.start + at, count)
end

-- An unsigned or signed number. What has 64 bits may lose its last digits; it decides about ranges and counts alone.
local function number_at(reader, at, bits, signed, big)
  local range = range_of(reader, at, bits / 8)
  if bits == 64 then
    if signed then
      return (big and range:int64() or range:le_int64()):tonumber()
    end
    return (big and range:uint64() or range:le_uint64()):tonumber()
  elseif signed then
    return big and range:int() or range:le_int()
  end
  return big and range:uint() or range:le_uint()
end

local function has_bit(value, bit)
  return math.floor(value / 2 ^ bit) % 2 == 1
end

-- Adds a value to the tree, as long as there is room.
local function add(reader, tree, field, at, count, big)
  if not tree then
    return nil
  elseif reader.left <= 0 then
    reader.hidden = true
    return nil
  end
  reader.left = reader.left - 1
  local range = range_of(reader, at, count)
  if big then
    return tree:add(field, range)
  end
  return tree:add_le(field, range)
end

-- A number of an error: digits as text where floating point would round.
local function said(number)
  return type(number) == "string" and number or string.format("%.0f", number)
end

local sentences = {
  Truncated = function(e) return string.format("%s bytes wanted, %.0f left", said(e.needed), e.present) end,
  NullPointer = function() return "required pointer is null" end,
  Pointer = function(e)
    return string.format("offset %.0f leads out of the message of %.0f bytes", e.needed, e.present)
  end,
  Value = function(e) return string.format("value %s is not allowed", said(e.needed)) end,
  Trailing = function(e) return string.format("%.0f bytes follow the last field", e.present) end,
  Limit = function(e) return string.format("%s wanted, the limit is %.0f", said(e.needed), e.present) end,
}

local function note(tree, problem)
  local message = string.format("%s, at byte %.0f", sentences[problem.kind](problem), problem.offset)
  if problem.path ~= "" then
    message = problem.path .. ": " .. message
  end
  tree:add_proto_expert_info(expert_notes[problem.kind], message)
end

-- Runs what may fail; gives what it gave, or nothing where bytes were refused and a note says why.
local function attempt(tree, run, ...)
  local ok, result = pcall(run, ...)
  if ok then
    return result
  elseif type(result) ~= "table" then
    error(result, 0)
  end
  note(tree, result)
  return nil
end
