// image: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as wire from "./wire.js";

/** Any value may occur; those with a name are constants. */
export const ImageType = {
  /** `BITMAP` of the description. */
  BITMAP: 0,
  /** `QUIC` of the description. */
  QUIC: 1,
  /** `SURFACE` of the description. */
  SURFACE: 104,
  /** `LZ4` of the description. */
  LZ4: 105,
} as const;
/** Any value may occur; those with a name are constants. */
export type ImageType = (typeof ImageType)[keyof typeof ImageType] | (number & {});

/** Unknown bits are kept. */
export const BitmapFlags = {
  /** `PAL_CACHE_ME` of the description. */
  PAL_CACHE_ME: 0x1,
  /** `PAL_FROM_CACHE` of the description. */
  PAL_FROM_CACHE: 0x2,
  /** `TOP_DOWN` of the description. */
  TOP_DOWN: 0x4,
} as const;
/** Unknown bits are kept. */
export type BitmapFlags = number;

/** Unknown bits are kept. */
export const LineFlags = {
  /** `STYLED` of the description. */
  STYLED: 0x8,
} as const;
/** Unknown bits are kept. */
export type LineFlags = number;

/** Unknown bits are kept. */
export const StringFlags = {
  /** `RASTER_A1` of the description. */
  RASTER_A1: 0x1,
  /** `RASTER_A8` of the description. */
  RASTER_A8: 0x2,
} as const;
/** Unknown bits are kept. */
export type StringFlags = number;

/** 8 bytes on the wire. */
export interface Point {
  /** `x` of the description. */
  readonly x: number;
  /** `y` of the description. */
  readonly y: number;
}

/** `Point` at a place of the reader's bytes, which have it whole. */
export function loadPoint(r: wire.Reader, at: number): Point {
  const x = r.view.getInt32(at, true);
  const y = r.view.getInt32(at + 4, true);
  return { x, y };
}

/** Reads `Point` at the reader's place. Throws a `wire.DecodeError`. */
export function parsePoint(r: wire.Reader): Point {
  if (r.left < 8) throw r.short("x", 4, "y", 8);
  return loadPoint(r, r.skip(8));
}

/** Checks `Point` and counts its bytes. Throws a `wire.EncodeError`. */
export function measurePoint(m: wire.Measure, v: Point): void {
  m.number("x", v.x, wire.I32);
  m.number("y", v.y, wire.I32);
}

/** Writes `Point`, which was measured. */
export function writePoint(w: wire.Writer, v: Point): void {
  w.number(v.x, wire.I32);
  w.number(v.y, wire.I32);
}

/** The bytes of `Point`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodePoint(v: Point): Uint8Array {
  return wire.encode(v, measurePoint, writePoint);
}

/** At least 10 bytes on the wire. */
export interface Palette {
  /** `unique` of the description. */
  readonly unique: bigint;
  /** `ents` of the description. */
  readonly ents: readonly number[];
}

/** Reads `Palette` at the reader's place. Throws a `wire.DecodeError`. */
export function parsePalette(r: wire.Reader): Palette {
  if (r.left < 10) throw r.short("unique", 8, "num_ents", 10);
  const at = r.skip(10);
  const unique = r.view.getBigUint64(at, true);
  const numEnts = r.view.getUint16(at + 8, true);
  const ents = r.numbers("ents", numEnts, 4, wire.u32);
  return { unique, ents };
}

/** Checks `Palette` and counts its bytes. Throws a `wire.EncodeError`. */
export function measurePalette(m: wire.Measure, v: Palette): void {
  m.number("unique", v.unique, wire.U64);
  m.add(2);
  m.atMost("ents", v.ents.length, 0xffff);
  m.numbers("ents", v.ents, wire.U32);
}

/** Writes `Palette`, which was measured. */
export function writePalette(w: wire.Writer, v: Palette): void {
  w.number(v.unique, wire.U64);
  w.number(v.ents.length, wire.U16);
  w.numbers(v.ents, wire.U32);
}

/** The bytes of `Palette`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodePalette(v: Palette): Uint8Array {
  return wire.encode(v, measurePalette, writePalette);
}

/** At least 4 bytes on the wire. */
export interface BinaryData {
  /** `data` of the description. */
  readonly data: Uint8Array;
}

/** Reads `BinaryData` at the reader's place. Throws a `wire.DecodeError`. */
export function parseBinaryData(r: wire.Reader): BinaryData {
  if (r.left < 4) throw r.short("data_size", 4);
  const at = r.skip(4);
  const dataSize = r.view.getUint32(at, true);
  const data = r.take("data", dataSize);
  return { data };
}

/** Checks `BinaryData` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureBinaryData(m: wire.Measure, v: BinaryData): void {
  m.add(4);
  m.atMost("data", v.data.length, 0xffffffff);
  m.add(v.data.length);
}

/** Writes `BinaryData`, which was measured. */
export function writeBinaryData(w: wire.Writer, v: BinaryData): void {
  w.number(v.data.length, wire.U32);
  w.bytes(v.data);
}

/** The bytes of `BinaryData`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeBinaryData(v: BinaryData): Uint8Array {
  return wire.encode(v, measureBinaryData, writeBinaryData);
}

/** The member `pal` of `BitmapData`. */
export type BitmapDataPal =
  /** For `PAL_FROM_CACHE`. */
  | { readonly kind: "paletteId"; readonly value: bigint }
  /** For not `PAL_FROM_CACHE`. */
  | { readonly kind: "palette"; readonly value: Palette | null };

/** At least 13 bytes on the wire. */
export interface BitmapData {
  /** `flags` of the description. */
  readonly flags: BitmapFlags;
  /** `y` of the description. */
  readonly y: number;
  /** `stride` of the description. */
  readonly stride: number;
  /** `pal` of the description. */
  readonly pal: BitmapDataPal | null;
  /** `data` of the description. */
  readonly data: Uint8Array;
}

/** Reads `BitmapData` at the reader's place. Throws a `wire.DecodeError`. */
export function parseBitmapData(r: wire.Reader): BitmapData {
  if (r.left < 9) throw r.short("flags", 1, "y", 5, "stride", 9);
  const at = r.skip(9);
  const flags = r.view.getUint8(at);
  const y = r.view.getUint32(at + 1, true);
  const stride = r.view.getUint32(at + 5, true);
  let pal: BitmapDataPal | null;
  if ((flags & BitmapFlags.PAL_FROM_CACHE) !== 0) {
    pal = { kind: "paletteId", value: r.number("palette_id", 8, wire.u64) };
  } else if ((flags & BitmapFlags.PAL_FROM_CACHE) === 0) {
    pal = { kind: "palette", value: r.pointer("palette", r.number("palette", 4, wire.u32), 4, parsePalette) };
  } else {
    pal = null;
  }
  const data = r.take("data", wire.imageSize(8, stride, y));
  return { flags, y, stride, pal, data };
}

/** Checks `BitmapData` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureBitmapData(m: wire.Measure, v: BitmapData): void {
  m.number("flags", v.flags, wire.U8);
  m.number("y", v.y, wire.U32);
  m.number("stride", v.stride, wire.U32);
  if ((v.flags & BitmapFlags.PAL_FROM_CACHE) !== 0) {
    if (v.pal?.kind !== "paletteId") throw m.disagree("pal");
    m.number("palette_id", v.pal.value, wire.U64);
  } else if ((v.flags & BitmapFlags.PAL_FROM_CACHE) === 0) {
    if (v.pal?.kind !== "palette") throw m.disagree("pal");
    m.pointer("palette", v.pal.value, measurePalette);
  } else {
    if (v.pal !== null) throw m.disagree("pal");
  }
  m.exactly("data", v.data.length, wire.imageSize(8, v.stride, v.y));
  m.add(v.data.length);
}

/** Writes `BitmapData`, which was measured. */
export function writeBitmapData(w: wire.Writer, v: BitmapData): void {
  w.number(v.flags, wire.U8);
  w.number(v.y, wire.U32);
  w.number(v.stride, wire.U32);
  switch (v.pal?.kind) {
    case "paletteId":
      w.number(v.pal.value, wire.U64);
      break;
    case "palette":
      w.pointer(v.pal.value, wire.U32, writePalette);
      break;
  }
  w.bytes(v.data);
}

/** The bytes of `BitmapData`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeBitmapData(v: BitmapData): Uint8Array {
  return wire.encode(v, measureBitmapData, writeBitmapData);
}

/** 9 bytes on the wire. */
export interface ImageDescriptor {
  /** `id` of the description. */
  readonly id: bigint;
  /** `type` of the description. */
  readonly type: ImageType;
}

/** `ImageDescriptor` at a place of the reader's bytes, which have it whole. */
export function loadImageDescriptor(r: wire.Reader, at: number): ImageDescriptor {
  const id = r.view.getBigUint64(at, true);
  const type = r.view.getUint8(at + 8);
  return { id, type };
}

/** Reads `ImageDescriptor` at the reader's place. Throws a `wire.DecodeError`. */
export function parseImageDescriptor(r: wire.Reader): ImageDescriptor {
  if (r.left < 9) throw r.short("id", 8, "type", 9);
  return loadImageDescriptor(r, r.skip(9));
}

/** Checks `ImageDescriptor` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureImageDescriptor(m: wire.Measure, v: ImageDescriptor): void {
  m.number("id", v.id, wire.U64);
  m.number("type", v.type, wire.U8);
}

/** Writes `ImageDescriptor`, which was measured. */
export function writeImageDescriptor(w: wire.Writer, v: ImageDescriptor): void {
  w.number(v.id, wire.U64);
  w.number(v.type, wire.U8);
}

/** The bytes of `ImageDescriptor`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeImageDescriptor(v: ImageDescriptor): Uint8Array {
  return wire.encode(v, measureImageDescriptor, writeImageDescriptor);
}

/** 4 bytes on the wire. */
export interface Surface {
  /** `surface_id` of the description. */
  readonly surfaceId: number;
}

/** `Surface` at a place of the reader's bytes, which have it whole. */
export function loadSurface(r: wire.Reader, at: number): Surface {
  const surfaceId = r.view.getUint32(at, true);
  return { surfaceId };
}

/** Reads `Surface` at the reader's place. Throws a `wire.DecodeError`. */
export function parseSurface(r: wire.Reader): Surface {
  if (r.left < 4) throw r.short("surface_id", 4);
  return loadSurface(r, r.skip(4));
}

/** Checks `Surface` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureSurface(m: wire.Measure, v: Surface): void {
  m.number("surface_id", v.surfaceId, wire.U32);
}

/** Writes `Surface`, which was measured. */
export function writeSurface(w: wire.Writer, v: Surface): void {
  w.number(v.surfaceId, wire.U32);
}

/** The bytes of `Surface`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeSurface(v: Surface): Uint8Array {
  return wire.encode(v, measureSurface, writeSurface);
}

/** The member `u` of `Image`. */
export type ImageU =
  /** For `BITMAP`. */
  | { readonly kind: "bitmap"; readonly value: BitmapData }
  /** For `QUIC` or `LZ4`. */
  | { readonly kind: "compressed"; readonly value: BinaryData }
  /** For `SURFACE`. */
  | { readonly kind: "surface"; readonly value: Surface };

/** At least 9 bytes on the wire. */
export interface Image {
  /** `descriptor` of the description. */
  readonly descriptor: ImageDescriptor;
  /** `u` of the description. */
  readonly u: ImageU | null;
}

/** Reads `Image` at the reader's place. Throws a `wire.DecodeError`. */
export function parseImage(r: wire.Reader): Image {
  if (r.left < 9) throw r.short("descriptor", 9);
  const at = r.skip(9);
  const descriptor = loadImageDescriptor(r, at);
  let u: ImageU | null;
  switch (descriptor.type) {
    case ImageType.BITMAP:
      u = { kind: "bitmap", value: r.field("bitmap", parseBitmapData) };
      break;
    case ImageType.QUIC:
    case ImageType.LZ4:
      u = { kind: "compressed", value: r.field("compressed", parseBinaryData) };
      break;
    case ImageType.SURFACE:
      u = { kind: "surface", value: r.field("surface", parseSurface) };
      break;
    default:
      u = null;
  }
  return { descriptor, u };
}

/** Checks `Image` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureImage(m: wire.Measure, v: Image): void {
  m.field("descriptor", v.descriptor, measureImageDescriptor);
  switch (v.descriptor.type) {
    case ImageType.BITMAP:
      if (v.u?.kind !== "bitmap") throw m.disagree("u");
      m.field("bitmap", v.u.value, measureBitmapData);
      break;
    case ImageType.QUIC:
    case ImageType.LZ4:
      if (v.u?.kind !== "compressed") throw m.disagree("u");
      m.field("compressed", v.u.value, measureBinaryData);
      break;
    case ImageType.SURFACE:
      if (v.u?.kind !== "surface") throw m.disagree("u");
      m.field("surface", v.u.value, measureSurface);
      break;
    default:
      if (v.u !== null) throw m.disagree("u");
  }
}

/** Writes `Image`, which was measured. */
export function writeImage(w: wire.Writer, v: Image): void {
  writeImageDescriptor(w, v.descriptor);
  switch (v.u?.kind) {
    case "bitmap":
      writeBitmapData(w, v.u.value);
      break;
    case "compressed":
      writeBinaryData(w, v.u.value);
      break;
    case "surface":
      writeSurface(w, v.u.value);
      break;
  }
}

/** The bytes of `Image`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeImage(v: Image): Uint8Array {
  return wire.encode(v, measureImage, writeImage);
}

/** At least 1 byte on the wire. */
export interface LineAttr {
  /** `flags` of the description. */
  readonly flags: LineFlags;
  /** `style_nseg` of the description. */
  readonly styleNseg: number | null;
  /** `style` of the description. */
  readonly style: readonly number[] | null;
}

/** Reads `LineAttr` at the reader's place. Throws a `wire.DecodeError`. */
export function parseLineAttr(r: wire.Reader): LineAttr {
  if (r.left < 1) throw r.short("flags", 1);
  const at = r.skip(1);
  const flags = r.view.getUint8(at);
  let styleNseg: number | null;
  if ((flags & LineFlags.STYLED) !== 0) {
    styleNseg = r.number("style_nseg", 1, wire.u8);
  } else {
    styleNseg = null;
  }
  let style: readonly number[] | null;
  if ((flags & LineFlags.STYLED) !== 0) {
    style = r.array("style", r.number("style", 4, wire.u32), 4, (styleNseg ?? 0), 4, () => r.numbers("", (styleNseg ?? 0), 4, wire.i32));
  } else {
    style = null;
  }
  return { flags, styleNseg, style };
}

/** Checks `LineAttr` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureLineAttr(m: wire.Measure, v: LineAttr): void {
  m.number("flags", v.flags, wire.U8);
  if ((v.flags & LineFlags.STYLED) !== 0) {
    if (v.styleNseg === null) throw m.disagree("u1");
    m.number("style_nseg", v.styleNseg, wire.U8);
  } else {
    if (v.styleNseg !== null) throw m.disagree("u1");
  }
  if ((v.flags & LineFlags.STYLED) !== 0) {
    m.add(4);
    if (v.style !== null) {
      m.exactly("style", v.style.length, (v.styleNseg ?? 0));
      m.numbers("style", v.style, wire.I32);
    } else {
      m.nullArray("style", (v.styleNseg ?? 0), 4);
    }
  } else {
    if (v.style !== null) throw m.disagree("u2");
  }
}

/** Writes `LineAttr`, which was measured. */
export function writeLineAttr(w: wire.Writer, v: LineAttr): void {
  w.number(v.flags, wire.U8);
  if (v.styleNseg !== null) {
    w.number(v.styleNseg, wire.U8);
  }
  if ((v.flags & LineFlags.STYLED) !== 0) {
    w.pointer(v.style, wire.U32, (w, v) => w.numbers(v, wire.I32));
  } else {
    // No bytes.
  }
}

/** The bytes of `LineAttr`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeLineAttr(v: LineAttr): Uint8Array {
  return wire.encode(v, measureLineAttr, writeLineAttr);
}

/** At least 12 bytes on the wire. */
export interface RasterGlyph {
  /** `origin` of the description. */
  readonly origin: Point;
  /** `width` of the description. */
  readonly width: number;
  /** `height` of the description. */
  readonly height: number;
  /** `data` of the description. */
  readonly data: Uint8Array;
}

/** Reads `RasterGlyph` at the reader's place. Throws a `wire.DecodeError`. */
export function parseRasterGlyph(r: wire.Reader): RasterGlyph {
  if (r.left < 12) throw r.short("origin", 8, "width", 10, "height", 12);
  const at = r.skip(12);
  const origin = loadPoint(r, at);
  const width = r.view.getUint16(at + 8, true);
  const height = r.view.getUint16(at + 10, true);
  const data = r.take("data", wire.imageSize(1, width, height));
  return { origin, width, height, data };
}

/** Checks `RasterGlyph` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureRasterGlyph(m: wire.Measure, v: RasterGlyph): void {
  m.field("origin", v.origin, measurePoint);
  m.number("width", v.width, wire.U16);
  m.number("height", v.height, wire.U16);
  m.exactly("data", v.data.length, wire.imageSize(1, v.width, v.height));
  m.add(v.data.length);
}

/** Writes `RasterGlyph`, which was measured. */
export function writeRasterGlyph(w: wire.Writer, v: RasterGlyph): void {
  writePoint(w, v.origin);
  w.number(v.width, wire.U16);
  w.number(v.height, wire.U16);
  w.bytes(v.data);
}

/** The bytes of `RasterGlyph`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeRasterGlyph(v: RasterGlyph): Uint8Array {
  return wire.encode(v, measureRasterGlyph, writeRasterGlyph);
}

/** The member `u` of `String`. */
export type StringU =
  /** For `RASTER_A1`. */
  | { readonly kind: "rasterA1"; readonly value: readonly RasterGlyph[] }
  /** For `RASTER_A8`. */
  | { readonly kind: "rasterA8"; readonly value: readonly Point[] };

/** At least 3 bytes on the wire. */
export interface String_ {
  /** `length` of the description. */
  readonly length: number;
  /** `flags` of the description. */
  readonly flags: StringFlags;
  /** `u` of the description. */
  readonly u: StringU | null;
}

/** Reads `String_` at the reader's place. Throws a `wire.DecodeError`. */
export function parseString_(r: wire.Reader): String_ {
  if (r.left < 3) throw r.short("length", 2, "flags", 3);
  const at = r.skip(3);
  const length = r.view.getUint16(at, true);
  const flags = r.view.getUint8(at + 2);
  let u: StringU | null;
  if ((flags & StringFlags.RASTER_A1) !== 0) {
    u = { kind: "rasterA1", value: r.list("glyphs", length, 12, parseRasterGlyph) };
  } else if ((flags & StringFlags.RASTER_A8) !== 0) {
    u = { kind: "rasterA8", value: r.items("glyphs", length, 8, loadPoint) };
  } else {
    u = null;
  }
  return { length, flags, u };
}

/** Checks `String_` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureString_(m: wire.Measure, v: String_): void {
  m.number("length", v.length, wire.U16);
  m.number("flags", v.flags, wire.U8);
  if ((v.flags & StringFlags.RASTER_A1) !== 0) {
    if (v.u?.kind !== "rasterA1") throw m.disagree("u");
    m.exactly("glyphs", v.u.value.length, v.length);
    m.items("glyphs", v.u.value, measureRasterGlyph);
  } else if ((v.flags & StringFlags.RASTER_A8) !== 0) {
    if (v.u?.kind !== "rasterA8") throw m.disagree("u");
    m.exactly("glyphs", v.u.value.length, v.length);
    m.items("glyphs", v.u.value, measurePoint);
  } else {
    if (v.u !== null) throw m.disagree("u");
  }
}

/** Writes `String_`, which was measured. */
export function writeString_(w: wire.Writer, v: String_): void {
  w.number(v.length, wire.U16);
  w.number(v.flags, wire.U8);
  switch (v.u?.kind) {
    case "rasterA1":
      w.items(v.u.value, writeRasterGlyph);
      break;
    case "rasterA8":
      w.items(v.u.value, writePoint);
      break;
  }
}

/** The bytes of `String_`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeString_(v: String_): Uint8Array {
  return wire.encode(v, measureString_, writeString_);
}

/** At least 38 bytes on the wire. */
export interface Draw {
  /** `src_bitmap` of the description. */
  readonly srcBitmap: Image | null;
  /** `mask` of the description. */
  readonly mask: Image;
  /** `attr` of the description. */
  readonly attr: LineAttr;
  /** `str` of the description. */
  readonly str: String_;
  /** `numbers` of the description. */
  readonly numbers: readonly number[];
  /** `more` of the description. */
  readonly more: readonly number[];
  /** `name` of the description. */
  readonly name: Uint8Array | null;
  /** `hash` of the description. */
  readonly hash: Uint8Array;
  /** `rest` of the description. */
  readonly rest: Uint8Array;
}

/** Reads `Draw` at the reader's place. Throws a `wire.DecodeError`. */
export function parseDraw(r: wire.Reader): Draw {
  if (r.left < 8) throw r.short("src_bitmap", 4, "mask", 8);
  const at = r.skip(8);
  const srcBitmap = r.pointer("src_bitmap", r.view.getUint32(at, true), 8, parseImage);
  const mask = r.required("mask", r.view.getUint32(at + 4, true), 4, parseImage);
  const attr = r.field("attr", parseLineAttr);
  if (r.left < 9) throw r.short("str", 4, "words", 5, "numbers", 9);
  const at2 = r.skip(9);
  const str = r.required("str", r.view.getUint32(at2, true), 9, parseString_);
  const words = r.view.getUint8(at2 + 4);
  const numbers = r.required("numbers", r.view.getUint32(at2 + 5, true), 4, () => r.numbers("", words, 4, wire.u32));
  const more = r.numbers("more", words, 2, wire.u16);
  if (r.left < 20) throw r.short("name", 4, "hash", 20);
  const at3 = r.skip(20);
  const name = r.pointer("name", r.view.getUint32(at3, true), 20, () => r.cString());
  const hash = r.slice(at3 + 4, 16);
  const rest = r.rest();
  return { srcBitmap, mask, attr, str, numbers, more, name, hash, rest };
}

/** Checks `Draw` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureDraw(m: wire.Measure, v: Draw): void {
  m.pointer("src_bitmap", v.srcBitmap, measureImage);
  m.required("mask", v.mask, measureImage);
  m.field("attr", v.attr, measureLineAttr);
  m.required("str", v.str, measureString_);
  m.add(1);
  m.add(4);
  m.notEmpty("numbers", () => {
    m.atMost("numbers", v.numbers.length, 0xff);
    m.numbers("numbers", v.numbers, wire.U32);
  });
  m.exactly("more", v.more.length, v.numbers.length);
  m.numbers("more", v.more, wire.U16);
  m.add(4);
  if (v.name !== null) {
    m.add(v.name.length + 1);
  }
  m.exactly("hash", v.hash.length, 16);
  m.add(16);
  m.add(v.rest.length);
}

/** Writes `Draw`, which was measured. */
export function writeDraw(w: wire.Writer, v: Draw): void {
  w.pointer(v.srcBitmap, wire.U32, writeImage);
  w.pointer(v.mask, wire.U32, writeImage);
  writeLineAttr(w, v.attr);
  w.pointer(v.str, wire.U32, writeString_);
  w.number(v.numbers.length, wire.U8);
  w.pointer(v.numbers, wire.U32, (w, v) => w.numbers(v, wire.U32));
  w.numbers(v.more, wire.U16);
  w.pointer(v.name, wire.U32, (w, v) => w.cString(v));
  w.bytes(v.hash);
  w.bytes(v.rest);
}

/** The bytes of `Draw`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeDraw(v: Draw): Uint8Array {
  return wire.encode(v, measureDraw, writeDraw);
}
