//! What JavaScript sees of the engine: numbers, text and bytes. `web/news.ts` says what the news are made of.

mod codecs;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::{self, News, Picture};

/// A session with all that a viewer needs.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine(engine::Engine);

#[wasm_bindgen]
impl Engine {
    /// `random` are some kilobytes of `crypto.getRandomValues`.
    #[wasm_bindgen(constructor)]
    pub fn new(password: &str, random: Vec<u8>) -> Self {
        Self(engine::Engine::new(password, random))
    }

    pub fn push(&mut self, connection: f64, bytes: &[u8]) {
        self.0.push(connection as u64, bytes);
    }

    pub fn closed(&mut self, connection: f64) {
        self.0.closed(connection as u64);
    }

    pub fn failed(&mut self, connection: f64, why: &str) {
        self.0.failed(connection as u64, why);
    }

    #[wasm_bindgen(js_name = nextNews)]
    pub fn next_news(&mut self) -> Option<Array> {
        self.0.next_news().map(to_js)
    }

    #[wasm_bindgen(js_name = takeDamage)]
    pub fn take_damage(&mut self, display: u8) -> Vec<u32> {
        self.0.take_damage(display).into_flattened()
    }

    pub fn pixels(&self, display: u8, left: u32, top: u32, width: u32, height: u32) -> Option<Vec<u8>> {
        self.0.pixels(display, [left, top, width, height])
    }

    pub fn key(&mut self, code: u32, down: bool) {
        self.0.key(code, down);
    }

    #[wasm_bindgen(js_name = releaseKeys)]
    pub fn release_keys(&mut self) {
        self.0.release_keys();
    }

    #[wasm_bindgen(js_name = setLocks)]
    pub fn set_locks(&mut self, locks: u16) {
        self.0.set_locks(locks);
    }

    pub fn point(&mut self, display: u8, x: u32, y: u32) {
        self.0.point(display, x, y);
    }

    #[wasm_bindgen(js_name = moveBy)]
    pub fn move_by(&mut self, dx: i32, dy: i32) {
        self.0.move_by(dx, dy);
    }

    pub fn button(&mut self, button: u8, down: bool) {
        self.0.button(button, down);
    }

    pub fn copy(&mut self, text: String) -> bool {
        self.0.copy(text)
    }

    /// Widths and heights, in turn.
    pub fn resize(&mut self, sizes: &[u32]) -> bool {
        let (sizes, _) = sizes.as_chunks::<2>();
        let sizes: Vec<_> = sizes.iter().map(|&[width, height]| (width, height)).collect();
        self.0.resize(&sizes)
    }
}

/// A name and what belongs to it.
fn to_js(news: News) -> Array {
    let list = |parts: &[JsValue]| parts.iter().collect::<Array>();
    match news {
        News::Open { connection, channel, secure, destination } => {
            let (host, port) = destination
                .map_or((JsValue::NULL, JsValue::NULL), |(host, port)| (host.as_str().into(), port.into()));
            list(&[
                "open".into(),
                number(connection),
                channel.type_.into(),
                channel.id.into(),
                secure.into(),
                host,
                port,
            ])
        }
        News::Write(connection, bytes) => {
            list(&["write".into(), number(connection), Uint8Array::from(&bytes[..]).into()])
        }
        News::Close(connection) => list(&["close".into(), number(connection)]),
        News::Connected => list(&["connected".into()]),
        News::Size(display, width, height) => {
            list(&["size".into(), display.into(), width.into(), height.into()])
        }
        News::Damage(display) => list(&["damage".into(), display.into()]),
        News::Pointer(None) => list(&["pointer".into(), JsValue::NULL]),
        News::Pointer(Some(Picture { width, height, hot_spot: (x, y), rgba })) => list(&[
            "pointer".into(),
            Uint8Array::from(&rgba[..]).into(),
            width.into(),
            height.into(),
            x.into(),
            y.into(),
        ]),
        News::PointerMode(places) => list(&["pointermode".into(), places.into()]),
        News::Locks(locks) => list(&["locks".into(), locks.into()]),
        News::Agent(there) => list(&["agent".into(), there.into()]),
        News::Clipboard(text) => list(&["clipboard".into(), text.as_str().into()]),
        News::Name(name) => list(&["name".into(), name.as_str().into()]),
        News::Lost(channel, why) => {
            list(&["lost".into(), channel.type_.into(), channel.id.into(), why.as_str().into()])
        }
        News::Over(None) => list(&["over".into(), JsValue::NULL, false.into()]),
        News::Over(Some((why, denied))) => list(&["over".into(), why.as_str().into(), denied.into()]),
    }
}

/// Connections are counted from 1: far fewer than a number of JavaScript is exact for.
fn number(connection: u64) -> JsValue {
    (connection as f64).into()
}
