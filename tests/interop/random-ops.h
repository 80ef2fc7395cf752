/* Random drawing commands of every QXL kind, from a seed. Included by testserver.c; everything of one command that lives
 * as long as the command sits in one arena block, which release_resource frees. */
#include <assert.h>

static uint64_t ops_state;
static uint32_t rnd(void) { ops_state = ops_state * 6364136223846793005ull + 1442695040888963407ull; return (uint32_t)(ops_state >> 33); }
static int below(int n) { return n > 0 ? (int)(rnd() % (uint32_t)n) : 0; }
static int one_in(int n) { return below(n) == 0; }

/* ---- arena: a block starts with the drawable, so its address is the release id ---- */
struct Arena { uint8_t *base; size_t used, size; };
static struct Arena arena_new(size_t size) { struct Arena a = { calloc(1, size), 0, size }; return a; }
static void *take(struct Arena *a, size_t n)
{
    void *p = a->base + a->used;
    a->used += (n + 7) & ~(size_t)7;
    assert(a->used <= a->size);
    return p;
}
static QXLPHYSICAL at(void *p) { return (QXLPHYSICAL)(uintptr_t)p; }

static int ops_surface_w, ops_surface_h, ops_cached, ops_a8;
static uint32_t ops_next_image = 1;
static uint64_t ops_next_palette = 1, ops_next_cursor = 1;

static const int ops_bits[11] = { 0, 1, 1, 4, 4, 8, 16, 24, 32, 32, 8 };

static uint32_t ops_pixel(int kind, int x, int y, uint32_t a, uint32_t b)
{
    switch (kind) {
    case 0: return rnd();
    case 1: return a;
    case 2: return (uint32_t)((x * 5 + (int)(a & 63)) & 255) << 16 | (uint32_t)((y * 3) & 255) << 8 | (uint32_t)((x + y) & 255);
    case 3: return (x / 4 + y / 4) & 1 ? a : b;
    default: return (x * 7 + y * 13) % 11 < 3 ? a : b;
    }
}

/* an image of the given format; palettes for the small ones. mask = no palette */
static QXLImage *ops_image(struct Arena *a, int format, int w, int h, int mask, int cacheable)
{
    QXLImage *i = take(a, sizeof *i);
    int bits = ops_bits[format];
    int stride = (w * bits + 7) / 8;
    if (one_in(3)) stride = (stride + 3) & ~3;
    i->descriptor.id = (uint64_t)ops_next_image++ << 32 | QXL_IMAGE_GROUP_DRIVER;
    if (cacheable) i->descriptor.flags = QXL_IMAGE_CACHE;
    i->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
    i->descriptor.width = w;
    i->descriptor.height = h;
    i->bitmap.format = format;
    i->bitmap.x = w;
    i->bitmap.y = h;
    i->bitmap.stride = stride;
    if (!one_in(3)) i->bitmap.flags |= QXL_BITMAP_TOP_DOWN;
    size_t bytes = (size_t)stride * h;
    int kind = below(5);
    uint32_t ca = rnd(), cb = rnd();
    uint8_t *rows;
    QXLDataChunk *chunk = NULL;
    if (one_in(2)) { i->bitmap.flags |= QXL_BITMAP_DIRECT; rows = take(a, bytes); i->bitmap.data = at(rows); }
    else { chunk = take(a, sizeof *chunk + bytes); chunk->data_size = bytes; rows = chunk->data; i->bitmap.data = at(chunk); }
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint32_t v = ops_pixel(kind, x, y, ca, cb);
            uint8_t *r = rows + (size_t)y * stride;
            switch (format) {
            case SPICE_BITMAP_FMT_1BIT_LE: if (v & 1) r[x / 8] |= 1 << (x & 7); break;
            case SPICE_BITMAP_FMT_1BIT_BE: if (v & 1) r[x / 8] |= 0x80 >> (x & 7); break;
            case SPICE_BITMAP_FMT_4BIT_LE: r[x / 2] |= (v & 15) << (x & 1 ? 4 : 0); break;
            case SPICE_BITMAP_FMT_4BIT_BE: r[x / 2] |= (v & 15) << (x & 1 ? 0 : 4); break;
            case SPICE_BITMAP_FMT_8BIT: case SPICE_BITMAP_FMT_8BIT_A: r[x] = v >> 5; break;
            case SPICE_BITMAP_FMT_16BIT: v &= 0x7fff; memcpy(r + 2 * x, &v, 2); break;
            case SPICE_BITMAP_FMT_24BIT: memcpy(r + 3 * x, &v, 3); break;
            case SPICE_BITMAP_FMT_32BIT: v &= 0xffffff; memcpy(r + 4 * x, &v, 4); break;
            default: { /* RGBA, colours already multiplied by alpha */
                uint32_t al = kind == 1 ? 128 : v >> 24, p = al << 24;
                for (int c = 0; c < 24; c += 8) p |= ((v >> c & 255) * al / 255) << c;
                memcpy(r + 4 * x, &p, 4);
            } }
        }
    if (!mask && bits <= 8 && format != SPICE_BITMAP_FMT_8BIT_A) {
        int n = 1 << bits;
        QXLPalette *p = take(a, sizeof *p + 4 * (size_t)n);
        p->unique = one_in(2) ? ops_next_palette++ : 0;
        p->num_ents = n;
        for (int k = 0; k < n; k++) p->ents[k] = rnd() & 0xffffff;
        i->bitmap.palette = at(p);
    }
    return i;
}
static QXLImage *ops_surface_image(struct Arena *a, QXLDrawable *d)
{
    QXLImage *i = take(a, sizeof *i);
    i->descriptor.id = (uint64_t)ops_next_image++ << 32 | QXL_IMAGE_GROUP_DRIVER;
    i->descriptor.type = SPICE_IMAGE_TYPE_SURFACE;
    i->descriptor.width = ops_surface_w;
    i->descriptor.height = ops_surface_h;
    i->surface_image.surface_id = 1;
    d->surfaces_dest[0] = 1;
    d->surfaces_rects[0] = rect(0, 0, ops_surface_w, ops_surface_h);
    return i;
}
/* images that are drawn again and again with the same id, so that the client's cache is used */
#define OPS_POOL 6
static struct { QXLImage *image; int w, h; } ops_pool[OPS_POOL];
static QXLImage *ops_source(struct Arena *a, QXLDrawable *d, int *w, int *h, int allow_alpha)
{
    static const int formats[] = { SPICE_BITMAP_FMT_1BIT_BE, SPICE_BITMAP_FMT_4BIT_BE, SPICE_BITMAP_FMT_8BIT, SPICE_BITMAP_FMT_16BIT,
                                   SPICE_BITMAP_FMT_24BIT, SPICE_BITMAP_FMT_32BIT, SPICE_BITMAP_FMT_32BIT, SPICE_BITMAP_FMT_RGBA };
    int pick = below(8);
    if (pick == 0 && d->surface_id == 0) { *w = ops_surface_w; *h = ops_surface_h; return ops_surface_image(a, d); }
    if (pick <= 2) {
        int k = below(OPS_POOL);
        if (!ops_pool[k].image) { /* these live until the program ends */
            struct Arena p = arena_new(1 << 18);
            ops_pool[k].w = 16 + below(60);
            ops_pool[k].h = 16 + below(50);
            ops_pool[k].image = ops_image(&p, one_in(2) ? SPICE_BITMAP_FMT_32BIT : SPICE_BITMAP_FMT_24BIT, ops_pool[k].w, ops_pool[k].h, 0, 1);
        }
        *w = ops_pool[k].w; *h = ops_pool[k].h;
        ops_cached++;
        return ops_pool[k].image;
    }
    *w = 8 + below(110);
    *h = 8 + below(80);
    return ops_image(a, formats[below(allow_alpha ? 8 : 7)], *w, *h, 0, one_in(4));
}

static QXLRect ops_inside(int w, int h, int maxw, int maxh)
{
    int rw = 4 + below(maxw < w ? maxw : w - 4), rh = 4 + below(maxh < h ? maxh : h - 4);
    if (rw > w) rw = w;
    if (rh > h) rh = h;
    return rect(below(w - rw + 1), below(h - rh + 1), rw, rh);
}
static void ops_mask(struct Arena *a, QXLQMask *m, int w, int h)
{
    if (!one_in(4)) return;
    int ox = below(6), oy = below(6);
    m->flags = one_in(3) ? SPICE_MASK_FLAGS_INVERS : 0;
    m->pos.x = ox;
    m->pos.y = oy;
    m->bitmap = at(ops_image(a, one_in(2) ? SPICE_BITMAP_FMT_1BIT_LE : SPICE_BITMAP_FMT_1BIT_BE, w + ox, h + oy, 1, 0));
}
static void ops_brush(struct Arena *a, QXLBrush *b)
{
    if (one_in(4)) {
        b->type = SPICE_BRUSH_TYPE_PATTERN;
        b->u.pattern.pat = at(ops_image(a, SPICE_BITMAP_FMT_32BIT, 8 + 4 * below(4), 8 + 4 * below(3), 0, 0));
        b->u.pattern.pos.x = below(9);
        b->u.pattern.pos.y = below(9);
    } else {
        b->type = SPICE_BRUSH_TYPE_SOLID;
        b->u.color = rnd() & 0xffffff;
    }
}
static uint16_t ops_rop(int has_brush, int plain)
{
    static const uint16_t ops[] = { SPICE_ROPD_OP_PUT, SPICE_ROPD_OP_OR, SPICE_ROPD_OP_AND, SPICE_ROPD_OP_XOR };
    uint16_t r = plain ? SPICE_ROPD_OP_PUT : ops[below(4)];
    if (!plain && one_in(4)) r |= has_brush ? SPICE_ROPD_INVERS_BRUSH : SPICE_ROPD_INVERS_SRC;
    if (!plain && one_in(6)) r |= SPICE_ROPD_INVERS_RES;
    return r;
}
static void ops_clip(struct Arena *a, QXLDrawable *d)
{
    if (!one_in(3)) return;
    int n = 1 + below(4), w = d->bbox.right - d->bbox.left, h = d->bbox.bottom - d->bbox.top;
    QXLClipRects *c = take(a, sizeof *c + n * sizeof(QXLRect));
    QXLRect *r = (QXLRect *)c->chunk.data;
    d->clip.type = SPICE_CLIP_TYPE_RECTS;
    d->clip.data = at(c);
    c->num_rects = n;
    c->chunk.data_size = n * sizeof(QXLRect);
    for (int k = 0; k < n; k++) { /* bands below each other: they never overlap */
        int top = d->bbox.top + h * k / n, bottom = d->bbox.top + h * (k + 1) / n;
        int left = d->bbox.left + below(w / 2 + 1);
        r[k] = rect(left, top, 1 + below(d->bbox.right - left), bottom - top);
    }
}

static void ops_one(int kind)
{
    struct Arena a = arena_new(3 << 20);
    QXLDrawable *d = take(&a, sizeof *d);
    int on_surface = ops_surface_w && one_in(7), w = on_surface ? ops_surface_w : width, h = on_surface ? ops_surface_h : height, sw = 0, sh = 0;
    d->release_info.id = (uintptr_t)a.base;
    d->surface_id = on_surface ? 1 : 0;
    d->effect = QXL_EFFECT_BLEND;
    d->mm_time = (uint32_t)now_ms();
    for (int i = 0; i < 3; i++) d->surfaces_dest[i] = -1;
    d->bbox = ops_inside(w, h, 220, 170);
    int bw = d->bbox.right - d->bbox.left, bh = d->bbox.bottom - d->bbox.top;
    d->type = kind;
    switch (kind) {
    case QXL_DRAW_FILL:
        ops_brush(&a, &d->u.fill.brush);
        d->u.fill.rop_descriptor = ops_rop(1, one_in(2));
        ops_mask(&a, &d->u.fill.mask, bw, bh);
        break;
    case QXL_DRAW_OPAQUE:
        d->u.opaque.src_bitmap = at(ops_source(&a, d, &sw, &sh, 0));
        d->u.opaque.src_area = ops_inside(sw, sh, sw, sh);
        ops_brush(&a, &d->u.opaque.brush);
        d->u.opaque.rop_descriptor = ops_rop(1, one_in(2));
        d->u.opaque.scale_mode = below(2);
        ops_mask(&a, &d->u.opaque.mask, bw, bh);
        break;
    case QXL_DRAW_COPY: case QXL_DRAW_BLEND: {
        int plain = kind == QXL_DRAW_COPY && !one_in(4);
        d->u.copy.src_bitmap = at(ops_source(&a, d, &sw, &sh, 0));
        if (one_in(4)) d->u.copy.src_area = ops_inside(sw, sh, sw, sh); /* scaled */
        else {
            int cw = sw < bw ? sw : bw, ch = sh < bh ? sh : bh;
            d->u.copy.src_area = rect(below(sw - cw + 1), below(sh - ch + 1), cw, ch);
            d->bbox.right = d->bbox.left + cw;
            d->bbox.bottom = d->bbox.top + ch;
        }
        d->u.copy.rop_descriptor = ops_rop(0, plain);
        d->u.copy.scale_mode = below(2);
        ops_mask(&a, &d->u.copy.mask, d->bbox.right - d->bbox.left, d->bbox.bottom - d->bbox.top);
        if (plain && !d->u.copy.mask.bitmap) d->effect = QXL_EFFECT_OPAQUE;
        break; }
    case QXL_COPY_BITS:
        d->u.copy_bits.src_pos.x = below(w - bw + 1);
        d->u.copy_bits.src_pos.y = below(h - bh + 1);
        d->surfaces_dest[0] = d->surface_id;
        d->surfaces_rects[0] = rect(d->u.copy_bits.src_pos.x, d->u.copy_bits.src_pos.y, bw, bh);
        break;
    case QXL_DRAW_BLACKNESS: case QXL_DRAW_WHITENESS: case QXL_DRAW_INVERS:
        ops_mask(&a, &d->u.blackness.mask, bw, bh);
        break;
    case QXL_DRAW_ROP3: {
        static const uint8_t codes[] = { 0xb8, 0xe2, 0xac, 0xca, 0x69, 0x96, 0x6a, 0xd8, 0x1b, 0x78, 0xe4, 0x27 };
        d->u.rop3.src_bitmap = at(ops_source(&a, d, &sw, &sh, 0));
        d->u.rop3.src_area = ops_inside(sw, sh, sw, sh);
        ops_brush(&a, &d->u.rop3.brush);
        d->u.rop3.rop3 = codes[below(sizeof codes)];
        d->u.rop3.scale_mode = below(2);
        ops_mask(&a, &d->u.rop3.mask, bw, bh);
        break; }
    case QXL_DRAW_STROKE: {
        int n = 2 + below(6), segs = 1 + below(2);
        size_t one = sizeof(QXLPathSeg) + n * sizeof(QXLPointFix);
        QXLPath *p = take(&a, sizeof *p + one * segs);
        uint8_t *o = p->chunk.data;
        p->data_size = p->chunk.data_size = one * segs;
        for (int s = 0; s < segs; s++, o += one) {
            QXLPathSeg *g = (QXLPathSeg *)o;
            g->flags = SPICE_PATH_BEGIN | SPICE_PATH_END | (one_in(2) ? SPICE_PATH_CLOSE : 0);
            g->count = n;
            for (int k = 0; k < n; k++) {
                g->points[k].x = (d->bbox.left + below(bw)) * 16;
                g->points[k].y = (d->bbox.top + below(bh)) * 16;
            }
        }
        d->u.stroke.path = at(p);
        if (one_in(3)) {
            int k = 2 * (1 + below(3));
            int32_t *style = take(&a, 4 * (size_t)k);
            for (int i = 0; i < k; i++) style[i] = (1 + below(8)) * 16;
            d->u.stroke.attr.flags = SPICE_LINE_FLAGS_STYLED | (one_in(2) ? SPICE_LINE_FLAGS_START_WITH_GAP : 0);
            d->u.stroke.attr.style_nseg = k;
            d->u.stroke.attr.style = at(style);
        }
        d->u.stroke.brush.type = SPICE_BRUSH_TYPE_SOLID;
        d->u.stroke.brush.u.color = rnd() & 0xffffff;
        d->u.stroke.fore_mode = one_in(3) ? SPICE_ROPD_OP_XOR : SPICE_ROPD_OP_PUT;
        d->u.stroke.back_mode = SPICE_ROPD_OP_PUT;
        break; }
    case QXL_DRAW_TEXT: {
        static const int flag[] = { SPICE_STRING_FLAGS_RASTER_A1, SPICE_STRING_FLAGS_RASTER_A4, SPICE_STRING_FLAGS_RASTER_A8 };
        static const int depth[] = { 1, 4, 8 };
        int f = below(ops_a8 ? 3 : 2), n = 1 + below(9), gw = 5 + below(9), gh = 6 + below(9), rowbytes = (gw * depth[f] + 7) / 8;
        size_t one = sizeof(QXLRasterGlyph) + (size_t)rowbytes * gh;
        QXLString *s = take(&a, sizeof *s + one * n);
        uint8_t *o = s->chunk.data;
        s->data_size = s->chunk.data_size = one * n;
        s->length = n;
        s->flags = flag[f];
        for (int k = 0; k < n; k++, o += one) {
            QXLRasterGlyph *g = (QXLRasterGlyph *)o;
            g->render_pos.x = d->bbox.left + k * (gw + 1);
            g->render_pos.y = d->bbox.top + gh;
            g->glyph_origin.x = 0;
            g->glyph_origin.y = -gh;
            g->width = gw;
            g->height = gh;
            for (int q = 0; q < rowbytes * gh; q++) g->data[q] = rnd();
        }
        d->u.text.str = at(s);
        if (one_in(2)) { d->u.text.back_area = d->bbox; ops_brush(&a, &d->u.text.back_brush); d->u.text.back_mode = SPICE_ROPD_OP_PUT; }
        ops_brush(&a, &d->u.text.fore_brush);
        d->u.text.fore_mode = SPICE_ROPD_OP_PUT;
        break; }
    case QXL_DRAW_TRANSPARENT:
        sw = 8 + below(90); sh = 8 + below(70);
        d->u.transparent.src_bitmap = at(ops_image(&a, SPICE_BITMAP_FMT_32BIT, sw, sh, 0, 0));
        d->u.transparent.src_area = rect(0, 0, sw, sh);
        { uint32_t *first = (uint32_t *)(uintptr_t)((QXLImage *)(uintptr_t)d->u.transparent.src_bitmap)->bitmap.data;
          if (!(((QXLImage *)(uintptr_t)d->u.transparent.src_bitmap)->bitmap.flags & QXL_BITMAP_DIRECT)) first = (uint32_t *)((QXLDataChunk *)first)->data;
          d->u.transparent.src_color = d->u.transparent.true_color = *first & 0xffffff; }
        break;
    case QXL_DRAW_ALPHA_BLEND: {
        int rgba = one_in(2);
        sw = 8 + below(90); sh = 8 + below(70);
        d->u.alpha_blend.src_bitmap = at(rgba ? ops_image(&a, SPICE_BITMAP_FMT_RGBA, sw, sh, 0, one_in(3)) : ops_source(&a, d, &sw, &sh, 1));
        d->u.alpha_blend.src_area = ops_inside(sw, sh, sw, sh);
        d->u.alpha_blend.alpha = one_in(4) ? 255 : rnd();
        break; }
    case QXL_DRAW_COMPOSITE: {
        int mask = one_in(2);
        sw = bw; sh = bh;
        d->u.composite.flags = 3 /* OVER */;
        d->u.composite.src = at(ops_image(&a, SPICE_BITMAP_FMT_RGBA, sw, sh, 0, 0));
        if (mask) d->u.composite.mask = at(ops_image(&a, SPICE_BITMAP_FMT_8BIT_A, sw, sh, 1, 0));
        if (one_in(3)) {
            QXLTransform *t = take(&a, sizeof *t);
            t->t00 = 0x8000 + below(0x18000);
            t->t11 = 0x8000 + below(0x18000);
            d->u.composite.src_transform = at(t);
        }
        break; }
    }
    ops_clip(&a, d);
    push(&draws, QXL_CMD_DRAW, d);
}

static void ops_cursor(int type, int from_pool)
{
    static const int bits[] = { 32, 0, 4, 8, 16, 24, 32 };
    int w = 8 * (1 + below(5)), h = 8 + below(33), row = type == SPICE_CURSOR_TYPE_MONO ? (w + 7) / 8 * 2 : (w * bits[type] + 7) / 8 + (w + 7) / 8;
    size_t n = type == SPICE_CURSOR_TYPE_ALPHA ? (size_t)w * h * 4 : (size_t)row * h + (type == SPICE_CURSOR_TYPE_COLOR4 ? 64 : type == SPICE_CURSOR_TYPE_COLOR8 ? 1024 : 0);
    struct { QXLCursorCmd c; QXLCursor shape; } *m = calloc(1, sizeof *m + n);
    m->c.release_info.id = (uintptr_t)m;
    m->c.type = QXL_CURSOR_SET;
    m->c.u.set.position.x = below(width);
    m->c.u.set.position.y = below(height);
    m->c.u.set.visible = 1;
    m->c.u.set.shape = at(&m->shape);
    m->shape.header.unique = from_pool && ops_next_cursor > 1 ? ops_next_cursor - 1 : one_in(3) ? 0 : ops_next_cursor++;
    m->shape.header.type = type;
    m->shape.header.width = w;
    m->shape.header.height = h;
    m->shape.header.hot_spot_x = below(w);
    m->shape.header.hot_spot_y = below(h);
    m->shape.data_size = m->shape.chunk.data_size = n;
    for (size_t i = 0; i < n; i++) m->shape.chunk.data[i] = rnd();
    push(&cursors, QXL_CMD_CURSOR, m);
}
static void ops_trail(void)
{
    QXLCursorCmd *c = calloc(1, sizeof *c);
    c->release_info.id = (uintptr_t)c;
    c->type = QXL_CURSOR_TRAIL;
    c->u.trail.length = below(9);
    c->u.trail.frequency = 20 + below(50);
    push(&cursors, QXL_CMD_CURSOR, c);
}

/* COUNT drawings, each followed by a little pause so that the server does not merge them all */
static void ops(uint32_t seed, int count, int pause_ms, int a8)
{
    static const int kinds[] = { QXL_DRAW_FILL, QXL_DRAW_OPAQUE, QXL_DRAW_COPY, QXL_COPY_BITS, QXL_DRAW_BLEND, QXL_DRAW_BLACKNESS, QXL_DRAW_WHITENESS,
                                 QXL_DRAW_INVERS, QXL_DRAW_ROP3, QXL_DRAW_STROKE, QXL_DRAW_TEXT, QXL_DRAW_TRANSPARENT, QXL_DRAW_ALPHA_BLEND, QXL_DRAW_COMPOSITE };
    ops_a8 = a8; /* text of 8-bit glyphs, which libspice-server draws from the wrong rows */
    ops_state = seed * 0x9e3779b97f4a7c15ull + 1;
    ops_surface_w = 60 + below(80);
    ops_surface_h = 50 + below(60);
    surface(1, ops_surface_w, ops_surface_h);
    fill(1, 0, 0, ops_surface_w, ops_surface_h, rnd() & 0xffffff);
    for (int i = 0; i < count; i++) {
        ops_one(kinds[i < 14 ? i : below(14)]);
        if (i % 3 == 0) ops_cursor(i / 3 < 7 ? i / 3 : below(7), one_in(5));
        if (i % 11 == 5) ops_trail();
        if (i % 13 == 7) cursor(QXL_CURSOR_MOVE, below(width), below(height));
        if (i % 17 == 9) cursor(QXL_CURSOR_HIDE, 0, 0);
        struct timespec t = { 0, pause_ms * 1000000L };
        nanosleep(&t, NULL);
    }
    surface(1, 0, 0);
    surfaces[1].w = 0;
    ops_surface_w = 0;
    event("{\"event\":\"ops-done\",\"count\":%d,\"cached_draws\":%d}", count, ops_cached);
}
