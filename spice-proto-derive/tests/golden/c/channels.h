/**
 * What main channels can do.
 *
 * The number is that of a bit in the capability words.
 */
typedef uint16_t channels_main_main_capability;

enum {
    /** `NAME` of the description. */
    CHANNELS_MAIN_MAIN_CAPABILITY_NAME = 0,
    /** `FAR` of the description. */
    CHANNELS_MAIN_MAIN_CAPABILITY_FAR = 33
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_main_main_capability_name(channels_main_main_capability value)
{
    switch (value) {
    case CHANNELS_MAIN_MAIN_CAPABILITY_NAME: return "NAME";
    case CHANNELS_MAIN_MAIN_CAPABILITY_FAR: return "FAR";
    default: return NULL;
    }
}

/** 4 bytes on the wire. */
typedef struct channels_common_mode {
    /** `x_res` of the description. */
    uint16_t x_res;
    /** `y_res` of the description. */
    uint16_t y_res;
} channels_common_mode;

static inline void channels_common_mode_load(const uint8_t *b, channels_common_mode *out)
{
    out->x_res = channels_le16(b);
    out->y_res = channels_le16(b + 2);
}

static inline bool channels_common_mode_read(channels_reader *r, channels_common_mode *out)
{
    const uint8_t *b;
    b = channels_take(r, 4);
    if (b == NULL) {
        static const channels_span fields[] = {
            {2, "x_res"}, {4, "y_res"}
        };
        return channels_cut(r, fields, 2);
    }
    channels_common_mode_load(b, out);
    return true;
}

static inline bool channels_common_mode_measure(const channels_common_mode *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 4);
    return true;
}

static inline void channels_common_mode_store(uint8_t *b, const channels_common_mode *v)
{
    channels_put_le16(b, v->x_res);
    channels_put_le16(b + 2, v->y_res);
}

static inline void channels_common_mode_put(const channels_common_mode *v, channels_writer *w)
{
    channels_common_mode_store(channels_room(w, 4), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_common_mode_parse(channels_common_mode *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_common_mode_read(&r, out);
}

/** As `channels_common_mode_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_mode_parse_with_trailing(channels_common_mode *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_common_mode_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_mode_size(const channels_common_mode *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_mode_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_mode_write(const channels_common_mode *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_mode_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 4);
    channels_common_mode_put(v, &w);
    return true;
}

/** No bytes on the wire. */
typedef struct channels_common_empty {
    /** C has no structures without members. */
    uint8_t nothing;
} channels_common_empty;

static inline void channels_common_empty_load(const uint8_t *b, channels_common_empty *out)
{
    (void)b;
    out->nothing = 0;
}

static inline bool channels_common_empty_read(channels_reader *r, channels_common_empty *out)
{
    (void)r;
    out->nothing = 0;
    return true;
}

static inline bool channels_common_empty_measure(const channels_common_empty *v, channels_measure *m)
{
    (void)v;
    (void)m;
    return true;
}

static inline void channels_common_empty_store(uint8_t *b, const channels_common_empty *v)
{
    (void)b;
    (void)v;
}

static inline void channels_common_empty_put(const channels_common_empty *v, channels_writer *w)
{
    (void)v;
    (void)w;
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_common_empty_parse(channels_common_empty *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_common_empty_read(&r, out);
}

/** As `channels_common_empty_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_empty_parse_with_trailing(channels_common_empty *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_common_empty_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_empty_size(const channels_common_empty *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_empty_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_empty_write(const channels_common_empty *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_empty_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 0);
    channels_common_empty_put(v, &w);
    return true;
}

/** 8 bytes on the wire. */
typedef struct channels_common_set_ack {
    /** `generation` of the description. */
    uint32_t generation;
    /** `window` of the description. */
    uint32_t window;
} channels_common_set_ack;

static inline void channels_common_set_ack_load(const uint8_t *b, channels_common_set_ack *out)
{
    out->generation = channels_le32(b);
    out->window = channels_le32(b + 4);
}

static inline bool channels_common_set_ack_read(channels_reader *r, channels_common_set_ack *out)
{
    const uint8_t *b;
    b = channels_take(r, 8);
    if (b == NULL) {
        static const channels_span fields[] = {
            {4, "generation"}, {8, "window"}
        };
        return channels_cut(r, fields, 2);
    }
    channels_common_set_ack_load(b, out);
    return true;
}

static inline bool channels_common_set_ack_measure(const channels_common_set_ack *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 8);
    return true;
}

static inline void channels_common_set_ack_store(uint8_t *b, const channels_common_set_ack *v)
{
    channels_put_le32(b, v->generation);
    channels_put_le32(b + 4, v->window);
}

static inline void channels_common_set_ack_put(const channels_common_set_ack *v, channels_writer *w)
{
    channels_common_set_ack_store(channels_room(w, 8), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_common_set_ack_parse(channels_common_set_ack *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_common_set_ack_read(&r, out);
}

/** As `channels_common_set_ack_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_set_ack_parse_with_trailing(channels_common_set_ack *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_common_set_ack_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_set_ack_size(const channels_common_set_ack *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_set_ack_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_set_ack_write(const channels_common_set_ack *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_set_ack_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 8);
    channels_common_set_ack_put(v, &w);
    return true;
}

/** Any number of bytes on the wire. */
typedef struct channels_common_migrate_data {
    /** `data` of the description. */
    channels_bytes data;
} channels_common_migrate_data;

static inline bool channels_common_migrate_data_read(channels_reader *r, channels_common_migrate_data *out)
{
    out->data = channels_rest(r);
    return true;
}

static inline size_t channels_common_migrate_data_extent(const channels_common_migrate_data *v)
{
    size_t size = 0;
    size += v->data.size;
    return size;
}

static inline bool channels_common_migrate_data_measure(const channels_common_migrate_data *v, channels_measure *m)
{
    channels_add(m, v->data.size);
    return true;
}

static inline void channels_common_migrate_data_put(const channels_common_migrate_data *v, channels_writer *w)
{
    channels_put(w, v->data.data, v->data.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_common_migrate_data_parse(channels_common_migrate_data *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_common_migrate_data_read(&r, out);
}

/** As `channels_common_migrate_data_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_migrate_data_parse_with_trailing(channels_common_migrate_data *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_common_migrate_data_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_migrate_data_size(const channels_common_migrate_data *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_migrate_data_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_migrate_data_write(const channels_common_migrate_data *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_migrate_data_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_common_migrate_data_extent(v));
    channels_common_migrate_data_put(v, &w);
    return true;
}

/** 4 bytes on the wire. */
typedef struct channels_common_ack_sync {
    /** `generation` of the description. */
    uint32_t generation;
} channels_common_ack_sync;

static inline void channels_common_ack_sync_load(const uint8_t *b, channels_common_ack_sync *out)
{
    out->generation = channels_le32(b);
}

static inline bool channels_common_ack_sync_read(channels_reader *r, channels_common_ack_sync *out)
{
    const uint8_t *b;
    b = channels_take(r, 4);
    if (b == NULL) {
        static const channels_span fields[] = {
            {4, "generation"}
        };
        return channels_cut(r, fields, 1);
    }
    channels_common_ack_sync_load(b, out);
    return true;
}

static inline bool channels_common_ack_sync_measure(const channels_common_ack_sync *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 4);
    return true;
}

static inline void channels_common_ack_sync_store(uint8_t *b, const channels_common_ack_sync *v)
{
    channels_put_le32(b, v->generation);
}

static inline void channels_common_ack_sync_put(const channels_common_ack_sync *v, channels_writer *w)
{
    channels_common_ack_sync_store(channels_room(w, 4), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_common_ack_sync_parse(channels_common_ack_sync *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_common_ack_sync_read(&r, out);
}

/** As `channels_common_ack_sync_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_ack_sync_parse_with_trailing(channels_common_ack_sync *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_common_ack_sync_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_ack_sync_size(const channels_common_ack_sync *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_ack_sync_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_ack_sync_write(const channels_common_ack_sync *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_ack_sync_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 4);
    channels_common_ack_sync_put(v, &w);
    return true;
}

/**
 * Asks for a mode.
 *
 * 4 bytes on the wire.
 */
typedef struct channels_main_mode {
    /** `mode` of the description. */
    channels_common_mode mode;
} channels_main_mode;

static inline void channels_main_mode_load(const uint8_t *b, channels_main_mode *out)
{
    channels_common_mode_load(b, &out->mode);
}

static inline bool channels_main_mode_read(channels_reader *r, channels_main_mode *out)
{
    const uint8_t *b;
    b = channels_take(r, 4);
    if (b == NULL) {
        static const channels_span fields[] = {
            {4, "mode"}
        };
        return channels_cut(r, fields, 1);
    }
    channels_main_mode_load(b, out);
    return true;
}

static inline bool channels_main_mode_measure(const channels_main_mode *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 4);
    return true;
}

static inline void channels_main_mode_store(uint8_t *b, const channels_main_mode *v)
{
    channels_common_mode_store(b, &v->mode);
}

static inline void channels_main_mode_put(const channels_main_mode *v, channels_writer *w)
{
    channels_main_mode_store(channels_room(w, 4), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_main_mode_parse(channels_main_mode *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_main_mode_read(&r, out);
}

/** As `channels_main_mode_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_main_mode_parse_with_trailing(channels_main_mode *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_main_mode_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_main_mode_size(const channels_main_mode *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_main_mode_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_main_mode_write(const channels_main_mode *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_main_mode_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 4);
    channels_main_mode_put(v, &w);
    return true;
}

/**
 * Tells the mode.
 *
 * 5 bytes on the wire.
 */
typedef struct channels_main_server_mode {
    /** `mode` of the description. */
    channels_common_mode mode;
    /** `accepted` of the description. */
    uint8_t accepted;
} channels_main_server_mode;

static inline void channels_main_server_mode_load(const uint8_t *b, channels_main_server_mode *out)
{
    channels_common_mode_load(b, &out->mode);
    out->accepted = *(b + 4);
}

static inline bool channels_main_server_mode_read(channels_reader *r, channels_main_server_mode *out)
{
    const uint8_t *b;
    b = channels_take(r, 5);
    if (b == NULL) {
        static const channels_span fields[] = {
            {4, "mode"}, {5, "accepted"}
        };
        return channels_cut(r, fields, 2);
    }
    channels_main_server_mode_load(b, out);
    return true;
}

static inline bool channels_main_server_mode_measure(const channels_main_server_mode *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 5);
    return true;
}

static inline void channels_main_server_mode_store(uint8_t *b, const channels_main_server_mode *v)
{
    channels_common_mode_store(b, &v->mode);
    *(b + 4) = v->accepted;
}

static inline void channels_main_server_mode_put(const channels_main_server_mode *v, channels_writer *w)
{
    channels_main_server_mode_store(channels_room(w, 5), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_main_server_mode_parse(channels_main_server_mode *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_main_server_mode_read(&r, out);
}

/** As `channels_main_server_mode_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_main_server_mode_parse_with_trailing(channels_main_server_mode *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_main_server_mode_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_main_server_mode_size(const channels_main_server_mode *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_main_server_mode_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_main_server_mode_write(const channels_main_server_mode *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_main_server_mode_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 5);
    channels_main_server_mode_put(v, &w);
    return true;
}

/** 1 byte on the wire. */
typedef struct channels_agent_mode {
    /** `first` of the description. */
    uint8_t first;
} channels_agent_mode;

static inline void channels_agent_mode_load(const uint8_t *b, channels_agent_mode *out)
{
    out->first = *(b);
}

static inline bool channels_agent_mode_read(channels_reader *r, channels_agent_mode *out)
{
    const uint8_t *b;
    b = channels_take(r, 1);
    if (b == NULL) {
        static const channels_span fields[] = {
            {1, "first"}
        };
        return channels_cut(r, fields, 1);
    }
    channels_agent_mode_load(b, out);
    return true;
}

static inline bool channels_agent_mode_measure(const channels_agent_mode *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 1);
    return true;
}

static inline void channels_agent_mode_store(uint8_t *b, const channels_agent_mode *v)
{
    *(b) = v->first;
}

static inline void channels_agent_mode_put(const channels_agent_mode *v, channels_writer *w)
{
    channels_agent_mode_store(channels_room(w, 1), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_agent_mode_parse(channels_agent_mode *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_agent_mode_read(&r, out);
}

/** As `channels_agent_mode_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_agent_mode_parse_with_trailing(channels_agent_mode *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_agent_mode_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_agent_mode_size(const channels_agent_mode *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_agent_mode_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_agent_mode_write(const channels_agent_mode *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_agent_mode_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 1);
    channels_agent_mode_put(v, &w);
    return true;
}

/** 1 byte on the wire. */
typedef struct channels_agent_announce {
    /** `last` of the description. */
    uint8_t last;
} channels_agent_announce;

static inline void channels_agent_announce_load(const uint8_t *b, channels_agent_announce *out)
{
    out->last = *(b);
}

static inline bool channels_agent_announce_read(channels_reader *r, channels_agent_announce *out)
{
    const uint8_t *b;
    b = channels_take(r, 1);
    if (b == NULL) {
        static const channels_span fields[] = {
            {1, "last"}
        };
        return channels_cut(r, fields, 1);
    }
    channels_agent_announce_load(b, out);
    return true;
}

static inline bool channels_agent_announce_measure(const channels_agent_announce *v, channels_measure *m)
{
    (void)v;
    channels_add(m, 1);
    return true;
}

static inline void channels_agent_announce_store(uint8_t *b, const channels_agent_announce *v)
{
    *(b) = v->last;
}

static inline void channels_agent_announce_put(const channels_agent_announce *v, channels_writer *w)
{
    channels_agent_announce_store(channels_room(w, 1), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_agent_announce_parse(channels_agent_announce *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_agent_announce_read(&r, out);
}

/** As `channels_agent_announce_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_agent_announce_parse_with_trailing(channels_agent_announce *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_agent_announce_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_agent_announce_size(const channels_agent_announce *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_agent_announce_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_agent_announce_write(const channels_agent_announce *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_agent_announce_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 1);
    channels_agent_announce_put(v, &w);
    return true;
}

/** No bytes on the wire. */
typedef struct channels_agent_both_message {
    /** C has no structures without members. */
    uint8_t nothing;
} channels_agent_both_message;

static inline void channels_agent_both_message_load(const uint8_t *b, channels_agent_both_message *out)
{
    (void)b;
    out->nothing = 0;
}

static inline bool channels_agent_both_message_read(channels_reader *r, channels_agent_both_message *out)
{
    (void)r;
    out->nothing = 0;
    return true;
}

static inline bool channels_agent_both_message_measure(const channels_agent_both_message *v, channels_measure *m)
{
    (void)v;
    (void)m;
    return true;
}

static inline void channels_agent_both_message_store(uint8_t *b, const channels_agent_both_message *v)
{
    (void)b;
    (void)v;
}

static inline void channels_agent_both_message_put(const channels_agent_both_message *v, channels_writer *w)
{
    (void)v;
    (void)w;
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool channels_agent_both_message_parse(channels_agent_both_message *out, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return channels_agent_both_message_read(&r, out);
}

/** As `channels_agent_both_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_agent_both_message_parse_with_trailing(channels_agent_both_message *out, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = channels_bytes_of(NULL, 0);
    if (!channels_agent_both_message_read(&r, out)) {
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_agent_both_message_size(const channels_agent_both_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_agent_both_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_agent_both_message_write(const channels_agent_both_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_agent_both_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, 0);
    channels_agent_both_message_put(v, &w);
    return true;
}

/* Numbers of `channels_common_server_message`. */
enum {
    /** Number 3. */
    CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK = 3,
    /** Number 4. */
    CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA = 4
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_common_server_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK: return "set_ack";
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA: return "migrate_data";
    default: return NULL;
    }
}

/** A message from the server. */
typedef struct channels_common_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_set_ack set_ack;
        channels_common_migrate_data migrate_data;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_common_server_message;

static inline bool channels_common_server_message_read(channels_reader *r, uint16_t kind, channels_common_server_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK:
        if (!channels_common_set_ack_read(r, &out->body.set_ack)) {
            return channels_within(r->error, "set_ack");
        }
        return true;
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA:
        if (!channels_common_migrate_data_read(r, &out->body.migrate_data)) {
            return channels_within(r->error, "migrate_data");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_common_server_message_parse(channels_common_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_common_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_common_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_server_message_parse_with_trailing(channels_common_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_common_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_common_server_message_measure(const channels_common_server_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK:
        return channels_common_set_ack_measure(&v->body.set_ack, m) || channels_within(m->error, "set_ack");
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_measure(&v->body.migrate_data, m) || channels_within(m->error, "migrate_data");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_common_server_message_extent(const channels_common_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK:
        return 8;
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_extent(&v->body.migrate_data);
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_common_server_message_put(const channels_common_server_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_COMMON_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_put(&v->body.set_ack, w);
        break;
    case CHANNELS_COMMON_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_put(&v->body.migrate_data, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_server_message_size(const channels_common_server_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_server_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_server_message_write(const channels_common_server_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_common_server_message_extent(v));
    channels_common_server_message_put(v, &w);
    return true;
}

/* Numbers of `channels_common_client_message`. */
enum {
    /** Number 1. */
    CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC = 1,
    /** Number 2. */
    CHANNELS_COMMON_CLIENT_MESSAGE_ACK = 2
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_common_client_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC: return "ack_sync";
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK: return "ack";
    default: return NULL;
    }
}

/** A message from the client. */
typedef struct channels_common_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_ack_sync ack_sync;
        channels_common_empty ack;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_common_client_message;

static inline bool channels_common_client_message_read(channels_reader *r, uint16_t kind, channels_common_client_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC:
        if (!channels_common_ack_sync_read(r, &out->body.ack_sync)) {
            return channels_within(r->error, "ack_sync");
        }
        return true;
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK:
        if (!channels_common_empty_read(r, &out->body.ack)) {
            return channels_within(r->error, "ack");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_common_client_message_parse(channels_common_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_common_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_common_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_common_client_message_parse_with_trailing(channels_common_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_common_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_common_client_message_measure(const channels_common_client_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC:
        return channels_common_ack_sync_measure(&v->body.ack_sync, m) || channels_within(m->error, "ack_sync");
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK:
        return channels_common_empty_measure(&v->body.ack, m) || channels_within(m->error, "ack");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_common_client_message_extent(const channels_common_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC:
        return 4;
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK:
        return 0;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_common_client_message_put(const channels_common_client_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_put(&v->body.ack_sync, w);
        break;
    case CHANNELS_COMMON_CLIENT_MESSAGE_ACK:
        channels_common_empty_put(&v->body.ack, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_common_client_message_size(const channels_common_client_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_common_client_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_common_client_message_write(const channels_common_client_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_common_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_common_client_message_extent(v));
    channels_common_client_message_put(v, &w);
    return true;
}

/* Numbers of `channels_main_server_message`. */
enum {
    /** Number 3. */
    CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK = 3,
    /** Number 4. */
    CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA = 4,
    /**
     * Tells the mode.
     *
     * Number 101. Needs `MainCapability.NAME`.
     */
    CHANNELS_MAIN_SERVER_MESSAGE_MODE = 101,
    /** Number 102. No longer used by peers. */
    CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED = 102
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_main_server_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK: return "set_ack";
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA: return "migrate_data";
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE: return "mode";
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED: return "agent_connected";
    default: return NULL;
    }
}

/** A message from the server. */
typedef struct channels_main_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_set_ack set_ack;
        channels_common_migrate_data migrate_data;
        channels_main_server_mode mode;
        channels_common_empty agent_connected;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_main_server_message;

static inline bool channels_main_server_message_read(channels_reader *r, uint16_t kind, channels_main_server_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK:
        if (!channels_common_set_ack_read(r, &out->body.set_ack)) {
            return channels_within(r->error, "set_ack");
        }
        return true;
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA:
        if (!channels_common_migrate_data_read(r, &out->body.migrate_data)) {
            return channels_within(r->error, "migrate_data");
        }
        return true;
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE:
        if (!channels_main_server_mode_read(r, &out->body.mode)) {
            return channels_within(r->error, "mode");
        }
        return true;
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED:
        if (!channels_common_empty_read(r, &out->body.agent_connected)) {
            return channels_within(r->error, "agent_connected");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_main_server_message_parse(channels_main_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_main_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_main_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_main_server_message_parse_with_trailing(channels_main_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_main_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_main_server_message_measure(const channels_main_server_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK:
        return channels_common_set_ack_measure(&v->body.set_ack, m) || channels_within(m->error, "set_ack");
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_measure(&v->body.migrate_data, m) || channels_within(m->error, "migrate_data");
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE:
        return channels_main_server_mode_measure(&v->body.mode, m) || channels_within(m->error, "mode");
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED:
        return channels_common_empty_measure(&v->body.agent_connected, m) || channels_within(m->error, "agent_connected");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_main_server_message_extent(const channels_main_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK:
        return 8;
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_extent(&v->body.migrate_data);
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE:
        return 5;
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED:
        return 0;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_main_server_message_put(const channels_main_server_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_MAIN_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_put(&v->body.set_ack, w);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_put(&v->body.migrate_data, w);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_MODE:
        channels_main_server_mode_put(&v->body.mode, w);
        break;
    case CHANNELS_MAIN_SERVER_MESSAGE_AGENT_CONNECTED:
        channels_common_empty_put(&v->body.agent_connected, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_main_server_message_size(const channels_main_server_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_main_server_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_main_server_message_write(const channels_main_server_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_main_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_main_server_message_extent(v));
    channels_main_server_message_put(v, &w);
    return true;
}

/* Numbers of `channels_main_client_message`. */
enum {
    /** Number 1. */
    CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC = 1,
    /** Number 2. */
    CHANNELS_MAIN_CLIENT_MESSAGE_ACK = 2,
    /**
     * Asks for a mode.
     *
     * Number 101.
     */
    CHANNELS_MAIN_CLIENT_MESSAGE_MODE = 101
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_main_client_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC: return "ack_sync";
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK: return "ack";
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE: return "mode";
    default: return NULL;
    }
}

/** A message from the client. */
typedef struct channels_main_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_ack_sync ack_sync;
        channels_common_empty ack;
        channels_main_mode mode;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_main_client_message;

static inline bool channels_main_client_message_read(channels_reader *r, uint16_t kind, channels_main_client_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC:
        if (!channels_common_ack_sync_read(r, &out->body.ack_sync)) {
            return channels_within(r->error, "ack_sync");
        }
        return true;
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK:
        if (!channels_common_empty_read(r, &out->body.ack)) {
            return channels_within(r->error, "ack");
        }
        return true;
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE:
        if (!channels_main_mode_read(r, &out->body.mode)) {
            return channels_within(r->error, "mode");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_main_client_message_parse(channels_main_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_main_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_main_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_main_client_message_parse_with_trailing(channels_main_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_main_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_main_client_message_measure(const channels_main_client_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC:
        return channels_common_ack_sync_measure(&v->body.ack_sync, m) || channels_within(m->error, "ack_sync");
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK:
        return channels_common_empty_measure(&v->body.ack, m) || channels_within(m->error, "ack");
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE:
        return channels_main_mode_measure(&v->body.mode, m) || channels_within(m->error, "mode");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_main_client_message_extent(const channels_main_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC:
        return 4;
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK:
        return 0;
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE:
        return 4;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_main_client_message_put(const channels_main_client_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_put(&v->body.ack_sync, w);
        break;
    case CHANNELS_MAIN_CLIENT_MESSAGE_ACK:
        channels_common_empty_put(&v->body.ack, w);
        break;
    case CHANNELS_MAIN_CLIENT_MESSAGE_MODE:
        channels_main_mode_put(&v->body.mode, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_main_client_message_size(const channels_main_client_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_main_client_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_main_client_message_write(const channels_main_client_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_main_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_main_client_message_extent(v));
    channels_main_client_message_put(v, &w);
    return true;
}

/* Numbers of `channels_derived_server_message`. */
enum {
    /** Number 3. */
    CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK = 3,
    /** Number 4. */
    CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA = 4,
    /**
     * Tells the mode.
     *
     * Number 101. Needs `MainCapability.NAME`.
     */
    CHANNELS_DERIVED_SERVER_MESSAGE_MODE = 101,
    /** Number 102. No longer used by peers. */
    CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED = 102
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_derived_server_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK: return "set_ack";
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA: return "migrate_data";
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE: return "mode";
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED: return "agent_connected";
    default: return NULL;
    }
}

/** A message from the server. */
typedef struct channels_derived_server_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_set_ack set_ack;
        channels_common_migrate_data migrate_data;
        channels_main_server_mode mode;
        channels_common_empty agent_connected;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_derived_server_message;

static inline bool channels_derived_server_message_read(channels_reader *r, uint16_t kind, channels_derived_server_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK:
        if (!channels_common_set_ack_read(r, &out->body.set_ack)) {
            return channels_within(r->error, "set_ack");
        }
        return true;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA:
        if (!channels_common_migrate_data_read(r, &out->body.migrate_data)) {
            return channels_within(r->error, "migrate_data");
        }
        return true;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE:
        if (!channels_main_server_mode_read(r, &out->body.mode)) {
            return channels_within(r->error, "mode");
        }
        return true;
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED:
        if (!channels_common_empty_read(r, &out->body.agent_connected)) {
            return channels_within(r->error, "agent_connected");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_derived_server_message_parse(channels_derived_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_derived_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_derived_server_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_derived_server_message_parse_with_trailing(channels_derived_server_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_derived_server_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_derived_server_message_measure(const channels_derived_server_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK:
        return channels_common_set_ack_measure(&v->body.set_ack, m) || channels_within(m->error, "set_ack");
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_measure(&v->body.migrate_data, m) || channels_within(m->error, "migrate_data");
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE:
        return channels_main_server_mode_measure(&v->body.mode, m) || channels_within(m->error, "mode");
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED:
        return channels_common_empty_measure(&v->body.agent_connected, m) || channels_within(m->error, "agent_connected");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_derived_server_message_extent(const channels_derived_server_message *v)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK:
        return 8;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA:
        return channels_common_migrate_data_extent(&v->body.migrate_data);
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE:
        return 5;
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED:
        return 0;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_derived_server_message_put(const channels_derived_server_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_SERVER_MESSAGE_SET_ACK:
        channels_common_set_ack_put(&v->body.set_ack, w);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MIGRATE_DATA:
        channels_common_migrate_data_put(&v->body.migrate_data, w);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_MODE:
        channels_main_server_mode_put(&v->body.mode, w);
        break;
    case CHANNELS_DERIVED_SERVER_MESSAGE_AGENT_CONNECTED:
        channels_common_empty_put(&v->body.agent_connected, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_derived_server_message_size(const channels_derived_server_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_derived_server_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_derived_server_message_write(const channels_derived_server_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_derived_server_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_derived_server_message_extent(v));
    channels_derived_server_message_put(v, &w);
    return true;
}

/* Numbers of `channels_derived_client_message`. */
enum {
    /** Number 1. */
    CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC = 1,
    /** Number 2. */
    CHANNELS_DERIVED_CLIENT_MESSAGE_ACK = 2,
    /**
     * Asks for a mode.
     *
     * Number 101.
     */
    CHANNELS_DERIVED_CLIENT_MESSAGE_MODE = 101
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_derived_client_message_name(uint16_t value)
{
    switch (value) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC: return "ack_sync";
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK: return "ack";
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE: return "mode";
    default: return NULL;
    }
}

/** A message from the client. */
typedef struct channels_derived_client_message {
    /** Number of the message, which says what member of `body` there is. */
    uint16_t kind;
    union {
        channels_common_ack_sync ack_sync;
        channels_common_empty ack;
        channels_main_mode mode;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_derived_client_message;

static inline bool channels_derived_client_message_read(channels_reader *r, uint16_t kind, channels_derived_client_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC:
        if (!channels_common_ack_sync_read(r, &out->body.ack_sync)) {
            return channels_within(r->error, "ack_sync");
        }
        return true;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK:
        if (!channels_common_empty_read(r, &out->body.ack)) {
            return channels_within(r->error, "ack");
        }
        return true;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE:
        if (!channels_main_mode_read(r, &out->body.mode)) {
            return channels_within(r->error, "mode");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_derived_client_message_parse(channels_derived_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_derived_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_derived_client_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_derived_client_message_parse_with_trailing(channels_derived_client_message *out, uint16_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_derived_client_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_derived_client_message_measure(const channels_derived_client_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC:
        return channels_common_ack_sync_measure(&v->body.ack_sync, m) || channels_within(m->error, "ack_sync");
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK:
        return channels_common_empty_measure(&v->body.ack, m) || channels_within(m->error, "ack");
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE:
        return channels_main_mode_measure(&v->body.mode, m) || channels_within(m->error, "mode");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_derived_client_message_extent(const channels_derived_client_message *v)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC:
        return 4;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK:
        return 0;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE:
        return 4;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_derived_client_message_put(const channels_derived_client_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK_SYNC:
        channels_common_ack_sync_put(&v->body.ack_sync, w);
        break;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_ACK:
        channels_common_empty_put(&v->body.ack, w);
        break;
    case CHANNELS_DERIVED_CLIENT_MESSAGE_MODE:
        channels_main_mode_put(&v->body.mode, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_derived_client_message_size(const channels_derived_client_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_derived_client_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_derived_client_message_write(const channels_derived_client_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_derived_client_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_derived_client_message_extent(v));
    channels_derived_client_message_put(v, &w);
    return true;
}

/* Numbers of `channels_agent_message`. */
enum {
    /** Number 1. */
    CHANNELS_AGENT_MESSAGE_MODE = 1,
    /** Number 70000. */
    CHANNELS_AGENT_MESSAGE_ANNOUNCE = 70000,
    /** Number 70001. */
    CHANNELS_AGENT_MESSAGE_MESSAGE = 70001
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_agent_message_name(uint32_t value)
{
    switch (value) {
    case CHANNELS_AGENT_MESSAGE_MODE: return "mode";
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE: return "announce";
    case CHANNELS_AGENT_MESSAGE_MESSAGE: return "message";
    default: return NULL;
    }
}

/**
 * Either side sends these.
 *
 * A message of either side.
 */
typedef struct channels_agent_message {
    /** Number of the message, which says what member of `body` there is. */
    uint32_t kind;
    union {
        channels_agent_mode mode;
        channels_agent_announce announce;
        channels_agent_both_message message;
        /** The body of a message with a number that the description does not know; kept as it is. */
        channels_bytes unknown;
    } body;
} channels_agent_message;

static inline bool channels_agent_message_read(channels_reader *r, uint32_t kind, channels_agent_message *out)
{
    CHANNELS_FILLED(*out);
    out->kind = kind;
    switch (kind) {
    case CHANNELS_AGENT_MESSAGE_MODE:
        if (!channels_agent_mode_read(r, &out->body.mode)) {
            return channels_within(r->error, "mode");
        }
        return true;
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE:
        if (!channels_agent_announce_read(r, &out->body.announce)) {
            return channels_within(r->error, "announce");
        }
        return true;
    case CHANNELS_AGENT_MESSAGE_MESSAGE:
        if (!channels_agent_both_message_read(r, &out->body.message)) {
            return channels_within(r->error, "message");
        }
        return true;
    default:
        out->body.unknown = channels_rest(r);
        return true;
    }
}

/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body. On false `error` says why. */
static inline bool channels_agent_message_parse(channels_agent_message *out, uint32_t kind, const uint8_t *body, size_t size, channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_agent_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    return true;
}

/** As `channels_agent_message_parse`, and gives the bytes that follow everything the message uses. */
static inline bool channels_agent_message_parse_with_trailing(channels_agent_message *out, uint32_t kind, const uint8_t *body, size_t size, channels_bytes *trailing,
                          channels_error *error)
{
    channels_reader r = channels_reader_of(body, size, error);
    if (!channels_agent_message_read(&r, kind, out)) {
        memset(out, 0, sizeof *out);
        *trailing = channels_bytes_of(NULL, 0);
        return false;
    }
    *trailing = channels_trailing(&r);
    return true;
}

static inline bool channels_agent_message_measure(const channels_agent_message *v, channels_measure *m)
{
    switch (v->kind) {
    case CHANNELS_AGENT_MESSAGE_MODE:
        return channels_agent_mode_measure(&v->body.mode, m) || channels_within(m->error, "mode");
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE:
        return channels_agent_announce_measure(&v->body.announce, m) || channels_within(m->error, "announce");
    case CHANNELS_AGENT_MESSAGE_MESSAGE:
        return channels_agent_both_message_measure(&v->body.message, m) || channels_within(m->error, "message");
    default:
        channels_add(m, v->body.unknown.size);
        return true;
    }
}

static inline size_t channels_agent_message_extent(const channels_agent_message *v)
{
    switch (v->kind) {
    case CHANNELS_AGENT_MESSAGE_MODE:
        return 1;
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE:
        return 1;
    case CHANNELS_AGENT_MESSAGE_MESSAGE:
        return 0;
    default:
        return v->body.unknown.size;
    }
}

static inline void channels_agent_message_put(const channels_agent_message *v, channels_writer *w)
{
    switch (v->kind) {
    case CHANNELS_AGENT_MESSAGE_MODE:
        channels_agent_mode_put(&v->body.mode, w);
        break;
    case CHANNELS_AGENT_MESSAGE_ANNOUNCE:
        channels_agent_announce_put(&v->body.announce, w);
        break;
    case CHANNELS_AGENT_MESSAGE_MESSAGE:
        channels_agent_both_message_put(&v->body.message, w);
        break;
    default:
        channels_put(w, v->body.unknown.data, v->body.unknown.size);
        break;
    }
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool channels_agent_message_size(const channels_agent_message *v, size_t *size, channels_error *error)
{
    channels_measure m = channels_measure_of(error);
    return channels_agent_message_measure(v, &m) && channels_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool channels_agent_message_write(const channels_agent_message *v, uint8_t *buffer, size_t room, size_t *written, channels_error *error)
{
    channels_writer w;
    if (!channels_agent_message_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return channels_no_room(error, *written, room);
    }
    w = channels_writer_of(buffer, channels_agent_message_extent(v));
    channels_agent_message_put(v, &w);
    return true;
}

/** The number of a channel type, as link messages carry it. */
typedef uint8_t channels_channel_type;

enum {
    /** Comes first. */
    CHANNELS_CHANNEL_TYPE_MAIN = 1,
    /** `derived` of the description. */
    CHANNELS_CHANNEL_TYPE_DERIVED = 9
};

/** The name in the description; NULL for a number that has none. */
static inline const char *channels_channel_type_name(channels_channel_type value)
{
    switch (value) {
    case CHANNELS_CHANNEL_TYPE_MAIN: return "main";
    case CHANNELS_CHANNEL_TYPE_DERIVED: return "derived";
    default: return NULL;
    }
}

/** A message from the server, of any channel. */
typedef struct channels_any_server_message {
    /** The channel, which says what member of `message` there is. */
    channels_channel_type channel;
    union {
        channels_main_server_message main;
        channels_derived_server_message derived;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            channels_bytes body;
        } unknown;
    } message;
} channels_any_server_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool channels_any_server_message_parse(channels_any_server_message *out, channels_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          channels_bytes *trailing, channels_error *error)
{
    out->channel = channel;
    switch (channel) {
    case CHANNELS_CHANNEL_TYPE_MAIN:
        return channels_main_server_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    case CHANNELS_CHANNEL_TYPE_DERIVED:
        return channels_derived_server_message_parse_with_trailing(&out->message.derived, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = channels_bytes_of(body, size);
    *trailing = channels_bytes_of(NULL, 0);
    return true;
}

/** A message from the client, of any channel. */
typedef struct channels_any_client_message {
    /** The channel, which says what member of `message` there is. */
    channels_channel_type channel;
    union {
        channels_main_client_message main;
        channels_derived_client_message derived;
        /** On a channel that the description does not know. */
        struct {
            uint16_t kind;
            channels_bytes body;
        } unknown;
    } message;
} channels_any_client_message;

/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses. On false `error` says why. */
static inline bool channels_any_client_message_parse(channels_any_client_message *out, channels_channel_type channel, uint16_t kind, const uint8_t *body, size_t size,
                          channels_bytes *trailing, channels_error *error)
{
    out->channel = channel;
    switch (channel) {
    case CHANNELS_CHANNEL_TYPE_MAIN:
        return channels_main_client_message_parse_with_trailing(&out->message.main, kind, body, size, trailing, error);
    case CHANNELS_CHANNEL_TYPE_DERIVED:
        return channels_derived_client_message_parse_with_trailing(&out->message.derived, kind, body, size, trailing, error);
    default:
        break;
    }
    out->message.unknown.kind = kind;
    out->message.unknown.body = channels_bytes_of(body, size);
    *trailing = channels_bytes_of(NULL, 0);
    return true;
}

#ifdef __cplusplus
}
#endif

#endif /* CHANNELS_H */
