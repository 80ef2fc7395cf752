static inline void image_bitmap_flags_json(image_json *j, image_bitmap_flags bits)
{
    static const image_json_flag flags[] = {
        {IMAGE_BITMAP_FLAGS_PAL_CACHE_ME, "PAL_CACHE_ME"},
        {IMAGE_BITMAP_FLAGS_PAL_FROM_CACHE, "PAL_FROM_CACHE"},
        {IMAGE_BITMAP_FLAGS_TOP_DOWN, "TOP_DOWN"},
    };
    image_json_flags(j, bits, flags, sizeof flags / sizeof flags[0]);
}

static inline void image_line_flags_json(image_json *j, image_line_flags bits)
{
    static const image_json_flag flags[] = {
        {IMAGE_LINE_FLAGS_STYLED, "STYLED"},
    };
    image_json_flags(j, bits, flags, sizeof flags / sizeof flags[0]);
}

static inline void image_string_flags_json(image_json *j, image_string_flags bits)
{
    static const image_json_flag flags[] = {
        {IMAGE_STRING_FLAGS_RASTER_A1, "RASTER_A1"},
        {IMAGE_STRING_FLAGS_RASTER_A8, "RASTER_A8"},
    };
    image_json_flags(j, bits, flags, sizeof flags / sizeof flags[0]);
}

/** A `image_point` as JSON. */
static inline void image_point_json(image_json *j, const image_point *v)
{
    image_json_put(j, "{\"x\":");
    image_json_signed(j, v->x);
    image_json_put(j, ",\"y\":");
    image_json_signed(j, v->y);
    image_json_put(j, "}");
}

/** A `image_palette` as JSON. */
static inline void image_palette_json(image_json *j, const image_palette *v)
{
    image_json_put(j, "{\"unique\":");
    image_json_unsigned(j, v->unique);
    image_json_put(j, ",\"num_ents\":");
    image_json_unsigned(j, (uint16_t)v->ents.count);
    image_json_put(j, ",\"ents\":");
    {
        uint32_t element;
        image_json_put(j, "[");
        for (size_t i = 0; i < v->ents.count; i++) {
            image_json_put(j, i > 0 ? "," : "");
            if (image_uint32_at(&v->ents, i, &element)) {
                image_json_unsigned(j, element);
            }
        }
        image_json_put(j, "]");
    }
    image_json_put(j, "}");
}

/** A `image_binary_data` as JSON. */
static inline void image_binary_data_json(image_json *j, const image_binary_data *v)
{
    image_json_put(j, "{\"data_size\":");
    image_json_unsigned(j, (uint32_t)v->data.size);
    image_json_put(j, ",\"data\":");
    image_json_bytes(j, &v->data);
    image_json_put(j, "}");
}

/** A `image_bitmap_data` as JSON. */
static inline void image_bitmap_data_json(image_json *j, const image_bitmap_data *v)
{
    image_json_put(j, "{\"flags\":");
    image_bitmap_flags_json(j, v->flags);
    image_json_put(j, ",\"y\":");
    image_json_unsigned(j, v->y);
    image_json_put(j, ",\"stride\":");
    image_json_unsigned(j, v->stride);
    image_json_put(j, ",\"pal\":");
    switch (v->pal.kind) {
    case IMAGE_BITMAP_DATA_PAL_PALETTE_ID:
        image_json_put(j, "{\"palette_id\":");
        image_json_unsigned(j, v->pal.u.palette_id);
        image_json_put(j, "}");
        break;
    case IMAGE_BITMAP_DATA_PAL_PALETTE:
        image_json_put(j, "{\"palette\":");
        {
            image_palette target;
            if (image_palette_get(&v->pal.u.palette, &target)) {
                image_palette_json(j, &target);
            } else {
                image_json_put(j, "null");
            }
        }
        image_json_put(j, "}");
        break;
    case IMAGE_BITMAP_DATA_PAL_ABSENT:
        image_json_put(j, "null");
        break;
    }
    image_json_put(j, ",\"data\":");
    image_json_bytes(j, &v->data);
    image_json_put(j, "}");
}

/** A `image_image_descriptor` as JSON. */
static inline void image_image_descriptor_json(image_json *j, const image_image_descriptor *v)
{
    image_json_put(j, "{\"id\":");
    image_json_unsigned(j, v->id);
    image_json_put(j, ",\"type\":");
    image_json_named(j, v->type, image_image_type_name(v->type));
    image_json_put(j, "}");
}

/** A `image_surface` as JSON. */
static inline void image_surface_json(image_json *j, const image_surface *v)
{
    image_json_put(j, "{\"surface_id\":");
    image_json_unsigned(j, v->surface_id);
    image_json_put(j, "}");
}

/** A `image_image` as JSON. */
static inline void image_image_json(image_json *j, const image_image *v)
{
    image_json_put(j, "{\"descriptor\":");
    image_image_descriptor_json(j, &v->descriptor);
    image_json_put(j, ",\"u\":");
    switch (v->u.kind) {
    case IMAGE_IMAGE_U_BITMAP:
        image_json_put(j, "{\"bitmap\":");
        image_bitmap_data_json(j, &v->u.u.bitmap);
        image_json_put(j, "}");
        break;
    case IMAGE_IMAGE_U_COMPRESSED:
        image_json_put(j, "{\"compressed\":");
        image_binary_data_json(j, &v->u.u.compressed);
        image_json_put(j, "}");
        break;
    case IMAGE_IMAGE_U_SURFACE:
        image_json_put(j, "{\"surface\":");
        image_surface_json(j, &v->u.u.surface);
        image_json_put(j, "}");
        break;
    case IMAGE_IMAGE_U_ABSENT:
        image_json_put(j, "null");
        break;
    }
    image_json_put(j, "}");
}

/** A `image_line_attr` as JSON. */
static inline void image_line_attr_json(image_json *j, const image_line_attr *v)
{
    image_json_put(j, "{\"flags\":");
    image_line_flags_json(j, v->flags);
    image_json_put(j, ",\"style_nseg\":");
    if (v->has_style_nseg) {
        image_json_unsigned(j, v->style_nseg);
    } else {
        image_json_put(j, "null");
    }
    image_json_put(j, ",\"style\":");
    if (v->has_style) {
        if (v->style.items != NULL || v->style.bytes != NULL) {
            {
                int32_t element;
                image_json_put(j, "[");
                for (size_t i = 0; i < v->style.count; i++) {
                    image_json_put(j, i > 0 ? "," : "");
                    if (image_int32_at(&v->style, i, &element)) {
                        image_json_signed(j, element);
                    }
                }
                image_json_put(j, "]");
            }
        } else {
            image_json_put(j, "null");
        }
    } else {
        image_json_put(j, "null");
    }
    image_json_put(j, "}");
}

/** A `image_raster_glyph` as JSON. */
static inline void image_raster_glyph_json(image_json *j, const image_raster_glyph *v)
{
    image_json_put(j, "{\"origin\":");
    image_point_json(j, &v->origin);
    image_json_put(j, ",\"width\":");
    image_json_unsigned(j, v->width);
    image_json_put(j, ",\"height\":");
    image_json_unsigned(j, v->height);
    image_json_put(j, ",\"data\":");
    image_json_bytes(j, &v->data);
    image_json_put(j, "}");
}

/** A `image_string` as JSON. */
static inline void image_string_json(image_json *j, const image_string *v)
{
    image_json_put(j, "{\"length\":");
    image_json_unsigned(j, v->length);
    image_json_put(j, ",\"flags\":");
    image_string_flags_json(j, v->flags);
    image_json_put(j, ",\"u\":");
    switch (v->u.kind) {
    case IMAGE_STRING_U_RASTER_A1:
        image_json_put(j, "{\"glyphs\":");
        {
            image_raster_glyph element;
            image_raster_glyph_list rest = v->u.u.raster_a1;
            image_json_put(j, "[");
            for (size_t i = 0; i < v->u.u.raster_a1.count; i++) {
                image_json_put(j, i > 0 ? "," : "");
                if (image_raster_glyph_next(&rest, &element)) {
                    image_raster_glyph_json(j, &element);
                }
            }
            image_json_put(j, "]");
        }
        image_json_put(j, "}");
        break;
    case IMAGE_STRING_U_RASTER_A8:
        image_json_put(j, "{\"glyphs\":");
        {
            image_point element;
            image_json_put(j, "[");
            for (size_t i = 0; i < v->u.u.raster_a8.count; i++) {
                image_json_put(j, i > 0 ? "," : "");
                if (image_point_at(&v->u.u.raster_a8, i, &element)) {
                    image_point_json(j, &element);
                }
            }
            image_json_put(j, "]");
        }
        image_json_put(j, "}");
        break;
    case IMAGE_STRING_U_ABSENT:
        image_json_put(j, "null");
        break;
    }
    image_json_put(j, "}");
}

/** A `image_draw` as JSON. */
static inline void image_draw_json(image_json *j, const image_draw *v)
{
    image_json_put(j, "{\"src_bitmap\":");
    {
        image_image target;
        if (image_image_get(&v->src_bitmap, &target)) {
            image_image_json(j, &target);
        } else {
            image_json_put(j, "null");
        }
    }
    image_json_put(j, ",\"mask\":");
    {
        image_image target;
        if (image_image_get(&v->mask, &target)) {
            image_image_json(j, &target);
        } else {
            image_json_put(j, "null");
        }
    }
    image_json_put(j, ",\"attr\":");
    image_line_attr_json(j, &v->attr);
    image_json_put(j, ",\"str\":");
    {
        image_string target;
        if (image_string_get(&v->str, &target)) {
            image_string_json(j, &target);
        } else {
            image_json_put(j, "null");
        }
    }
    image_json_put(j, ",\"words\":");
    image_json_unsigned(j, (uint8_t)v->numbers.count);
    image_json_put(j, ",\"numbers\":");
    {
        uint32_t element;
        image_json_put(j, "[");
        for (size_t i = 0; i < v->numbers.count; i++) {
            image_json_put(j, i > 0 ? "," : "");
            if (image_uint32_at(&v->numbers, i, &element)) {
                image_json_unsigned(j, element);
            }
        }
        image_json_put(j, "]");
    }
    image_json_put(j, ",\"more\":");
    {
        uint16_t element;
        image_json_put(j, "[");
        for (size_t i = 0; i < v->more.count; i++) {
            image_json_put(j, i > 0 ? "," : "");
            if (image_uint16_at(&v->more, i, &element)) {
                image_json_unsigned(j, element);
            }
        }
        image_json_put(j, "]");
    }
    image_json_put(j, ",\"name\":");
    if (v->name.data != NULL) {
        image_json_bytes(j, &v->name);
    } else {
        image_json_put(j, "null");
    }
    image_json_put(j, ",\"hash\":");
    image_json_array(j, v->hash, 16);
    image_json_put(j, ",\"rest\":");
    image_json_bytes(j, &v->rest);
    image_json_put(j, "}");
}

#ifdef __cplusplus
}
#endif

#endif /* IMAGE_JSON_H */
