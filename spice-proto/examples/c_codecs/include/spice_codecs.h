/*
 * The decoders of SPICE's images. Link with libspice_codecs.
 *
 * Threads: all functions may be called from several at once, but a window by one at a time.
 * Streams may hold anything. They are read during the call only.
 */
#ifndef SPICE_CODECS_H
#define SPICE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SPICE_CODECS_OK = 0,
    SPICE_CODECS_MISSING = 1,      /* a GLZ stream needs another picture first */
    SPICE_CODECS_BAD_STREAM = 2,
    SPICE_CODECS_LIMIT = 3,        /* too many pixels, or no memory for them */
    SPICE_CODECS_BAD_ARGUMENT = 4  /* a pointer is NULL */
};

/*
 * B, G, R, A of each pixel, the top row first and no gaps: on little-endian machines what cairo calls ARGB32. Colours are as they
 * are coded, so where a server has multiplied them with the alpha they stay so. Alpha is 255 where the form has none.
 * It is yours to read until you free it, and not to be changed.
 */
struct spice_codecs_picture {
    uint32_t width;
    uint32_t height;
    size_t length; /* of pixels, in bytes: width * height * 4 */
    const uint8_t *pixels;
};

/* The pictures that GLZ streams may refer to: one for all display channels of a session. */
struct spice_codecs_window;

/* These give SPICE_CODECS_OK and a picture, or another number and NULL for it. Streams have their headers with them. */
int spice_codecs_quic(const uint8_t *stream, size_t length, const struct spice_codecs_picture **picture);

/* palette: colours as 0x00RRGGBB of a form with indexes; NULL and 0 for the others. Forms that are alpha alone are black. */
int spice_codecs_lz(const uint8_t *stream, size_t length, const uint32_t *palette, size_t colours,
                    const struct spice_codecs_picture **picture);

/*
 * Keeps the picture in the window as well. With SPICE_CODECS_MISSING nothing has changed, *missing is the number of the picture
 * that has to come first, on another channel, and the same stream is given again later. missing may be NULL.
 * A ZLIB_GLZ stream is to be inflated before.
 */
int spice_codecs_glz(struct spice_codecs_window *window, const uint8_t *stream, size_t length,
                     const struct spice_codecs_picture **picture, uint64_t *missing);

struct spice_codecs_window *spice_codecs_window_new(void);

/* NULL is fine, for the next one too. Pictures that came out of a window stay when it goes. */
void spice_codecs_window_free(struct spice_codecs_window *window);

void spice_codecs_picture_free(const struct spice_codecs_picture *picture);

/* What was wrong in this thread's last call without a picture, in English; until the thread's next call. Never NULL. */
const char *spice_codecs_error(void);

#ifdef __cplusplus
}
#endif

#endif
