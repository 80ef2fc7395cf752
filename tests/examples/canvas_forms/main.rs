//! Writes the scripts of `canvas-forms.zip` without their pictures: `cargo run -p spice-proto-tests --example canvas_forms FOLDER`.
//!
//! Every operation of `docs/spec/canvas.md`, scaled and not, with every form of image on every format of surface: one
//! script an operation, one cell of its surfaces a form. `tests/interop/ask-canvas FOLDER OUT.zip` has the reference draw
//! them, leaves out the cells at which it ends its process, and adds the pictures.

mod forms;
mod operations;

use std::fs;
use std::path::Path;

use serde_json::json;
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    Brush, BrushBody, BrushType, Clip, ClipType, DisplayBase, DrawFill, Fill, Image, MaskFlags, Pattern,
    QMask, Ropd, ServerMessage, SurfaceCreate, SurfaceDestroy, SurfaceFlags, SurfaceFmt,
};
use spice_proto::wire::{Encode, Pointer};

use self::forms::Forms;
use self::operations::Operation;

/// The surfaces that are drawn on, by number.
const TARGETS: [SurfaceFmt; 5] = [
    SurfaceFmt::FMT_32_XRGB,
    SurfaceFmt::FMT_32_ARGB,
    SurfaceFmt::FMT_16_555,
    SurfaceFmt::FMT_16_565,
    SurfaceFmt::FMT_8_A,
];
/// A surface of the format of a target that serves as image has its number and so much more.
const SOURCES: u32 = 10;
/// An xRGB surface to draw on for the caches alone.
const SPARE: u32 = 20;
/// Images and the boxes that they are drawn on in their size.
const SIZE: (i32, i32) = (8, 6);
/// Boxes of scaled images.
const SCALED: (i32, i32) = (11, 5);
/// From cell to cell.
const PITCH: (i32, i32) = (12, 7);
const COLUMNS: i32 = 16;
/// Where the first cell is.
const MARGIN: i32 = 4;

fn main() {
    let folder = std::env::args_os().nth(1).expect("a folder to write into");
    let folder = Path::new(&folder);
    let mut forms = Forms::default();
    let mut scripts = Vec::new();
    for operation in operations::all() {
        let script = Script::of(&operation, &mut forms);
        let name = operation.name;
        let target = folder.join(name);
        fs::create_dir_all(&target).expect("a folder of its own");
        fs::write(target.join("messages.bin"), &script.bytes).expect("messages");
        let manifest = json!({
            "name": name,
            "ops": [operation.kind],
            "covers": operation.covers,
            "setup": script.setup,
            "box": operation.box_size,
            "cells": script.cells,
            "messages": script.messages,
            "bytes": script.bytes.len(),
            "tolerance": 0,
        });
        fs::write(target.join("manifest.json"), manifest.to_string()).expect("a manifest");
        scripts.push(
            json!({ "name": name, "ops": [operation.kind], "covers": operation.covers, "tolerance": 0 }),
        );
    }
    let index = json!({
        "title": "Canvas conformance scripts: operation x scaling x form of image x format of surface",
        "reference": "spice-gtk 0.42 with pixman 0.42.2 on x86-64; with pixman 0.46.4 the same",
        "layout": "as canvas.zip; a manifest's box is [width, height] of its cells, cells are [form, surface, left, top], \
                   ends are [form, surface, last words] of cells at which the reference ended its process",
        "scripts": scripts,
    });
    fs::write(folder.join("index.json"), index.to_string()).expect("an index");
}

/// Messages as they go into the archive, and what they show where.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    messages: usize,
    /// Messages before the first cell.
    setup: usize,
    cells: Vec<serde_json::Value>,
}

impl Script {
    fn of(operation: &Operation, forms: &mut Forms) -> Self {
        let mut script = Self::default();
        let list = if operation.takes_image { forms::names() } else { vec!["none".to_owned()] };
        let rows = (list.len() as i32 + COLUMNS - 1) / COLUMNS;
        let (width, height) = (2 * MARGIN + COLUMNS * PITCH.0, 2 * MARGIN + rows * PITCH.1);
        let flags = |number| if number == 0 { SurfaceFlags::PRIMARY } else { SurfaceFlags::empty() };
        let mut create = |surface_id, format, (width, height): (i32, i32)| {
            let (width, height) = (width as u32, height as u32);
            let flags = flags(surface_id);
            script.add(&ServerMessage::SurfaceCreate(SurfaceCreate {
                surface_id,
                width,
                height,
                format,
                flags,
            }));
        };
        for (number, format) in (0..).zip(TARGETS) {
            create(number, format, (width, height));
            create(SOURCES + number, format, SIZE);
        }
        create(SPARE, SurfaceFmt::FMT_32_XRGB, SIZE);
        for (number, format) in (0..).zip(TARGETS) {
            // Targets have stripes of all kinds of words, sources the pixels of the other images.
            let stripes = forms::noise(format);
            script.add(&fill(number, area((0, 0), (width, height)), &stripes));
            let pixels = forms::raw(format);
            script.add(&fill(SOURCES + number, area((0, 0), SIZE), &pixels));
        }
        script.setup = script.messages;
        for (cell, form) in (0..).zip(&list) {
            let at = (MARGIN + cell % COLUMNS * PITCH.0, MARGIN + cell / COLUMNS * PITCH.1);
            for (number, format) in (0..).zip(TARGETS) {
                // The reference reads beyond its memory.
                let undefined = operation.kind == "rop3" && format == SurfaceFmt::FMT_8_A;
                if undefined || !forms::suits(form, format) {
                    continue;
                }
                let first = script.messages;
                let image = operation.takes_image.then(|| {
                    let made = forms.make(form, format, SOURCES + number);
                    if let Some((surface, image)) = &made.before {
                        let at = if surface.is_some() { (0, 0) } else { at };
                        let box_ = area(at, SIZE);
                        script.add(&operations::plain_copy(surface.unwrap_or(number), box_, image));
                    }
                    made.image
                });
                let box_ = area(at, operation.box_size);
                for message in (operation.draw)(number, format, box_, image) {
                    script.bytes.extend(message);
                    script.messages += 1;
                }
                let messages = [first, script.messages];
                script.cells.push(json!({ "form": form, "surface": number, "at": at, "messages": messages }));
            }
        }
        for surface_id in (SOURCES..SOURCES + 5).chain([SPARE]) {
            script.add(&ServerMessage::SurfaceDestroy(SurfaceDestroy { surface_id }));
        }
        script
    }

    fn add(&mut self, message: &ServerMessage<'_>) {
        self.bytes.extend(framed(message));
        self.messages += 1;
    }
}

/// Number, size and body of a message.
fn framed(message: &ServerMessage<'_>) -> Vec<u8> {
    let body = message.encode_to_vec().expect("a message that can be written");
    let mut bytes = message.kind().to_le_bytes().to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn area((left, top): (i32, i32), (width, height): (i32, i32)) -> Rect {
    Rect { top, left, bottom: top + height, right: left + width }
}

fn base(surface_id: u32, box_: Rect) -> DisplayBase<'static> {
    DisplayBase { surface_id, box_, clip: Clip { type_: ClipType::NONE, rects: None } }
}

const NO_MASK: QMask<'_> = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };

fn fill<'a>(surface: u32, box_: Rect, image: &'a Image<'a>) -> ServerMessage<'a> {
    let pattern = Pattern { pat: Pointer::from(image), pos: Point { x: 0, y: 0 } };
    let brush = Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(pattern) };
    let data = Fill { brush, rop_descriptor: Ropd::OP_PUT, mask: NO_MASK };
    ServerMessage::DrawFill(DrawFill { base: base(surface, box_), data })
}
