#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What no description changes: errors, byte runs, the reader and the writer. Nothing is allocated, nothing is global,
 * and bytes are loaded one by one, so that neither alignment nor the byte order of the machine matters.
 */

/* Functions that make errors stay out of the way of those that succeed. They are not marked as cold: gcc would no longer see
 * that what follows an error is not reached, and warn of values that are not set there. */
#if defined(__GNUC__)
#define WIRE_APART static __attribute__((noinline, unused))
#else
#define WIRE_APART static inline
#endif

/* gcc follows a union through all that is inlined, and warns of members that belong to other messages than the one that
 * was read. This says that something may be everywhere; it does nothing. */
#if defined(__GNUC__) && !defined(__clang__)
#define WIRE_FILLED(value) __asm__("" : "=m"(value))
#else
#define WIRE_FILLED(value) ((void)0)
#endif

/** Bytes of somebody else: of the message that was parsed, or yours to write. */
typedef struct wire_bytes {
    /** The first; NULL for a null pointer. */
    const uint8_t *data;
    /** How many. */
    size_t size;
} wire_bytes;

/** Bytes that are text for people. Peers may send anything; there need not be a zero byte at the end. */
typedef wire_bytes wire_text;

/** A 64-bit address as a guest gives it; here only a number. */
typedef uint64_t wire_guest_address;

/** What is wrong with bytes of a peer, or with a value that is to be written. */
typedef enum wire_error_kind {
    /** Nothing. */
    WIRE_ERROR_NONE,
    /** The bytes end before the field does: `needed` bytes wanted, `present` left. */
    WIRE_ERROR_TRUNCATED,
    /** A required pointer is null. */
    WIRE_ERROR_NULL_POINTER,
    /** A pointer to `needed` leads out of the message, which has `present` bytes. */
    WIRE_ERROR_POINTER,
    /** The value `needed` is not allowed here. */
    WIRE_ERROR_VALUE,
    /** `present` bytes follow where nothing may follow. */
    WIRE_ERROR_TRAILING,
    /** More than a limit allows: `needed` wanted, `present` allowed. */
    WIRE_ERROR_LIMIT,
    /** To write: an array has `needed` elements, at most `present` are possible. */
    WIRE_ERROR_COUNT,
    /** To write: an array has `needed` elements, other fields say `present`. */
    WIRE_ERROR_LENGTH,
    /** To write: null asks for `present` bytes, the message has `needed`. Readers refuse that. */
    WIRE_ERROR_NULL_ARRAY,
    /** To write: the member chosen does not fit the selector. */
    WIRE_ERROR_SELECTOR,
    /** To write: the target of a required pointer has no bytes, which reads as null. */
    WIRE_ERROR_EMPTY_TARGET,
    /** To write: the value `needed` is outside of its range. */
    WIRE_ERROR_RANGE,
    /** To write: `needed` bytes, at most `present` are possible. */
    WIRE_ERROR_TOO_LARGE,
    /** To write: `needed` bytes, room for `present`. */
    WIRE_ERROR_NO_ROOM
} wire_error_kind;

/* How much of the way to a field an error keeps. */
enum { WIRE_PATH_MAX = 10, WIRE_INDICES_MAX = 2 };

/** What is wrong, where and in which field. `wire_error_text` prints it, `wire_error_path` prints the field. */
typedef struct wire_error {
    /** What. */
    wire_error_kind kind;
    /** Where: bytes from the start of the message. 0 for values that are to be written. */
    uint64_t offset;
    /** What there was or was wanted, see the kind. */
    uint64_t needed;
    /** What there was instead, or what is allowed, see the kind. */
    uint64_t present;
    /** The names of the field and of those around it, from the inside out; NULL stands for an index. */
    const char *names[WIRE_PATH_MAX];
    /** The indices, from the inside out. */
    uint32_t indices[WIRE_INDICES_MAX];
    /** How many names. */
    uint8_t depth;
    /** How many indices. */
    uint8_t index_count;
    /** Whether names are missing, from the outside. */
    bool cut;
} wire_error;

/*
 * Errors. What notes them is out of the way, what calls that gives false, so that it can be what a function returns. Where
 * the caller wants no error, `error` is NULL.
 */

WIRE_APART void wire_note_error(wire_error *error, wire_error_kind kind, uint64_t offset, uint64_t needed, uint64_t present,
                               const char *field)
{
    if (error != NULL) {
        memset(error, 0, sizeof *error);
        error->kind = kind;
        error->offset = offset;
        error->needed = needed;
        error->present = present;
        if (field != NULL) {
            error->names[error->depth++] = field;
        }
    }
}

WIRE_APART void wire_note_field(wire_error *error, const char *field)
{
    if (error != NULL && error->depth < WIRE_PATH_MAX) {
        error->names[error->depth++] = field;
    } else if (error != NULL) {
        error->cut = true;
    }
}

WIRE_APART void wire_note_index(wire_error *error, size_t index)
{
    if (error != NULL && error->index_count < WIRE_INDICES_MAX) {
        error->indices[error->index_count++] = index > UINT32_MAX ? UINT32_MAX : (uint32_t)index;
        wire_note_field(error, NULL);
    } else if (error != NULL) {
        error->cut = true;
    }
}

/* The same error, seen from the structure that holds the field. */
static inline bool wire_within(wire_error *error, const char *field)
{
    wire_note_field(error, field);
    return false;
}

/* The same error, seen from the list whose element it is in. */
static inline bool wire_at_index(wire_error *error, size_t index)
{
    wire_note_index(error, index);
    return false;
}

/* A text that grows in a buffer as far as there is room; `size` goes on counting. */
typedef struct wire_line {
    char *buffer;
    size_t room;
    size_t size;
} wire_line;

static inline void wire_line_add(wire_line *line, const char *text)
{
    for (; *text != '\0'; text++, line->size++) {
        if (line->size + 1 < line->room) {
            line->buffer[line->size] = *text;
        }
    }
}

static inline void wire_line_number(wire_line *line, uint64_t number)
{
    char digits[21];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (char)(number % 10));
        number /= 10;
    } while (number > 0);
    wire_line_add(line, digits + at);
}

static inline size_t wire_line_end(wire_line *line)
{
    if (line->room > 0) {
        line->buffer[line->size < line->room ? line->size : line->room - 1] = '\0';
    }
    return line->size;
}

static inline void wire_line_path(wire_line *line, const wire_error *error)
{
    size_t index = error->index_count;
    if (error->cut) {
        wire_line_add(line, "...");
    }
    for (size_t at = error->depth; at-- > 0;) {
        if (error->names[at] == NULL) {
            wire_line_add(line, "[");
            wire_line_number(line, index > 0 ? error->indices[--index] : 0);
            wire_line_add(line, "]");
        } else {
            wire_line_add(line, at + 1 < error->depth ? "." : "");
            wire_line_add(line, error->names[at]);
        }
    }
}

/** Writes the way to the field, such as `draw_text.str.glyphs[3].data`, with a zero byte at its end, as far as there is
 * room. Gives its length, as `snprintf` does. */
static inline size_t wire_error_path(const wire_error *error, char *buffer, size_t room)
{
    wire_line line;
    line.buffer = buffer;
    line.room = room;
    line.size = 0;
    wire_line_path(&line, error);
    return wire_line_end(&line);
}

/** Writes what is wrong as a sentence, such as `draw_copy.base.box: 16 bytes wanted, 3 left, at byte 4`, with a zero byte
 * at its end, as far as there is room. Gives its length, as `snprintf` does. */
static inline size_t wire_error_text(const wire_error *error, char *buffer, size_t room)
{
    /* What stands in front of `needed`, between it and `present`, and behind that; `swap` turns the two around. */
    static const struct {
        const char *before, *between, *after;
        bool swap;
    } words[] = {
        {"no error", NULL, NULL, false},
        {"", " bytes wanted, ", " left", false},
        {"required pointer is null", NULL, NULL, false},
        {"offset ", " leads out of the message of ", " bytes", false},
        {"value ", NULL, " is not allowed", false},
        {"", NULL, " bytes follow the last field", true},
        {"", " wanted, the limit is ", "", false},
        {"", " elements, at most ", " possible", false},
        {"", " elements, other fields say ", "", false},
        {"null asks for ", " bytes, the message has ", "", true},
        {"the member does not fit its selector", NULL, NULL, false},
        {"a required target has no bytes", NULL, NULL, false},
        {"value ", NULL, " is not allowed", false},
        {"", " bytes, at most ", " possible", false},
        {"", " bytes, room for ", "", false},
    };
    const size_t kind = (size_t)error->kind < sizeof words / sizeof words[0] ? (size_t)error->kind : 0;
    wire_line line;
    line.buffer = buffer;
    line.room = room;
    line.size = 0;
    if (error->depth > 0 || error->cut) {
        wire_line_path(&line, error);
        wire_line_add(&line, ": ");
    }
    wire_line_add(&line, words[kind].before);
    if (words[kind].after != NULL) {
        wire_line_number(&line, words[kind].swap ? error->present : error->needed);
        if (words[kind].between != NULL) {
            wire_line_add(&line, words[kind].between);
            wire_line_number(&line, words[kind].swap ? error->needed : error->present);
        }
        wire_line_add(&line, words[kind].after);
    }
    if (kind >= WIRE_ERROR_TRUNCATED && kind <= WIRE_ERROR_LIMIT) {
        wire_line_add(&line, ", at byte ");
        wire_line_number(&line, error->offset);
    }
    return wire_line_end(&line);
}

/** The name of a kind of error: `truncated`; NULL for a number that is none. */
static inline const char *wire_error_kind_name(wire_error_kind kind)
{
    static const char *const names[] = {
        "none", "truncated", "null_pointer", "pointer", "value", "trailing", "limit", "count", "length", "null_array",
        "selector", "empty_target", "range", "too_large", "no_room",
    };
    return (size_t)kind < sizeof names / sizeof names[0] ? names[kind] : NULL;
}

static inline wire_bytes wire_bytes_of(const uint8_t *data, size_t size)
{
    wire_bytes bytes;
    bytes.data = data;
    bytes.size = size;
    return bytes;
}

/** The text up to the first zero byte, which some fields count and some peers send. */
static inline wire_text wire_text_until_nul(wire_text text)
{
    const void *end = text.size > 0 ? memchr(text.data, 0, text.size) : NULL;
    return end == NULL ? text : wire_bytes_of(text.data, (size_t)((const uint8_t *)end - text.data));
}

/** What both peers can do, as far as layouts depend on it: number k is bit k % 32 of word k / 32. Numbers from 128 on are
 * not kept. All zeros are no capability. */
typedef struct wire_capabilities {
    /** The words, as link messages and announcements carry them. */
    uint32_t words[4];
} wire_capabilities;

/** Whether a number is in the set. */
static inline bool wire_has_capability(const wire_capabilities *set, uint32_t number)
{
    return set != NULL && number < 128 && (set->words[number / 32] >> (number % 32) & 1u) != 0;
}

/** Adds a number. */
static inline void wire_add_capability(wire_capabilities *set, uint32_t number)
{
    if (number < 128) {
        set->words[number / 32] |= UINT32_C(1) << (number % 32);
    }
}

/** What both sets have. */
static inline wire_capabilities wire_common_capabilities(wire_capabilities a, wire_capabilities b)
{
    for (size_t i = 0; i < 4; i++) {
        a.words[i] &= b.words[i];
    }
    return a;
}

/* Integers. */

static inline uint16_t wire_le16(const uint8_t *b)
{
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t wire_le32(const uint8_t *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t wire_le64(const uint8_t *b)
{
    return (uint64_t)wire_le32(b) | (uint64_t)wire_le32(b + 4) << 32;
}

static inline uint16_t wire_be16(const uint8_t *b)
{
    return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t wire_be32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

static inline uint64_t wire_be64(const uint8_t *b)
{
    return (uint64_t)wire_be32(b) << 32 | (uint64_t)wire_be32(b + 4);
}

static inline void wire_put_le16(uint8_t *b, uint16_t value)
{
    b[0] = (uint8_t)(value & 0xff);
    b[1] = (uint8_t)(value >> 8);
}

static inline void wire_put_le32(uint8_t *b, uint32_t value)
{
    b[0] = (uint8_t)(value & 0xff);
    b[1] = (uint8_t)(value >> 8 & 0xff);
    b[2] = (uint8_t)(value >> 16 & 0xff);
    b[3] = (uint8_t)(value >> 24);
}

static inline void wire_put_le64(uint8_t *b, uint64_t value)
{
    wire_put_le32(b, (uint32_t)(value & UINT32_MAX));
    wire_put_le32(b + 4, (uint32_t)(value >> 32));
}

static inline void wire_put_be16(uint8_t *b, uint16_t value)
{
    b[0] = (uint8_t)(value >> 8);
    b[1] = (uint8_t)(value & 0xff);
}

static inline void wire_put_be32(uint8_t *b, uint32_t value)
{
    b[0] = (uint8_t)(value >> 24);
    b[1] = (uint8_t)(value >> 16 & 0xff);
    b[2] = (uint8_t)(value >> 8 & 0xff);
    b[3] = (uint8_t)(value & 0xff);
}

static inline void wire_put_be64(uint8_t *b, uint64_t value)
{
    wire_put_be32(b, (uint32_t)(value >> 32));
    wire_put_be32(b + 4, (uint32_t)(value & UINT32_MAX));
}

/* Arithmetic that stops at the largest number. */

static inline uint64_t wire_times(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Bytes of an image of rows that start at whole bytes. */
static inline uint64_t wire_image_size(uint64_t bits_per_pixel, uint64_t width, uint64_t height)
{
    const uint64_t bits = wire_times(bits_per_pixel, width);
    return wire_times(bits / 8 + (bits % 8 != 0 ? 1u : 0u), height);
}

/* The reader: a cursor over a message that never leaves it. */
typedef struct wire_reader {
    const uint8_t *body;
    size_t size;
    /* Where the next byte is read; at most `size`. */
    size_t at;
    /* Farthest end of a pointer's target; at most `size`. */
    size_t used;
    const wire_capabilities *capabilities;
    wire_error *error;
} wire_reader;

static inline wire_reader wire_reader_of(const uint8_t *body, size_t size, wire_error *error)
{
    static const uint8_t nothing[1] = {0};
    wire_reader r;
    r.body = body != NULL ? body : nothing;
    r.size = body != NULL ? size : 0;
    r.at = 0;
    r.used = 0;
    r.capabilities = NULL;
    r.error = error;
    return r;
}

/* The end of a field in a block of bytes, and its name. */
typedef struct wire_span {
    size_t end;
    const char *field;
} wire_span;

/* An error at a place. */
static inline bool wire_fail(wire_error *error, wire_error_kind kind, size_t offset, uint64_t needed, uint64_t present)
{
    wire_note_error(error, kind, offset, needed, present > UINT32_MAX ? UINT32_MAX : present, NULL);
    return false;
}

/* An error of a field that stands `back` bytes before the reader. */
static inline bool wire_fail_in(const wire_reader *r, wire_error_kind kind, size_t back, uint64_t needed,
                                uint64_t present, const char *field)
{
    wire_note_error(r->error, kind, r->at - back, needed, present > UINT32_MAX ? UINT32_MAX : present, field);
    return false;
}

static inline bool wire_truncated(const wire_reader *r, uint64_t needed)
{
    return wire_fail(r->error, WIRE_ERROR_TRUNCATED, r->at, needed, r->size - r->at);
}

/* The error of a block that starts at `at` where only `left` bytes are left: it names the first field that is cut. */
WIRE_APART void wire_note_cut(wire_error *error, size_t at, size_t left, const wire_span *fields, size_t count)
{
    size_t start = 0;
    size_t i = 0;
    while (i + 1 < count && fields[i].end <= left) {
        start = fields[i++].end;
    }
    (void)wire_fail(error, WIRE_ERROR_TRUNCATED, at + start, fields[i].end - start, left - start);
    wire_note_field(error, fields[i].field);
}

/* Passes numbers on and not the reader, so that that can stay in registers. */
static inline bool wire_cut(const wire_reader *r, const wire_span *fields, size_t count)
{
    wire_note_cut(r->error, r->at, r->size - r->at, fields, count);
    return false;
}

/* Takes a block of bytes; NULL where they are not there. */
static inline const uint8_t *wire_take(wire_reader *r, size_t size)
{
    const uint8_t *bytes = r->body + r->at;
    if (r->size - r->at < size) {
        return NULL;
    }
    r->at += size;
    return bytes;
}

static inline bool wire_read_bytes(wire_reader *r, uint64_t count, wire_bytes *out)
{
    if (count > r->size - r->at) {
        return wire_truncated(r, count);
    }
    *out = wire_bytes_of(r->body + r->at, (size_t)count);
    r->at += (size_t)count;
    return true;
}

static inline bool wire_read_c_string(wire_reader *r, wire_bytes *out)
{
    const size_t left = r->size - r->at;
    const void *end = memchr(r->body + r->at, 0, left);
    if (end == NULL) {
        return wire_truncated(r, (uint64_t)left + 1);
    }
    *out = wire_bytes_of(r->body + r->at, (size_t)((const uint8_t *)end - (r->body + r->at)));
    r->at += out->size + 1;
    return true;
}

static inline wire_bytes wire_rest(wire_reader *r)
{
    const wire_bytes rest = wire_bytes_of(r->body + r->at, r->size - r->at);
    r->at = r->size;
    return rest;
}

/* Moves the reader to the target of a pointer that stands `back` bytes before it; `wire_come_back` goes on behind the pointer. It
 * is the same reader: a copy would be loaded in larger pieces than it was stored in a moment ago, for which processors wait. */
static inline bool wire_follow(wire_reader *r, uint32_t offset, size_t back)
{
    if (offset == 0) {
        return wire_fail(r->error, WIRE_ERROR_NULL_POINTER, r->at - back, 0, 0);
    }
    if (offset >= r->size) {
        return wire_fail(r->error, WIRE_ERROR_POINTER, r->at - back, offset, r->size);
    }
    r->at = offset;
    return true;
}

/* Goes on behind a pointer, and keeps how far the target went. */
static inline void wire_come_back(wire_reader *r, size_t at)
{
    r->used = r->used > r->at ? r->used : r->at;
    r->at = at;
}

/* A null pointer to elements: it may not ask for more than the message has. */
static inline bool wire_null_array(const wire_reader *r, size_t back, bool required, uint64_t count, uint64_t element)
{
    const uint64_t need = wire_times(count, element);
    if (required) {
        return wire_fail(r->error, WIRE_ERROR_NULL_POINTER, r->at - back, 0, 0);
    }
    if (need > r->size) {
        return wire_fail(r->error, WIRE_ERROR_TRUNCATED, r->at - back, need, r->size);
    }
    return true;
}

static inline bool wire_follow_bytes(wire_reader *r, uint32_t offset, size_t back, bool required, uint64_t count,
                                     wire_bytes *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = wire_bytes_of(NULL, 0);
        return wire_null_array(r, back, required, count, 1);
    }
    if (!wire_follow(r, offset, back) || !wire_read_bytes(r, count, out)) {
        return false;
    }
    wire_come_back(r, at);
    return true;
}

static inline bool wire_follow_c_string(wire_reader *r, uint32_t offset, size_t back, bool required, wire_bytes *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = wire_bytes_of(NULL, 0);
        return wire_null_array(r, back, required, 0, 1);
    }
    if (!wire_follow(r, offset, back) || !wire_read_c_string(r, out)) {
        return false;
    }
    wire_come_back(r, at);
    return true;
}

/* The bytes behind everything that was read. */
static inline wire_bytes wire_trailing(const wire_reader *r)
{
    const size_t end = r->at > r->used ? r->at : r->used;
    return wire_bytes_of(r->body + end, r->size - end);
}

/* Refuses bytes behind everything that was read. */
static inline bool wire_finish(wire_reader *r)
{
    const wire_bytes trailing = wire_trailing(r);
    if (trailing.size == 0) {
        return true;
    }
    return wire_fail(r->error, WIRE_ERROR_TRAILING, r->size - trailing.size, 0, trailing.size);
}

/* Measuring: the sum of a message's bytes. */
typedef struct wire_measure {
    uint64_t size;
    /* The most bytes that a null array asks for, and its field. */
    uint64_t null_need;
    const char *null_field;
    wire_error *error;
} wire_measure;

static inline wire_measure wire_measure_of(wire_error *error)
{
    wire_measure m;
    m.size = 0;
    m.null_need = 0;
    m.null_field = NULL;
    m.error = error;
    return m;
}

static inline void wire_add(wire_measure *m, uint64_t size)
{
    m->size = size > UINT64_MAX - m->size ? UINT64_MAX : m->size + size;
}

static inline bool wire_refuse(const wire_measure *m, wire_error_kind kind, uint64_t actual, uint64_t expected,
                               const char *field)
{
    wire_note_error(m->error, kind, 0, actual, expected, field);
    return false;
}

/* Notes an array that a null pointer stands for. */
static inline void wire_measure_null_array(wire_measure *m, uint64_t count, uint64_t element, const char *field)
{
    const uint64_t need = wire_times(count, element);
    if (need > m->null_need) {
        m->null_need = need;
        m->null_field = field;
    }
}

/* The end of measuring. */
static inline bool wire_measured(const wire_measure *m, size_t *size)
{
    const uint64_t most = UINT32_MAX;
    if (m->size > most) {
        return wire_refuse(m, WIRE_ERROR_TOO_LARGE, m->size, most, NULL);
    }
    if (m->null_need > m->size) {
        return wire_refuse(m, WIRE_ERROR_NULL_ARRAY, m->size, m->null_need, m->null_field);
    }
    *size = (size_t)m->size;
    return true;
}

static inline bool wire_no_room(wire_error *error, size_t size, size_t room)
{
    wire_note_error(error, WIRE_ERROR_NO_ROOM, 0, size, room, NULL);
    return false;
}

/* The writer: only for values that were measured, so that there is room for all it writes. */
typedef struct wire_writer {
    uint8_t *to;
    /* Where the next target will start. */
    uint32_t next_target;
} wire_writer;

static inline wire_writer wire_writer_of(uint8_t *buffer, size_t body_size)
{
    wire_writer w;
    w.to = buffer;
    w.next_target = (uint32_t)body_size;
    return w;
}

/* Room for some bytes. */
static inline uint8_t *wire_room(wire_writer *w, size_t size)
{
    uint8_t *room = w->to;
    w->to += size;
    return room;
}

static inline void wire_put(wire_writer *w, const uint8_t *data, size_t size)
{
    if (size > 0) {
        memcpy(wire_room(w, size), data, size);
    }
}

/* An array of bytes of constant size. */
static inline void wire_put_array(uint8_t *b, const uint8_t *data, size_t size)
{
    if (data != NULL) {
        memcpy(b, data, size);
    } else {
        memset(b, 0, size);
    }
}

/* The place of a target of some bytes, and with it the pointer that leads there: 0 for a target without bytes. */
static inline uint32_t wire_allot(wire_writer *w, size_t size)
{
    const uint32_t place = w->next_target;
    w->next_target = place + (uint32_t)size;
    return size == 0 ? 0 : place;
}
