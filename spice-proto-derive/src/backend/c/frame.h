#ifdef __cplusplus
extern "C" {
#endif

/*
 * Messages out of a stream of bytes, for channels that speak as SPICE does: a head of 6 or 18 bytes, then the body. Nothing
 * is read or written here: you receive into a buffer of yours, ask for the message at its front, and drop its bytes.
 */

/** Which head stands before every message of a connection, in both directions. */
typedef enum wire_header_kind {
    /** 6 bytes: message number and size. */
    WIRE_HEADER_MINI,
    /** 18 bytes: serial, message number, size, and the place of a list of sub-messages. */
    WIRE_HEADER_FULL
} wire_header_kind;

/* Bytes of the larger head. */
enum { WIRE_HEADER_MAX = 18 };

/** Bytes of a head. */
static inline size_t wire_header_size(wire_header_kind header)
{
    return header == WIRE_HEADER_MINI ? 6 : 18;
}

/** A message as it travels. */
typedef struct wire_frame {
    /** Number in the stream, from 1 on. Mini heads do not carry it; it is counted then. */
    uint64_t serial;
    /** Message number. */
    uint16_t kind;
    /** Where in the data a list of sub-messages starts, as a full head says; 0 is none. */
    uint32_t sub_list;
    /** Whether a client sent it. */
    bool of_client;
    /** The body of the message itself, to be parsed by its number; in the buffer that was looked at. */
    wire_bytes body;
    /** Everything behind the head: the message's own body, sub-messages, their list. */
    wire_bytes data;
} wire_frame;

/** Where a stream of one direction stands. */
typedef struct wire_framer {
    /** The heads. */
    wire_header_kind header;
    /** Bytes of a body, at most; larger ones are refused as soon as their head is there. */
    uint32_t body_limit;
    /** Whether a client sends. What clients say of sub-messages is ignored, as servers do. */
    bool of_client;
    /** Serial of the next frame with mini heads. */
    uint64_t next_serial;
    /** Bytes of the frames that were taken. */
    uint64_t consumed;
} wire_framer;

/** The start of a stream of a server, behind the handshake. Set `of_client` for one of a client. */
static inline wire_framer wire_framer_of(wire_header_kind header, uint32_t body_limit)
{
    wire_framer framer;
    framer.header = header;
    framer.body_limit = body_limit;
    framer.of_client = false;
    framer.next_serial = 1;
    framer.consumed = 0;
    return framer;
}

/** What a look into a stream gave. */
typedef enum wire_frame_result {
    /** More bytes are needed. */
    WIRE_FRAME_MORE,
    /** There is a frame. */
    WIRE_FRAME_READY,
    /** A body is larger than the limit; the stream cannot go on. */
    WIRE_FRAME_ERROR
} wire_frame_result;

/* The message's own body ends where the first head of a sub-message or the list starts. That is so for a list with errors too,
 * which only `wire_frame_sub_messages` reports. */
static inline size_t wire_own_size(wire_bytes data, uint32_t list)
{
    size_t first = list < data.size ? list : data.size;
    const size_t room = data.size - first;
    if (room >= 2) {
        const uint8_t *entries = data.data + first;
        const size_t fits = (room - 2) / 4;
        const size_t count = wire_le16(entries) < fits ? wire_le16(entries) : fits;
        for (size_t i = 0; i < count; i++) {
            const uint32_t entry = wire_le32(entries + 2 + 4 * i);
            first = entry < first ? entry : first;
        }
    }
    return first;
}

/** Takes the frame at the front of the bytes that have come and were not taken yet. `size_out` is how many bytes it took,
 * or how many more are needed, at the least. */
static inline wire_frame_result wire_next_frame(wire_framer *framer, const uint8_t *bytes, size_t size, wire_frame *out,
                                                size_t *size_out, wire_error *error)
{
    const size_t head = wire_header_size(framer->header);
    const bool full = framer->header == WIRE_HEADER_FULL;
    const uint8_t *b = bytes;
    uint32_t body;
    if (size < head) {
        *size_out = head - size;
        return WIRE_FRAME_MORE;
    }
    out->serial = full ? wire_le64(b) : framer->next_serial;
    b += full ? 8 : 0;
    out->kind = wire_le16(b);
    body = wire_le32(b + 2);
    out->sub_list = full ? wire_le32(b + 6) : 0;
    if (body > framer->body_limit) {
        wire_note_error(error, WIRE_ERROR_LIMIT, framer->consumed + (full ? 10u : 2u), body, framer->body_limit, "size");
        return WIRE_FRAME_ERROR;
    }
    if (size - head < body) {
        *size_out = body - (size - head);
        return WIRE_FRAME_MORE;
    }
    out->of_client = framer->of_client;
    out->data = wire_bytes_of(bytes + head, body);
    out->body = out->data;
    if (out->sub_list != 0 && !out->of_client) {
        out->body.size = wire_own_size(out->data, out->sub_list);
    }
    *size_out = head + body;
    framer->consumed += (uint64_t)head + body;
    framer->next_serial = out->serial + 1;
    return WIRE_FRAME_READY;
}

/** Writes a head into the first bytes of `out` and gives how many it took. The body, of `size` bytes, goes behind it. */
static inline size_t wire_put_header(wire_header_kind header, uint64_t serial, uint16_t kind, uint32_t size,
                                     uint32_t sub_list, uint8_t out[WIRE_HEADER_MAX])
{
    uint8_t *b = out;
    if (header == WIRE_HEADER_FULL) {
        wire_put_le64(b, serial);
        wire_put_le32(b + 14, sub_list);
        b += 8;
    }
    wire_put_le16(b, kind);
    wire_put_le32(b + 2, size);
    return wire_header_size(header);
}

/** A message inside of another one. */
typedef struct wire_sub_message {
    /** Message number, of the same channel and direction as the message that carries it. */
    uint16_t kind;
    /** The size that its head declares, which real servers declare too large. */
    uint32_t declared_size;
    /** Where its head starts in the data of the frame; its own body follows 6 bytes later. */
    size_t offset;
    /** Its body, cut to what is there. */
    wire_bytes body;
} wire_sub_message;

/** The messages inside of a frame, in the order in which they are to be handled. */
typedef struct wire_sub_messages {
    /** How many are left. */
    size_t count;
    const uint8_t *body;
    size_t size;
    /* Where the list starts. */
    size_t list;
    /* Entries of the list, those that were taken included. */
    size_t all;
    /* 1 where entries ascend, -1 where they descend, 0 where they do neither. */
    int order;
} wire_sub_messages;

/* Most entries of a list that neither ascends nor descends, and the number of message LIST. */
enum { WIRE_SUB_MESSAGES_MIXED_MAX = 1024, WIRE_MESSAGE_LIST = 8 };

static inline uint32_t wire_sub_entry(const wire_sub_messages *list, size_t index)
{
    return wire_le32(list->body + list->list + 2 + 4 * index);
}

/* The nearest head behind that of an entry; where there is none, the end of the frame. */
static inline size_t wire_sub_next(const wire_sub_messages *list, size_t index)
{
    const size_t own = wire_sub_entry(list, index);
    size_t nearest = list->size;
    if (list->order > 0) {
        return index + 1 < list->all ? wire_sub_entry(list, index + 1) : nearest;
    }
    if (list->order < 0) {
        return index > 0 ? wire_sub_entry(list, index - 1) : nearest;
    }
    for (size_t i = 0; i < list->all; i++) {
        const size_t entry = wire_sub_entry(list, i);
        if (entry > own && entry < nearest) {
            nearest = entry;
        }
    }
    return nearest;
}

/** Takes the next message; false when there is none left. */
static inline bool wire_next_sub_message(wire_sub_messages *list, wire_sub_message *out)
{
    const size_t index = list->all - list->count;
    size_t start;
    size_t next;
    size_t end = list->size;
    if (list->count == 0) {
        return false;
    }
    list->count--;
    out->offset = wire_sub_entry(list, index);
    out->kind = wire_le16(list->body + out->offset);
    out->declared_size = wire_le32(list->body + out->offset + 2);
    start = out->offset + 6;
    /* The body ends at the nearest of its declared end, the next head, the list, and the end of the frame. */
    if (out->declared_size < end - start) {
        end = start + out->declared_size;
    }
    if (list->list > out->offset && list->list < end) {
        end = list->list;
    }
    next = wire_sub_next(list, index);
    if (next < end) {
        end = next;
    }
    if (end < start) {
        end = start;
    }
    out->body = wire_bytes_of(list->body + start, end - start);
    return true;
}

/** Checks the list of sub-messages at a place of a frame's data: 0 for message LIST, otherwise `sub_list`, where that is
 * not 0. On false `error` says why. `wire_frame_sub_messages` finds the place. */
static inline bool wire_sub_messages_parse(wire_sub_messages *out, const uint8_t *body, size_t size, uint32_t list,
                                           wire_error *error)
{
    const size_t left = list < size ? size - list : 0;
    wire_sub_messages rest;
    wire_sub_message message;
    uint64_t sum = 0;
    bool ascends = true;
    bool descends = true;
    size_t need = 2;
    if (left >= 2) {
        out->count = wire_le16(body + list);
        need += 4 * out->count;
    }
    if (left < need) {
        (void)wire_fail(error, WIRE_ERROR_TRUNCATED, list, need, left);
        return wire_within(error, left < 2 ? "sub_list" : "sub_messages");
    }
    out->body = body;
    out->size = size;
    out->list = list;
    out->all = out->count;
    for (size_t i = 0; i < out->all; i++) {
        const uint32_t entry = wire_sub_entry(out, i);
        if (size < 6 || entry > size - 6) {
            (void)wire_fail(error, WIRE_ERROR_POINTER, (size_t)list + 2 + 4 * i, entry, size);
            (void)wire_at_index(error, i);
            return wire_within(error, "sub_messages");
        }
        ascends = ascends && (i == 0 || wire_sub_entry(out, i - 1) < entry);
        descends = descends && (i == 0 || wire_sub_entry(out, i - 1) > entry);
    }
    out->order = ascends ? 1 : descends ? -1 : 0;
    if (out->order == 0 && out->count > WIRE_SUB_MESSAGES_MIXED_MAX) {
        (void)wire_fail(error, WIRE_ERROR_LIMIT, list, out->count, WIRE_SUB_MESSAGES_MIXED_MAX);
        return wire_within(error, "sub_messages");
    }
    rest = *out;
    for (size_t i = 0; wire_next_sub_message(&rest, &message); i++) {
        const uint64_t allowed = (uint64_t)size + 6 * (uint64_t)out->count;
        sum += 6 + (uint64_t)message.body.size;
        if (message.kind != WIRE_MESSAGE_LIST && sum <= allowed) {
            continue;
        }
        if (message.kind == WIRE_MESSAGE_LIST) {
            (void)wire_fail(error, WIRE_ERROR_VALUE, message.offset, WIRE_MESSAGE_LIST, 0);
            (void)wire_within(error, "type");
        } else {
            (void)wire_fail(error, WIRE_ERROR_LIMIT, message.offset, sum, allowed);
        }
        (void)wire_at_index(error, i);
        return wire_within(error, "sub_messages");
    }
    return true;
}

/** Finds and checks the messages inside of a frame, which are to be handled before its own. There are none in most frames, and
 * none in those of clients. On false `error` says why, with offsets from the start of the data. */
static inline bool wire_frame_sub_messages(wire_sub_messages *out, const wire_frame *frame, wire_error *error)
{
    const bool list = frame->kind == WIRE_MESSAGE_LIST;
    memset(out, 0, sizeof *out);
    if (frame->of_client || (!list && frame->sub_list == 0)) {
        return true;
    }
    if (list && frame->sub_list != 0) {
        (void)wire_fail(error, WIRE_ERROR_VALUE, 0, frame->sub_list, 0);
        return wire_within(error, "sub_list");
    }
    return wire_sub_messages_parse(out, frame->data.data, frame->data.size, frame->sub_list, error);
}

/** A message on its way out: its number and its body, which was written already. */
typedef struct wire_outgoing {
    uint16_t kind;
    wire_bytes body;
} wire_outgoing;

/* Writes heads and bodies from the last message to the first, as the reference does. Heads of sub-messages are mini heads. */
static inline uint8_t *wire_put_sub_messages(uint8_t *b, const wire_outgoing *messages, size_t count)
{
    while (count > 0) {
        const wire_outgoing *message = &messages[--count];
        b += wire_put_header(WIRE_HEADER_MINI, 0, message->kind, (uint32_t)message->body.size, 0, b);
        if (message->body.size > 0) {
            memcpy(b, message->body.data, message->body.size);
            b += message->body.size;
        }
    }
    return b;
}

/* Writes the list of messages of which the last starts at a place. */
static inline uint8_t *wire_put_sub_list(uint8_t *b, size_t at, const wire_outgoing *messages, size_t count)
{
    wire_put_le16(b, (uint16_t)count);
    for (size_t i = count; i > 0; i--) {
        wire_put_le32(b + 2 + 4 * (i - 1), (uint32_t)at);
        at += 6 + messages[i - 1].body.size;
    }
    return b + 2 + 4 * count;
}

/** Writes a message with its head, and others that are to be handled before it; `before` may be NULL where `count` is 0.
 * With full heads those become sub-messages; with mini heads they go before it, a single one as it is, several in a message
 * LIST. `serial` is that of the next message; it is counted on. On false `error` says why, and nothing was written. */
static inline bool wire_put_frame(wire_header_kind header, uint64_t *serial, const wire_outgoing *message,
                                  const wire_outgoing *before, size_t count, uint8_t *buffer, size_t room, size_t *size,
                                  wire_error *error)
{
    const bool full = header == WIRE_HEADER_FULL;
    const size_t head = wire_header_size(header);
    const size_t body = message->body.size;
    const size_t list = count > (full ? 0u : 1u) ? 2 + 4 * count : 0;
    uint64_t inside = 0;
    uint64_t total;
    uint64_t largest;
    uint8_t *b = buffer;
    if (count > UINT16_MAX) {
        wire_note_error(error, WIRE_ERROR_COUNT, 0, count, UINT16_MAX, "sub_messages");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        inside += 6 + (uint64_t)before[i].body.size;
    }
    largest = list + inside;
    largest = full ? largest + body : largest > body ? largest : body;
    if (largest > UINT32_MAX) {
        wire_note_error(error, WIRE_ERROR_TOO_LARGE, 0, largest, UINT32_MAX, NULL);
        return false;
    }
    total = head + (uint64_t)body + inside + list + (!full && count > 1 ? head : 0);
    if (total > room) {
        wire_note_error(error, WIRE_ERROR_NO_ROOM, 0, total, room, NULL);
        return false;
    }
    if (full) {
        b += wire_put_header(header, *serial, message->kind, (uint32_t)largest, count > 0 ? (uint32_t)(body + inside) : 0, b);
    } else {
        if (count > 1) {
            b += wire_put_header(header, 0, WIRE_MESSAGE_LIST, (uint32_t)(list + inside), 0, b);
            b = wire_put_sub_list(b, list, before, count);
        }
        b = wire_put_sub_messages(b, before, count);
        b += wire_put_header(header, 0, message->kind, (uint32_t)body, 0, b);
        *serial += count > 0 ? 1 : 0;
    }
    if (body > 0) {
        memcpy(b, message->body.data, body);
        b += body;
    }
    if (full && count > 0) {
        b = wire_put_sub_messages(b, before, count);
        b = wire_put_sub_list(b, body, before, count);
    }
    *serial += 1;
    *size = (size_t)(b - buffer);
    return true;
}
