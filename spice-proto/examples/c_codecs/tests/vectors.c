/*
 * Decodes what it reads from standard input and writes what became of it to standard output; numbers are little-endian.
 * A case: one letter of its codec (q, l, g), one byte that is 1 for a new window, 4 bytes each for the length of the stream and the
 * number of colours, the stream, the colours. An answer: 4 bytes each for status, width and height, 8 for the missing picture,
 * 4 for a length, and so many bytes: pixels, or words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spice_codecs.h"

static uint32_t take32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put(uint64_t number, int bytes)
{
    for (; bytes > 0; bytes--, number >>= 8) {
        putchar((int)(number & 0xff));
    }
}

static void *read_all(size_t length)
{
    void *bytes = malloc(length + 1);
    if (bytes == NULL || fread(bytes, 1, length, stdin) != length) {
        fputs("the case is cut\n", stderr);
        exit(2);
    }
    return bytes;
}

int main(void)
{
    uint8_t head[10];
    struct spice_codecs_window *window = NULL;
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        const size_t length = take32(head + 2), colours = take32(head + 6);
        uint8_t *stream = read_all(length), *coded = read_all(colours * 4);
        uint32_t *palette = malloc(colours * 4 + 1);
        const struct spice_codecs_picture *picture;
        uint64_t missing = 0;
        int status;
        if (palette == NULL) {
            return 2;
        }
        for (size_t at = 0; at < colours; at++) {
            palette[at] = take32(coded + at * 4);
        }
        if (head[1] == 1) {
            spice_codecs_window_free(window);
            window = spice_codecs_window_new();
        }
        switch (head[0]) {
        case 'q': status = spice_codecs_quic(stream, length, &picture); break;
        case 'l': status = spice_codecs_lz(stream, length, palette, colours, &picture); break;
        default: status = spice_codecs_glz(window, stream, length, &picture, &missing); break;
        }
        /* A picture needs nothing of what it was made from. */
        free(stream);
        free(coded);
        free(palette);
        put((uint64_t)status, 4);
        put(picture == NULL ? 0 : picture->width, 4);
        put(picture == NULL ? 0 : picture->height, 4);
        put(missing, 8);
        if (picture == NULL) {
            const char *words = spice_codecs_error();
            put(strlen(words), 4);
            fputs(words, stdout);
        } else {
            put(picture->length, 4);
            fwrite(picture->pixels, 1, picture->length, stdout);
        }
        spice_codecs_picture_free(picture);
    }
    spice_codecs_window_free(window);
    return 0;
}
