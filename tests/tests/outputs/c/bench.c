/*
 * Single messages: parsed, visited to the last byte run and list element, measured, written. The workloads are those of
 * spice-proto/benches/workloads.rs; `tests/examples/output_speed.rs` compares with Rust. Prints a line for each: message,
 * what was done, nanoseconds of processor time.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "messages.h"

enum { RUNS = 3 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What is pointed to may have been read and changed, for all the compiler knows. */
#define OPAQUE(POINTER) __asm__ volatile("" : : "r"(POINTER) : "memory")

/* The median of runs of at least 3 ms of processor time each. */
#define TIME(NAME, WHAT, STEP)                                                                                                 \
    do {                                                                                                                       \
        double runs[RUNS];                                                                                                     \
        unsigned long count = 64;                                                                                              \
        double took = 0;                                                                                                       \
        while (took < 3e6) {                                                                                                   \
            const double start = now();                                                                                        \
            count *= 2;                                                                                                        \
            for (unsigned long step = 0; step < count; step++) {                                                               \
                STEP;                                                                                                          \
            }                                                                                                                  \
            took = now() - start;                                                                                              \
        }                                                                                                                      \
        for (int run = 0; run < RUNS; run++) {                                                                                 \
            const double start = now();                                                                                        \
            for (unsigned long step = 0; step < count; step++) {                                                               \
                STEP;                                                                                                          \
            }                                                                                                                  \
            runs[run] = (now() - start) / (double)count;                                                                       \
        }                                                                                                                      \
        qsort(runs, RUNS, sizeof runs[0], by_size);                                                                            \
        printf("%s\t%s\t%.3f\n", NAME, WHAT, runs[RUNS / 2]);                                                                  \
    } while (0)

static uint8_t buffer[1 << 17];

/* Sums up what a reader of a message wants of it. */

static uint64_t visit_display(const spice_display_server_message *message)
{
    uint64_t sum = 0;
    spice_display_image source;
    spice_display_string string;
    spice_display_raster_glyph_a4 glyph;
    spice_common_rect rect;
    switch (message->kind) {
    case SPICE_DISPLAY_SERVER_MESSAGE_DRAW_COPY:
        sum = (uint64_t)message->body.draw_copy.base.box.right;
        if (spice_display_image_get(&message->body.draw_copy.data.src_bitmap, &source) &&
            source.body.kind == SPICE_DISPLAY_IMAGE_BODY_QUIC) {
            sum += source.descriptor.width + source.body.u.quic.data.size;
        }
        break;
    case SPICE_DISPLAY_SERVER_MESSAGE_DRAW_FILL:
        sum = message->body.draw_fill.data.brush.body.u.color;
        for (size_t i = 0; spice_common_rect_at(&message->body.draw_fill.base.clip.rects.rects, i, &rect); i++) {
            sum += (uint64_t)rect.left + (uint64_t)rect.bottom;
        }
        break;
    case SPICE_DISPLAY_SERVER_MESSAGE_DRAW_TEXT:
        if (spice_display_string_get(&message->body.draw_text.data.str, &string) &&
            string.glyphs.kind == SPICE_DISPLAY_STRING_GLYPHS_RASTER_A4) {
            spice_display_raster_glyph_a4_list list = string.glyphs.u.raster_a4;
            while (spice_display_raster_glyph_a4_next(&list, &glyph)) {
                sum += (uint64_t)glyph.render_pos.x + glyph.width + glyph.data.size;
            }
        }
        break;
    case SPICE_DISPLAY_SERVER_MESSAGE_STREAM_DATA:
        sum = message->body.stream_data.base.id + message->body.stream_data.data.size;
        break;
    default:
        sum = message->body.ping.id + message->body.ping.data.size;
        break;
    }
    return sum;
}

static uint64_t visit_cursor(const spice_cursor_server_message *message)
{
    return message->body.set.cursor.header.unique + message->body.set.cursor.data.size;
}

static uint64_t visit_inputs(const spice_inputs_client_message *message)
{
    return (uint64_t)message->body.mouse_position.x + message->body.mouse_position.y;
}

static uint64_t visit_main(const spice_main_server_message *message)
{
    return message->body.agent_data.data.size;
}

#define MESSAGE(NAME, T, MAKE, VISIT)                                                                                          \
    static void bench_##MAKE(void)                                                                                             \
    {                                                                                                                          \
        T message = MAKE();                                                                                                    \
        T parsed;                                                                                                              \
        volatile uint64_t sum;                                                                                                 \
        size_t size = 0;                                                                                                       \
        spice_error error;                                                                                                     \
        uint8_t *body;                                                                                                         \
        if (!T##_size(&message, &size, &error) || (body = (uint8_t *)malloc(size)) == NULL ||                                  \
            !T##_write(&message, body, size, &size, &error)) {                                                                 \
            abort();                                                                                                           \
        }                                                                                                                      \
        TIME(NAME, "parse", {                                                                                                  \
            if (!T##_parse(&parsed, message.kind, body, size, &error)) {                                                       \
                abort();                                                                                                       \
            }                                                                                                                  \
            OPAQUE(&parsed);                                                                                                   \
        });                                                                                                                    \
        TIME(NAME, "visit", {                                                                                                  \
            OPAQUE(&parsed);                                                                                                   \
            sum = VISIT(&parsed);                                                                                              \
        });                                                                                                                    \
        (void)sum;                                                                                                             \
        TIME(NAME, "size", {                                                                                                   \
            OPAQUE(&message);                                                                                                  \
            if (!T##_size(&message, &size, &error)) {                                                                          \
                abort();                                                                                                       \
            }                                                                                                                  \
            OPAQUE(&size);                                                                                                     \
        });                                                                                                                    \
        TIME(NAME, "write", {                                                                                                  \
            OPAQUE(&message);                                                                                                  \
            if (!T##_write(&message, buffer, sizeof buffer, &size, &error)) {                                                  \
                abort();                                                                                                       \
            }                                                                                                                  \
            OPAQUE(buffer);                                                                                                    \
        });                                                                                                                    \
        free(body);                                                                                                            \
    }

MESSAGE("DrawCopy, 64 KiB of QUIC", spice_display_server_message, draw_copy, visit_display)
MESSAGE("DrawFill, 4 clip rectangles", spice_display_server_message, draw_fill, visit_display)
MESSAGE("StreamData, 16 KiB", spice_display_server_message, stream_data, visit_display)
MESSAGE("DrawText, 40 glyphs", spice_display_server_message, draw_text, visit_display)
MESSAGE("CursorSet, 64x64", spice_cursor_server_message, cursor_set, visit_cursor)
MESSAGE("MousePosition", spice_inputs_client_message, mouse_position, visit_inputs)
MESSAGE("agent data, 2 KiB", spice_main_server_message, agent_data, visit_main)
MESSAGE("Ping", spice_display_server_message, ping, visit_display)

int main(void)
{
    memset(pixels, 7, sizeof pixels);
    TIME("plain copy of 64 KiB", "write", {
        OPAQUE(pixels);
        memcpy(buffer, pixels, sizeof pixels);
        OPAQUE(buffer);
    });
    bench_draw_copy();
    bench_draw_fill();
    bench_stream_data();
    bench_draw_text();
    bench_cursor_set();
    bench_mouse_position();
    bench_agent_data();
    bench_ping();
    return 0;
}
