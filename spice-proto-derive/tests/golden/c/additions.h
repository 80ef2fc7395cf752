/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct additions_uint32_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const uint32_t *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} additions_uint32_list;

/** A list of your elements, to be written. */
static inline additions_uint32_list additions_uint32_list_of(const uint32_t *items, size_t count)
{
    additions_uint32_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** The element at an index; false behind the last one. */
static inline bool additions_uint32_at(const additions_uint32_list *list, size_t index, uint32_t *out)
{
    const uint8_t *b;
    memset(out, 0, sizeof *out);
    if (index >= list->count) {
        return false;
    }
    if (list->items != NULL) {
        *out = list->items[index];
        return true;
    }
    b = list->bytes + index * 4;
    *out = additions_le32(b);
    return true;
}

static inline bool additions_uint32_list_read(additions_reader *r, uint64_t count, additions_uint32_list *out)
{
    const size_t start = r->at;
    const uint64_t need = additions_times(count, 4);
    if (need > r->size - r->at) {
        return additions_truncated(r, need);
    }
    r->at += (size_t)need;
    *out = additions_uint32_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool additions_uint32_list_follow(additions_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, additions_uint32_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = additions_uint32_list_of(NULL, 0);
        return additions_null_array(r, back, required, count, 4);
    }
    if (!additions_follow(r, offset, back) || !additions_uint32_list_read(r, count, out)) {
        return false;
    }
    additions_come_back(r, at);
    return true;
}

static inline void additions_uint32_list_rest(additions_reader *r, additions_uint32_list *out)
{
    *out = additions_uint32_list_of(NULL, (r->size - r->at) / 4);
    out->bytes = r->body + r->at;
    out->size = out->count * 4;
    r->at += out->size;
}

static inline size_t additions_uint32_list_extent(const additions_uint32_list *list)
{
    return list->items != NULL ? list->count * 4 : list->size;
}

static inline bool additions_uint32_list_measure(const additions_uint32_list *list, additions_measure *m)
{
    if (list->items == NULL) {
        additions_add(m, list->size);
        return true;
    }
    additions_add(m, additions_times(list->count, 4));
    return true;
}

static inline void additions_uint32_list_put(const additions_uint32_list *list, additions_writer *w)
{
    if (list->items == NULL) {
        additions_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        additions_put_le32(additions_room(w, 4), list->items[i]);
    }
}

/**
 * Bits of the announcement.
 *
 * The number is that of a bit in the capability words.
 */
typedef uint16_t additions_agent_agent_capability;

enum {
    /** `CLIPBOARD_SELECTION` of the description. */
    ADDITIONS_AGENT_AGENT_CAPABILITY_CLIPBOARD_SELECTION = 6,
    /** `GRAB_SERIAL` of the description. Needs `AgentCapability.CLIPBOARD_SELECTION`. */
    ADDITIONS_AGENT_AGENT_CAPABILITY_GRAB_SERIAL = 17
};

/** The name in the description; NULL for a number that has none. */
static inline const char *additions_agent_agent_capability_name(additions_agent_agent_capability value)
{
    switch (value) {
    case ADDITIONS_AGENT_AGENT_CAPABILITY_CLIPBOARD_SELECTION: return "CLIPBOARD_SELECTION";
    case ADDITIONS_AGENT_AGENT_CAPABILITY_GRAB_SERIAL: return "GRAB_SERIAL";
    default: return NULL;
    }
}

/** Any value may occur; those with a name are constants. */
typedef uint32_t additions_agent_command;

enum {
    /** `SET` of the description. */
    ADDITIONS_AGENT_COMMAND_SET = 1,
    /** `MOVE` of the description. */
    ADDITIONS_AGENT_COMMAND_MOVE = 2,
    /**
     * `HIDE` of the description.
     *
     * Deprecated: no longer used by peers.
     */
    ADDITIONS_AGENT_COMMAND_HIDE = 3
};

/** The name in the description; NULL for a number that has none. */
static inline const char *additions_agent_command_name(additions_agent_command value)
{
    switch (value) {
    case ADDITIONS_AGENT_COMMAND_SET: return "SET";
    case ADDITIONS_AGENT_COMMAND_MOVE: return "MOVE";
    case ADDITIONS_AGENT_COMMAND_HIDE: return "HIDE";
    default: return NULL;
    }
}

/**
 * A piece of guest memory.
 *
 * At least 20 bytes on the wire.
 */
typedef struct additions_agent_qxl_data_chunk {
    /** `prev_chunk` of the description. */
    additions_guest_address prev_chunk;
    /** `next_chunk` of the description. */
    additions_guest_address next_chunk;
    /** `data` of the description. */
    additions_bytes data;
} additions_agent_qxl_data_chunk;

static inline bool additions_agent_qxl_data_chunk_read(additions_reader *r, additions_agent_qxl_data_chunk *out)
{
    const uint8_t *b;
    b = additions_take(r, 20);
    if (b == NULL) {
        static const additions_span fields[] = {
            {4, "data_size"}, {12, "prev_chunk"}, {20, "next_chunk"}
        };
        return additions_cut(r, fields, 3);
    }
    const uint32_t data_size = additions_le32(b);
    out->prev_chunk = additions_le64(b + 4);
    out->next_chunk = additions_le64(b + 12);
    if (!additions_read_bytes(r, data_size, &out->data)) {
        return additions_within(r->error, "data");
    }
    return true;
}

static inline size_t additions_agent_qxl_data_chunk_extent(const additions_agent_qxl_data_chunk *v)
{
    size_t size = 20;
    size += v->data.size;
    return size;
}

static inline bool additions_agent_qxl_data_chunk_measure(const additions_agent_qxl_data_chunk *v, additions_measure *m)
{
    additions_add(m, 20);
    if ((uint64_t)v->data.size > 4294967295u) {
        return additions_refuse(m, ADDITIONS_ERROR_COUNT, v->data.size, 4294967295u, "data");
    }
    additions_add(m, v->data.size);
    return true;
}

static inline void additions_agent_qxl_data_chunk_put(const additions_agent_qxl_data_chunk *v, additions_writer *w)
{
    uint8_t *b;
    b = additions_room(w, 20);
    additions_put_le32(b, ((uint32_t)v->data.size));
    additions_put_le64(b + 4, v->prev_chunk);
    additions_put_le64(b + 12, v->next_chunk);
    additions_put(w, v->data.data, v->data.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are refused. On false `error` says why. */
static inline bool additions_agent_qxl_data_chunk_parse(additions_agent_qxl_data_chunk *out, const uint8_t *body, size_t size, additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return additions_agent_qxl_data_chunk_read(&r, out) && additions_finish(&r);
}

/** As `additions_agent_qxl_data_chunk_parse`, and gives the bytes that follow everything the message uses. */
static inline bool additions_agent_qxl_data_chunk_parse_with_trailing(additions_agent_qxl_data_chunk *out, const uint8_t *body, size_t size, additions_bytes *trailing,
                          additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = additions_bytes_of(NULL, 0);
    if (!additions_agent_qxl_data_chunk_read(&r, out) || !additions_finish(&r)) {
        return false;
    }
    *trailing = additions_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool additions_agent_qxl_data_chunk_size(const additions_agent_qxl_data_chunk *v, size_t *size, additions_error *error)
{
    additions_measure m = additions_measure_of(error);
    return additions_agent_qxl_data_chunk_measure(v, &m) && additions_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool additions_agent_qxl_data_chunk_write(const additions_agent_qxl_data_chunk *v, uint8_t *buffer, size_t room, size_t *written, additions_error *error)
{
    additions_writer w;
    if (!additions_agent_qxl_data_chunk_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return additions_no_room(error, *written, room);
    }
    w = additions_writer_of(buffer, additions_agent_qxl_data_chunk_extent(v));
    additions_agent_qxl_data_chunk_put(v, &w);
    return true;
}

/**
 * A header with its own byte order.
 *
 * 7 bytes on the wire.
 */
typedef struct additions_agent_quic_header {
    /** `magic` of the description. */
    uint32_t magic;
    /** `version` of the description. From 1 to 127. */
    uint16_t version;
    /** `offset` of the description. From -5 to 5. */
    int8_t offset;
} additions_agent_quic_header;

static inline bool additions_agent_quic_header_read(additions_reader *r, additions_agent_quic_header *out)
{
    const uint8_t *b;
    b = additions_take(r, 7);
    if (b == NULL) {
        static const additions_span fields[] = {
            {4, "magic"}, {6, "version"}, {7, "offset"}
        };
        return additions_cut(r, fields, 3);
    }
    out->magic = additions_be32(b);
    out->version = additions_be16(b + 4);
    if (out->version < 1 || out->version > 127) {
        return additions_fail_in(r, ADDITIONS_ERROR_VALUE, 3, (uint64_t)out->version, 0, "version");
    }
    out->offset = (int8_t)*(b + 6);
    if (out->offset < -5 || out->offset > 5) {
        return additions_fail_in(r, ADDITIONS_ERROR_VALUE, 1, (uint64_t)out->offset, 0, "offset");
    }
    return true;
}

static inline size_t additions_agent_quic_header_extent(const additions_agent_quic_header *v)
{
    (void)v;
    return 7;
}

static inline bool additions_agent_quic_header_measure(const additions_agent_quic_header *v, additions_measure *m)
{
    additions_add(m, 7);
    if (v->version < 1 || v->version > 127) {
        return additions_refuse(m, ADDITIONS_ERROR_RANGE, (uint64_t)v->version, 0, "version");
    }
    if (v->offset < -5 || v->offset > 5) {
        return additions_refuse(m, ADDITIONS_ERROR_RANGE, (uint64_t)v->offset, 0, "offset");
    }
    return true;
}

static inline void additions_agent_quic_header_put(const additions_agent_quic_header *v, additions_writer *w)
{
    uint8_t *b;
    b = additions_room(w, 7);
    additions_put_be32(b, v->magic);
    additions_put_be16(b + 4, v->version);
    *(b + 6) = (uint8_t)(v->offset);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool additions_agent_quic_header_parse(additions_agent_quic_header *out, const uint8_t *body, size_t size, additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return additions_agent_quic_header_read(&r, out);
}

/** As `additions_agent_quic_header_parse`, and gives the bytes that follow everything the message uses. */
static inline bool additions_agent_quic_header_parse_with_trailing(additions_agent_quic_header *out, const uint8_t *body, size_t size, additions_bytes *trailing,
                          additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = additions_bytes_of(NULL, 0);
    if (!additions_agent_quic_header_read(&r, out)) {
        return false;
    }
    *trailing = additions_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool additions_agent_quic_header_size(const additions_agent_quic_header *v, size_t *size, additions_error *error)
{
    additions_measure m = additions_measure_of(error);
    return additions_agent_quic_header_measure(v, &m) && additions_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool additions_agent_quic_header_write(const additions_agent_quic_header *v, uint8_t *buffer, size_t room, size_t *written, additions_error *error)
{
    additions_writer w;
    if (!additions_agent_quic_header_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return additions_no_room(error, *written, room);
    }
    w = additions_writer_of(buffer, additions_agent_quic_header_extent(v));
    additions_agent_quic_header_put(v, &w);
    return true;
}

/**
 * Offered types.
 *
 * Any number of bytes on the wire.
 */
typedef struct additions_agent_clipboard_grab {
    /** Whether `selection` is there. */
    bool has_selection;
    /** `selection` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`. */
    uint8_t selection;
    /** Whether `reserved` is there. */
    bool has_reserved;
    /**
     * `reserved` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`.
     *
     * 3 bytes; NULL is written as zeros.
     */
    const uint8_t *reserved;
    /** Whether `serial` is there. */
    bool has_serial;
    /** `serial` of the description. Needs `AgentCapability.GRAB_SERIAL`. There only when both peers have `AgentCapability.GRAB_SERIAL`. */
    uint32_t serial;
    /** `types` of the description. */
    additions_uint32_list types;
} additions_agent_clipboard_grab;

static inline bool additions_agent_clipboard_grab_read(additions_reader *r, additions_agent_clipboard_grab *out)
{
    const uint8_t *b;
    out->has_selection = additions_has_capability(r->capabilities, 6);
    memset(&out->selection, 0, sizeof out->selection);
    if (out->has_selection) {
        b = additions_take(r, 1);
        if (b == NULL) {
            static const additions_span fields[] = {
                {1, "selection"}
            };
            return additions_cut(r, fields, 1);
        }
        out->selection = *(b);
    }
    out->has_reserved = additions_has_capability(r->capabilities, 6);
    memset(&out->reserved, 0, sizeof out->reserved);
    if (out->has_reserved) {
        b = additions_take(r, 3);
        if (b == NULL) {
            static const additions_span fields[] = {
                {3, "reserved"}
            };
            return additions_cut(r, fields, 1);
        }
        out->reserved = b;
    }
    out->has_serial = additions_has_capability(r->capabilities, 17);
    memset(&out->serial, 0, sizeof out->serial);
    if (out->has_serial) {
        b = additions_take(r, 4);
        if (b == NULL) {
            static const additions_span fields[] = {
                {4, "serial"}
            };
            return additions_cut(r, fields, 1);
        }
        out->serial = additions_le32(b);
    }
    additions_uint32_list_rest(r, &out->types);
    return true;
}

static inline size_t additions_agent_clipboard_grab_extent(const additions_agent_clipboard_grab *v)
{
    size_t size = 0;
    if (v->has_selection) {
        size += 1;
    }
    if (v->has_reserved) {
        size += 3;
    }
    if (v->has_serial) {
        size += 4;
    }
    size += additions_uint32_list_extent(&v->types);
    return size;
}

static inline bool additions_agent_clipboard_grab_measure(const additions_agent_clipboard_grab *v, additions_measure *m)
{
    if (v->has_selection) {
        additions_add(m, 1);
    }
    if (v->has_reserved) {
        additions_add(m, 3);
    }
    if (v->has_serial) {
        additions_add(m, 4);
    }
    if (!additions_uint32_list_measure(&v->types, m)) {
        return additions_within(m->error, "types");
    }
    return true;
}

static inline void additions_agent_clipboard_grab_put(const additions_agent_clipboard_grab *v, additions_writer *w)
{
    uint8_t *b;
    if (v->has_selection) {
        b = additions_room(w, 1);
        *(b) = v->selection;
    }
    if (v->has_reserved) {
        b = additions_room(w, 3);
        additions_put_array(b, v->reserved, 3);
    }
    if (v->has_serial) {
        b = additions_room(w, 4);
        additions_put_le32(b, v->serial);
    }
    additions_uint32_list_put(&v->types, w);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. Some fields depend on `capabilities`: what both sides have announced. On false `error` says why. */
static inline bool additions_agent_clipboard_grab_parse(additions_agent_clipboard_grab *out, const uint8_t *body, size_t size, additions_capabilities capabilities, additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    r.capabilities = &capabilities;
    memset(out, 0, sizeof *out);
    return additions_agent_clipboard_grab_read(&r, out);
}

/** As `additions_agent_clipboard_grab_parse`, and gives the bytes that follow everything the message uses. */
static inline bool additions_agent_clipboard_grab_parse_with_trailing(additions_agent_clipboard_grab *out, const uint8_t *body, size_t size, additions_capabilities capabilities, additions_bytes *trailing,
                          additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    r.capabilities = &capabilities;
    memset(out, 0, sizeof *out);
    *trailing = additions_bytes_of(NULL, 0);
    if (!additions_agent_clipboard_grab_read(&r, out)) {
        return false;
    }
    *trailing = additions_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool additions_agent_clipboard_grab_size(const additions_agent_clipboard_grab *v, size_t *size, additions_error *error)
{
    additions_measure m = additions_measure_of(error);
    return additions_agent_clipboard_grab_measure(v, &m) && additions_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool additions_agent_clipboard_grab_write(const additions_agent_clipboard_grab *v, uint8_t *buffer, size_t room, size_t *written, additions_error *error)
{
    additions_writer w;
    if (!additions_agent_clipboard_grab_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return additions_no_room(error, *written, room);
    }
    w = additions_writer_of(buffer, additions_agent_clipboard_grab_extent(v));
    additions_agent_clipboard_grab_put(v, &w);
    return true;
}

/** 10 bytes on the wire. */
typedef struct additions_agent_set {
    /** `x` of the description. */
    uint16_t x;
    /** `shape` of the description. */
    additions_guest_address shape;
} additions_agent_set;

static inline void additions_agent_set_load(const uint8_t *b, additions_agent_set *out)
{
    out->x = additions_le16(b);
    out->shape = additions_le64(b + 2);
}

static inline bool additions_agent_set_read(additions_reader *r, additions_agent_set *out)
{
    const uint8_t *b;
    b = additions_take(r, 10);
    if (b == NULL) {
        static const additions_span fields[] = {
            {2, "x"}, {10, "shape"}
        };
        return additions_cut(r, fields, 2);
    }
    additions_agent_set_load(b, out);
    return true;
}

static inline bool additions_agent_set_measure(const additions_agent_set *v, additions_measure *m)
{
    (void)v;
    additions_add(m, 10);
    return true;
}

static inline void additions_agent_set_store(uint8_t *b, const additions_agent_set *v)
{
    additions_put_le16(b, v->x);
    additions_put_le64(b + 2, v->shape);
}

static inline void additions_agent_set_put(const additions_agent_set *v, additions_writer *w)
{
    additions_agent_set_store(additions_room(w, 10), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool additions_agent_set_parse(additions_agent_set *out, const uint8_t *body, size_t size, additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return additions_agent_set_read(&r, out);
}

/** As `additions_agent_set_parse`, and gives the bytes that follow everything the message uses. */
static inline bool additions_agent_set_parse_with_trailing(additions_agent_set *out, const uint8_t *body, size_t size, additions_bytes *trailing,
                          additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = additions_bytes_of(NULL, 0);
    if (!additions_agent_set_read(&r, out)) {
        return false;
    }
    *trailing = additions_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool additions_agent_set_size(const additions_agent_set *v, size_t *size, additions_error *error)
{
    additions_measure m = additions_measure_of(error);
    return additions_agent_set_measure(v, &m) && additions_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool additions_agent_set_write(const additions_agent_set *v, uint8_t *buffer, size_t room, size_t *written, additions_error *error)
{
    additions_writer w;
    if (!additions_agent_set_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return additions_no_room(error, *written, room);
    }
    w = additions_writer_of(buffer, 10);
    additions_agent_set_put(v, &w);
    return true;
}

/** Which member of a `additions_agent_cursor_command_u` there is. */
typedef enum additions_agent_cursor_command_u_kind {
    /** The selector names no choice. */
    ADDITIONS_AGENT_CURSOR_COMMAND_U_OTHER,
    /** For `SET`. */
    ADDITIONS_AGENT_CURSOR_COMMAND_U_SET,
    /** For `MOVE`. */
    ADDITIONS_AGENT_CURSOR_COMMAND_U_POSITION,
    /** For anything else. */
    ADDITIONS_AGENT_CURSOR_COMMAND_U_RAW
} additions_agent_cursor_command_u_kind;

/**
 * The union.
 *
 * The member `u` of `CursorCommand`.
 */
typedef struct additions_agent_cursor_command_u {
    /** Which member of `u` there is; it has to fit the selector. */
    additions_agent_cursor_command_u_kind kind;
    union {
        additions_agent_set set;
        uint16_t position[2];
        uint64_t raw;
        /** The 16 bytes of a choice that the selector does not name. */
        const uint8_t *other;
    } u;
} additions_agent_cursor_command_u;

/** The kind that a selector chooses. */
static inline additions_agent_cursor_command_u_kind additions_agent_cursor_command_u_kind_of(additions_agent_command selector)
{
    switch (selector) {
    case ADDITIONS_AGENT_COMMAND_SET: return ADDITIONS_AGENT_CURSOR_COMMAND_U_SET;
    case ADDITIONS_AGENT_COMMAND_MOVE: return ADDITIONS_AGENT_CURSOR_COMMAND_U_POSITION;
    default: return ADDITIONS_AGENT_CURSOR_COMMAND_U_RAW;
    }
}

/** At least 32 bytes on the wire. */
typedef struct additions_agent_cursor_command {
    /** `type` of the description. */
    additions_agent_command type;
    /** The union. */
    additions_agent_cursor_command_u u;
    /**
     * `name` of the description. At most 64 elements.
     *
     * Behind a pointer.
     */
    additions_text name;
    /** `password` of the description. At most 60 elements. */
    additions_text password;
} additions_agent_cursor_command;

static inline bool additions_agent_cursor_command_read(additions_reader *r, additions_agent_cursor_command *out)
{
    const uint8_t *b;
    b = additions_take(r, 32);
    if (b == NULL) {
        static const additions_span fields[] = {
            {4, "type"}, {20, "u"}, {24, "name_size"}, {28, "name"}, {32, "password_size"}
        };
        return additions_cut(r, fields, 5);
    }
    out->type = additions_le32(b);
    memset(&out->u, 0, sizeof out->u);
    out->u.kind = additions_agent_cursor_command_u_kind_of(out->type);
    switch (out->u.kind) {
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_SET:
        additions_agent_set_load(b + 4, &out->u.u.set);
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_POSITION:
        for (size_t i = 0; i < 2; i++) {
            out->u.u.position[i] = additions_le16(b + 4 + i * 2);
        }
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_RAW:
        out->u.u.raw = additions_le64(b + 4);
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_OTHER:
        out->u.u.other = b + 4;
        break;
    }
    const uint32_t name_size = additions_le32(b + 20);
    if (name_size > 64) {
        return additions_fail_in(r, ADDITIONS_ERROR_LIMIT, 0, name_size, 64, "name");
    }
    if (!additions_follow_bytes(r, additions_le32(b + 24), 8, true, name_size, &out->name)) {
        return additions_within(r->error, "name");
    }
    const uint32_t password_size = additions_le32(b + 28);
    if (password_size > 60) {
        return additions_fail_in(r, ADDITIONS_ERROR_LIMIT, 0, password_size, 60, "password");
    }
    if (!additions_read_bytes(r, password_size, &out->password)) {
        return additions_within(r->error, "password");
    }
    return true;
}

static inline size_t additions_agent_cursor_command_extent(const additions_agent_cursor_command *v)
{
    size_t size = 32;
    size += v->password.size;
    return size;
}

static inline bool additions_agent_cursor_command_measure(const additions_agent_cursor_command *v, additions_measure *m)
{
    additions_add(m, 32);
    if (v->u.kind != additions_agent_cursor_command_u_kind_of(v->type)) {
        return additions_refuse(m, ADDITIONS_ERROR_SELECTOR, 0, 0, "u");
    }
    if (v->name.size > 64) {
        return additions_refuse(m, ADDITIONS_ERROR_COUNT, v->name.size, 64, "name");
    }
    if ((uint64_t)v->name.size > 4294967295u) {
        return additions_refuse(m, ADDITIONS_ERROR_COUNT, v->name.size, 4294967295u, "name");
    }
    additions_add(m, v->name.size);
    if (v->name.size == 0) {
        return additions_refuse(m, ADDITIONS_ERROR_EMPTY_TARGET, 0, 1, "name");
    }
    if (v->password.size > 60) {
        return additions_refuse(m, ADDITIONS_ERROR_COUNT, v->password.size, 60, "password");
    }
    if ((uint64_t)v->password.size > 4294967295u) {
        return additions_refuse(m, ADDITIONS_ERROR_COUNT, v->password.size, 4294967295u, "password");
    }
    additions_add(m, v->password.size);
    return true;
}

static inline void additions_agent_cursor_command_put(const additions_agent_cursor_command *v, additions_writer *w)
{
    uint8_t *b;
    b = additions_room(w, 32);
    additions_put_le32(b, v->type);
    memset(b + 4, 0, 16);
    switch (v->u.kind) {
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_SET:
        additions_agent_set_store(b + 4, &v->u.u.set);
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_POSITION:
        for (size_t i = 0; i < 2; i++) {
            additions_put_le16(b + 4 + i * 2, v->u.u.position[i]);
        }
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_RAW:
        additions_put_le64(b + 4, v->u.u.raw);
        break;
    case ADDITIONS_AGENT_CURSOR_COMMAND_U_OTHER:
        additions_put_array(b + 4, v->u.u.other, 16);
        break;
    }
    additions_put_le32(b + 20, ((uint32_t)v->name.size));
    additions_put_le32(b + 24, additions_allot(w, (v->name.data != NULL) ? v->name.size : 0));
    additions_put_le32(b + 28, ((uint32_t)v->password.size));
    additions_put(w, v->password.data, v->password.size);
}

static inline void additions_agent_cursor_command_put_targets(const additions_agent_cursor_command *v, unsigned depth, additions_writer *w)
{
    if (depth == 0 && v->name.data != NULL) {
        additions_put(w, v->name.data, v->name.size);
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool additions_agent_cursor_command_parse(additions_agent_cursor_command *out, const uint8_t *body, size_t size, additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return additions_agent_cursor_command_read(&r, out);
}

/** As `additions_agent_cursor_command_parse`, and gives the bytes that follow everything the message uses. */
static inline bool additions_agent_cursor_command_parse_with_trailing(additions_agent_cursor_command *out, const uint8_t *body, size_t size, additions_bytes *trailing,
                          additions_error *error)
{
    additions_reader r = additions_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = additions_bytes_of(NULL, 0);
    if (!additions_agent_cursor_command_read(&r, out)) {
        return false;
    }
    *trailing = additions_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool additions_agent_cursor_command_size(const additions_agent_cursor_command *v, size_t *size, additions_error *error)
{
    additions_measure m = additions_measure_of(error);
    return additions_agent_cursor_command_measure(v, &m) && additions_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool additions_agent_cursor_command_write(const additions_agent_cursor_command *v, uint8_t *buffer, size_t room, size_t *written, additions_error *error)
{
    additions_writer w;
    if (!additions_agent_cursor_command_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return additions_no_room(error, *written, room);
    }
    w = additions_writer_of(buffer, additions_agent_cursor_command_extent(v));
    additions_agent_cursor_command_put(v, &w);
    additions_agent_cursor_command_put_targets(v, 0, &w);
    return true;
}

#ifdef __cplusplus
}
#endif

#endif /* ADDITIONS_H */
