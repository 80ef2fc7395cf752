/*
 * Reads conformance sets (docs/vectors.md) and compares what the C output says of each line with what the line says.
 *
 * The headers are made with the prefix `wire`; `targets.h` lists what they can parse, for one description. Bodies lie in
 * blocks of exactly their size, so that the address sanitizer sees a step too far.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire.h"
#include "wire_frame.h"
#include "wire_json.h"

/* Text. */

typedef struct slice {
    const char *at;
    size_t size;
} slice;

static bool same(slice a, const char *b)
{
    return a.size == strlen(b) && memcmp(a.at, b, a.size) == 0;
}

typedef struct buffer {
    char *text;
    size_t size;
    size_t room;
} buffer;

static void add(void *user, const char *text, size_t size)
{
    buffer *to = (buffer *)user;
    while (to->size + size + 1 > to->room) {
        to->room = to->room * 2 + 4096;
        to->text = (char *)realloc(to->text, to->room);
        if (to->text == NULL) {
            abort();
        }
    }
    memcpy(to->text + to->size, text, size);
    to->size += size;
    to->text[to->size] = '\0';
}

static void add_text(buffer *to, const char *text)
{
    add(to, text, strlen(text));
}

static void add_hex(buffer *to, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char digits[2] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]};
        add(to, digits, 2);
    }
}

/* JSON, as far as the lines need it. */

static const char *skip_string(const char *at)
{
    for (at++; *at != '"'; at++) {
        at += *at == '\\';
    }
    return at + 1;
}

static const char *skip_value(const char *at)
{
    int depth = 0;
    for (;; at++) {
        if (*at == '"') {
            at = skip_string(at) - 1;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            if (depth-- == 0) {
                return at;
            }
        } else if (*at == '\0' || (*at == ',' && depth == 0)) {
            return at;
        }
    }
}

/* The text of a member of an object; empty where there is none. */
static slice member(slice object, const char *name)
{
    slice none = {"", 0};
    const char *at = object.at + 1;
    while (object.size > 0 && *at == '"') {
        const char *key = at + 1;
        const char *end = skip_string(at);
        slice found = {key, (size_t)(end - 1 - key)};
        const char *value = end + 1;
        at = skip_value(value);
        if (same(found, name)) {
            slice text = {value, (size_t)(at - value)};
            return text;
        }
        at += *at == ',';
    }
    return none;
}

/* A string without its quotes. Names have no escapes. */
static slice unquoted(slice text)
{
    if (text.size >= 2 && text.at[0] == '"') {
        text.at++;
        text.size -= 2;
    }
    return text;
}

static uint32_t number_of(slice text)
{
    return (uint32_t)strtoul(unquoted(text).at, NULL, 10);
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* What C says of a line: the members that a line has for it, in their order. */

static const char *const kinds[] = {
    "None",  "Truncated", "NullPointer", "Pointer",  "Value",       "Trailing", "Limit",   "Count",
    "Length", "NullArray", "Selector",    "EmptyTarget", "Range", "TooLarge", "NoRoom",
};

static void say_error(buffer *said, const wire_error *error)
{
    char text[512];
    char number[96];
    const bool large = error->needed >> 53 != 0;
    add_text(said, ",\"error\":{\"kind\":\"");
    add_text(said, kinds[error->kind]);
    snprintf(number, sizeof number, "\",\"offset\":%llu,\"path\":\"", (unsigned long long)error->offset);
    add_text(said, number);
    if (wire_error_path(error, text, sizeof text) >= sizeof text) {
        abort();
    }
    add_text(said, text);
    snprintf(number, sizeof number, large ? "\",\"needed\":\"%llu\",\"present\":%llu" : "\",\"needed\":%llu,\"present\":%llu",
             (unsigned long long)error->needed, (unsigned long long)error->present);
    add_text(said, number);
    add_text(said, ",\"text\":\"");
    if (wire_error_text(error, text, sizeof text) >= sizeof text) {
        abort();
    }
    add_text(said, text);
    add_text(said, "\"}");
}

static void say_write_error(buffer *said, const wire_error *error)
{
    char text[512];
    wire_error_path(error, text, sizeof text);
    add_text(said, ",\"write_error\":{\"kind\":\"");
    add_text(said, kinds[error->kind]);
    add_text(said, "\",\"path\":\"");
    add_text(said, text);
    add_text(said, "\"}");
}

typedef struct ask {
    const uint8_t *body;
    size_t size;
    uint32_t number;
    wire_capabilities capabilities;
    buffer *said;
} ask;

/* What writing gave: the same bytes, or which. */
static void say_written(const ask *asked, const uint8_t *bytes, size_t size)
{
    if (size == asked->size && (size == 0 || memcmp(bytes, asked->body, size) == 0)) {
        add_text(asked->said, ",\"written\":\"same\"");
        return;
    }
    add_text(asked->said, ",\"written\":\"");
    add_hex(asked->said, bytes, size);
    add_text(asked->said, "\"");
}

static void say_trailing(buffer *said, size_t trailing)
{
    char number[48];
    snprintf(number, sizeof number, ",\"trailing\":%lu", (unsigned long)trailing);
    add_text(said, number);
}

/* All of these are of one form; T is the name of a type. A number too small for the value is refused without a write. */
#define SAY(T, PARSE)                                                                                                          \
    T value;                                                                                                                   \
    wire_bytes trailing;                                                                                                       \
    wire_error error;                                                                                                          \
    wire_json json = {add, asked->said, true};                                                                                 \
    size_t size = 0;                                                                                                           \
    size_t written = 0;                                                                                                        \
    uint8_t *bytes;                                                                                                            \
    if (!PARSE) {                                                                                                              \
        say_error(asked->said, &error);                                                                                        \
        return;                                                                                                                \
    }                                                                                                                          \
    add_text(asked->said, ",\"value\":");                                                                                      \
    T##_json(&json, &value);                                                                                                   \
    say_trailing(asked->said, trailing.size);                                                                                  \
    if (!T##_size(&value, &size, &error)) {                                                                                    \
        say_write_error(asked->said, &error);                                                                                  \
        return;                                                                                                                \
    }                                                                                                                          \
    bytes = (uint8_t *)calloc(size > 0 ? size : 1, 1);                                                                         \
    if (bytes == NULL || (size > 0 && (T##_write(&value, bytes, size - 1, &written, &error) ||                                 \
                                       error.kind != WIRE_ERROR_NO_ROOM)) ||                                                   \
        !T##_write(&value, bytes, size, &written, NULL) || written != size) {                                                  \
        abort();                                                                                                               \
    }                                                                                                                          \
    say_written(asked, bytes, size);                                                                                           \
    free(bytes)

#define STRUCTURE(MODULE, NAME, T)                                                                                             \
    static void say_##T(const ask *asked)                                                                                      \
    {                                                                                                                          \
        SAY(T, T##_parse_with_trailing(&value, asked->body, asked->size, &trailing, &error));                                  \
    }
#define STRUCTURE_IF(MODULE, NAME, T)                                                                                          \
    static void say_##T(const ask *asked)                                                                                      \
    {                                                                                                                          \
        SAY(T, T##_parse_with_trailing(&value, asked->body, asked->size, asked->capabilities, &trailing, &error));             \
    }
#define MESSAGES(MODULE, DIRECTION, T, N)                                                                                      \
    static void say_##T(const ask *asked)                                                                                      \
    {                                                                                                                          \
        SAY(T, T##_parse_with_trailing(&value, (N)asked->number, asked->body, asked->size, &trailing, &error));                \
    }                                                                                                                          \
    static const char *name_##T(uint32_t number) { return T##_name((N)number); }
#define MESSAGES_IF(MODULE, DIRECTION, T, N)                                                                                   \
    static void say_##T(const ask *asked)                                                                                      \
    {                                                                                                                          \
        SAY(T, T##_parse_with_trailing(&value, (N)asked->number, asked->body, asked->size, asked->capabilities, &trailing,     \
                                       &error));                                                                               \
    }                                                                                                                          \
    static const char *name_##T(uint32_t number) { return T##_name((N)number); }
#include "targets.h"
#undef STRUCTURE
#undef STRUCTURE_IF
#undef MESSAGES
#undef MESSAGES_IF

typedef struct target {
    const char *module;
    const char *name;
    void (*say)(const ask *asked);
    const char *(*name_of)(uint32_t number);
} target;

#define STRUCTURE(MODULE, NAME, T) {MODULE, NAME, say_##T, NULL},
#define STRUCTURE_IF STRUCTURE
#define MESSAGES(MODULE, DIRECTION, T, N) {MODULE, DIRECTION, say_##T, name_##T},
#define MESSAGES_IF MESSAGES
static const target targets[] = {
#include "targets.h"
};

/* The messages of a list that was checked. */
static void say_list(buffer *said, wire_sub_messages list)
{
    wire_sub_message message;
    bool first = true;
    add_text(said, ",\"value\":[");
    while (wire_next_sub_message(&list, &message)) {
        char head[128];
        snprintf(head, sizeof head, "%s{\"kind\":%u,\"declared_size\":%lu,\"offset\":%lu,\"body\":\"", first ? "" : ",",
                 (unsigned)message.kind, (unsigned long)message.declared_size, (unsigned long)message.offset);
        first = false;
        add_text(said, head);
        add_hex(said, message.body.data, message.body.size);
        add_text(said, "\"}");
    }
    add_text(said, "]");
}

static void say_sub_messages(const ask *asked)
{
    wire_sub_messages list;
    wire_error error;
    if (wire_sub_messages_parse(&list, asked->body, asked->size, asked->number, &error)) {
        say_list(asked->said, list);
    } else {
        say_error(asked->said, &error);
    }
}

/* Frames that are written anew, into a block of exactly their size. */
typedef struct anew {
    wire_header_kind header;
    uint64_t serial;
    buffer bytes;
} anew;

/* Writes a frame with others before it. */
static void write_anew(anew *to, const wire_outgoing *message, const wire_outgoing *before, size_t count)
{
    wire_error error;
    const uint64_t serial = to->serial;
    size_t size = 0;
    size_t written = 0;
    uint8_t *block;
    /* Asks for the size, and sees that nothing is written and no serial used where it is not there. */
    if (wire_put_frame(to->header, &to->serial, message, before, count, NULL, 0, &size, &error) ||
        error.kind != WIRE_ERROR_NO_ROOM || to->serial != serial) {
        abort();
    }
    size = (size_t)error.needed;
    block = (uint8_t *)malloc(size);
    if (block == NULL ||
        wire_put_frame(to->header, &to->serial, message, before, count, block, size - 1, &written, NULL) ||
        !wire_put_frame(to->header, &to->serial, message, before, count, block, size, &written, &error) ||
        written != size) {
        abort();
    }
    add(&to->bytes, (const char *)block, size);
    free(block);
}

enum { BEFORE = 4096 };

/* What is inside of each frame, and all of them written anew. The messages of a LIST go before the next frame. */
static void say_inside(buffer *said, wire_framer framer, const uint8_t *bytes, size_t size)
{
    static wire_outgoing before[BEFORE];
    anew heads[2] = {{WIRE_HEADER_MINI, 1, {NULL, 0, 0}}, {WIRE_HEADER_FULL, 1, {NULL, 0, 0}}};
    wire_frame frame;
    wire_error error;
    bool whole = true;
    size_t count = 0;
    size_t at = 0;
    size_t step = 0;
    add_text(said, ",\"inside\":[");
    for (; wire_next_frame(&framer, bytes + at, size - at, &frame, &step, &error) == WIRE_FRAME_READY; at += step) {
        const size_t start = said->size;
        wire_sub_messages list;
        wire_sub_message message;
        if (wire_frame_sub_messages(&list, &frame, &error)) {
            say_list(said, list);
            while (whole && wire_next_sub_message(&list, &message)) {
                if (count == BEFORE) {
                    abort();
                }
                before[count].kind = message.kind;
                before[count++].body = message.body;
            }
        } else {
            say_error(said, &error);
            whole = false;
        }
        /* Their first comma becomes a bracket, behind the comma of the frame before. */
        said->text[start] = '{';
        add_text(said, "},");
        if (frame.kind != WIRE_MESSAGE_LIST) {
            wire_outgoing own;
            own.kind = frame.kind;
            own.body = frame.body;
            for (size_t i = 0; whole && i < 2; i++) {
                write_anew(&heads[i], &own, before, count);
            }
            count = 0;
        }
    }
    if (said->text[said->size - 1] == ',') {
        said->size--;
    }
    add_text(said, "]");
    if (whole) {
        add_text(said, ",\"anew\":{\"mini\":\"");
        add_hex(said, (const uint8_t *)heads[0].bytes.text, heads[0].bytes.size);
        add_text(said, "\",\"full\":\"");
        add_hex(said, (const uint8_t *)heads[1].bytes.text, heads[1].bytes.size);
        add_text(said, "\"}");
    }
    free(heads[0].bytes.text);
    free(heads[1].bytes.text);
}

static void say_frames(const ask *asked, wire_header_kind header, uint32_t limit)
{
    wire_framer framer = wire_framer_of(header, limit);
    wire_frame frame;
    wire_error error;
    wire_frame_result result;
    buffer value = {NULL, 0, 0};
    size_t at = 0;
    size_t step = 0;
    wire_json json;
    json.put = add;
    json.user = &value;
    json.secrets = true;
    add_text(&value, ",\"value\":[");
    while ((result = wire_next_frame(&framer, asked->body + at, asked->size - at, &frame, &step, &error)) ==
           WIRE_FRAME_READY) {
        add_text(&value, at > 0 ? ",{\"kind\":" : "{\"kind\":");
        wire_json_unsigned(&json, frame.kind);
        add_text(&value, ",\"serial\":");
        wire_json_unsigned(&json, frame.serial);
        add_text(&value, ",\"sub_list\":");
        wire_json_unsigned(&json, frame.sub_list);
        add_text(&value, ",\"body\":");
        wire_json_bytes(&json, &frame.data);
        add_text(&value, "}");
        at += step;
    }
    add_text(&value, "]");
    if (result == WIRE_FRAME_ERROR) {
        say_error(asked->said, &error);
    } else {
        add_text(&value, ",\"rest\":");
        wire_json_unsigned(&json, asked->size - at);
        if (step == 0) {
            abort();
        }
    }
    add_text(asked->said, value.text);
    free(value.text);
    say_inside(asked->said, wire_framer_of(header, limit), asked->body, asked->size);
}

/* What the line says, from behind its bytes. A message's name stands first. */
static slice expected(slice line, slice hex)
{
    slice rest = {hex.at + hex.size, (size_t)(line.at + line.size - (hex.at + hex.size)) - 1};
    return rest;
}

static bool find(slice module, slice name, const target **found)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        if (same(module, targets[i].module) && same(name, targets[i].name)) {
            *found = &targets[i];
            return true;
        }
    }
    return false;
}

/* Whether C agrees with a line; says what differs. */
static bool check(slice line, buffer *said)
{
    const slice hex = member(line, "hex");
    const slice list = member(line, "sub_messages");
    const slice frames = unquoted(member(line, "frames"));
    const slice structure = unquoted(member(line, "struct"));
    const slice name = structure.size > 0 ? structure : unquoted(member(line, "direction"));
    const slice capabilities = member(line, "capabilities");
    const size_t size = unquoted(hex).size / 2;
    uint8_t *body = (uint8_t *)malloc(size > 0 ? size : 1);
    const target *to = NULL;
    ask asked = {body, size, 0, {{0, 0, 0, 0}}, said};
    slice says;
    if (body == NULL) {
        abort();
    }
    for (size_t i = 0; i < size; i++) {
        const char *digits = unquoted(hex).at + 2 * i;
        body[i] = (uint8_t)(digit(digits[0]) << 4 | digit(digits[1]));
    }
    for (size_t i = 1; i + 1 < capabilities.size; i++) {
        if (i == 1 || capabilities.at[i - 1] == ',') {
            wire_add_capability(&asked.capabilities, (uint32_t)strtoul(capabilities.at + i, NULL, 10));
        }
    }
    said->size = 0;
    add_text(said, "");
    if (frames.size > 0) {
        say_frames(&asked, same(frames, "mini") ? WIRE_HEADER_MINI : WIRE_HEADER_FULL, number_of(member(line, "limit")));
    } else if (list.size > 0) {
        asked.number = number_of(list);
        say_sub_messages(&asked);
    } else if (find(unquoted(member(line, "module")), name, &to)) {
        asked.number = number_of(member(line, "number"));
        to->say(&asked);
        if (to->name_of != NULL) {
            const char *message = to->name_of(asked.number);
            add_text(said, message != NULL ? ",\"message\":\"" : ",\"message\":null");
            add_text(said, message != NULL ? message : "");
            add_text(said, message != NULL ? "\"" : "");
        }
    } else {
        add_text(said, "no such target");
    }
    free(body);
    says = expected(line, hex);
    if (says.size == said->size && memcmp(says.at, said->text, says.size) == 0) {
        return true;
    }
    printf("%.*s\n  C says %s\n", (int)line.size, line.at, said->text);
    return false;
}

#ifdef CHECK_LINE
/* For programs that have lines of their own: whether C agrees with one. */
int CHECK_LINE(const char *text, size_t size);

int CHECK_LINE(const char *text, size_t size)
{
    static buffer said = {NULL, 0, 0};
    slice line = {text, size};
    return check(line, &said);
}
#else
static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    buffer all = {NULL, 0, 0};
    char piece[65536];
    size_t size;
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    while ((size = fread(piece, 1, sizeof piece, file)) > 0) {
        add(&all, piece, size);
    }
    fclose(file);
    return all.text;
}

int main(int count, char **arguments)
{
    unsigned long agree = 0;
    unsigned long differ = 0;
    buffer said = {NULL, 0, 0};
    for (int i = 1; i < count; i++) {
        char *text = contents(arguments[i]);
        for (char *at = text; at != NULL && *at != '\0';) {
            char *end = strchr(at, '\n');
            slice line = {at, end != NULL ? (size_t)(end - at) : strlen(at)};
            if (end != NULL) {
                *end = '\0';
            }
            if (check(line, &said)) {
                agree++;
            } else {
                differ++;
            }
            at = end != NULL ? end + 1 : NULL;
        }
        free(text);
    }
    free(said.text);
    printf("agree %lu, differ %lu\n", agree, differ);
    return differ > 0 || agree == 0;
}
#endif
