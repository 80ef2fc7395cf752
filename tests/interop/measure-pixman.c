/* What pixman, on which the reference canvas stands, takes for the operations of the canvas benches: the yardstick to
 * run beside them on the same machine. Prints microseconds for each, the least and the median of 40 rounds of 12.
 *
 *     cc -O2 -o measure-pixman measure-pixman.c $(pkg-config --cflags --libs pixman-1) && ./measure-pixman
 */
#include <pixman.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 1920, HEIGHT = 1080, ROUNDS = 40, TIMES = 12 };

static pixman_image_t *dest, *argb, *xrgb, *half, *mask, *half_alpha;
static uint32_t *dest_bits, *src_bits;

static uint32_t random_word(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static pixman_image_t *picture(pixman_format_code_t format, int width, int height, int bytes, uint32_t **out) {
    uint8_t *bits = aligned_alloc(64, (size_t)width * height * bytes);
    for (size_t i = 0; i < (size_t)width * height * bytes; i++) bits[i] = (uint8_t)random_word();
    if (out) *out = (uint32_t *)bits;
    return pixman_image_create_bits(format, width, height, (uint32_t *)bits, width * bytes);
}

static void over(pixman_op_t op, pixman_image_t *src, pixman_image_t *with) {
    pixman_image_composite32(op, src, with, dest, 0, 0, 0, 0, 0, 0, WIDTH, HEIGHT);
}

static void copy(void) { memcpy(dest_bits, src_bits, (size_t)WIDTH * HEIGHT * 4); }
static void fill(void) { pixman_fill(dest_bits, WIDTH, 32, 0, 0, WIDTH, HEIGHT, 0x123456); }
static void blit(void) { pixman_blt(src_bits, dest_bits, WIDTH, WIDTH, 32, 32, 0, 0, 0, 0, WIDTH, HEIGHT); }
static void blend(void) { over(PIXMAN_OP_OVER, argb, NULL); }
static void blend_half(void) { over(PIXMAN_OP_OVER, argb, half_alpha); }
static void masked(void) { over(PIXMAN_OP_OVER, xrgb, mask); }
static void masked_argb(void) { over(PIXMAN_OP_OVER, argb, mask); }
static void scale(void) { over(PIXMAN_OP_SRC, half, NULL); }

static int order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(const char *name, void (*what)(void)) {
    double us[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int i = 0; i < TIMES; i++) what();
        clock_gettime(CLOCK_MONOTONIC, &to);
        us[round] = ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / 1e3 / TIMES;
    }
    qsort(us, ROUNDS, sizeof *us, order);
    printf("%-40s %8.0f %8.0f\n", name, us[0], us[ROUNDS / 2]);
}

int main(void) {
    dest = picture(PIXMAN_x8r8g8b8, WIDTH, HEIGHT, 4, &dest_bits);
    argb = picture(PIXMAN_a8r8g8b8, WIDTH, HEIGHT, 4, NULL);
    xrgb = picture(PIXMAN_x8r8g8b8, WIDTH, HEIGHT, 4, &src_bits);
    half = picture(PIXMAN_x8r8g8b8, WIDTH / 2, HEIGHT / 2, 4, NULL);
    mask = picture(PIXMAN_a8, WIDTH, HEIGHT, 1, NULL);
    pixman_color_t alpha = {0, 0, 0, 0x8080};
    half_alpha = pixman_image_create_solid_fill(&alpha);
    pixman_transform_t transform;
    pixman_transform_init_scale(&transform, pixman_double_to_fixed(0.5), pixman_double_to_fixed(0.5));
    pixman_image_set_transform(half, &transform);
    pixman_image_set_repeat(half, PIXMAN_REPEAT_NONE);

    printf("%-40s %8s %8s\n", "1920x1080", "min us", "median");
    run("memcpy of a frame", copy);
    run("fill", fill);
    run("surface to surface", blit);
    run("OVER, ARGB surface", blend);
    run("OVER, ARGB surface, alpha 128", blend_half);
    run("OVER, surface and A8 mask", masked);
    run("OVER, ARGB surface and A8 mask", masked_argb);
    pixman_image_set_filter(half, PIXMAN_FILTER_NEAREST, NULL, 0);
    run("960x540 to full, nearest", scale);
    pixman_image_set_filter(half, PIXMAN_FILTER_BILINEAR, NULL, 0);
    run("960x540 to full, bilinear", scale);
    return 0;
}
