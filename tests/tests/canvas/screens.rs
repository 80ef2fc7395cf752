//! What a client's windows show: RESET and MONITORS_CONFIG (`docs/spec/messages.md`), as spice-gtk takes them.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome, Shown};
use spice_proto::common::{Empty, Rect};
use spice_proto::display::{
    Head, MonitorsConfig, ServerMessage, SurfaceCreate, SurfaceDestroy, SurfaceFlags, SurfaceFmt,
};
use spice_proto::image::SharedCaches;
use spice_proto_tests::scripts;

struct Screen {
    canvas: Canvas,
    shared: SharedCaches,
}

impl Screen {
    fn new() -> Self {
        let limits = Limits::default();
        Screen { canvas: Canvas::new(&limits), shared: SharedCaches::new(&limits) }
    }

    /// Gives the rectangle that changed.
    fn apply(&mut self, message: &ServerMessage<'_>) -> Option<Rect> {
        match self.canvas.apply(message, &mut self.shared).unwrap() {
            Outcome::Drawn(damage) => Some(damage.bounds()),
            Outcome::Done => None,
            Outcome::Waiting(missing) => panic!("waits for {missing:?}"),
        }
    }

    fn create(&mut self, surface_id: u32, width: u32, height: u32, flags: SurfaceFlags) {
        let format = SurfaceFmt::FMT_32_XRGB;
        self.apply(&ServerMessage::SurfaceCreate(SurfaceCreate { surface_id, width, height, format, flags }));
    }

    fn destroy(&mut self, surface_id: u32) {
        self.apply(&ServerMessage::SurfaceDestroy(SurfaceDestroy { surface_id }));
    }

    fn monitors(&mut self, max_allowed: u16, heads: &[Head]) {
        self.apply(&ServerMessage::MonitorsConfig(MonitorsConfig { max_allowed, heads: heads.into() }));
    }

    /// Number, surface, left, top, right, bottom.
    fn shown(&self) -> Vec<[i64; 6]> {
        let list = self.canvas.shown().into_iter().map(|shown| {
            let Shown { head, surface_id, area: Rect { top, left, bottom, right } } = shown;
            let picture = self.canvas.picture(&shown).expect("what is shown is there");
            assert_eq!((picture.width(), picture.height()), ((right - left) as u32, (bottom - top) as u32));
            [head.into(), surface_id.into(), left.into(), top.into(), right.into(), bottom.into()]
        });
        list.collect()
    }
}

fn head(monitor_id: u32, x: u32, y: u32, width: u32, height: u32) -> Head {
    Head { monitor_id, surface_id: 0, width, height, x, y, flags: 0 }
}

#[test]
fn reset_clears_the_primary_surface_and_keeps_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/display-reset-keeps-the-primary");
    let bytes = std::fs::read(format!("{folder}/messages.bin")).unwrap();
    let mut screen = Screen::new();
    let mut changed = Vec::new();
    for (kind, body) in scripts::messages(&bytes).0 {
        changed.push(screen.apply(&ServerMessage::parse(kind, body).unwrap()));
    }
    let all = Rect { top: 0, left: 0, bottom: 48, right: 64 };
    assert_eq!(changed, [all, all, all, Rect { right: 32, ..all }].map(Some));
    let surface = screen.canvas.surface(0).unwrap();
    let (green, black) = ([0, 255, 0, 0].repeat(32), [0; 4].repeat(32));
    for y in 0..48 {
        assert_eq!(surface.row(y), [&green[..], &black].concat(), "row {y}");
    }
}

#[test]
fn reset_leaves_other_surfaces_and_monitors() {
    let mut screen = Screen::new();
    screen.create(5, 4, 1, SurfaceFlags::empty());
    assert_eq!(screen.apply(&ServerMessage::Reset(Empty {})), None, "there is no primary surface");
    screen.create(0, 100, 80, SurfaceFlags::PRIMARY);
    screen.monitors(1, &[head(0, 0, 0, 50, 40)]);
    screen.apply(&ServerMessage::Reset(Empty {}));
    assert_eq!(screen.canvas.surfaces().map(|(id, _)| id).collect::<Vec<_>>(), [0, 5]);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 50, 40]]);
}

#[test]
fn heads_are_clamped_and_never_refused() {
    let mut screen = Screen::new();
    assert!(screen.shown().is_empty());
    screen.create(0, 100, 80, SurfaceFlags::PRIMARY);
    let whole = [0, 0, 0, 0, 100, 80];
    assert_eq!(screen.shown(), [whole]);
    screen.monitors(0, &[]);
    assert_eq!(screen.shown(), [whole], "no heads change nothing");
    let two = [head(0, 0, 0, 50, 40), head(1, 50, 0, 50, 40)];
    screen.monitors(2, &two);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 50, 40], [1, 0, 50, 0, 100, 40]]);
    for max_allowed in [0, 1] {
        screen.monitors(2, &two);
        screen.monitors(max_allowed, &two);
        assert_eq!(screen.shown(), [[0, 0, 0, 0, 50, 40]]);
    }
    screen.monitors(3, &[]);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 50, 40]]);
    let many: Vec<Head> = (0..300).map(|id| head(id, 0, 0, 5, 4)).collect();
    screen.monitors(300, &many);
    assert_eq!(screen.canvas.monitors().len(), 256);
}

#[test]
fn heads_are_cut_to_their_surfaces() {
    let mut screen = Screen::new();
    screen.create(0, 100, 80, SurfaceFlags::PRIMARY);
    screen.create(3, 30, 30, SurfaceFlags::empty());
    screen.monitors(2, &[head(0, 0, 0, 150, 40), head(1, 90, 70, 50, 40)]);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 100, 40], [1, 0, 90, 70, 100, 80]]);
    screen.monitors(
        4,
        &[head(0, 0, 0, 0, 0), head(1, 500, 500, 9, 9), head(2, 0, 0, 20, 20), head(2, 0, 0, 30, 30)],
    );
    assert_eq!(screen.shown(), [[2, 0, 0, 0, 20, 20]]);
    screen.monitors(2, &[head(0, u32::MAX, 1 << 31, u32::MAX, 7), head(1, 0, 0, u32::MAX, u32::MAX)]);
    assert_eq!(screen.shown(), [[1, 0, 0, 0, 100, 80]]);
    screen.monitors(
        2,
        &[Head { surface_id: 9, ..head(0, 0, 0, 5, 5) }, Head { surface_id: 3, ..head(1, 10, 0, 50, 40) }],
    );
    assert_eq!(screen.shown(), [[1, 3, 10, 0, 30, 30]]);
    screen.monitors(1, &[head(4, 0, 0, 0, 9)]);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 100, 80]], "a window has to show something");
}

#[test]
fn another_primary_surface_makes_heads_void() {
    let mut screen = Screen::new();
    let config = |screen: &mut Screen| screen.monitors(1, &[head(0, 0, 0, 50, 40)]);
    config(&mut screen);
    screen.create(0, 100, 80, SurfaceFlags::PRIMARY);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 100, 80]]);
    config(&mut screen);
    screen.create(0, 100, 80, SurfaceFlags::PRIMARY);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 50, 40]]);
    screen.create(0, 60, 60, SurfaceFlags::PRIMARY);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 60, 60]]);
    config(&mut screen);
    screen.destroy(0);
    screen.create(0, 60, 60, SurfaceFlags::PRIMARY);
    assert_eq!(screen.shown(), [[0, 0, 0, 0, 60, 60]]);
}
