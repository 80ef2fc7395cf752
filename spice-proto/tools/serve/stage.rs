//! What all clients share: the screen and where its pictures come from, the pointer, the clipboard.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use spice_proto::ChannelType;
use spice_proto::Limits;
use spice_proto::agent::{ClipboardSelection, ClipboardType, FileRefusal};
use spice_proto::main::ChannelId;
use spice_proto::server::visit::VisitError;
use spice_proto::server::{Event, Pointer, Screen, Visit};

use super::source::Source;
use super::{pointer, print, say};

/// What is shown, for all threads.
pub(crate) struct Stage {
    start: Instant,
    shown: Mutex<Shown>,
}

struct Shown {
    source: Box<dyn Source>,
    screen: Screen,
    /// When the next picture is due; `None` when there is none.
    next: Option<Instant>,
    pointer: Pointer,
    clipboard: Option<Clipboard>,
}

/// What a client has copied.
struct Clipboard {
    /// Counts what was copied.
    number: u64,
    /// The session that has it.
    owner: u32,
    type_: ClipboardType,
    data: Bytes,
}

/// What a client's main channel knows of the clipboard.
#[derive(Default)]
pub(crate) struct Guest {
    ready: bool,
    /// Number of the last copy that it was offered.
    offered: u64,
}

impl Stage {
    /// Shows what the source has.
    ///
    /// # Errors
    /// Those of its first picture.
    pub(crate) fn new(mut source: Box<dyn Source>) -> io::Result<Self> {
        let mut screen = Screen::new(&Limits::default());
        source.show(&mut screen)?;
        let next = source.period().map(|_| Instant::now());
        let shown = Shown { source, screen, next, pointer: pointer::arrow(), clipboard: None };
        Ok(Self { start: Instant::now(), shown: Mutex::new(shown) })
    }

    /// The time of all visits, in microseconds.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// What has happened on a channel of a visit, or nothing: then the client is shown what is new.
    pub(crate) fn turn(
        &self,
        guest: &mut Guest,
        visit: &mut Visit,
        channel: ChannelId,
        event: Option<Event>,
    ) {
        let shown = &mut *lock(&self.shown);
        let done = match event {
            None => shown.tell(guest, visit, channel, self.now()),
            Some(event) => {
                print::event(&event);
                pointer::follow(&mut shown.pointer, &event, &shown.screen);
                shown.hear(guest, visit, channel, event)
            }
        };
        if let Err(error) = done {
            say::err(format_args!("{}: {error}", channel.channel_type().name().unwrap_or("channel")));
        }
    }
}

impl Shown {
    /// Tells a client what is new.
    fn tell(
        &mut self,
        guest: &mut Guest,
        visit: &mut Visit,
        channel: ChannelId,
        now: u64,
    ) -> Result<(), VisitError> {
        match channel.channel_type() {
            ChannelType::DISPLAY if visit.has(channel) => {
                self.follow();
                visit.show(channel, &mut self.screen, now)
            }
            ChannelType::CURSOR if visit.has(channel) => visit.point(channel, &self.pointer),
            ChannelType::MAIN if guest.ready => {
                let id = visit.config().session_id;
                let new = |clipboard: &&Clipboard| clipboard.owner != id && clipboard.number > guest.offered;
                let Some(clipboard) = self.clipboard.as_ref().filter(new) else { return Ok(()) };
                guest.offered = clipboard.number;
                visit.grab(ClipboardSelection::CLIPBOARD, &[clipboard.type_])
            }
            _ => Ok(()),
        }
    }

    /// Takes the next picture when it is due. A source that fails keeps the last.
    fn follow(&mut self) {
        let now = Instant::now();
        let (Some(period), Some(due)) = (self.source.period(), self.next) else { return };
        if now < due {
            return;
        }
        // Pictures that nobody saw are not made up for.
        self.next = Some((due + period).max(now));
        if let Err(error) = self.source.show(&mut self.screen) {
            say::err(format_args!("{error}"));
            self.next = Some(now + AFTER_ERROR);
        }
    }

    /// Does what a client wants.
    fn hear(
        &mut self,
        guest: &mut Guest,
        visit: &mut Visit,
        channel: ChannelId,
        event: Event,
    ) -> Result<(), VisitError> {
        match event {
            Event::Joined(_) => {
                let name = channel.channel_type().name().unwrap_or("channel");
                say::err(format_args!("{name} of session {:08x}", visit.config().session_id));
            }
            Event::Failed(failure) => {
                say::err(format_args!("{}: {failure}", channel.channel_type().name().unwrap_or("channel")));
            }
            Event::AgentReady => guest.ready = true,
            Event::Monitors(monitors) => {
                let wish = monitors.first().filter(|first| first.width > 0 && first.height > 0);
                if wish.is_some_and(|first| self.source.resize(first.width, first.height))
                    && let Err(error) = self.source.show(&mut self.screen)
                {
                    say::err(format_args!("{error}"));
                }
            }
            Event::ClipboardOffered(selection, types) if selection == ClipboardSelection::CLIPBOARD => {
                let text = types.iter().find(|type_| **type_ == ClipboardType::UTF8_TEXT);
                if let Some(type_) = text.or_else(|| types.first()) {
                    return visit.request(selection, *type_);
                }
            }
            Event::ClipboardData(_, type_, data) if type_ != ClipboardType::NONE => {
                let number = self.clipboard.as_ref().map_or(0, |before| before.number) + 1;
                let owner = visit.config().session_id;
                self.clipboard = Some(Clipboard { number, owner, type_, data });
            }
            Event::ClipboardWanted(selection, type_) => {
                let had = self.clipboard.as_ref().filter(|clipboard| clipboard.type_ == type_);
                let (type_, data) = had.map_or((ClipboardType::NONE, &[][..]), |had| (had.type_, &*had.data));
                return visit.provide(selection, type_, data);
            }
            Event::FileOffered(id, _) => return visit.refuse_file(id, FileRefusal::Disabled),
            _ => {}
        }
        Ok(())
    }
}

/// How long a source that has failed is left alone.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// What was shown is shown on, whoever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
