/**
 * Kinds of a ping.
 *
 * Any value may occur; those with a name are constants.
 */
typedef uint8_t ping_ping_kind;

enum {
    /** Measures the time only. */
    PING_PING_KIND_SHORT = 0,
    /** Loads the line as well. */
    PING_PING_KIND_LONG = 4
};

/** The name in the description; NULL for a number that has none. */
static inline const char *ping_ping_kind_name(ping_ping_kind value)
{
    switch (value) {
    case PING_PING_KIND_SHORT: return "SHORT";
    case PING_PING_KIND_LONG: return "LONG";
    default: return NULL;
    }
}

/**
 * Answered by `pong`.
 *
 * At least 5 bytes on the wire.
 */
typedef struct ping_ping_ping {
    /** `kind` of the description. */
    ping_ping_kind kind;
    /** `data` of the description. At most 256000 elements. */
    ping_bytes data;
} ping_ping_ping;

static inline bool ping_ping_ping_read(ping_reader *r, ping_ping_ping *out)
{
    const uint8_t *b;
    b = ping_take(r, 5);
    if (b == NULL) {
        static const ping_span fields[] = {
            {1, "kind"}, {5, "size"}
        };
        return ping_cut(r, fields, 2);
    }
    out->kind = *(b);
    const uint32_t size = ping_le32(b + 1);
    if (size > 256000) {
        return ping_fail_in(r, PING_ERROR_LIMIT, 0, size, 256000, "data");
    }
    if (!ping_read_bytes(r, size, &out->data)) {
        return ping_within(r->error, "data");
    }
    return true;
}

static inline size_t ping_ping_ping_extent(const ping_ping_ping *v)
{
    size_t size = 5;
    size += v->data.size;
    return size;
}

static inline bool ping_ping_ping_measure(const ping_ping_ping *v, ping_measure *m)
{
    ping_add(m, 5);
    if (v->data.size > 256000) {
        return ping_refuse(m, PING_ERROR_COUNT, v->data.size, 256000, "data");
    }
    if ((uint64_t)v->data.size > 4294967295u) {
        return ping_refuse(m, PING_ERROR_COUNT, v->data.size, 4294967295u, "data");
    }
    ping_add(m, v->data.size);
    return true;
}

static inline void ping_ping_ping_put(const ping_ping_ping *v, ping_writer *w)
{
    uint8_t *b;
    b = ping_room(w, 5);
    *(b) = v->kind;
    ping_put_le32(b + 1, ((uint32_t)v->data.size));
    ping_put(w, v->data.data, v->data.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool ping_ping_ping_parse(ping_ping_ping *out, const uint8_t *body, size_t size, ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return ping_ping_ping_read(&r, out);
}

/** As `ping_ping_ping_parse`, and gives the bytes that follow everything the message uses. */
static inline bool ping_ping_ping_parse_with_trailing(ping_ping_ping *out, const uint8_t *body, size_t size, ping_bytes *trailing,
                          ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = ping_bytes_of(NULL, 0);
    if (!ping_ping_ping_read(&r, out)) {
        return false;
    }
    *trailing = ping_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool ping_ping_ping_size(const ping_ping_ping *v, size_t *size, ping_error *error)
{
    ping_measure m = ping_measure_of(error);
    return ping_ping_ping_measure(v, &m) && ping_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool ping_ping_ping_write(const ping_ping_ping *v, uint8_t *buffer, size_t room, size_t *written, ping_error *error)
{
    ping_writer w;
    if (!ping_ping_ping_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return ping_no_room(error, *written, room);
    }
    w = ping_writer_of(buffer, ping_ping_ping_extent(v));
    ping_ping_ping_put(v, &w);
    return true;
}

/* Numbers of `ping_ping_server_message`. */
enum {
    /**
     * Answered by `pong`.
     *
     * Number 4.
     */
    PING_PING_SERVER_MESSAGE_PING = 4
};

/** The name in the description; NULL for a number that has none. */
static inline const char *ping_ping_server_message_name(uint16_t value)
{
    switch (value) {
    case PING_PING_SERVER_MESSAGE_PING: return "ping";
    default: return NULL;
    }
}

/** A message from the server. */
typedef struct ping_ping_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        ping_ping_ping ping;
        /** The body of a message with a number that the description does not know; kept as it is. */
        ping_bytes unknown;
    } body;
} ping_ping_server_message;

static inline bool ping_ping_server_message_read(ping_reader *r, uint16_t kind, ping_ping_server_message *out)
{
    PING_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case PING_PING_SERVER_MESSAGE_PING:
        if (!ping_ping_ping_read(r, &out->body.ping)) {
            return ping_within(r->error, "ping");
        }
        return true;
    default:
        out->body.unknown = ping_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool ping_ping_server_message_parse(ping_ping_server_message *out, uint16_t kind, const uint8_t *body, size_t size, ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    if (!ping_ping_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `ping_ping_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool ping_ping_server_message_parse_with_trailing(ping_ping_server_message *out, uint16_t kind, const uint8_t *body, size_t size, ping_bytes *trailing,
                          ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    if (!ping_ping_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = ping_bytes_of(NULL, 0);
        return false;
    }
    *trailing = ping_trailing(&r);
    return true;
}

static inline bool ping_ping_server_message_measure(const ping_ping_server_message *v, ping_measure *m)
{
    switch (v->kind) {
    case PING_PING_SERVER_MESSAGE_PING:
        return ping_ping_ping_measure(&v->body.ping, m) || ping_within(m->error, "ping");
    default:
        ping_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t ping_ping_server_message_extent(const ping_ping_server_message *v)
{
    switch (v->kind) {
    case PING_PING_SERVER_MESSAGE_PING:
        return ping_ping_ping_extent(&v->body.ping);
    default:
        return v->body.unknown.size;
    }
}

static inline void ping_ping_server_message_put(const ping_ping_server_message *v, ping_writer *w)
{
    switch (v->kind) {
    case PING_PING_SERVER_MESSAGE_PING:
        ping_ping_ping_put(&v->body.ping, w);
        break;
    default:
        ping_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool ping_ping_server_message_size(const ping_ping_server_message *v, size_t *size, ping_error *error)
{
    ping_measure m = ping_measure_of(error);
    return ping_ping_server_message_measure(v, &m) && ping_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool ping_ping_server_message_write(const ping_ping_server_message *v, uint8_t *buffer, size_t room, size_t *written, ping_error *error)
{
    ping_writer w;
    if (!ping_ping_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return ping_no_room(error, *written, room);
    }
    w = ping_writer_of(buffer, ping_ping_server_message_extent(v));
    ping_ping_server_message_put(v, &w);
    return true;
}


/** The name in the description; NULL for a number that has none. */
static inline const char *ping_ping_client_message_name(uint16_t value)
{
    switch (value) {
    default: return NULL;
    }
}

/** A message from the client. */
typedef struct ping_ping_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        /** The body of a message with a number that the description does not know; kept as it is. */
        ping_bytes unknown;
    } body;
} ping_ping_client_message;

static inline bool ping_ping_client_message_read(ping_reader *r, uint16_t kind, ping_ping_client_message *out)
{
    PING_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    default:
        out->body.unknown = ping_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool ping_ping_client_message_parse(ping_ping_client_message *out, uint16_t kind, const uint8_t *body, size_t size, ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    if (!ping_ping_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `ping_ping_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool ping_ping_client_message_parse_with_trailing(ping_ping_client_message *out, uint16_t kind, const uint8_t *body, size_t size, ping_bytes *trailing,
                          ping_error *error)
{
    ping_reader r = ping_reader_of(body, size, error);
    if (!ping_ping_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = ping_bytes_of(NULL, 0);
        return false;
    }
    *trailing = ping_trailing(&r);
    return true;
}

static inline bool ping_ping_client_message_measure(const ping_ping_client_message *v, ping_measure *m)
{
    switch (v->kind) {
    default:
        ping_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t ping_ping_client_message_extent(const ping_ping_client_message *v)
{
    switch (v->kind) {
    default:
        return v->body.unknown.size;
    }
}

static inline void ping_ping_client_message_put(const ping_ping_client_message *v, ping_writer *w)
{
    switch (v->kind) {
    default:
        ping_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool ping_ping_client_message_size(const ping_ping_client_message *v, size_t *size, ping_error *error)
{
    ping_measure m = ping_measure_of(error);
    return ping_ping_client_message_measure(v, &m) && ping_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool ping_ping_client_message_write(const ping_ping_client_message *v, uint8_t *buffer, size_t room, size_t *written, ping_error *error)
{
    ping_writer w;
    if (!ping_ping_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return ping_no_room(error, *written, room);
    }
    w = ping_writer_of(buffer, ping_ping_client_message_extent(v));
    ping_ping_client_message_put(v, &w);
    return true;
}

/** The number of a channel type, as link messages carry it. */
typedef uint8_t ping_channel_type;

enum {
    /** `main` of the description. */
    PING_CHANNEL_TYPE_MAIN = 1
};

/** The name in the description; NULL for a number that has none. */
static inline const char *ping_channel_type_name(ping_channel_type value)
{
    switch (value) {
    case PING_CHANNEL_TYPE_MAIN: return "main";
    default: return NULL;
    }
}

/** A message from the server, of any channel. */
typedef struct ping_any_server_message {
    /** The channel, which says what member of `message` there is. */
    ping_channel_type channel;
    union {
        ping_ping_server_message main;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            ping_bytes body;
        } unknown;
    } message;
} ping_any_server_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool ping_any_server_message_parse(ping_any_server_message *out, ping_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          ping_bytes *trailing, ping_error *error)
{
    out->channel = channel;
    switch (channel) {
    case PING_CHANNEL_TYPE_MAIN:
        return ping_ping_server_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = ping_bytes_of(body, size);
    *trailing = ping_bytes_of(NULL, 0);
    return true;
}

/** A message from the client, of any channel. */
typedef struct ping_any_client_message {
    /** The channel, which says what member of `message` there is. */
    ping_channel_type channel;
    union {
        ping_ping_client_message main;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            ping_bytes body;
        } unknown;
    } message;
} ping_any_client_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool ping_any_client_message_parse(ping_any_client_message *out, ping_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          ping_bytes *trailing, ping_error *error)
{
    out->channel = channel;
    switch (channel) {
    case PING_CHANNEL_TYPE_MAIN:
        return ping_ping_client_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = ping_bytes_of(body, size);
    *trailing = ping_bytes_of(NULL, 0);
    return true;
}

#ifdef __cplusplus
}
#endif

#endif /* PING_H */
