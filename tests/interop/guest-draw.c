/* Draws in a guest: what the tests want on the screen, by the kernel's interfaces DRM and fbdev.
 *
 * Reads commands, one a line, from standard input, and answers each with a line "ok ..." or "error ...". Every pixel
 * is a function of its place and the seed (`pixel` below; tests/tests/interop knows the same one).
 *
 *   mode W H              a frame buffer of that size on the screen, black
 *   draw SEED X Y W H     that rectangle of it, and told to the driver
 *   storm N W H           N such rectangles in a row, with seeds 0, 1, ... and places that follow from the seed
 *   cursor SEED HX HY     a pointer of 64x64 with that hot spot, half of it transparent
 *   move X Y, hide        the pointer
 *   update X Y W H        the driver's own ioctl UPDATE_AREA on an off-screen surface
 *   fb SEED               the whole of /dev/fb0, when nobody else has the screen
 *   quit
 *
 * The structures of DRM are written out, since Debian's releases have their headers in different packages.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct resources {
	uint64_t fbs, crtcs, connectors, encoders;
	uint32_t n_fbs, n_crtcs, n_connectors, n_encoders, limits[4];
};
struct mode {
	uint32_t clock;
	uint16_t hdisplay, hsync_start, hsync_end, htotal, hskew, vdisplay, vsync_start, vsync_end, vtotal, vscan;
	uint32_t vrefresh, flags, type;
	char name[32];
};
struct connector {
	uint64_t encoders, modes, props, values;
	uint32_t n_modes, n_props, n_encoders, encoder, id, type, type_id, connection, mm_width, mm_height, subpixel, pad;
};
struct crtc { uint64_t connectors; uint32_t n_connectors, id, fb, x, y, gamma_size, mode_valid; struct mode mode; };
struct cursor { uint32_t flags, crtc; int32_t x, y; uint32_t width, height, handle; int32_t hot_x, hot_y; };
struct add_fb { uint32_t id, width, height, pitch, bpp, depth, handle; };
struct clip { uint16_t x1, y1, x2, y2; };
struct dirty_fb { uint32_t id, flags, color, n_clips; uint64_t clips; };
struct create_dumb { uint32_t height, width, bpp, flags, handle, pitch; uint64_t size; };
struct map_dumb { uint32_t handle, pad; uint64_t offset; };
struct qxl_update_area { uint32_t handle, top, left, bottom, right, pad; };
struct qxl_alloc_surf { uint32_t format, width, height; int32_t stride; uint32_t handle, pad; };

#define GET_RESOURCES _IOWR('d', 0xa0, struct resources)
#define SET_CRTC _IOWR('d', 0xa2, struct crtc)
#define GET_CONNECTOR _IOWR('d', 0xa7, struct connector)
#define ADD_FB _IOWR('d', 0xae, struct add_fb)
#define REMOVE_FB _IOWR('d', 0xaf, uint32_t)
#define DIRTY_FB _IOWR('d', 0xb1, struct dirty_fb)
#define CREATE_DUMB _IOWR('d', 0xb2, struct create_dumb)
#define MAP_DUMB _IOWR('d', 0xb3, struct map_dumb)
#define DESTROY_DUMB _IOWR('d', 0xb4, uint32_t)
#define CURSOR2 _IOWR('d', 0xbb, struct cursor)
#define QXL_UPDATE_AREA _IOW('d', 0x43, struct qxl_update_area)
#define QXL_ALLOC_SURF _IOWR('d', 0x46, struct qxl_alloc_surf)

struct buffer { uint32_t handle, pitch; uint64_t size; uint8_t *bytes; };

static int card = -1;
static uint32_t crtc_id, connector_id, fb_id;
static uint32_t screen_width, screen_height;
static struct buffer screen, pointer;

static uint32_t pixel(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t red = (x * 5 + seed * 37) & 255, green = (y * 3 + x) & 255, blue = ((x ^ y) + seed * 11) & 255;
	return red << 16 | green << 8 | blue;
}

static int answer(int status, const char *text)
{
	if (status < 0)
		printf("error %s: %s\n", text, strerror(errno));
	else
		printf("ok %s\n", text);
	return status;
}

static int open_card(void)
{
	uint32_t crtcs[16], connectors[16], encoders[16], fbs[64];
	struct resources all = {
		(uintptr_t)fbs, (uintptr_t)crtcs, (uintptr_t)connectors, (uintptr_t)encoders, 64, 16, 16, 16
	};
	if (card >= 0)
		return 0;
	card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	if (card < 0 || ioctl(card, GET_RESOURCES, &all) < 0)
		return -1;
	crtc_id = crtcs[0];
	connector_id = connectors[0];
	return 0;
}

static int make_buffer(struct buffer *b, uint32_t width, uint32_t height)
{
	struct create_dumb create = { .width = width, .height = height, .bpp = 32 };
	struct map_dumb map = { 0 };
	if (ioctl(card, CREATE_DUMB, &create) < 0)
		return -1;
	map.handle = create.handle;
	if (ioctl(card, MAP_DUMB, &map) < 0)
		return -1;
	*b = (struct buffer){ create.handle, create.pitch, create.size, NULL };
	b->bytes = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, card, map.offset);
	return b->bytes == MAP_FAILED ? -1 : 0;
}

static void drop_buffer(struct buffer *b)
{
	if (!b->handle)
		return;
	munmap(b->bytes, b->size);
	ioctl(card, DESTROY_DUMB, &b->handle);
	b->handle = 0;
}

/* The connector's own mode of that size; without one, timings that a screen of no kind would take, at 60 Hz. */
static int find_mode(struct mode *found, uint32_t width, uint32_t height)
{
	static struct mode modes[256];
	struct connector c = { .modes = (uintptr_t)modes, .n_modes = 256, .id = connector_id };
	struct connector count = { .id = connector_id };
	if (ioctl(card, GET_CONNECTOR, &count) < 0)
		return -1;
	c.n_modes = count.n_modes < 256 ? count.n_modes : 256;
	if (ioctl(card, GET_CONNECTOR, &c) < 0)
		return -1;
	for (uint32_t i = 0; i < c.n_modes && i < 256; i++)
		if (modes[i].hdisplay == width && modes[i].vdisplay == height) {
			*found = modes[i];
			return 0;
		}
	*found = (struct mode){ .hdisplay = width, .hsync_start = width + 16, .hsync_end = width + 32, .htotal = width + 64,
		.vdisplay = height, .vsync_start = height + 3, .vsync_end = height + 6, .vtotal = height + 32, .vrefresh = 60 };
	found->clock = found->htotal * found->vtotal * 60 / 1000;
	strcpy(found->name, "own");
	return 0;
}

static int set_mode(uint32_t width, uint32_t height)
{
	struct buffer old = screen;
	uint32_t old_fb = fb_id;
	struct add_fb add = { 0, width, height, 0, 32, 24, 0 };
	struct crtc set = { .connectors = (uintptr_t)&connector_id, .n_connectors = 1 };
	if (open_card() < 0 || find_mode(&set.mode, width, height) < 0 || make_buffer(&screen, width, height) < 0)
		return -1;
	memset(screen.bytes, 0, screen.size);
	add.pitch = screen.pitch;
	add.handle = screen.handle;
	if (ioctl(card, ADD_FB, &add) < 0)
		return -1;
	set.id = crtc_id;
	set.fb = fb_id = add.id;
	set.mode_valid = 1;
	if (ioctl(card, SET_CRTC, &set) < 0)
		return -1;
	if (old_fb)
		ioctl(card, REMOVE_FB, &old_fb);
	drop_buffer(&old);
	screen_width = width;
	screen_height = height;
	return 0;
}

static int draw(uint32_t seed, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	struct clip clip = { x, y, x + width, y + height };
	struct dirty_fb dirty = { fb_id, 0, 0, 1, (uintptr_t)&clip };
	errno = EINVAL;
	if (!fb_id || x + width > screen_width || y + height > screen_height)
		return -1;
	for (uint32_t row = y; row < y + height; row++) {
		uint32_t *pixels = (uint32_t *)(screen.bytes + (uint64_t)row * screen.pitch);
		for (uint32_t column = x; column < x + width; column++)
			pixels[column] = pixel(seed, column, row);
	}
	return ioctl(card, DIRTY_FB, &dirty);
}

static int storm(uint32_t count, uint32_t width, uint32_t height)
{
	errno = EINVAL;
	if (width >= screen_width || height >= screen_height)
		return -1;
	for (uint32_t seed = 0; seed < count; seed++)
		if (draw(seed, seed * 61 % (screen_width - width), seed * 47 % (screen_height - height), width, height) < 0)
			return -1;
	return 0;
}

static int set_cursor(uint32_t seed, int32_t hot_x, int32_t hot_y)
{
	struct cursor set = { 1 /* shape */, crtc_id, 0, 0, 64, 64, 0, hot_x, hot_y };
	if (!pointer.handle && make_buffer(&pointer, 64, 64) < 0)
		return -1;
	for (uint32_t y = 0; y < 64; y++) {
		uint32_t *pixels = (uint32_t *)(pointer.bytes + y * pointer.pitch);
		for (uint32_t x = 0; x < 64; x++)
			pixels[x] = x < 32 ? 0xff000000 | pixel(seed, x, y) : 0;
	}
	set.handle = pointer.handle;
	return ioctl(card, CURSOR2, &set);
}

static int move_cursor(int32_t x, int32_t y)
{
	struct cursor set = { 2 /* place */, crtc_id, x, y };
	return ioctl(card, CURSOR2, &set);
}

static int hide_cursor(void)
{
	struct cursor set = { 1 /* shape */, crtc_id };
	return ioctl(card, CURSOR2, &set);
}

static int update_area(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	struct qxl_alloc_surf surface = { 32 /* xRGB */, x + width, y + height, (x + width) * 4 };
	struct qxl_update_area update = { 0, y, x, y + height, x + width };
	if (open_card() < 0 || ioctl(card, QXL_ALLOC_SURF, &surface) < 0)
		return -1;
	update.handle = surface.handle;
	return ioctl(card, QXL_UPDATE_AREA, &update);
}

static int draw_fb(uint32_t seed)
{
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	int fb = open("/dev/fb0", O_RDWR | O_CLOEXEC);
	int status = fb < 0 || ioctl(fb, FBIOGET_VSCREENINFO, &var) < 0 || ioctl(fb, FBIOGET_FSCREENINFO, &fix) < 0 ? -1 : 0;
	if (status == 0 && var.bits_per_pixel == 32 && var.xres <= 4096) {
		uint32_t row[4096];
		for (uint32_t y = 0; y < var.yres && status == 0; y++) {
			for (uint32_t x = 0; x < var.xres; x++)
				row[x] = pixel(seed, x, y);
			if (pwrite(fb, row, var.xres * 4, (off_t)y * fix.line_length) != (ssize_t)var.xres * 4)
				status = -1;
		}
		printf("size %u %u\n", var.xres, var.yres);
	}
	if (fb >= 0)
		close(fb);
	return status;
}

int main(void)
{
	char line[256];
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof line, stdin)) {
		unsigned a, b, c, d, e;
		line[strcspn(line, "\r\n")] = 0;
		if (strcmp(line, "quit") == 0)
			break;
		if (sscanf(line, "mode %u %u", &a, &b) == 2)
			answer(set_mode(a, b), line);
		else if (sscanf(line, "draw %u %u %u %u %u", &a, &b, &c, &d, &e) == 5)
			answer(draw(a, b, c, d, e), line);
		else if (sscanf(line, "storm %u %u %u", &a, &b, &c) == 3)
			answer(storm(a, b, c), line);
		else if (sscanf(line, "cursor %u %u %u", &a, &b, &c) == 3)
			answer(set_cursor(a, b, c), line);
		else if (sscanf(line, "move %u %u", &a, &b) == 2)
			answer(move_cursor(a, b), line);
		else if (strcmp(line, "hide") == 0)
			answer(hide_cursor(), line);
		else if (sscanf(line, "update %u %u %u %u", &a, &b, &c, &d) == 4)
			answer(update_area(a, b, c, d), line);
		else if (sscanf(line, "fb %u", &a) == 1)
			answer(draw_fb(a), line);
		else
			printf("error %s: no such command\n", line);
	}
	return 0;
}
