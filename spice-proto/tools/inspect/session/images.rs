//! The images of a drawing message.

use spice_proto::display;
use spice_proto::display::Brush;
use spice_proto::display::BrushBody;
use spice_proto::display::Image;
use spice_proto::display::QMask;
use spice_proto::display::ServerMessage;
use spice_proto::wire::Pointer;

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It is drawn.
    Image,
    /// It is the pattern of a brush.
    Brush,
    /// It is a mask of one bit a pixel.
    Mask,
    /// It is the mask of a composition: a picture with alpha.
    Alpha,
}

impl Role {
    /// The role in a word.
    pub fn name(self) -> &'static str {
        match self {
            Role::Image => "image",
            Role::Brush => "brush",
            Role::Mask | Role::Alpha => "mask",
        }
    }
}

/// The surface that a message draws on and the images in it, in their order; None for other messages.
pub fn drawing<'a>(message: &ServerMessage<'a>) -> Option<(u32, Vec<(Role, Image<'a>)>)> {
    use ServerMessage as M;
    let mut images = Images(Vec::new());
    let base = match message {
        M::DrawFill(draw) => {
            images.brush(&draw.data.brush);
            images.mask(&draw.data.mask);
            &draw.base
        }
        M::DrawOpaque(draw) => {
            images.add(Role::Image, draw.data.src_bitmap);
            images.brush(&draw.data.brush);
            images.mask(&draw.data.mask);
            &draw.base
        }
        M::DrawCopy(display::DrawCopy { base, data }) | M::DrawBlend(display::DrawBlend { base, data }) => {
            images.add(Role::Image, data.src_bitmap);
            images.mask(&data.mask);
            base
        }
        M::DrawBlackness(display::DrawBlackness { base, data })
        | M::DrawWhiteness(display::DrawWhiteness { base, data })
        | M::DrawInvers(display::DrawInvers { base, data }) => {
            images.mask(&data.mask);
            base
        }
        M::DrawRop3(draw) => {
            images.add(Role::Image, draw.data.src_bitmap);
            images.brush(&draw.data.brush);
            images.mask(&draw.data.mask);
            &draw.base
        }
        M::DrawStroke(draw) => {
            images.brush(&draw.data.brush);
            &draw.base
        }
        M::DrawText(draw) => {
            images.brush(&draw.data.fore_brush);
            images.brush(&draw.data.back_brush);
            &draw.base
        }
        M::DrawTransparent(draw) => {
            images.add(Role::Image, draw.data.src_bitmap);
            &draw.base
        }
        M::DrawAlphaBlend(draw) => {
            images.add(Role::Image, draw.data.src_bitmap);
            &draw.base
        }
        M::DrawComposite(draw) => {
            images.add(Role::Image, draw.data.src_bitmap);
            images.add(Role::Alpha, draw.data.mask_bitmap.flatten());
            &draw.base
        }
        _ => return None,
    };
    Some((base.surface_id, images.0))
}

struct Images<'a>(Vec<(Role, Image<'a>)>);

impl<'a> Images<'a> {
    fn add(&mut self, role: Role, image: Option<Pointer<'a, Image<'a>>>) {
        self.0.extend(image.map(|image| (role, image.get())));
    }

    fn brush(&mut self, brush: &Brush<'a>) {
        if let BrushBody::Pattern(pattern) = &brush.body {
            self.add(Role::Brush, Some(pattern.pat));
        }
    }

    fn mask(&mut self, mask: &QMask<'a>) {
        self.add(Role::Mask, mask.bitmap);
    }
}
