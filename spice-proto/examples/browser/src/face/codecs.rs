//! What JavaScript sees of the codecs: a picture is its width, its height and its bytes. `web/codecs.ts` gives them names.

use js_sys::{Array, Uint8Array};
use spice_proto::Limits;
use spice_proto::image::glz;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

use crate::codecs::{self, Outcome, Picture};

#[wasm_bindgen(js_name = decodeQuic)]
pub fn decode_quic(stream: &[u8]) -> Result<Array, JsError> {
    Ok(to_js(codecs::decode_quic(stream)?))
}

#[wasm_bindgen(js_name = decodeLz)]
pub fn decode_lz(stream: &[u8], palette: &[u32]) -> Result<Array, JsError> {
    Ok(to_js(codecs::decode_lz(stream, palette)?))
}

/// The pictures that GLZ streams of a session may refer to.
#[wasm_bindgen]
#[derive(Debug)]
pub struct GlzWindow(glz::Window);

#[wasm_bindgen]
impl GlzWindow {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(glz::Window::new(&Limits::default()))
    }

    /// A picture, or the number of the one that has to come first.
    pub fn decode(&mut self, stream: &[u8]) -> Result<JsValue, JsError> {
        Ok(match codecs::decode_glz(&mut self.0, stream)? {
            Outcome::Decoded(picture) => to_js(picture).into(),
            Outcome::Missing(id) => id.into(),
        })
    }
}

fn to_js(Picture { width, height, rgba }: Picture) -> Array {
    let parts: [JsValue; 3] = [width.into(), height.into(), Uint8Array::from(&rgba[..]).into()];
    parts.iter().collect()
}
