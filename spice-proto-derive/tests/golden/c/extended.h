/**
 * Kinds of a ping.
 *
 * Needs an answer from all.
 *
 * Any value may occur; those with a name are constants.
 */
typedef uint8_t extended_ping_kind;

enum {
    /** Measures the time only. */
    EXTENDED_PING_KIND_SHORT = 0,
    /** Loads the line as well. */
    EXTENDED_PING_KIND_LONG = 4,
    /** To everybody. */
    EXTENDED_PING_KIND_BROADCAST = 16
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_ping_kind_name(extended_ping_kind value)
{
    switch (value) {
    case EXTENDED_PING_KIND_SHORT: return "SHORT";
    case EXTENDED_PING_KIND_LONG: return "LONG";
    case EXTENDED_PING_KIND_BROADCAST: return "BROADCAST";
    default: return NULL;
    }
}

/**
 * Answered by `pong`.
 *
 * At least 5 bytes on the wire.
 */
typedef struct extended_ping_ping {
    /** `kind` of the description. */
    extended_ping_kind kind;
    /** `data` of the description. At most 256000 elements. */
    extended_bytes data;
} extended_ping_ping;

static inline bool extended_ping_ping_read(extended_reader *r, extended_ping_ping *out)
{
    const uint8_t *b;
    b = extended_take(r, 5);
    if (b == NULL) {
        static const extended_span fields[] = {
            {1, "kind"}, {5, "size"}
        };
        return extended_cut(r, fields, 2);
    }
    out->kind = *(b);
    const uint32_t size = extended_le32(b + 1);
    if (size > 256000) {
        return extended_fail_in(r, EXTENDED_ERROR_LIMIT, 0, size, 256000, "data");
    }
    if (!extended_read_bytes(r, size, &out->data)) {
        return extended_within(r->error, "data");
    }
    return true;
}

static inline size_t extended_ping_ping_extent(const extended_ping_ping *v)
{
    size_t size = 5;
    size += v->data.size;
    return size;
}

static inline bool extended_ping_ping_measure(const extended_ping_ping *v, extended_measure *m)
{
    extended_add(m, 5);
    if (v->data.size > 256000) {
        return extended_refuse(m, EXTENDED_ERROR_COUNT, v->data.size, 256000, "data");
    }
    if ((uint64_t)v->data.size > 4294967295u) {
        return extended_refuse(m, EXTENDED_ERROR_COUNT, v->data.size, 4294967295u, "data");
    }
    extended_add(m, v->data.size);
    return true;
}

static inline void extended_ping_ping_put(const extended_ping_ping *v, extended_writer *w)
{
    uint8_t *b;
    b = extended_room(w, 5);
    *(b) = v->kind;
    extended_put_le32(b + 1, ((uint32_t)v->data.size));
    extended_put(w, v->data.data, v->data.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool extended_ping_ping_parse(extended_ping_ping *out, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return extended_ping_ping_read(&r, out);
}

/** As `extended_ping_ping_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ping_ping_parse_with_trailing(extended_ping_ping *out, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = extended_bytes_of(NULL, 0);
    if (!extended_ping_ping_read(&r, out)) {
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ping_ping_size(const extended_ping_ping *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ping_ping_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ping_ping_write(const extended_ping_ping *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ping_ping_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ping_ping_extent(v));
    extended_ping_ping_put(v, &w);
    return true;
}

/**
 * What is asked for.
 *
 * 2 bytes on the wire.
 */
typedef struct extended_question {
    /** `topic` of the description. */
    uint16_t topic;
} extended_question;

static inline void extended_question_load(const uint8_t *b, extended_question *out)
{
    out->topic = extended_le16(b);
}

static inline bool extended_question_read(extended_reader *r, extended_question *out)
{
    const uint8_t *b;
    b = extended_take(r, 2);
    if (b == NULL) {
        static const extended_span fields[] = {
            {2, "topic"}
        };
        return extended_cut(r, fields, 1);
    }
    extended_question_load(b, out);
    return true;
}

static inline bool extended_question_measure(const extended_question *v, extended_measure *m)
{
    (void)v;
    extended_add(m, 2);
    return true;
}

static inline void extended_question_store(uint8_t *b, const extended_question *v)
{
    extended_put_le16(b, v->topic);
}

static inline void extended_question_put(const extended_question *v, extended_writer *w)
{
    extended_question_store(extended_room(w, 2), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool extended_question_parse(extended_question *out, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return extended_question_read(&r, out);
}

/** As `extended_question_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_question_parse_with_trailing(extended_question *out, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = extended_bytes_of(NULL, 0);
    if (!extended_question_read(&r, out)) {
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_question_size(const extended_question *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_question_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_question_write(const extended_question *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_question_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, 2);
    extended_question_put(v, &w);
    return true;
}

/**
 * A message of its own.
 *
 * Any number of bytes on the wire.
 */
typedef struct extended_ping_tell {
    /** `text` of the description. */
    extended_text text;
} extended_ping_tell;

static inline bool extended_ping_tell_read(extended_reader *r, extended_ping_tell *out)
{
    out->text = extended_rest(r);
    return true;
}

static inline size_t extended_ping_tell_extent(const extended_ping_tell *v)
{
    size_t size = 0;
    size += v->text.size;
    return size;
}

static inline bool extended_ping_tell_measure(const extended_ping_tell *v, extended_measure *m)
{
    extended_add(m, v->text.size);
    return true;
}

static inline void extended_ping_tell_put(const extended_ping_tell *v, extended_writer *w)
{
    extended_put(w, v->text.data, v->text.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool extended_ping_tell_parse(extended_ping_tell *out, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return extended_ping_tell_read(&r, out);
}

/** As `extended_ping_tell_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ping_tell_parse_with_trailing(extended_ping_tell *out, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = extended_bytes_of(NULL, 0);
    if (!extended_ping_tell_read(&r, out)) {
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ping_tell_size(const extended_ping_tell *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ping_tell_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ping_tell_write(const extended_ping_tell *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ping_tell_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ping_tell_extent(v));
    extended_ping_tell_put(v, &w);
    return true;
}

/** 1 byte on the wire. */
typedef struct extended_ping_pong {
    /** `kind` of the description. */
    extended_ping_kind kind;
} extended_ping_pong;

static inline void extended_ping_pong_load(const uint8_t *b, extended_ping_pong *out)
{
    out->kind = *(b);
}

static inline bool extended_ping_pong_read(extended_reader *r, extended_ping_pong *out)
{
    const uint8_t *b;
    b = extended_take(r, 1);
    if (b == NULL) {
        static const extended_span fields[] = {
            {1, "kind"}
        };
        return extended_cut(r, fields, 1);
    }
    extended_ping_pong_load(b, out);
    return true;
}

static inline bool extended_ping_pong_measure(const extended_ping_pong *v, extended_measure *m)
{
    (void)v;
    extended_add(m, 1);
    return true;
}

static inline void extended_ping_pong_store(uint8_t *b, const extended_ping_pong *v)
{
    *(b) = v->kind;
}

static inline void extended_ping_pong_put(const extended_ping_pong *v, extended_writer *w)
{
    extended_ping_pong_store(extended_room(w, 1), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool extended_ping_pong_parse(extended_ping_pong *out, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return extended_ping_pong_read(&r, out);
}

/** As `extended_ping_pong_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ping_pong_parse_with_trailing(extended_ping_pong *out, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = extended_bytes_of(NULL, 0);
    if (!extended_ping_pong_read(&r, out)) {
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ping_pong_size(const extended_ping_pong *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ping_pong_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ping_pong_write(const extended_ping_pong *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ping_pong_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, 1);
    extended_ping_pong_put(v, &w);
    return true;
}

/* Numbers of `extended_ping_server_message`. */
enum {
    /**
     * Answered by `pong`.
     *
     * Number 4.
     */
    EXTENDED_PING_SERVER_MESSAGE_PING = 4,
    /**
     * A question, by name.
     *
     * Number 100.
     */
    EXTENDED_PING_SERVER_MESSAGE_ASK = 100,
    /**
     * A message of its own.
     *
     * Number 101.
     */
    EXTENDED_PING_SERVER_MESSAGE_TELL = 101
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_ping_server_message_name(uint16_t value)
{
    switch (value) {
    case EXTENDED_PING_SERVER_MESSAGE_PING: return "ping";
    case EXTENDED_PING_SERVER_MESSAGE_ASK: return "ask";
    case EXTENDED_PING_SERVER_MESSAGE_TELL: return "tell";
    default: return NULL;
    }
}

/**
 * Also asks.
 *
 * A message from the server.
 */
typedef struct extended_ping_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        extended_ping_ping ping;
        extended_question ask;
        extended_ping_tell tell;
        /** The body of a message with a number that the description does not know; kept as it is. */
        extended_bytes unknown;
    } body;
} extended_ping_server_message;

static inline bool extended_ping_server_message_read(extended_reader *r, uint16_t kind, extended_ping_server_message *out)
{
    EXTENDED_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case EXTENDED_PING_SERVER_MESSAGE_PING:
        if (!extended_ping_ping_read(r, &out->body.ping)) {
            return extended_within(r->error, "ping");
        }
        return true;
    case EXTENDED_PING_SERVER_MESSAGE_ASK:
        if (!extended_question_read(r, &out->body.ask)) {
            return extended_within(r->error, "ask");
        }
        return true;
    case EXTENDED_PING_SERVER_MESSAGE_TELL:
        if (!extended_ping_tell_read(r, &out->body.tell)) {
            return extended_within(r->error, "tell");
        }
        return true;
    default:
        out->body.unknown = extended_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool extended_ping_server_message_parse(extended_ping_server_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ping_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `extended_ping_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ping_server_message_parse_with_trailing(extended_ping_server_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ping_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = extended_bytes_of(NULL, 0);
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

static inline bool extended_ping_server_message_measure(const extended_ping_server_message *v, extended_measure *m)
{
    switch (v->kind) {
    case EXTENDED_PING_SERVER_MESSAGE_PING:
        return extended_ping_ping_measure(&v->body.ping, m) || extended_within(m->error, "ping");
    case EXTENDED_PING_SERVER_MESSAGE_ASK:
        return extended_question_measure(&v->body.ask, m) || extended_within(m->error, "ask");
    case EXTENDED_PING_SERVER_MESSAGE_TELL:
        return extended_ping_tell_measure(&v->body.tell, m) || extended_within(m->error, "tell");
    default:
        extended_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t extended_ping_server_message_extent(const extended_ping_server_message *v)
{
    switch (v->kind) {
    case EXTENDED_PING_SERVER_MESSAGE_PING:
        return extended_ping_ping_extent(&v->body.ping);
    case EXTENDED_PING_SERVER_MESSAGE_ASK:
        return 2;
    case EXTENDED_PING_SERVER_MESSAGE_TELL:
        return extended_ping_tell_extent(&v->body.tell);
    default:
        return v->body.unknown.size;
    }
}

static inline void extended_ping_server_message_put(const extended_ping_server_message *v, extended_writer *w)
{
    switch (v->kind) {
    case EXTENDED_PING_SERVER_MESSAGE_PING:
        extended_ping_ping_put(&v->body.ping, w);
        break;
    case EXTENDED_PING_SERVER_MESSAGE_ASK:
        extended_question_put(&v->body.ask, w);
        break;
    case EXTENDED_PING_SERVER_MESSAGE_TELL:
        extended_ping_tell_put(&v->body.tell, w);
        break;
    default:
        extended_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ping_server_message_size(const extended_ping_server_message *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ping_server_message_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ping_server_message_write(const extended_ping_server_message *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ping_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ping_server_message_extent(v));
    extended_ping_server_message_put(v, &w);
    return true;
}

/* Numbers of `extended_ping_client_message`. */
enum {
    /** Number 100. */
    EXTENDED_PING_CLIENT_MESSAGE_PONG = 100
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_ping_client_message_name(uint16_t value)
{
    switch (value) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG: return "pong";
    default: return NULL;
    }
}

/**
 * Also asks.
 *
 * A message from the client.
 */
typedef struct extended_ping_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        extended_ping_pong pong;
        /** The body of a message with a number that the description does not know; kept as it is. */
        extended_bytes unknown;
    } body;
} extended_ping_client_message;

static inline bool extended_ping_client_message_read(extended_reader *r, uint16_t kind, extended_ping_client_message *out)
{
    EXTENDED_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG:
        if (!extended_ping_pong_read(r, &out->body.pong)) {
            return extended_within(r->error, "pong");
        }
        return true;
    default:
        out->body.unknown = extended_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool extended_ping_client_message_parse(extended_ping_client_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ping_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `extended_ping_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ping_client_message_parse_with_trailing(extended_ping_client_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ping_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = extended_bytes_of(NULL, 0);
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

static inline bool extended_ping_client_message_measure(const extended_ping_client_message *v, extended_measure *m)
{
    switch (v->kind) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG:
        return extended_ping_pong_measure(&v->body.pong, m) || extended_within(m->error, "pong");
    default:
        extended_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t extended_ping_client_message_extent(const extended_ping_client_message *v)
{
    switch (v->kind) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG:
        return 1;
    default:
        return v->body.unknown.size;
    }
}

static inline void extended_ping_client_message_put(const extended_ping_client_message *v, extended_writer *w)
{
    switch (v->kind) {
    case EXTENDED_PING_CLIENT_MESSAGE_PONG:
        extended_ping_pong_put(&v->body.pong, w);
        break;
    default:
        extended_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ping_client_message_size(const extended_ping_client_message *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ping_client_message_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ping_client_message_write(const extended_ping_client_message *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ping_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ping_client_message_extent(v));
    extended_ping_client_message_put(v, &w);
    return true;
}

/* Numbers of `extended_ship_server_message`. */
enum {
    /**
     * Answered by `pong`.
     *
     * Number 4.
     */
    EXTENDED_SHIP_SERVER_MESSAGE_PING = 4,
    /**
     * A question, by name.
     *
     * Number 100.
     */
    EXTENDED_SHIP_SERVER_MESSAGE_ASK = 100,
    /**
     * A message of its own.
     *
     * Number 101.
     */
    EXTENDED_SHIP_SERVER_MESSAGE_TELL = 101
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_ship_server_message_name(uint16_t value)
{
    switch (value) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING: return "ping";
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK: return "ask";
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL: return "tell";
    default: return NULL;
    }
}

/**
 * Between ships.
 *
 * A message from the server.
 */
typedef struct extended_ship_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        extended_ping_ping ping;
        extended_question ask;
        extended_ping_tell tell;
        /** The body of a message with a number that the description does not know; kept as it is. */
        extended_bytes unknown;
    } body;
} extended_ship_server_message;

static inline bool extended_ship_server_message_read(extended_reader *r, uint16_t kind, extended_ship_server_message *out)
{
    EXTENDED_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING:
        if (!extended_ping_ping_read(r, &out->body.ping)) {
            return extended_within(r->error, "ping");
        }
        return true;
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK:
        if (!extended_question_read(r, &out->body.ask)) {
            return extended_within(r->error, "ask");
        }
        return true;
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL:
        if (!extended_ping_tell_read(r, &out->body.tell)) {
            return extended_within(r->error, "tell");
        }
        return true;
    default:
        out->body.unknown = extended_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool extended_ship_server_message_parse(extended_ship_server_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ship_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `extended_ship_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ship_server_message_parse_with_trailing(extended_ship_server_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ship_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = extended_bytes_of(NULL, 0);
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

static inline bool extended_ship_server_message_measure(const extended_ship_server_message *v, extended_measure *m)
{
    switch (v->kind) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING:
        return extended_ping_ping_measure(&v->body.ping, m) || extended_within(m->error, "ping");
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK:
        return extended_question_measure(&v->body.ask, m) || extended_within(m->error, "ask");
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL:
        return extended_ping_tell_measure(&v->body.tell, m) || extended_within(m->error, "tell");
    default:
        extended_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t extended_ship_server_message_extent(const extended_ship_server_message *v)
{
    switch (v->kind) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING:
        return extended_ping_ping_extent(&v->body.ping);
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK:
        return 2;
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL:
        return extended_ping_tell_extent(&v->body.tell);
    default:
        return v->body.unknown.size;
    }
}

static inline void extended_ship_server_message_put(const extended_ship_server_message *v, extended_writer *w)
{
    switch (v->kind) {
    case EXTENDED_SHIP_SERVER_MESSAGE_PING:
        extended_ping_ping_put(&v->body.ping, w);
        break;
    case EXTENDED_SHIP_SERVER_MESSAGE_ASK:
        extended_question_put(&v->body.ask, w);
        break;
    case EXTENDED_SHIP_SERVER_MESSAGE_TELL:
        extended_ping_tell_put(&v->body.tell, w);
        break;
    default:
        extended_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ship_server_message_size(const extended_ship_server_message *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ship_server_message_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ship_server_message_write(const extended_ship_server_message *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ship_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ship_server_message_extent(v));
    extended_ship_server_message_put(v, &w);
    return true;
}

/* Numbers of `extended_ship_client_message`. */
enum {
    /** Number 100. */
    EXTENDED_SHIP_CLIENT_MESSAGE_PONG = 100
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_ship_client_message_name(uint16_t value)
{
    switch (value) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG: return "pong";
    default: return NULL;
    }
}

/**
 * Between ships.
 *
 * A message from the client.
 */
typedef struct extended_ship_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        extended_ping_pong pong;
        /** The body of a message with a number that the description does not know; kept as it is. */
        extended_bytes unknown;
    } body;
} extended_ship_client_message;

static inline bool extended_ship_client_message_read(extended_reader *r, uint16_t kind, extended_ship_client_message *out)
{
    EXTENDED_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG:
        if (!extended_ping_pong_read(r, &out->body.pong)) {
            return extended_within(r->error, "pong");
        }
        return true;
    default:
        out->body.unknown = extended_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool extended_ship_client_message_parse(extended_ship_client_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ship_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `extended_ship_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool extended_ship_client_message_parse_with_trailing(extended_ship_client_message *out, uint16_t kind, const uint8_t *body, size_t size, extended_bytes *trailing,
                          extended_error *error)
{
    extended_reader r = extended_reader_of(body, size, error);
    if (!extended_ship_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = extended_bytes_of(NULL, 0);
        return false;
    }
    *trailing = extended_trailing(&r);
    return true;
}

static inline bool extended_ship_client_message_measure(const extended_ship_client_message *v, extended_measure *m)
{
    switch (v->kind) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG:
        return extended_ping_pong_measure(&v->body.pong, m) || extended_within(m->error, "pong");
    default:
        extended_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t extended_ship_client_message_extent(const extended_ship_client_message *v)
{
    switch (v->kind) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG:
        return 1;
    default:
        return v->body.unknown.size;
    }
}

static inline void extended_ship_client_message_put(const extended_ship_client_message *v, extended_writer *w)
{
    switch (v->kind) {
    case EXTENDED_SHIP_CLIENT_MESSAGE_PONG:
        extended_ping_pong_put(&v->body.pong, w);
        break;
    default:
        extended_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool extended_ship_client_message_size(const extended_ship_client_message *v, size_t *size, extended_error *error)
{
    extended_measure m = extended_measure_of(error);
    return extended_ship_client_message_measure(v, &m) && extended_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool extended_ship_client_message_write(const extended_ship_client_message *v, uint8_t *buffer, size_t room, size_t *written, extended_error *error)
{
    extended_writer w;
    if (!extended_ship_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return extended_no_room(error, *written, room);
    }
    w = extended_writer_of(buffer, extended_ship_client_message_extent(v));
    extended_ship_client_message_put(v, &w);
    return true;
}

/** The number of a channel type, as link messages carry it. */
typedef uint8_t extended_channel_type;

enum {
    /** `main` of the description. */
    EXTENDED_CHANNEL_TYPE_MAIN = 1,
    /** `ships` of the description. */
    EXTENDED_CHANNEL_TYPE_SHIPS = 200
};

/** The name in the description; NULL for a number that has none. */
static inline const char *extended_channel_type_name(extended_channel_type value)
{
    switch (value) {
    case EXTENDED_CHANNEL_TYPE_MAIN: return "main";
    case EXTENDED_CHANNEL_TYPE_SHIPS: return "ships";
    default: return NULL;
    }
}

/** A message from the server, of any channel. */
typedef struct extended_any_server_message {
    /** The channel, which says what member of `message` there is. */
    extended_channel_type channel;
    union {
        extended_ping_server_message main;
        extended_ship_server_message ships;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            extended_bytes body;
        } unknown;
    } message;
} extended_any_server_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool extended_any_server_message_parse(extended_any_server_message *out, extended_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          extended_bytes *trailing, extended_error *error)
{
    out->channel = channel;
    switch (channel) {
    case EXTENDED_CHANNEL_TYPE_MAIN:
        return extended_ping_server_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    case EXTENDED_CHANNEL_TYPE_SHIPS:
        return extended_ship_server_message_parse_with_trailing(&out->message.ships, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = extended_bytes_of(body, size);
    *trailing = extended_bytes_of(NULL, 0);
    return true;
}

/** A message from the client, of any channel. */
typedef struct extended_any_client_message {
    /** The channel, which says what member of `message` there is. */
    extended_channel_type channel;
    union {
        extended_ping_client_message main;
        extended_ship_client_message ships;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            extended_bytes body;
        } unknown;
    } message;
} extended_any_client_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool extended_any_client_message_parse(extended_any_client_message *out, extended_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          extended_bytes *trailing, extended_error *error)
{
    out->channel = channel;
    switch (channel) {
    case EXTENDED_CHANNEL_TYPE_MAIN:
        return extended_ping_client_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    case EXTENDED_CHANNEL_TYPE_SHIPS:
        return extended_ship_client_message_parse_with_trailing(&out->message.ships, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = extended_bytes_of(body, size);
    *trailing = extended_bytes_of(NULL, 0);
    return true;
}

#ifdef __cplusplus
}
#endif

#endif /* EXTENDED_H */
