/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct image_uint32_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const uint32_t *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} image_uint32_list;

/** A list of your elements, to be written. */
static inline image_uint32_list image_uint32_list_of(const uint32_t *items, size_t count)
{
    image_uint32_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** The element at an index; false behind the last one. */
static inline bool image_uint32_at(const image_uint32_list *list, size_t index, uint32_t *out)
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
    *out = image_le32(b);
    return true;
}

static inline bool image_uint32_list_read(image_reader *r, uint64_t count, image_uint32_list *out)
{
    const size_t start = r->at;
    const uint64_t need = image_times(count, 4);
    if (need > r->size - r->at) {
        return image_truncated(r, need);
    }
    r->at += (size_t)need;
    *out = image_uint32_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool image_uint32_list_follow(image_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, image_uint32_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = image_uint32_list_of(NULL, 0);
        return image_null_array(r, back, required, count, 4);
    }
    if (!image_follow(r, offset, back) || !image_uint32_list_read(r, count, out)) {
        return false;
    }
    image_come_back(r, at);
    return true;
}

static inline void image_uint32_list_rest(image_reader *r, image_uint32_list *out)
{
    *out = image_uint32_list_of(NULL, (r->size - r->at) / 4);
    out->bytes = r->body + r->at;
    out->size = out->count * 4;
    r->at += out->size;
}

static inline size_t image_uint32_list_extent(const image_uint32_list *list)
{
    return list->items != NULL ? list->count * 4 : list->size;
}

static inline bool image_uint32_list_measure(const image_uint32_list *list, image_measure *m)
{
    if (list->items == NULL) {
        image_add(m, list->size);
        return true;
    }
    image_add(m, image_times(list->count, 4));
    return true;
}

static inline void image_uint32_list_put(const image_uint32_list *list, image_writer *w)
{
    if (list->items == NULL) {
        image_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        image_put_le32(image_room(w, 4), list->items[i]);
    }
}

/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct image_int32_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const int32_t *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} image_int32_list;

/** A list of your elements, to be written. */
static inline image_int32_list image_int32_list_of(const int32_t *items, size_t count)
{
    image_int32_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** The element at an index; false behind the last one. */
static inline bool image_int32_at(const image_int32_list *list, size_t index, int32_t *out)
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
    *out = (int32_t)image_le32(b);
    return true;
}

static inline bool image_int32_list_read(image_reader *r, uint64_t count, image_int32_list *out)
{
    const size_t start = r->at;
    const uint64_t need = image_times(count, 4);
    if (need > r->size - r->at) {
        return image_truncated(r, need);
    }
    r->at += (size_t)need;
    *out = image_int32_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool image_int32_list_follow(image_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, image_int32_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = image_int32_list_of(NULL, 0);
        return image_null_array(r, back, required, count, 4);
    }
    if (!image_follow(r, offset, back) || !image_int32_list_read(r, count, out)) {
        return false;
    }
    image_come_back(r, at);
    return true;
}

static inline void image_int32_list_rest(image_reader *r, image_int32_list *out)
{
    *out = image_int32_list_of(NULL, (r->size - r->at) / 4);
    out->bytes = r->body + r->at;
    out->size = out->count * 4;
    r->at += out->size;
}

static inline size_t image_int32_list_extent(const image_int32_list *list)
{
    return list->items != NULL ? list->count * 4 : list->size;
}

static inline bool image_int32_list_measure(const image_int32_list *list, image_measure *m)
{
    if (list->items == NULL) {
        image_add(m, list->size);
        return true;
    }
    image_add(m, image_times(list->count, 4));
    return true;
}

static inline void image_int32_list_put(const image_int32_list *list, image_writer *w)
{
    if (list->items == NULL) {
        image_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        image_put_le32(image_room(w, 4), (uint32_t)(list->items[i]));
    }
}

/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct image_uint16_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const uint16_t *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} image_uint16_list;

/** A list of your elements, to be written. */
static inline image_uint16_list image_uint16_list_of(const uint16_t *items, size_t count)
{
    image_uint16_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** The element at an index; false behind the last one. */
static inline bool image_uint16_at(const image_uint16_list *list, size_t index, uint16_t *out)
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
    b = list->bytes + index * 2;
    *out = image_le16(b);
    return true;
}

static inline bool image_uint16_list_read(image_reader *r, uint64_t count, image_uint16_list *out)
{
    const size_t start = r->at;
    const uint64_t need = image_times(count, 2);
    if (need > r->size - r->at) {
        return image_truncated(r, need);
    }
    r->at += (size_t)need;
    *out = image_uint16_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool image_uint16_list_follow(image_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, image_uint16_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = image_uint16_list_of(NULL, 0);
        return image_null_array(r, back, required, count, 2);
    }
    if (!image_follow(r, offset, back) || !image_uint16_list_read(r, count, out)) {
        return false;
    }
    image_come_back(r, at);
    return true;
}

static inline void image_uint16_list_rest(image_reader *r, image_uint16_list *out)
{
    *out = image_uint16_list_of(NULL, (r->size - r->at) / 2);
    out->bytes = r->body + r->at;
    out->size = out->count * 2;
    r->at += out->size;
}

static inline size_t image_uint16_list_extent(const image_uint16_list *list)
{
    return list->items != NULL ? list->count * 2 : list->size;
}

static inline bool image_uint16_list_measure(const image_uint16_list *list, image_measure *m)
{
    if (list->items == NULL) {
        image_add(m, list->size);
        return true;
    }
    image_add(m, image_times(list->count, 2));
    return true;
}

static inline void image_uint16_list_put(const image_uint16_list *list, image_writer *w)
{
    if (list->items == NULL) {
        image_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        image_put_le16(image_room(w, 2), list->items[i]);
    }
}

/** Any value may occur; those with a name are constants. */
typedef uint8_t image_image_type;

enum {
    /** `BITMAP` of the description. */
    IMAGE_IMAGE_TYPE_BITMAP = 0,
    /** `QUIC` of the description. */
    IMAGE_IMAGE_TYPE_QUIC = 1,
    /** `SURFACE` of the description. */
    IMAGE_IMAGE_TYPE_SURFACE = 104,
    /** `LZ4` of the description. */
    IMAGE_IMAGE_TYPE_LZ4 = 105
};

/** The name in the description; NULL for a number that has none. */
static inline const char *image_image_type_name(image_image_type value)
{
    switch (value) {
    case IMAGE_IMAGE_TYPE_BITMAP: return "BITMAP";
    case IMAGE_IMAGE_TYPE_QUIC: return "QUIC";
    case IMAGE_IMAGE_TYPE_SURFACE: return "SURFACE";
    case IMAGE_IMAGE_TYPE_LZ4: return "LZ4";
    default: return NULL;
    }
}

/** Unknown bits are kept. */
typedef uint8_t image_bitmap_flags;

enum {
    /** `PAL_CACHE_ME` of the description. */
    IMAGE_BITMAP_FLAGS_PAL_CACHE_ME = 1,
    /** `PAL_FROM_CACHE` of the description. */
    IMAGE_BITMAP_FLAGS_PAL_FROM_CACHE = 2,
    /** `TOP_DOWN` of the description. */
    IMAGE_BITMAP_FLAGS_TOP_DOWN = 4
};

/** Unknown bits are kept. */
typedef uint8_t image_line_flags;

enum {
    /** `STYLED` of the description. */
    IMAGE_LINE_FLAGS_STYLED = 8
};

/** Unknown bits are kept. */
typedef uint8_t image_string_flags;

enum {
    /** `RASTER_A1` of the description. */
    IMAGE_STRING_FLAGS_RASTER_A1 = 1,
    /** `RASTER_A8` of the description. */
    IMAGE_STRING_FLAGS_RASTER_A8 = 2
};

/** 8 bytes on the wire. */
typedef struct image_point {
    /** `x` of the description. */
    int32_t x;
    /** `y` of the description. */
    int32_t y;
} image_point;

static inline void image_point_load(const uint8_t *b, image_point *out)
{
    out->x = (int32_t)image_le32(b);
    out->y = (int32_t)image_le32(b + 4);
}

static inline bool image_point_read(image_reader *r, image_point *out)
{
    const uint8_t *b;
    b = image_take(r, 8);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "x"}, {8, "y"}
        };
        return image_cut(r, fields, 2);
    }
    image_point_load(b, out);
    return true;
}

static inline bool image_point_measure(const image_point *v, image_measure *m)
{
    (void)v;
    image_add(m, 8);
    return true;
}

static inline void image_point_store(uint8_t *b, const image_point *v)
{
    image_put_le32(b, (uint32_t)(v->x));
    image_put_le32(b + 4, (uint32_t)(v->y));
}

static inline void image_point_put(const image_point *v, image_writer *w)
{
    image_point_store(image_room(w, 8), v);
}

/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct image_point_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const image_point *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} image_point_list;

/** A list of your elements, to be written. */
static inline image_point_list image_point_list_of(const image_point *items, size_t count)
{
    image_point_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** The element at an index; false behind the last one. */
static inline bool image_point_at(const image_point_list *list, size_t index, image_point *out)
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
    b = list->bytes + index * 8;
    image_point_load(b, out);
    return true;
}

static inline bool image_point_list_read(image_reader *r, uint64_t count, image_point_list *out)
{
    const size_t start = r->at;
    const uint64_t need = image_times(count, 8);
    if (need > r->size - r->at) {
        return image_truncated(r, need);
    }
    r->at += (size_t)need;
    *out = image_point_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool image_point_list_follow(image_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, image_point_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = image_point_list_of(NULL, 0);
        return image_null_array(r, back, required, count, 8);
    }
    if (!image_follow(r, offset, back) || !image_point_list_read(r, count, out)) {
        return false;
    }
    image_come_back(r, at);
    return true;
}

static inline void image_point_list_rest(image_reader *r, image_point_list *out)
{
    *out = image_point_list_of(NULL, (r->size - r->at) / 8);
    out->bytes = r->body + r->at;
    out->size = out->count * 8;
    r->at += out->size;
}

static inline size_t image_point_list_extent(const image_point_list *list)
{
    return list->items != NULL ? list->count * 8 : list->size;
}

static inline bool image_point_list_measure(const image_point_list *list, image_measure *m)
{
    if (list->items == NULL) {
        image_add(m, list->size);
        return true;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!image_point_measure(&list->items[i], m)) {
            return image_at_index(m->error, i);
        }
    }
    return true;
}

static inline void image_point_list_put(const image_point_list *list, image_writer *w)
{
    if (list->items == NULL) {
        image_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        image_point_put(&list->items[i], w);
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_point_parse(image_point *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_point_read(&r, out);
}

/** As `image_point_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_point_parse_with_trailing(image_point *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_point_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_point_size(const image_point *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_point_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_point_write(const image_point *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_point_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, 8);
    image_point_put(v, &w);
    return true;
}

/** At least 10 bytes on the wire. */
typedef struct image_palette {
    /** `unique` of the description. */
    uint64_t unique;
    /** `ents` of the description. */
    image_uint32_list ents;
} image_palette;

static inline bool image_palette_read(image_reader *r, image_palette *out)
{
    const uint8_t *b;
    b = image_take(r, 10);
    if (b == NULL) {
        static const image_span fields[] = {
            {8, "unique"}, {10, "num_ents"}
        };
        return image_cut(r, fields, 2);
    }
    out->unique = image_le64(b);
    const uint16_t num_ents = image_le16(b + 8);
    if (!image_uint32_list_read(r, num_ents, &out->ents)) {
        return image_within(r->error, "ents");
    }
    return true;
}

static inline size_t image_palette_extent(const image_palette *v)
{
    size_t size = 10;
    size += image_uint32_list_extent(&v->ents);
    return size;
}

static inline bool image_palette_measure(const image_palette *v, image_measure *m)
{
    image_add(m, 10);
    if ((uint64_t)v->ents.count > 65535) {
        return image_refuse(m, IMAGE_ERROR_COUNT, v->ents.count, 65535, "ents");
    }
    if (!image_uint32_list_measure(&v->ents, m)) {
        return image_within(m->error, "ents");
    }
    return true;
}

static inline void image_palette_put(const image_palette *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 10);
    image_put_le64(b, v->unique);
    image_put_le16(b + 8, ((uint16_t)v->ents.count));
    image_uint32_list_put(&v->ents, w);
}

/** What a pointer leads to: in a message, where it was checked, or yours to write. All zeros are the null pointer. */
typedef struct image_palette_ref {
    /** Yours; NULL for a pointer in a message. */
    const image_palette *item;
    /** The message. */
    const uint8_t *body;
    /** Its bytes. */
    size_t size;
    /** Where in the message. */
    uint32_t offset;
} image_palette_ref;

/** A pointer to a value of yours, to be written; NULL is the null pointer. */
static inline image_palette_ref image_palette_ref_to(const image_palette *item)
{
    image_palette_ref ref;
    ref.item = item;
    ref.body = NULL;
    ref.size = 0;
    ref.offset = 0;
    return ref;
}

/** Whether it leads nowhere. */
static inline bool image_palette_ref_is_null(const image_palette_ref *ref)
{
    return ref->item == NULL && ref->body == NULL;
}

/** Copies out what the pointer leads to; false for the null pointer. */
static inline bool image_palette_get(const image_palette_ref *ref, image_palette *out)
{
    image_reader r;
    if (ref->item != NULL) {
        *out = *ref->item;
        return true;
    }
    memset(out, 0, sizeof *out);
    r = image_reader_of(ref->body, ref->size, NULL);
    r.at = ref->offset < r.size ? ref->offset : r.size;
    return ref->body != NULL && image_palette_read(&r, out);
}

/** What the pointer leads to, in `space` where it is in a message; NULL for the null pointer. */
static inline const image_palette *image_palette_view(const image_palette_ref *ref, image_palette *space)
{
    if (ref->item != NULL) {
        return ref->item;
    }
    return image_palette_get(ref, space) ? space : NULL;
}

static inline bool image_palette_follow(image_reader *r, uint32_t offset, size_t back, bool required, image_palette_ref *out)
{
    image_palette checked;
    const size_t at = r->at;
    *out = image_palette_ref_to(NULL);
    if (offset == 0 && !required) {
        return true;
    }
    if (!image_follow(r, offset, back) || !image_palette_read(r, &checked)) {
        return false;
    }
    image_come_back(r, at);
    out->body = r->body;
    out->size = r->size;
    out->offset = offset;
    return true;
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_palette_parse(image_palette *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_palette_read(&r, out);
}

/** As `image_palette_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_palette_parse_with_trailing(image_palette *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_palette_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_palette_size(const image_palette *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_palette_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_palette_write(const image_palette *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_palette_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_palette_extent(v));
    image_palette_put(v, &w);
    return true;
}

/** At least 4 bytes on the wire. */
typedef struct image_binary_data {
    /** `data` of the description. */
    image_bytes data;
} image_binary_data;

static inline bool image_binary_data_read(image_reader *r, image_binary_data *out)
{
    const uint8_t *b;
    b = image_take(r, 4);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "data_size"}
        };
        return image_cut(r, fields, 1);
    }
    const uint32_t data_size = image_le32(b);
    if (!image_read_bytes(r, data_size, &out->data)) {
        return image_within(r->error, "data");
    }
    return true;
}

static inline size_t image_binary_data_extent(const image_binary_data *v)
{
    size_t size = 4;
    size += v->data.size;
    return size;
}

static inline bool image_binary_data_measure(const image_binary_data *v, image_measure *m)
{
    image_add(m, 4);
    if ((uint64_t)v->data.size > 4294967295u) {
        return image_refuse(m, IMAGE_ERROR_COUNT, v->data.size, 4294967295u, "data");
    }
    image_add(m, v->data.size);
    return true;
}

static inline void image_binary_data_put(const image_binary_data *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 4);
    image_put_le32(b, ((uint32_t)v->data.size));
    image_put(w, v->data.data, v->data.size);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_binary_data_parse(image_binary_data *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_binary_data_read(&r, out);
}

/** As `image_binary_data_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_binary_data_parse_with_trailing(image_binary_data *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_binary_data_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_binary_data_size(const image_binary_data *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_binary_data_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_binary_data_write(const image_binary_data *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_binary_data_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_binary_data_extent(v));
    image_binary_data_put(v, &w);
    return true;
}

/** Which member of a `image_bitmap_data_pal` there is. */
typedef enum image_bitmap_data_pal_kind {
    /** The selector chooses nothing: no bytes. */
    IMAGE_BITMAP_DATA_PAL_ABSENT,
    /** For `PAL_FROM_CACHE`. */
    IMAGE_BITMAP_DATA_PAL_PALETTE_ID,
    /** For not `PAL_FROM_CACHE`. */
    IMAGE_BITMAP_DATA_PAL_PALETTE
} image_bitmap_data_pal_kind;

/** The member `pal` of `BitmapData`. */
typedef struct image_bitmap_data_pal {
    /** Which member of `u` there is; it has to fit the selector. */
    image_bitmap_data_pal_kind kind;
    union {
        uint64_t palette_id;
        image_palette_ref palette;
    } u;
} image_bitmap_data_pal;

/** The kind that a selector chooses. */
static inline image_bitmap_data_pal_kind image_bitmap_data_pal_kind_of(image_bitmap_flags selector)
{
    if ((selector & IMAGE_BITMAP_FLAGS_PAL_FROM_CACHE) != 0) {
        return IMAGE_BITMAP_DATA_PAL_PALETTE_ID;
    }
    if ((selector & IMAGE_BITMAP_FLAGS_PAL_FROM_CACHE) == 0) {
        return IMAGE_BITMAP_DATA_PAL_PALETTE;
    }
    return IMAGE_BITMAP_DATA_PAL_ABSENT;
}

/** At least 13 bytes on the wire. */
typedef struct image_bitmap_data {
    /** `flags` of the description. */
    image_bitmap_flags flags;
    /** `y` of the description. */
    uint32_t y;
    /** `stride` of the description. */
    uint32_t stride;
    /** `pal` of the description. */
    image_bitmap_data_pal pal;
    /** `data` of the description. */
    image_bytes data;
} image_bitmap_data;

static inline bool image_bitmap_data_read(image_reader *r, image_bitmap_data *out)
{
    const uint8_t *b;
    b = image_take(r, 9);
    if (b == NULL) {
        static const image_span fields[] = {
            {1, "flags"}, {5, "y"}, {9, "stride"}
        };
        return image_cut(r, fields, 3);
    }
    out->flags = *(b);
    out->y = image_le32(b + 1);
    out->stride = image_le32(b + 5);
    memset(&out->pal, 0, sizeof out->pal);
    out->pal.kind = image_bitmap_data_pal_kind_of(out->flags);
    switch (out->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        b = image_take(r, 8);
        if (b == NULL) {
            static const image_span fields[] = {
                {8, "palette_id"}
            };
            return image_cut(r, fields, 1);
        }
        out->pal.u.palette_id = image_le64(b);
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        b = image_take(r, 4);
        if (b == NULL) {
            static const image_span fields[] = {
                {4, "palette"}
            };
            return image_cut(r, fields, 1);
        }
        if (!image_palette_follow(r, image_le32(b), 4, false, &out->pal.u.palette)) {
            return image_within(r->error, "palette");
        }
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        break;
    }
    if (!image_read_bytes(r, image_image_size(8, out->stride, out->y), &out->data)) {
        return image_within(r->error, "data");
    }
    return true;
}

static inline size_t image_bitmap_data_extent(const image_bitmap_data *v)
{
    size_t size = 9;
    switch (v->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        size += 8;
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        size += 4;
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        break;
    }
    size += v->data.size;
    return size;
}

static inline bool image_bitmap_data_measure(const image_bitmap_data *v, image_measure *m)
{
    image_add(m, 9);
    if (v->pal.kind != image_bitmap_data_pal_kind_of(v->flags)) {
        return image_refuse(m, IMAGE_ERROR_SELECTOR, 0, 0, "pal");
    }
    switch (v->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        image_add(m, 8);
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        image_add(m, 4);
        if (!image_palette_ref_is_null(&v->pal.u.palette)) {
            image_palette space;
            const image_palette *target = image_palette_view(&v->pal.u.palette, &space);
            if (target == NULL) {
                return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "palette");
            }
            if (!image_palette_measure(target, m)) {
                return image_within(m->error, "palette");
            }
        }
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        break;
    }
    if (v->data.size != image_image_size(8, v->stride, v->y)) {
        return image_refuse(m, IMAGE_ERROR_LENGTH, v->data.size, image_image_size(8, v->stride, v->y), "data");
    }
    image_add(m, v->data.size);
    return true;
}

static inline void image_bitmap_data_put(const image_bitmap_data *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 9);
    *(b) = v->flags;
    image_put_le32(b + 1, v->y);
    image_put_le32(b + 5, v->stride);
    switch (v->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        b = image_room(w, 8);
        image_put_le64(b, v->pal.u.palette_id);
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        b = image_room(w, 4);
        {
            image_palette space;
            const image_palette *target = image_palette_view(&v->pal.u.palette, &space);
            image_put_le32(b, image_allot(w, target != NULL ? image_palette_extent(target) : 0));
        }
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        break;
    }
    image_put(w, v->data.data, v->data.size);
}

static inline void image_bitmap_data_put_targets(const image_bitmap_data *v, unsigned depth, image_writer *w)
{
    switch (v->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        if (depth == 0) {
            image_palette space;
            const image_palette *target = image_palette_view(&v->pal.u.palette, &space);
            if (target != NULL) {
                image_palette_put(target, w);
            }
        }
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        break;
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_bitmap_data_parse(image_bitmap_data *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_bitmap_data_read(&r, out);
}

/** As `image_bitmap_data_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_bitmap_data_parse_with_trailing(image_bitmap_data *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_bitmap_data_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_bitmap_data_size(const image_bitmap_data *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_bitmap_data_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_bitmap_data_write(const image_bitmap_data *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_bitmap_data_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_bitmap_data_extent(v));
    image_bitmap_data_put(v, &w);
    image_bitmap_data_put_targets(v, 0, &w);
    return true;
}

/** 9 bytes on the wire. */
typedef struct image_image_descriptor {
    /** `id` of the description. */
    uint64_t id;
    /** `type` of the description. */
    image_image_type type;
} image_image_descriptor;

static inline void image_image_descriptor_load(const uint8_t *b, image_image_descriptor *out)
{
    out->id = image_le64(b);
    out->type = *(b + 8);
}

static inline bool image_image_descriptor_read(image_reader *r, image_image_descriptor *out)
{
    const uint8_t *b;
    b = image_take(r, 9);
    if (b == NULL) {
        static const image_span fields[] = {
            {8, "id"}, {9, "type"}
        };
        return image_cut(r, fields, 2);
    }
    image_image_descriptor_load(b, out);
    return true;
}

static inline bool image_image_descriptor_measure(const image_image_descriptor *v, image_measure *m)
{
    (void)v;
    image_add(m, 9);
    return true;
}

static inline void image_image_descriptor_store(uint8_t *b, const image_image_descriptor *v)
{
    image_put_le64(b, v->id);
    *(b + 8) = v->type;
}

static inline void image_image_descriptor_put(const image_image_descriptor *v, image_writer *w)
{
    image_image_descriptor_store(image_room(w, 9), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_image_descriptor_parse(image_image_descriptor *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_image_descriptor_read(&r, out);
}

/** As `image_image_descriptor_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_image_descriptor_parse_with_trailing(image_image_descriptor *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_image_descriptor_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_image_descriptor_size(const image_image_descriptor *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_image_descriptor_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_image_descriptor_write(const image_image_descriptor *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_image_descriptor_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, 9);
    image_image_descriptor_put(v, &w);
    return true;
}

/** 4 bytes on the wire. */
typedef struct image_surface {
    /** `surface_id` of the description. */
    uint32_t surface_id;
} image_surface;

static inline void image_surface_load(const uint8_t *b, image_surface *out)
{
    out->surface_id = image_le32(b);
}

static inline bool image_surface_read(image_reader *r, image_surface *out)
{
    const uint8_t *b;
    b = image_take(r, 4);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "surface_id"}
        };
        return image_cut(r, fields, 1);
    }
    image_surface_load(b, out);
    return true;
}

static inline bool image_surface_measure(const image_surface *v, image_measure *m)
{
    (void)v;
    image_add(m, 4);
    return true;
}

static inline void image_surface_store(uint8_t *b, const image_surface *v)
{
    image_put_le32(b, v->surface_id);
}

static inline void image_surface_put(const image_surface *v, image_writer *w)
{
    image_surface_store(image_room(w, 4), v);
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_surface_parse(image_surface *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_surface_read(&r, out);
}

/** As `image_surface_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_surface_parse_with_trailing(image_surface *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_surface_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_surface_size(const image_surface *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_surface_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_surface_write(const image_surface *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_surface_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, 4);
    image_surface_put(v, &w);
    return true;
}

/** Which member of a `image_image_u` there is. */
typedef enum image_image_u_kind {
    /** The selector chooses nothing: no bytes. */
    IMAGE_IMAGE_U_ABSENT,
    /** For `BITMAP`. */
    IMAGE_IMAGE_U_BITMAP,
    /** For `QUIC` or `LZ4`. */
    IMAGE_IMAGE_U_COMPRESSED,
    /** For `SURFACE`. */
    IMAGE_IMAGE_U_SURFACE
} image_image_u_kind;

/** The member `u` of `Image`. */
typedef struct image_image_u {
    /** Which member of `u` there is; it has to fit the selector. */
    image_image_u_kind kind;
    union {
        image_bitmap_data bitmap;
        image_binary_data compressed;
        image_surface surface;
    } u;
} image_image_u;

/** The kind that a selector chooses. */
static inline image_image_u_kind image_image_u_kind_of(image_image_type selector)
{
    switch (selector) {
    case IMAGE_IMAGE_TYPE_BITMAP: return IMAGE_IMAGE_U_BITMAP;
    case IMAGE_IMAGE_TYPE_QUIC:
    case IMAGE_IMAGE_TYPE_LZ4: return IMAGE_IMAGE_U_COMPRESSED;
    case IMAGE_IMAGE_TYPE_SURFACE: return IMAGE_IMAGE_U_SURFACE;
    default: return IMAGE_IMAGE_U_ABSENT;
    }
}

/** At least 9 bytes on the wire. */
typedef struct image_image {
    /** `descriptor` of the description. */
    image_image_descriptor descriptor;
    /** `u` of the description. */
    image_image_u u;
} image_image;

static inline bool image_image_read(image_reader *r, image_image *out)
{
    const uint8_t *b;
    b = image_take(r, 9);
    if (b == NULL) {
        static const image_span fields[] = {
            {9, "descriptor"}
        };
        return image_cut(r, fields, 1);
    }
    image_image_descriptor_load(b, &out->descriptor);
    memset(&out->u, 0, sizeof out->u);
    out->u.kind = image_image_u_kind_of(out->descriptor.type);
    switch (out->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        if (!image_bitmap_data_read(r, &out->u.u.bitmap)) {
            return image_within(r->error, "bitmap");
        }
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        if (!image_binary_data_read(r, &out->u.u.compressed)) {
            return image_within(r->error, "compressed");
        }
        break;
    case IMAGE_IMAGE_U_SURFACE:
        if (!image_surface_read(r, &out->u.u.surface)) {
            return image_within(r->error, "surface");
        }
        break;
    case IMAGE_IMAGE_U_ABSENT:
        break;
    }
    return true;
}

static inline size_t image_image_extent(const image_image *v)
{
    size_t size = 9;
    switch (v->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        size += image_bitmap_data_extent(&v->u.u.bitmap);
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        size += image_binary_data_extent(&v->u.u.compressed);
        break;
    case IMAGE_IMAGE_U_SURFACE:
        size += 4;
        break;
    case IMAGE_IMAGE_U_ABSENT:
        break;
    }
    return size;
}

static inline bool image_image_measure(const image_image *v, image_measure *m)
{
    image_add(m, 9);
    if (v->u.kind != image_image_u_kind_of(v->descriptor.type)) {
        return image_refuse(m, IMAGE_ERROR_SELECTOR, 0, 0, "u");
    }
    switch (v->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        if (!image_bitmap_data_measure(&v->u.u.bitmap, m)) {
            return image_within(m->error, "bitmap");
        }
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        if (!image_binary_data_measure(&v->u.u.compressed, m)) {
            return image_within(m->error, "compressed");
        }
        break;
    case IMAGE_IMAGE_U_SURFACE:
        image_add(m, 4);
        break;
    case IMAGE_IMAGE_U_ABSENT:
        break;
    }
    return true;
}

static inline void image_image_put(const image_image *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 9);
    image_image_descriptor_store(b, &v->descriptor);
    switch (v->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        image_bitmap_data_put(&v->u.u.bitmap, w);
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        image_binary_data_put(&v->u.u.compressed, w);
        break;
    case IMAGE_IMAGE_U_SURFACE:
        b = image_room(w, 4);
        image_surface_store(b, &v->u.u.surface);
        break;
    case IMAGE_IMAGE_U_ABSENT:
        break;
    }
}

static inline void image_image_put_targets(const image_image *v, unsigned depth, image_writer *w)
{
    switch (v->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        image_bitmap_data_put_targets(&v->u.u.bitmap, depth, w);
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        break;
    case IMAGE_IMAGE_U_SURFACE:
        break;
    case IMAGE_IMAGE_U_ABSENT:
        break;
    }
}

/** What a pointer leads to: in a message, where it was checked, or yours to write. All zeros are the null pointer. */
typedef struct image_image_ref {
    /** Yours; NULL for a pointer in a message. */
    const image_image *item;
    /** The message. */
    const uint8_t *body;
    /** Its bytes. */
    size_t size;
    /** Where in the message. */
    uint32_t offset;
} image_image_ref;

/** A pointer to a value of yours, to be written; NULL is the null pointer. */
static inline image_image_ref image_image_ref_to(const image_image *item)
{
    image_image_ref ref;
    ref.item = item;
    ref.body = NULL;
    ref.size = 0;
    ref.offset = 0;
    return ref;
}

/** Whether it leads nowhere. */
static inline bool image_image_ref_is_null(const image_image_ref *ref)
{
    return ref->item == NULL && ref->body == NULL;
}

/** Copies out what the pointer leads to; false for the null pointer. */
static inline bool image_image_get(const image_image_ref *ref, image_image *out)
{
    image_reader r;
    if (ref->item != NULL) {
        *out = *ref->item;
        return true;
    }
    memset(out, 0, sizeof *out);
    r = image_reader_of(ref->body, ref->size, NULL);
    r.at = ref->offset < r.size ? ref->offset : r.size;
    return ref->body != NULL && image_image_read(&r, out);
}

/** What the pointer leads to, in `space` where it is in a message; NULL for the null pointer. */
static inline const image_image *image_image_view(const image_image_ref *ref, image_image *space)
{
    if (ref->item != NULL) {
        return ref->item;
    }
    return image_image_get(ref, space) ? space : NULL;
}

static inline bool image_image_follow(image_reader *r, uint32_t offset, size_t back, bool required, image_image_ref *out)
{
    image_image checked;
    const size_t at = r->at;
    *out = image_image_ref_to(NULL);
    if (offset == 0 && !required) {
        return true;
    }
    if (!image_follow(r, offset, back) || !image_image_read(r, &checked)) {
        return false;
    }
    image_come_back(r, at);
    out->body = r->body;
    out->size = r->size;
    out->offset = offset;
    return true;
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_image_parse(image_image *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_image_read(&r, out);
}

/** As `image_image_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_image_parse_with_trailing(image_image *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_image_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_image_size_(const image_image *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_image_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_image_write(const image_image *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_image_size_(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_image_extent(v));
    image_image_put(v, &w);
    image_image_put_targets(v, 0, &w);
    return true;
}

/** At least 1 byte on the wire. */
typedef struct image_line_attr {
    /** `flags` of the description. */
    image_line_flags flags;
    /** Whether `style_nseg` is there. */
    bool has_style_nseg;
    /** `style_nseg` of the description. */
    uint8_t style_nseg;
    /** Whether `style` is there. */
    bool has_style;
    /**
     * `style` of the description.
     *
     * Behind a pointer. NULL is possible.
     */
    image_int32_list style;
} image_line_attr;

static inline bool image_line_attr_read(image_reader *r, image_line_attr *out)
{
    const uint8_t *b;
    b = image_take(r, 1);
    if (b == NULL) {
        static const image_span fields[] = {
            {1, "flags"}
        };
        return image_cut(r, fields, 1);
    }
    out->flags = *(b);
    out->has_style_nseg = (out->flags & IMAGE_LINE_FLAGS_STYLED) != 0;
    memset(&out->style_nseg, 0, sizeof out->style_nseg);
    if (out->has_style_nseg) {
        b = image_take(r, 1);
        if (b == NULL) {
            static const image_span fields[] = {
                {1, "style_nseg"}
            };
            return image_cut(r, fields, 1);
        }
        out->style_nseg = *(b);
    }
    out->has_style = (out->flags & IMAGE_LINE_FLAGS_STYLED) != 0;
    memset(&out->style, 0, sizeof out->style);
    if (out->has_style) {
        b = image_take(r, 4);
        if (b == NULL) {
            static const image_span fields[] = {
                {4, "style"}
            };
            return image_cut(r, fields, 1);
        }
        if (!image_int32_list_follow(r, image_le32(b), 4, false, (out->has_style_nseg ? out->style_nseg : 0u), &out->style)) {
            return image_within(r->error, "style");
        }
    }
    return true;
}

static inline size_t image_line_attr_extent(const image_line_attr *v)
{
    size_t size = 1;
    if (v->has_style_nseg) {
        size += 1;
    }
    if (v->has_style) {
        size += 4;
    }
    return size;
}

static inline bool image_line_attr_measure(const image_line_attr *v, image_measure *m)
{
    image_add(m, 1);
    if (v->has_style_nseg != ((v->flags & IMAGE_LINE_FLAGS_STYLED) != 0)) {
        return image_refuse(m, IMAGE_ERROR_SELECTOR, 0, 0, "u1");
    }
    if (v->has_style_nseg) {
        image_add(m, 1);
    }
    if (v->has_style != ((v->flags & IMAGE_LINE_FLAGS_STYLED) != 0)) {
        return image_refuse(m, IMAGE_ERROR_SELECTOR, 0, 0, "u2");
    }
    if (v->has_style) {
        image_add(m, 4);
        if (v->style.items != NULL || v->style.bytes != NULL) {
            if (v->style.count != (v->has_style_nseg ? v->style_nseg : 0u)) {
                return image_refuse(m, IMAGE_ERROR_LENGTH, v->style.count, (v->has_style_nseg ? v->style_nseg : 0u), "style");
            }
            if (!image_int32_list_measure(&v->style, m)) {
                return image_within(m->error, "style");
            }
        } else {
            image_measure_null_array(m, (v->has_style_nseg ? v->style_nseg : 0u), 4, "style");
        }
    }
    return true;
}

static inline void image_line_attr_put(const image_line_attr *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 1);
    *(b) = v->flags;
    if (v->has_style_nseg) {
        b = image_room(w, 1);
        *(b) = v->style_nseg;
    }
    if (v->has_style) {
        b = image_room(w, 4);
        image_put_le32(b, image_allot(w, (v->style.items != NULL || v->style.bytes != NULL) ? image_int32_list_extent(&v->style) : 0));
    }
}

static inline void image_line_attr_put_targets(const image_line_attr *v, unsigned depth, image_writer *w)
{
    if (v->has_style) {
        if (depth == 0) {
            image_int32_list_put(&v->style, w);
        }
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_line_attr_parse(image_line_attr *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_line_attr_read(&r, out);
}

/** As `image_line_attr_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_line_attr_parse_with_trailing(image_line_attr *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_line_attr_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_line_attr_size(const image_line_attr *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_line_attr_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_line_attr_write(const image_line_attr *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_line_attr_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_line_attr_extent(v));
    image_line_attr_put(v, &w);
    image_line_attr_put_targets(v, 0, &w);
    return true;
}

/** At least 12 bytes on the wire. */
typedef struct image_raster_glyph {
    /** `origin` of the description. */
    image_point origin;
    /** `width` of the description. */
    uint16_t width;
    /** `height` of the description. */
    uint16_t height;
    /** `data` of the description. */
    image_bytes data;
} image_raster_glyph;

static inline bool image_raster_glyph_read(image_reader *r, image_raster_glyph *out)
{
    const uint8_t *b;
    b = image_take(r, 12);
    if (b == NULL) {
        static const image_span fields[] = {
            {8, "origin"}, {10, "width"}, {12, "height"}
        };
        return image_cut(r, fields, 3);
    }
    image_point_load(b, &out->origin);
    out->width = image_le16(b + 8);
    out->height = image_le16(b + 10);
    if (!image_read_bytes(r, image_image_size(1, out->width, out->height), &out->data)) {
        return image_within(r->error, "data");
    }
    return true;
}

static inline size_t image_raster_glyph_extent(const image_raster_glyph *v)
{
    size_t size = 12;
    size += v->data.size;
    return size;
}

static inline bool image_raster_glyph_measure(const image_raster_glyph *v, image_measure *m)
{
    image_add(m, 12);
    if (v->data.size != image_image_size(1, v->width, v->height)) {
        return image_refuse(m, IMAGE_ERROR_LENGTH, v->data.size, image_image_size(1, v->width, v->height), "data");
    }
    image_add(m, v->data.size);
    return true;
}

static inline void image_raster_glyph_put(const image_raster_glyph *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 12);
    image_point_store(b, &v->origin);
    image_put_le16(b + 8, v->width);
    image_put_le16(b + 10, v->height);
    image_put(w, v->data.data, v->data.size);
}

/** Elements of an array: in a message, where they were checked, or yours to write. */
typedef struct image_raster_glyph_list {
    /** Number of elements. */
    size_t count;
    /** Yours; NULL for a list in a message. */
    const image_raster_glyph *items;
    /** The bytes in the message. */
    const uint8_t *bytes;
    /** How many bytes that are. */
    size_t size;
} image_raster_glyph_list;

/** A list of your elements, to be written. */
static inline image_raster_glyph_list image_raster_glyph_list_of(const image_raster_glyph *items, size_t count)
{
    image_raster_glyph_list list;
    list.count = count;
    list.items = items;
    list.bytes = NULL;
    list.size = 0;
    return list;
}

/** Takes the first element off a list; false when there is none left. Go through a copy of the list. */
static inline bool image_raster_glyph_next(image_raster_glyph_list *rest, image_raster_glyph *out)
{
    memset(out, 0, sizeof *out);
    if (rest->count == 0) {
        return false;
    }
    rest->count--;
    if (rest->items != NULL) {
        *out = *rest->items++;
        return true;
    }
    {
        image_reader r = image_reader_of(rest->bytes, rest->size, NULL);
        if (!image_raster_glyph_read(&r, out)) {
            return false;
        }
        rest->bytes += r.at;
        rest->size -= r.at;
        return true;
    }
}

/** The element at an index; false behind the last one. Goes through all before it: to see each, use `image_raster_glyph_next`. */
static inline bool image_raster_glyph_at(const image_raster_glyph_list *list, size_t index, image_raster_glyph *out)
{
    image_raster_glyph_list rest = *list;
    do {
        if (!image_raster_glyph_next(&rest, out)) {
            return false;
        }
    } while (index-- > 0);
    return true;
}

static inline bool image_raster_glyph_list_read(image_reader *r, uint64_t count, image_raster_glyph_list *out)
{
    const size_t start = r->at;
    const uint64_t need = image_times(count, 12);
    if (need > r->size - r->at) {
        return image_truncated(r, need);
    }
    for (size_t i = 0; i < (size_t)count; i++) {
        image_raster_glyph element;
        if (!image_raster_glyph_read(r, &element)) {
            return image_at_index(r->error, i);
        }
    }
    *out = image_raster_glyph_list_of(NULL, (size_t)count);
    out->bytes = r->body + start;
    out->size = r->at - start;
    return true;
}

static inline bool image_raster_glyph_list_follow(image_reader *r, uint32_t offset, size_t back, bool required, uint64_t count, image_raster_glyph_list *out)
{
    const size_t at = r->at;
    if (offset == 0) {
        *out = image_raster_glyph_list_of(NULL, 0);
        return image_null_array(r, back, required, count, 12);
    }
    if (!image_follow(r, offset, back) || !image_raster_glyph_list_read(r, count, out)) {
        return false;
    }
    image_come_back(r, at);
    return true;
}

static inline size_t image_raster_glyph_list_extent(const image_raster_glyph_list *list)
{
    size_t size = 0;
    for (size_t i = 0; list->items != NULL && i < list->count; i++) {
        size += image_raster_glyph_extent(&list->items[i]);
    }
    return list->items != NULL ? size : list->size;
}

static inline bool image_raster_glyph_list_measure(const image_raster_glyph_list *list, image_measure *m)
{
    if (list->items == NULL) {
        image_add(m, list->size);
        return true;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!image_raster_glyph_measure(&list->items[i], m)) {
            return image_at_index(m->error, i);
        }
    }
    return true;
}

static inline void image_raster_glyph_list_put(const image_raster_glyph_list *list, image_writer *w)
{
    if (list->items == NULL) {
        image_put(w, list->bytes, list->size);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        image_raster_glyph_put(&list->items[i], w);
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_raster_glyph_parse(image_raster_glyph *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_raster_glyph_read(&r, out);
}

/** As `image_raster_glyph_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_raster_glyph_parse_with_trailing(image_raster_glyph *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_raster_glyph_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_raster_glyph_size(const image_raster_glyph *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_raster_glyph_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_raster_glyph_write(const image_raster_glyph *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_raster_glyph_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_raster_glyph_extent(v));
    image_raster_glyph_put(v, &w);
    return true;
}

/** Which member of a `image_string_u` there is. */
typedef enum image_string_u_kind {
    /** The selector chooses nothing: no bytes. */
    IMAGE_STRING_U_ABSENT,
    /** For `RASTER_A1`. */
    IMAGE_STRING_U_RASTER_A1,
    /** For `RASTER_A8`. */
    IMAGE_STRING_U_RASTER_A8
} image_string_u_kind;

/** The member `u` of `String`. */
typedef struct image_string_u {
    /** Which member of `u` there is; it has to fit the selector. */
    image_string_u_kind kind;
    union {
        image_raster_glyph_list raster_a1;
        image_point_list raster_a8;
    } u;
} image_string_u;

/** The kind that a selector chooses. */
static inline image_string_u_kind image_string_u_kind_of(image_string_flags selector)
{
    if ((selector & IMAGE_STRING_FLAGS_RASTER_A1) != 0) {
        return IMAGE_STRING_U_RASTER_A1;
    }
    if ((selector & IMAGE_STRING_FLAGS_RASTER_A8) != 0) {
        return IMAGE_STRING_U_RASTER_A8;
    }
    return IMAGE_STRING_U_ABSENT;
}

/** At least 3 bytes on the wire. */
typedef struct image_string {
    /** `length` of the description. */
    uint16_t length;
    /** `flags` of the description. */
    image_string_flags flags;
    /** `u` of the description. */
    image_string_u u;
} image_string;

static inline bool image_string_read(image_reader *r, image_string *out)
{
    const uint8_t *b;
    b = image_take(r, 3);
    if (b == NULL) {
        static const image_span fields[] = {
            {2, "length"}, {3, "flags"}
        };
        return image_cut(r, fields, 2);
    }
    out->length = image_le16(b);
    out->flags = *(b + 2);
    memset(&out->u, 0, sizeof out->u);
    out->u.kind = image_string_u_kind_of(out->flags);
    switch (out->u.kind) {
    case IMAGE_STRING_U_RASTER_A1:
        if (!image_raster_glyph_list_read(r, out->length, &out->u.u.raster_a1)) {
            return image_within(r->error, "glyphs");
        }
        break;
    case IMAGE_STRING_U_RASTER_A8:
        if (!image_point_list_read(r, out->length, &out->u.u.raster_a8)) {
            return image_within(r->error, "glyphs");
        }
        break;
    case IMAGE_STRING_U_ABSENT:
        break;
    }
    return true;
}

static inline size_t image_string_extent(const image_string *v)
{
    size_t size = 3;
    switch (v->u.kind) {
    case IMAGE_STRING_U_RASTER_A1:
        size += image_raster_glyph_list_extent(&v->u.u.raster_a1);
        break;
    case IMAGE_STRING_U_RASTER_A8:
        size += image_point_list_extent(&v->u.u.raster_a8);
        break;
    case IMAGE_STRING_U_ABSENT:
        break;
    }
    return size;
}

static inline bool image_string_measure(const image_string *v, image_measure *m)
{
    image_add(m, 3);
    if (v->u.kind != image_string_u_kind_of(v->flags)) {
        return image_refuse(m, IMAGE_ERROR_SELECTOR, 0, 0, "u");
    }
    switch (v->u.kind) {
    case IMAGE_STRING_U_RASTER_A1:
        if (v->u.u.raster_a1.count != v->length) {
            return image_refuse(m, IMAGE_ERROR_LENGTH, v->u.u.raster_a1.count, v->length, "glyphs");
        }
        if (!image_raster_glyph_list_measure(&v->u.u.raster_a1, m)) {
            return image_within(m->error, "glyphs");
        }
        break;
    case IMAGE_STRING_U_RASTER_A8:
        if (v->u.u.raster_a8.count != v->length) {
            return image_refuse(m, IMAGE_ERROR_LENGTH, v->u.u.raster_a8.count, v->length, "glyphs");
        }
        if (!image_point_list_measure(&v->u.u.raster_a8, m)) {
            return image_within(m->error, "glyphs");
        }
        break;
    case IMAGE_STRING_U_ABSENT:
        break;
    }
    return true;
}

static inline void image_string_put(const image_string *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 3);
    image_put_le16(b, v->length);
    *(b + 2) = v->flags;
    switch (v->u.kind) {
    case IMAGE_STRING_U_RASTER_A1:
        image_raster_glyph_list_put(&v->u.u.raster_a1, w);
        break;
    case IMAGE_STRING_U_RASTER_A8:
        image_point_list_put(&v->u.u.raster_a8, w);
        break;
    case IMAGE_STRING_U_ABSENT:
        break;
    }
}

/** What a pointer leads to: in a message, where it was checked, or yours to write. All zeros are the null pointer. */
typedef struct image_string_ref {
    /** Yours; NULL for a pointer in a message. */
    const image_string *item;
    /** The message. */
    const uint8_t *body;
    /** Its bytes. */
    size_t size;
    /** Where in the message. */
    uint32_t offset;
} image_string_ref;

/** A pointer to a value of yours, to be written; NULL is the null pointer. */
static inline image_string_ref image_string_ref_to(const image_string *item)
{
    image_string_ref ref;
    ref.item = item;
    ref.body = NULL;
    ref.size = 0;
    ref.offset = 0;
    return ref;
}

/** Whether it leads nowhere. */
static inline bool image_string_ref_is_null(const image_string_ref *ref)
{
    return ref->item == NULL && ref->body == NULL;
}

/** Copies out what the pointer leads to; false for the null pointer. */
static inline bool image_string_get(const image_string_ref *ref, image_string *out)
{
    image_reader r;
    if (ref->item != NULL) {
        *out = *ref->item;
        return true;
    }
    memset(out, 0, sizeof *out);
    r = image_reader_of(ref->body, ref->size, NULL);
    r.at = ref->offset < r.size ? ref->offset : r.size;
    return ref->body != NULL && image_string_read(&r, out);
}

/** What the pointer leads to, in `space` where it is in a message; NULL for the null pointer. */
static inline const image_string *image_string_view(const image_string_ref *ref, image_string *space)
{
    if (ref->item != NULL) {
        return ref->item;
    }
    return image_string_get(ref, space) ? space : NULL;
}

static inline bool image_string_follow(image_reader *r, uint32_t offset, size_t back, bool required, image_string_ref *out)
{
    image_string checked;
    const size_t at = r->at;
    *out = image_string_ref_to(NULL);
    if (offset == 0 && !required) {
        return true;
    }
    if (!image_follow(r, offset, back) || !image_string_read(r, &checked)) {
        return false;
    }
    image_come_back(r, at);
    out->body = r->body;
    out->size = r->size;
    out->offset = offset;
    return true;
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_string_parse(image_string *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_string_read(&r, out);
}

/** As `image_string_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_string_parse_with_trailing(image_string *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_string_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_string_size(const image_string *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_string_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_string_write(const image_string *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_string_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_string_extent(v));
    image_string_put(v, &w);
    return true;
}

/** At least 38 bytes on the wire. */
typedef struct image_draw {
    /**
     * `src_bitmap` of the description.
     *
     * Behind a pointer: `image_image_get` looks. NULL is possible.
     */
    image_image_ref src_bitmap;
    /**
     * `mask` of the description.
     *
     * Behind a pointer: `image_image_get` looks.
     */
    image_image_ref mask;
    /** `attr` of the description. */
    image_line_attr attr;
    /**
     * `str` of the description.
     *
     * Behind a pointer: `image_string_get` looks.
     */
    image_string_ref str;
    /**
     * `numbers` of the description.
     *
     * Behind a pointer.
     */
    image_uint32_list numbers;
    /** `more` of the description. */
    image_uint16_list more;
    /**
     * `name` of the description.
     *
     * Behind a pointer. NULL is possible.
     */
    image_bytes name;
    /**
     * `hash` of the description.
     *
     * 16 bytes; NULL is written as zeros.
     */
    const uint8_t *hash;
    /** `rest` of the description. */
    image_bytes rest;
} image_draw;

static inline bool image_draw_read(image_reader *r, image_draw *out)
{
    const uint8_t *b;
    b = image_take(r, 8);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "src_bitmap"}, {8, "mask"}
        };
        return image_cut(r, fields, 2);
    }
    if (!image_image_follow(r, image_le32(b), 8, false, &out->src_bitmap)) {
        return image_within(r->error, "src_bitmap");
    }
    if (!image_image_follow(r, image_le32(b + 4), 4, true, &out->mask)) {
        return image_within(r->error, "mask");
    }
    if (!image_line_attr_read(r, &out->attr)) {
        return image_within(r->error, "attr");
    }
    b = image_take(r, 9);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "str"}, {5, "words"}, {9, "numbers"}
        };
        return image_cut(r, fields, 3);
    }
    if (!image_string_follow(r, image_le32(b), 9, true, &out->str)) {
        return image_within(r->error, "str");
    }
    const uint8_t words = *(b + 4);
    if (!image_uint32_list_follow(r, image_le32(b + 5), 4, true, words, &out->numbers)) {
        return image_within(r->error, "numbers");
    }
    if (!image_uint16_list_read(r, words, &out->more)) {
        return image_within(r->error, "more");
    }
    b = image_take(r, 20);
    if (b == NULL) {
        static const image_span fields[] = {
            {4, "name"}, {20, "hash"}
        };
        return image_cut(r, fields, 2);
    }
    if (!image_follow_c_string(r, image_le32(b), 20, false, &out->name)) {
        return image_within(r->error, "name");
    }
    out->hash = b + 4;
    out->rest = image_rest(r);
    return true;
}

static inline size_t image_draw_extent(const image_draw *v)
{
    size_t size = 37;
    size += image_line_attr_extent(&v->attr);
    size += image_uint16_list_extent(&v->more);
    size += v->rest.size;
    return size;
}

static inline bool image_draw_measure(const image_draw *v, image_measure *m)
{
    image_add(m, 37);
    if (!image_image_ref_is_null(&v->src_bitmap)) {
        image_image space;
        const image_image *target = image_image_view(&v->src_bitmap, &space);
        if (target == NULL) {
            return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "src_bitmap");
        }
        if (!image_image_measure(target, m)) {
            return image_within(m->error, "src_bitmap");
        }
    }
    {
        image_image space;
        const image_image *target = image_image_view(&v->mask, &space);
        if (target == NULL) {
            return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "mask");
        }
        if (!image_image_measure(target, m)) {
            return image_within(m->error, "mask");
        }
        if (image_image_extent(target) == 0) {
            return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "mask");
        }
    }
    if (!image_line_attr_measure(&v->attr, m)) {
        return image_within(m->error, "attr");
    }
    {
        image_string space;
        const image_string *target = image_string_view(&v->str, &space);
        if (target == NULL) {
            return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "str");
        }
        if (!image_string_measure(target, m)) {
            return image_within(m->error, "str");
        }
        if (image_string_extent(target) == 0) {
            return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "str");
        }
    }
    if ((uint64_t)v->numbers.count > 255) {
        return image_refuse(m, IMAGE_ERROR_COUNT, v->numbers.count, 255, "numbers");
    }
    if (!image_uint32_list_measure(&v->numbers, m)) {
        return image_within(m->error, "numbers");
    }
    if (image_uint32_list_extent(&v->numbers) == 0) {
        return image_refuse(m, IMAGE_ERROR_EMPTY_TARGET, 0, 1, "numbers");
    }
    if (v->more.count != (uint8_t)v->numbers.count) {
        return image_refuse(m, IMAGE_ERROR_LENGTH, v->more.count, (uint8_t)v->numbers.count, "more");
    }
    if (!image_uint16_list_measure(&v->more, m)) {
        return image_within(m->error, "more");
    }
    if (v->name.data != NULL) {
        image_add(m, v->name.size);
        image_add(m, 1);
    }
    image_add(m, v->rest.size);
    return true;
}

static inline void image_draw_put(const image_draw *v, image_writer *w)
{
    uint8_t *b;
    b = image_room(w, 8);
    {
        image_image space;
        const image_image *target = image_image_view(&v->src_bitmap, &space);
        image_put_le32(b, image_allot(w, target != NULL ? image_image_extent(target) : 0));
    }
    {
        image_image space;
        const image_image *target = image_image_view(&v->mask, &space);
        image_put_le32(b + 4, image_allot(w, target != NULL ? image_image_extent(target) : 0));
    }
    image_line_attr_put(&v->attr, w);
    b = image_room(w, 9);
    {
        image_string space;
        const image_string *target = image_string_view(&v->str, &space);
        image_put_le32(b, image_allot(w, target != NULL ? image_string_extent(target) : 0));
    }
    *(b + 4) = ((uint8_t)v->numbers.count);
    image_put_le32(b + 5, image_allot(w, (v->numbers.items != NULL || v->numbers.bytes != NULL) ? image_uint32_list_extent(&v->numbers) : 0));
    image_uint16_list_put(&v->more, w);
    b = image_room(w, 20);
    image_put_le32(b, image_allot(w, (v->name.data != NULL) ? v->name.size + 1 : 0));
    image_put_array(b + 4, v->hash, 16);
    image_put(w, v->rest.data, v->rest.size);
}

static inline void image_draw_put_targets(const image_draw *v, unsigned depth, image_writer *w)
{
    {
        image_image space;
        const image_image *target = image_image_view(&v->src_bitmap, &space);
        if (target != NULL && depth == 0) {
            image_image_put(target, w);
        } else if (target != NULL) {
            image_image_put_targets(target, depth - 1, w);
        }
    }
    {
        image_image space;
        const image_image *target = image_image_view(&v->mask, &space);
        if (target != NULL && depth == 0) {
            image_image_put(target, w);
        } else if (target != NULL) {
            image_image_put_targets(target, depth - 1, w);
        }
    }
    image_line_attr_put_targets(&v->attr, depth, w);
    if (depth == 0) {
        image_string space;
        const image_string *target = image_string_view(&v->str, &space);
        if (target != NULL) {
            image_string_put(target, w);
        }
    }
    if (depth == 0) {
        image_uint32_list_put(&v->numbers, w);
    }
    if (depth == 0 && v->name.data != NULL) {
        image_put(w, v->name.data, v->name.size);
        *image_room(w, 1) = 0;
    }
}

/** Parses and checks it all; `out` then borrows from `body`. Bytes behind it are accepted. On false `error` says why. */
static inline bool image_draw_parse(image_draw *out, const uint8_t *body, size_t size, image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    return image_draw_read(&r, out);
}

/** As `image_draw_parse`, and gives the bytes that follow everything the message uses. */
static inline bool image_draw_parse_with_trailing(image_draw *out, const uint8_t *body, size_t size, image_bytes *trailing,
                          image_error *error)
{
    image_reader r = image_reader_of(body, size, error);
    memset(out, 0, sizeof *out);
    *trailing = image_bytes_of(NULL, 0);
    if (!image_draw_read(&r, out)) {
        return false;
    }
    *trailing = image_trailing(&r);
    return true;
}

/** Checks that a value can be written, and gives the exact number of its bytes. On false `error` says why not. */
static inline bool image_draw_size(const image_draw *v, size_t *size, image_error *error)
{
    image_measure m = image_measure_of(error);
    return image_draw_measure(v, &m) && image_measured(&m, size);
}

/** Writes a value into `room` bytes at `buffer`; `written` says how many it took. On false nothing was written. */
static inline bool image_draw_write(const image_draw *v, uint8_t *buffer, size_t room, size_t *written, image_error *error)
{
    image_writer w;
    if (!image_draw_size(v, written, error)) {
        return false;
    }
    if (*written > room) {
        return image_no_room(error, *written, room);
    }
    w = image_writer_of(buffer, image_draw_extent(v));
    image_draw_put(v, &w);
    for (unsigned depth = 0; depth < 2; depth++) {
        image_draw_put_targets(v, depth, &w);
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif /* IMAGE_H */
