/*
 * Writes messages that are filled by hand, a line each: module, direction, number, and the bytes in hexadecimal or why
 * they cannot be written.
 */
#include <stdio.h>
#include <stdlib.h>

#include "messages.h"

static uint8_t buffer[1 << 17];

#define WRITE(MODULE, DIRECTION, T, MESSAGE)                                                                                   \
    do {                                                                                                                       \
        const T message = MESSAGE;                                                                                             \
        char line[512];                                                                                                        \
        size_t size = 0;                                                                                                       \
        size_t written = 0;                                                                                                    \
        spice_error error;                                                                                                     \
        printf("%s %s %u ", MODULE, DIRECTION, (unsigned)message.kind);                                                        \
        if (!T##_size(&message, &size, &error)) {                                                                              \
            spice_error_text(&error, line, sizeof line);                                                                       \
            puts(line);                                                                                                        \
            break;                                                                                                             \
        }                                                                                                                      \
        if (!T##_write(&message, buffer, size, &written, &error) || written != size) {                                         \
            abort();                                                                                                           \
        }                                                                                                                      \
        for (size_t i = 0; i < written; i++) {                                                                                 \
            printf("%02x", (unsigned)buffer[i]);                                                                               \
        }                                                                                                                      \
        puts("");                                                                                                              \
    } while (0)

#define DISPLAY(MESSAGE) WRITE("display", "server", spice_display_server_message, MESSAGE)

/* Both images of a drawing have palettes: the targets of four pointers, two of them behind the others. */
static spice_display_server_message two_palettes(void)
{
    static const uint32_t colours[3] = {1, 0x00ffffff, 7};
    static spice_display_palette palettes[2];
    static spice_display_image images[2];
    spice_display_server_message message = draw_copy();
    for (size_t i = 0; i < 2; i++) {
        spice_display_bitmap_data *bitmap = &images[i].body.u.bitmap;
        memset(&images[i], 0, sizeof images[i]);
        palettes[i].unique = i;
        palettes[i].ents = spice_uint32_list_of(colours, 3 - i);
        images[i].descriptor.type = SPICE_DISPLAY_IMAGE_TYPE_BITMAP;
        images[i].descriptor.width = 4;
        images[i].descriptor.height = 2;
        images[i].body.kind = SPICE_DISPLAY_IMAGE_BODY_BITMAP;
        bitmap->format = SPICE_DISPLAY_BITMAP_FMT_8BIT;
        bitmap->x = 4;
        bitmap->y = 2;
        bitmap->stride = 4;
        bitmap->pal.kind = SPICE_DISPLAY_BITMAP_DATA_PAL_PALETTE;
        bitmap->pal.u.palette = spice_display_palette_ref_to(&palettes[i]);
        bitmap->data = spice_bytes_of(pixels, 8);
    }
    message.body.draw_copy.data.src_bitmap = spice_display_image_ref_to(&images[0]);
    message.body.draw_copy.data.mask.bitmap = spice_display_image_ref_to(&images[1]);
    return message;
}

/* A message that was parsed, written again: pointers and lists are still in the other message then. */
static spice_display_server_message parsed(spice_display_server_message message)
{
    static uint8_t bodies[4][1 << 13];
    static size_t used = 0;
    uint8_t *body = bodies[used++];
    size_t size = 0;
    spice_error error;
    if (!spice_display_server_message_write(&message, body, sizeof bodies[0], &size, &error) ||
        !spice_display_server_message_parse(&message, message.kind, body, size, &error)) {
        abort();
    }
    return message;
}

int main(void)
{
    spice_display_server_message wrong;
    memset(pixels, 7, sizeof pixels);
    DISPLAY(draw_copy());
    DISPLAY(draw_fill());
    DISPLAY(stream_data());
    DISPLAY(draw_text());
    DISPLAY(two_palettes());
    DISPLAY(parsed(draw_text()));
    DISPLAY(parsed(two_palettes()));
    WRITE("cursor", "server", spice_cursor_server_message, cursor_set());
    WRITE("inputs", "client", spice_inputs_client_message, mouse_position());
    WRITE("main", "server", spice_main_server_message, agent_data());
    DISPLAY(ping());

    wrong = draw_fill();
    wrong.body.draw_fill.base.clip.has_rects = false;
    DISPLAY(wrong);
    wrong = draw_text();
    memset(&wrong.body.draw_text.data.str, 0, sizeof wrong.body.draw_text.data.str);
    DISPLAY(wrong);
    wrong = draw_text();
    glyphs[1].data.size--;
    DISPLAY(wrong);
    wrong = two_palettes();
    wrong.body.draw_copy.data.src_bitmap.item = &image;
    image.body.u.quic.data.size = (size_t)UINT32_MAX;
    DISPLAY(wrong);
    return 0;
}
