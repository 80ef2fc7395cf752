-- Numbers that floating point cannot hold, for what errors say of them: digits to the base of 100,000, the last ones first.

local EXACT = 2 ^ 53
local MOST_DIGITS = "18446744073709551615"

local function add_times(digits, factor, carry)
  local number = 1
  while number <= #digits or carry > 0 do
    local sum = (digits[number] or 0) * factor + carry
    digits[number] = sum % 100000
    carry = math.floor(sum / 100000)
    number = number + 1
  end
  return digits
end

-- The digits of a product; factors are numbers below 2^36, but for the first, which may be digits.
local function product(first, ...)
  local digits = {}
  if type(first) == "table" then
    for number, digit in ipairs(first) do
      digits[number] = digit
    end
  else
    add_times(digits, 1, first)
  end
  for _, factor in ipairs({ ... }) do
    add_times(digits, factor, 0)
  end
  return digits
end

-- As text, at most what 64 bits can say.
local function decimal(digits)
  local text = ""
  for _, digit in ipairs(digits) do
    text = string.format("%05d", digit) .. text
  end
  text = text:gsub("^0+", "")
  if #text > #MOST_DIGITS or (#text == #MOST_DIGITS and text > MOST_DIGITS) then
    return MOST_DIGITS
  end
  return text == "" and "0" or text
end

-- The digits of an integer's bytes, as 64 bits without a sign.
local function digits_of(range, signed, big)
  local bytes = range:raw()
  if not big then
    bytes = bytes:reverse()
  end
  local digits = {}
  if signed and bytes:byte(1) >= 128 then
    bytes = string.rep("\255", 8 - #bytes) .. bytes
  end
  for number = 1, #bytes do
    add_times(digits, 256, bytes:byte(number))
  end
  return digits
end
