-- Structures: what the tables say is done here, in the order in which all output languages do it.

local read_struct, read_field, read_shape

-- How many elements or bytes there are; nothing where the bytes themselves say.
local function count_of(length, values)
  if type(length) == "number" then
    return length
  elseif type(length) == "string" then
    return nil
  elseif length.field then
    return values[length.field] or 0
  end
  return math.ceil(length.bits * (values[length.width] or 0) / 8) * (values[length.height] or 0)
end

-- What a count asks for, in elements of a size, exactly.
local function wanted_of(length, values, count, size)
  if count * size < EXACT then
    return count * size
  elseif type(length) == "table" and length.field then
    return decimal(product(values.wide and values.wide[length.field] or count, size))
  elseif type(length) == "table" then
    local row = math.ceil(length.bits * (values[length.width] or 0) / 8)
    return decimal(product(row, values[length.height] or 0, size))
  end
  return count * size
end

local function check_most(reader, field, length, values, count)
  if field.most and count > field.most then
    fail(reader, "Limit", reader.at, wanted_of(length, values, count, 1), field.most)
  end
end

-- Takes bytes of a counted array and gives where they start.
local function take_counted(reader, length, values, count)
  if count > reader.size - reader.at then
    fail(reader, "Truncated", reader.at, wanted_of(length, values, count, 1), reader.size - reader.at)
  end
  return take(reader, count)
end

local function flag_names(enum, value)
  local found = {}
  for _, item in ipairs(enum.items) do
    if has_bit(value, item[1]) then
      found[#found + 1] = item[2]
      value = value - 2 ^ item[1]
    end
  end
  if value > 0 then
    found[#found + 1] = string.format("0x%x", value)
  end
  return table.concat(found, " | ")
end

local function scalar_bits(shape)
  if shape.kind == "enum" then
    return description.enums[shape.enum].bits
  end
  return shape.kind == "address" and 64 or shape.bits
end

-- An integer, enumeration or guest address at a place that is there.
local function read_scalar(reader, shape, field, node, tree, at, big)
  local bits = scalar_bits(shape)
  local value = number_at(reader, at, bits, shape.signed, big)
  if field.min and (value < field.min or value > field.max) then
    fail(reader, "Value", at, decimal(digits_of(range_of(reader, at, bits / 8), shape.signed, big)), 0)
  end
  local item = add(reader, tree, node.field, at, bits / 8, big)
  if item and field.sensitive then
    item:append_text(": hidden")
  elseif item and shape.kind == "enum" and description.enums[shape.enum].flags and value ~= 0 then
    item:append_text(" (" .. flag_names(description.enums[shape.enum], value) .. ")")
  end
  if bits == 64 and value >= EXACT then
    return value, digits_of(range_of(reader, at, 8), false, big)
  end
  return value
end

local function read_bytes(reader, shape, field, node, tree, values, at)
  local count = count_of(shape.length, values)
  local size
  if shape.length == "rest" then
    at = reader.at
    count, reader.at = reader.size - at, reader.size
    check_most(reader, field, nil, nil, count)
  elseif shape.length == "c_string" then
    at = reader.at
    local rest = reader.size - at
    local zero = rest > 0 and range_of(reader, at, rest):raw():find("\0", 1, true)
    if not zero then
      fail(reader, "Truncated", at, rest + 1, rest)
    end
    count, size, reader.at = zero - 1, zero, at + zero
  elseif not at then
    check_most(reader, field, shape.length, values, count)
    at = take_counted(reader, shape.length, values, count)
  end
  if not tree then
    return
  elseif field.sensitive then
    local item = add(reader, tree, node.field, at, count)
    if item then
      item:append_text(string.format(": %d bytes, hidden", count))
    end
  elseif reader.left <= 0 then
    reader.hidden = true
  elseif field.text then
    reader.left = reader.left - 1
    tree:add_packet_field(node.field, range_of(reader, at, size or count), ENC_UTF_8)
  else
    add(reader, tree, node.field, at, count, true)
  end
end

local function element_at(reader, element, field, node, tree, number, big)
  push(reader, string.format("[%d]", number))
  if element.kind == "struct" then
    local at = reader.at
    local item = add(reader, tree, node.field, at, 0)
    if item then
      item:append_text(string.format(" [%d]", number))
    end
    read_struct(reader, element.struct, node.kids, item)
    if item then
      item:set_len(reader.at - at)
    end
  else
    read_scalar(reader, element, { sensitive = field.sensitive }, node, tree, take(reader, element.size), big)
  end
  pop(reader)
end

local function read_list(reader, shape, field, node, tree, values, at, big)
  local element, behind = shape.element, reader.at
  local count, limited = count_of(shape.length, values), false
  if not count then
    count = math.floor((reader.size - reader.at) / element.size)
    limited = field.most ~= nil and count > field.most
  elseif not at then
    check_most(reader, field, shape.length, values, count)
    if count * element.size > reader.size - reader.at then
      local wanted = wanted_of(shape.length, values, count, element.size)
      fail(reader, "Truncated", reader.at, wanted, reader.size - reader.at)
    end
  else
    reader.at = at
  end
  local start, inside = reader.at, nil
  if tree and reader.left > 0 then
    reader.left = reader.left - 1
    inside = tree:add(range_of(reader, start, 0), string.format("%s: %d", field.name, count))
  elseif tree then
    reader.hidden = true
  end
  for number = 0, count - 1 do
    if element.plain and (not inside or reader.left <= 0) then
      -- Nothing can go wrong in what is left.
      reader.hidden = reader.hidden or inside ~= nil
      reader.at = reader.at + (count - number) * element.size
      break
    end
    element_at(reader, element, field, node.element, inside, number, big)
  end
  if inside then
    inside:set_len(reader.at - start)
  end
  -- Rust counts what it has read to the end, so that a wrong element comes first.
  if limited then
    fail(reader, "Limit", reader.at, count, field.most)
  end
  if at then
    reader.at = behind
  end
end

-- A value; `at` is its place where it stands in a block, whose bytes are there. Gives what others depend on.
function read_shape(reader, shape, field, node, tree, values, at, big)
  if shape.kind == "struct" then
    local behind, start = reader.at, at or reader.at
    reader.at = start
    local item = add(reader, tree, node.field, start, 0)
    local inner = read_struct(reader, shape.struct, node.kids, item)
    if item then
      item:set_len(reader.at - start)
    end
    if at then
      reader.at = behind
    end
    return inner
  elseif shape.kind == "bytes" then
    return read_bytes(reader, shape, field, node, tree, values, at)
  elseif shape.kind == "list" then
    return read_list(reader, shape, field, node, tree, values, at, big)
  elseif shape.kind == "zero" then
    return not at and take(reader, shape.size) and nil
  elseif shape.kind ~= "nothing" then
    return read_scalar(reader, shape, field, node, tree, at or take(reader, scalar_bits(shape) / 8), big)
  end
end

local function read_pointer(reader, field, node, tree, values, at, big)
  at = at or take(reader, 4)
  local target, offset = field.target, number_at(reader, at, 32, false, big)
  local count = target.kind ~= "struct" and count_of(target.length, values) or nil
  if count then
    check_most(reader, field, target.length, values, count)
  end
  if offset == 0 then
    if field.required then
      fail(reader, "NullPointer", at, 0, 0)
    end
    local size = target.element and target.element.size or 1
    if (count or 0) * size > reader.size then
      fail(reader, "Truncated", at, wanted_of(target.length, values, count, size), reader.size)
    end
    if tree and reader.left > 0 then
      reader.left = reader.left - 1
      tree:add(range_of(reader, at, 4), field.name .. ": null")
    end
    return
  elseif offset >= reader.size then
    fail(reader, "Pointer", at, offset, reader.size)
  end
  local behind = reader.at
  reader.at = offset
  read_shape(reader, target, { name = field.name, sensitive = field.sensitive, text = field.text }, node, tree, values, nil, big)
  reader.used = math.max(reader.used, reader.at)
  reader.at = behind
end

-- Whether an arm of a switch holds.
local function holds(arm, value)
  for _, wanted in ipairs(arm.is or {}) do
    if value == wanted then
      return true
    end
  end
  for _, bit in ipairs(arm.with or {}) do
    if has_bit(value, bit) then
      return true
    end
  end
  for _, bit in ipairs(arm.without or {}) do
    if not has_bit(value, bit) then
      return true
    end
  end
  return not (arm.is or arm.with or arm.without)
end

local function read_switch(reader, switch, node, tree, values, at, big)
  local selector = values
  for _, index in ipairs(switch.selector) do
    selector = type(selector) == "table" and selector[index] or 0
  end
  for number, arm in ipairs(switch.arms) do
    if holds(arm, selector) then
      return read_field(reader, arm, node.arms[number], tree, values, at, big)
    end
  end
end

function read_field(reader, field, node, tree, values, at, big)
  if field.kind == "switch" then
    return read_switch(reader, field, node, tree, values, at, big)
  end
  push(reader, field.name)
  local value, wide
  if field.kind == "pointer" then
    read_pointer(reader, field, node, tree, values, at, big)
  else
    value, wide = read_shape(reader, field, field, node, tree, values, at, big)
  end
  pop(reader)
  return value, wide
end

-- Keeps what a field gave for those that depend on it; with digits, where floating point has rounded it.
local function keep(values, field, value, wide)
  values[field.index] = value
  if wide then
    values.wide = values.wide or {}
    values.wide[field.index] = wide
  end
end

-- The error of a block that does not fit: the first field that is cut has it.
local function fail_short(reader, piece)
  local remaining = reader.size - reader.at
  for number, field in ipairs(piece) do
    local next_field = piece[number + 1]
    local ending = next_field and next_field.at or piece.block
    if ending > remaining then
      push(reader, field.name)
      fail(reader, "Truncated", reader.at + field.at, ending - field.at, remaining - field.at)
    end
  end
end

-- Reads a structure and gives the values of its fields by their positions.
function read_struct(reader, number, nodes, tree)
  local struct, values = description.structs[number], {}
  for _, piece in ipairs(struct.pieces or {}) do
    if piece.block then
      local start = reader.at
      if piece.block > reader.size - start then
        fail_short(reader, piece)
      end
      reader.at = start + piece.block
      for _, field in ipairs(piece) do
        keep(values, field, read_field(reader, field, nodes[field.index], tree, values, start + field.at, struct.big))
      end
    else
      local field = piece[1]
      if not field.condition or reader.capabilities[field.condition] then
        keep(values, field, read_field(reader, field, nodes[field.index], tree, values, nil, struct.big))
      end
    end
  end
  return values
end

-- Reads a whole body and shows what it does not use. Gives its values, or nothing where it is refused.
local function read_body(tvb, start, size, name, struct, nodes, tree, capabilities)
  local reader = new_reader(tvb, start, size, capabilities or {})
  push(reader, name)
  local values = attempt(tree, read_struct, reader, struct, nodes, tree)
  local ending = math.max(reader.at, reader.used)
  if values and ending < size then
    if description.structs[struct].exact then
      note(tree, { kind = "Trailing", offset = ending, present = size - ending, path = name })
    end
    tree:add(shown.trailing, tvb:range(start + ending, size - ending))
  end
  if reader.hidden then
    tree:add_proto_expert_info(expert_notes.Hidden)
  end
  return values
end
