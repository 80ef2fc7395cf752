/*
 * The messages of spice-proto/benches/workloads.rs, filled by hand. `written.c` compares their bytes with Rust's, `bench.c`
 * takes the time.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "spice.h"

static uint8_t pixels[65536];
static const uint8_t glyph_data[48] = {
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
};
static spice_common_rect rects[4];
static spice_display_raster_glyph_a4 glyphs[40];
static spice_display_string text;
static spice_display_image image;

static spice_display_display_base base(bool clipped)
{
    spice_display_display_base base;
    memset(&base, 0, sizeof base);
    base.box.bottom = 480;
    base.box.right = 640;
    base.clip.type = SPICE_DISPLAY_CLIP_TYPE_NONE;
    if (clipped) {
        base.clip.type = SPICE_DISPLAY_CLIP_TYPE_RECTS;
        base.clip.has_rects = true;
        base.clip.rects.rects = spice_common_rect_list_of(rects, 4);
    }
    return base;
}

static spice_display_brush solid(void)
{
    spice_display_brush brush;
    memset(&brush, 0, sizeof brush);
    brush.type = SPICE_DISPLAY_BRUSH_TYPE_SOLID;
    brush.body.kind = SPICE_DISPLAY_BRUSH_BODY_COLOR;
    brush.body.u.color = 0x00ff8000;
    return brush;
}

static spice_display_server_message draw_copy(void)
{
    spice_display_server_message message;
    spice_display_draw_copy *draw = &message.body.draw_copy;
    memset(&message, 0, sizeof message);
    memset(&image, 0, sizeof image);
    image.descriptor.id = 1;
    image.descriptor.type = SPICE_DISPLAY_IMAGE_TYPE_QUIC;
    image.descriptor.flags = SPICE_DISPLAY_IMAGE_FLAGS_CACHE_ME;
    image.descriptor.width = 640;
    image.descriptor.height = 480;
    image.body.kind = SPICE_DISPLAY_IMAGE_BODY_QUIC;
    image.body.u.quic.data = spice_bytes_of(pixels, sizeof pixels);
    message.kind = SPICE_DISPLAY_SERVER_MESSAGE_DRAW_COPY;
    draw->base = base(false);
    draw->data.src_bitmap = spice_display_image_ref_to(&image);
    draw->data.src_area = draw->base.box;
    draw->data.rop_descriptor = SPICE_DISPLAY_ROPD_OP_PUT;
    draw->data.scale_mode = SPICE_DISPLAY_IMAGE_SCALE_MODE_NEAREST;
    return message;
}

static spice_display_server_message draw_fill(void)
{
    static const spice_common_rect rect = {1, 2, 3, 4};
    spice_display_server_message message;
    memset(&message, 0, sizeof message);
    for (size_t i = 0; i < 4; i++) {
        rects[i] = rect;
    }
    message.kind = SPICE_DISPLAY_SERVER_MESSAGE_DRAW_FILL;
    message.body.draw_fill.base = base(true);
    message.body.draw_fill.data.brush = solid();
    message.body.draw_fill.data.rop_descriptor = SPICE_DISPLAY_ROPD_OP_PUT;
    return message;
}

static spice_display_server_message stream_data(void)
{
    spice_display_server_message message;
    memset(&message, 0, sizeof message);
    message.kind = SPICE_DISPLAY_SERVER_MESSAGE_STREAM_DATA;
    message.body.stream_data.base.id = 3;
    message.body.stream_data.base.multi_media_time = 5;
    message.body.stream_data.data = spice_bytes_of(pixels, 16384);
    return message;
}

static spice_display_server_message draw_text(void)
{
    spice_display_server_message message;
    spice_display_text *data = &message.body.draw_text.data;
    memset(&message, 0, sizeof message);
    for (size_t i = 0; i < 40; i++) {
        memset(&glyphs[i], 0, sizeof glyphs[i]);
        glyphs[i].render_pos.x = 10;
        glyphs[i].render_pos.y = 20;
        glyphs[i].glyph_origin.y = -9;
        glyphs[i].width = 8;
        glyphs[i].height = 12;
        glyphs[i].data = spice_bytes_of(glyph_data, sizeof glyph_data);
    }
    memset(&text, 0, sizeof text);
    text.length = 40;
    text.flags = SPICE_DISPLAY_STRING_FLAGS_RASTER_A4;
    text.glyphs.kind = SPICE_DISPLAY_STRING_GLYPHS_RASTER_A4;
    text.glyphs.u.raster_a4 = spice_display_raster_glyph_a4_list_of(glyphs, 40);
    message.kind = SPICE_DISPLAY_SERVER_MESSAGE_DRAW_TEXT;
    message.body.draw_text.base = base(false);
    data->str = spice_display_string_ref_to(&text);
    data->fore_brush = solid();
    data->back_brush = solid();
    data->fore_mode = SPICE_DISPLAY_ROPD_OP_PUT;
    data->back_mode = SPICE_DISPLAY_ROPD_OP_PUT;
    return message;
}

static spice_cursor_server_message cursor_set(void)
{
    spice_cursor_server_message message;
    spice_cursor_set *set = &message.body.set;
    memset(&message, 0, sizeof message);
    message.kind = SPICE_CURSOR_SERVER_MESSAGE_SET;
    set->position.x = 5;
    set->position.y = 6;
    set->visible = 1;
    set->cursor.flags = SPICE_CURSOR_CURSOR_FLAGS_CACHE_ME;
    set->cursor.has_header = true;
    set->cursor.header.unique = 9;
    set->cursor.header.type = SPICE_COMMON_CURSOR_TYPE_ALPHA;
    set->cursor.header.width = 64;
    set->cursor.header.height = 64;
    set->cursor.header.hot_spot_x = 1;
    set->cursor.header.hot_spot_y = 1;
    set->cursor.data = spice_bytes_of(pixels, 16384);
    return message;
}

static spice_inputs_client_message mouse_position(void)
{
    spice_inputs_client_message message;
    memset(&message, 0, sizeof message);
    message.kind = SPICE_INPUTS_CLIENT_MESSAGE_MOUSE_POSITION;
    message.body.mouse_position.x = 100;
    message.body.mouse_position.y = 200;
    message.body.mouse_position.buttons_state = SPICE_INPUTS_MOUSE_BUTTON_MASK_LEFT;
    return message;
}

static spice_main_server_message agent_data(void)
{
    spice_main_server_message message;
    memset(&message, 0, sizeof message);
    message.kind = SPICE_MAIN_SERVER_MESSAGE_AGENT_DATA;
    message.body.agent_data.data = spice_bytes_of(pixels, 2048);
    return message;
}

static spice_display_server_message ping(void)
{
    spice_display_server_message message;
    memset(&message, 0, sizeof message);
    message.kind = SPICE_DISPLAY_SERVER_MESSAGE_PING;
    message.body.ping.id = 7;
    message.body.ping.timestamp = 5;
    return message;
}

#endif
