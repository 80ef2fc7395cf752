/*
 * Parsing and writing of single messages, beside a plain copy of 64 KiB: the workloads of spice-proto/benches/message.rs.
 *
 *     spice-proto-derive generate --lang c -o DIR/ spice.proto
 *     cc -O2 -I DIR tests/tests/outputs/c/bench.c -o bench && ./bench
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "messages.h"

enum { RUNS = 15 };

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

/* The median of runs of at least 20 ms of processor time each. */
#define TIME(NAME, STEP)                                                                                                       \
    do {                                                                                                                       \
        double runs[RUNS];                                                                                                     \
        unsigned long count = 64;                                                                                              \
        double took = 0;                                                                                                       \
        while (took < 2e7) {                                                                                                   \
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
        printf("%-28s %10.2f ns (from %.2f)\n", NAME, runs[RUNS / 2], runs[0]);                                                \
    } while (0)

static uint8_t buffer[1 << 17];

#define MESSAGE(NAME, T, MAKE)                                                                                                 \
    static void bench_##MAKE(void)                                                                                             \
    {                                                                                                                          \
        T message = MAKE();                                                                                                    \
        T parsed;                                                                                                              \
        size_t size = 0;                                                                                                       \
        spice_error error;                                                                                                     \
        uint8_t *body;                                                                                                         \
        if (!T##_size(&message, &size, &error) || (body = (uint8_t *)malloc(size)) == NULL ||                                  \
            !T##_write(&message, body, size, &size, &error)) {                                                                 \
            abort();                                                                                                           \
        }                                                                                                                      \
        TIME("parse " NAME, {                                                                                                  \
            if (!T##_parse(&parsed, message.kind, body, size, &error)) {                                                       \
                abort();                                                                                                       \
            }                                                                                                                  \
            OPAQUE(&parsed);                                                                                                   \
        });                                                                                                                    \
        TIME("write " NAME, {                                                                                                  \
            OPAQUE(&message);                                                                                                  \
            if (!T##_write(&message, buffer, sizeof buffer, &size, &error)) {                                                  \
                abort();                                                                                                       \
            }                                                                                                                  \
            OPAQUE(buffer);                                                                                                    \
        });                                                                                                                    \
        free(body);                                                                                                            \
    }

MESSAGE("DrawCopy 64 KiB", spice_display_server_message, draw_copy)
MESSAGE("DrawFill 4 rects", spice_display_server_message, draw_fill)
MESSAGE("StreamData 16 KiB", spice_display_server_message, stream_data)
MESSAGE("DrawText 40 glyphs", spice_display_server_message, draw_text)
MESSAGE("CursorSet 64x64", spice_cursor_server_message, cursor_set)
MESSAGE("MousePosition", spice_inputs_client_message, mouse_position)
MESSAGE("AgentData 2 KiB", spice_main_server_message, agent_data)

int main(void)
{
    memset(pixels, 7, sizeof pixels);
    TIME("memcpy 64 KiB", {
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
    return 0;
}
