#ifdef __cplusplus
extern "C" {
#endif

/*
 * Values as JSON, for logs: numbers of enumerations by their names, flags as `A | B | 0x80`, byte runs in hexadecimal,
 * text as text where it is UTF-8. What is sensitive shows as "<hidden>", unless you ask for it. Nothing is allocated; the
 * text goes to a function of yours, piece by piece.
 */

/** Where JSON goes. */
typedef struct wire_json {
    /** Takes a piece of the text; there is no zero byte at its end. */
    void (*put)(void *user, const char *text, size_t size);
    /** Handed to `put`. */
    void *user;
    /** Whether sensitive values are shown, too. */
    bool secrets;
} wire_json;

static inline void wire_json_put(wire_json *j, const char *text)
{
    j->put(j->user, text, strlen(text));
}

/* A number and its sign. From 2^53 on it is a string, so that readers with floating point lose nothing. */
static inline void wire_json_number(wire_json *j, uint64_t number, bool negative)
{
    const bool large = number >> 53 != 0;
    char digits[24];
    size_t at = sizeof digits;
    if (large) {
        digits[--at] = '"';
    }
    do {
        digits[--at] = (char)('0' + (char)(number % 10));
        number /= 10;
    } while (number > 0);
    if (negative) {
        digits[--at] = '-';
    }
    if (large) {
        digits[--at] = '"';
    }
    j->put(j->user, digits + at, sizeof digits - at);
}

static inline void wire_json_unsigned(wire_json *j, uint64_t number)
{
    wire_json_number(j, number, false);
}

static inline void wire_json_signed(wire_json *j, int64_t number)
{
    if (number < 0) {
        wire_json_number(j, ~(uint64_t)number + 1, true);
    } else {
        wire_json_number(j, (uint64_t)number, false);
    }
}

/* A number in hexadecimal, without quotes. */
static inline void wire_json_base16(wire_json *j, uint64_t number)
{
    char digits[18];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number > 0);
    digits[--at] = 'x';
    digits[--at] = '0';
    j->put(j->user, digits + at, sizeof digits - at);
}

static inline void wire_json_address(wire_json *j, wire_guest_address address)
{
    wire_json_put(j, "\"");
    wire_json_base16(j, address);
    wire_json_put(j, "\"");
}

static inline void wire_json_hex(wire_json *j, const uint8_t *data, size_t size)
{
    char digits[64];
    size_t at = 0;
    wire_json_put(j, "\"");
    for (size_t i = 0; i < size; i++) {
        digits[at++] = "0123456789abcdef"[data[i] >> 4];
        digits[at++] = "0123456789abcdef"[data[i] & 15];
        if (at == sizeof digits || i + 1 == size) {
            j->put(j->user, digits, at);
            at = 0;
        }
    }
    wire_json_put(j, "\"");
}

static inline void wire_json_bytes(wire_json *j, const wire_bytes *bytes)
{
    wire_json_hex(j, bytes->data, bytes->size);
}

/* An array of bytes of constant size; NULL is written as zeros. */
static inline void wire_json_array(wire_json *j, const uint8_t *data, size_t size)
{
    if (data != NULL) {
        wire_json_hex(j, data, size);
        return;
    }
    wire_json_put(j, "\"");
    for (size_t i = 0; i < size; i++) {
        wire_json_put(j, "00");
    }
    wire_json_put(j, "\"");
}

/* Bytes of the UTF-8 character at the start; 0 where there is none. */
static inline size_t wire_json_character(const uint8_t *data, size_t size)
{
    const uint8_t first = data[0];
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    size_t length;
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    /* Neither longer forms than needed, nor surrogates, nor what is beyond Unicode. */
    low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : low;
    high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : high;
    if (size < length || data[1] < low || data[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((data[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

static inline void wire_json_escaped(wire_json *j, uint8_t byte)
{
    static const char names[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *name = byte != 0 ? strchr(names, (char)byte) : NULL;
    char text[6] = {'\\', 'u', '0', '0', '0', '0'};
    if (name != NULL) {
        text[1] = letters[name - names];
        j->put(j->user, text, 2);
        return;
    }
    text[4] = "0123456789abcdef"[byte >> 4];
    text[5] = "0123456789abcdef"[byte & 15];
    j->put(j->user, text, 6);
}

static inline void wire_json_text(wire_json *j, const wire_text *text)
{
    size_t start = 0;
    for (size_t at = 0; at < text->size;) {
        const size_t length = wire_json_character(text->data + at, text->size - at);
        if (length == 0) {
            wire_json_put(j, "{\"hex\":");
            wire_json_bytes(j, text);
            wire_json_put(j, "}");
            return;
        }
        at += length;
    }
    wire_json_put(j, "\"");
    for (size_t at = 0; at < text->size; at++) {
        const uint8_t byte = text->data[at];
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            if (at > start) {
                j->put(j->user, (const char *)text->data + start, at - start);
            }
            wire_json_escaped(j, byte);
            start = at + 1;
        }
    }
    if (text->size > start) {
        j->put(j->user, (const char *)text->data + start, text->size - start);
    }
    wire_json_put(j, "\"");
}

/* A number of an enumeration, by its name where it has one. */
static inline void wire_json_named(wire_json *j, uint64_t number, const char *name)
{
    if (name == NULL) {
        wire_json_unsigned(j, number);
        return;
    }
    wire_json_put(j, "\"");
    wire_json_put(j, name);
    wire_json_put(j, "\"");
}

/* A flag and its name. */
typedef struct wire_json_flag {
    uint32_t mask;
    const char *name;
} wire_json_flag;

static inline void wire_json_flags(wire_json *j, uint32_t bits, const wire_json_flag *flags, size_t count)
{
    bool first = true;
    wire_json_put(j, "\"");
    for (size_t i = 0; i < count; i++) {
        if ((bits & flags[i].mask) != 0) {
            wire_json_put(j, first ? "" : " | ");
            wire_json_put(j, flags[i].name);
            bits &= ~flags[i].mask;
            first = false;
        }
    }
    if (bits != 0) {
        wire_json_put(j, first ? "" : " | ");
        wire_json_base16(j, bits);
    }
    wire_json_put(j, "\"");
}
