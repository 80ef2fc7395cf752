//! How a session moves to another server.

use std::vec::Vec;

use super::core::{Core, MAIN};
use super::event::Event;
use super::line::{Line, State};
use super::migration::Migration;
use super::order::{Number, Order};
use crate::channel::{Any, FromServer, Received};
use crate::drive::Error;
use crate::main::{ChannelId, ClientMessage, ServerMessage};
use crate::session::{Handover, Loss, MigrationKind, Step};

impl Core {
    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Link { destination, ask } => {
                self.forget();
                self.migration = Some(Migration { destination, ask, asked: false, parting: None });
                self.link(MAIN, true, false, self.config.main_capabilities);
            }
            Step::LinkOthers => self.link_others(),
            Step::SwitchAll(message) => self.switch_all(&message),
            Step::Drop => self.forget(),
            Step::SwitchHost(destination) => {
                self.take_migration();
                self.close_lines(|_| true);
                self.events.push_back(Event::Moved(MigrationKind::SwitchHost, destination.clone()));
                self.begin(Some(destination));
            }
        }
    }

    /// A channel is linked to the destination.
    pub(super) fn linked_there(&mut self, channel: ChannelId) {
        let Some(migration) = &mut self.migration else { return };
        match migration.ask.take() {
            Some(ask) if channel == MAIN => {
                migration.asked = true;
                self.tell_at(true, &ask);
            }
            _ if channel == MAIN => self.link_others(),
            _ => self.all_linked(),
        }
    }

    /// Takes a message of the destination's main channel, which was asked something.
    pub(super) fn answered(&mut self, received: &Received<FromServer<Any>>) {
        let message = ServerMessage::parse(received.kind(), received.body());
        if let Some(step) = message.ok().and_then(|message| self.state.handle_destination(&message)) {
            self.step(step);
        }
    }

    fn link_others(&mut self) {
        let Some(migration) = &mut self.migration else { return };
        migration.asked = false;
        for channel in self.state.open_channels().collect::<Vec<_>>() {
            let line = self.number(channel, false).and_then(|number| self.lines.get(&number));
            if let Some(capabilities) = line.map(|line| line.capabilities) {
                self.link(channel, true, false, capabilities);
            }
        }
        self.all_linked();
    }

    /// Tells the source, once every channel is linked to the destination.
    fn all_linked(&mut self) {
        let linked = |channel: ChannelId| {
            let line = self.number(channel, true).and_then(|number| self.lines.get(&number));
            line.is_some_and(|line| matches!(line.state, State::Open(_)))
        };
        let asked = self.migration.as_ref().is_none_or(|migration| migration.asked);
        if !asked
            && linked(MAIN)
            && self.state.open_channels().all(linked)
            && let Some(message) = self.state.connected()
        {
            self.tell(&message);
        }
    }

    /// A channel is not linked to the destination: what is no picture can be done without.
    pub(super) fn gone_there(&mut self, channel: ChannelId, error: Option<Error>) {
        if Loss::of(channel.channel_type()) == Loss::Side {
            self.lost(channel, error);
            return;
        }
        if let Some(migration) = &self.migration {
            let destination = migration.destination.clone();
            self.events.push_back(Event::NotMoved { destination, channel, error });
        }
        self.forget();
        if let Some(message) = self.state.connect_failed() {
            self.tell(&message);
        }
    }

    /// Goes on with the source.
    fn forget(&mut self) {
        self.take_migration();
        self.close_lines(|line| line.there);
        let mut stopped = Vec::new();
        for (number, line) in &mut self.lines {
            line.handover = Handover::new();
            // Nothing more can be sent where the flush mark has gone out already.
            if let Err(error) = line.release() {
                stopped.push((*number, error));
            }
        }
        stopped.into_iter().for_each(|(number, error)| self.ended(number, Some(error.into())));
        self.ended_are_lost();
    }

    /// Nothing will come any more in place of connections that have ended.
    fn ended_are_lost(&mut self) {
        let ended =
            |(number, line): (&Number, &Line)| matches!(line.state, State::Ended(_)).then_some(*number);
        for number in self.lines.iter().filter_map(ended).collect::<Vec<_>>() {
            if let Some(Line { channel, state: State::Ended(error), .. }) = self.lines.remove(&number) {
                self.lost(channel, error);
            }
        }
    }

    /// A channel is lost: a migration does not wait for it.
    pub(super) fn lost_in_migration(&mut self) {
        self.all_linked();
        if !self.state.is_migrating()
            && let Some(migration) = self.take_migration()
        {
            self.events.push_back(Event::Moved(MigrationKind::Seamless, migration.destination));
        }
    }

    /// Everything begins anew at the destination.
    fn switch_all(&mut self, message: &ClientMessage<'_>) {
        let there = self.number(MAIN, true).filter(|number| self.lines.contains_key(number));
        let (Some(migration), Some(_)) = (self.take_migration(), there) else {
            self.fail(None);
            return;
        };
        self.tell_at(true, message);
        let here = self.lines.iter().filter(|(_, line)| !line.there).map(|(number, _)| *number);
        for number in here.collect::<Vec<_>>() {
            let Some(mut old) = self.close_line(number) else { continue };
            let new = self.number(old.channel, true).and_then(|number| self.lines.get_mut(&number));
            new.into_iter().for_each(|new| new.take_held(&mut old));
        }
        self.lines.values_mut().for_each(|line| line.there = false);
        (self.arriving, self.place) = (true, Some(migration.destination.clone()));
        self.events.push_back(Event::Moved(MigrationKind::SemiSeamless, migration.destination));
        // Those that were opened behind the last moment.
        for channel in self.state.open_channels().collect::<Vec<_>>() {
            if self.number(channel, false).is_none() {
                self.lost(channel, None);
            }
        }
    }

    /// The migration has come to its end, well or not.
    fn take_migration(&mut self) -> Option<Migration> {
        let mut migration = self.migration.take()?;
        migration.parting.take().into_iter().for_each(|parting| self.order(parting));
        Some(migration)
    }

    /// INIT has come at the destination.
    pub(super) fn arrive(&mut self) {
        let others = self.lines.iter().filter(|(_, line)| !line.is_main()).map(|(number, _)| *number);
        for number in others.collect::<Vec<_>>() {
            self.start(number);
        }
    }

    /// Looks whether a message moves its channel seamlessly.
    pub(super) fn follow(&mut self, number: Number, received: &Received<FromServer<Any>>) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        let channel = line.channel;
        if !self.state.is_moving(channel) {
            return;
        }
        let Line { state: State::Open(end), handover, .. } = line else { return };
        match handover.handle(end, received) {
            Ok(false) => {}
            Ok(true) => self.move_line(number, channel),
            Err(error) => self.ended(number, Some(error.into())),
        }
    }

    /// A channel goes on at the destination where it stopped.
    fn move_line(&mut self, number: Number, channel: ChannelId) {
        let Some(there) = self.number(channel, true) else { return };
        let Some(mut old) = self.lines.remove(&number) else { return };
        let parting = Order::Close(number, old.rest());
        match &mut self.migration {
            Some(migration) if channel == MAIN => migration.parting = Some(parting),
            _ => self.order(parting),
        }
        let Some(new) = self.lines.get_mut(&there) else { return };
        new.there = false;
        new.take_held(&mut old);
        let (State::Open(source), State::Open(destination)) = (&old.state, &mut new.state) else { return };
        let moved = old.handover.finish(source, destination).and_then(|()| new.release());
        if let Err(error) = moved {
            self.ended(there, Some(error.into()));
            return;
        }
        let complete = self.state.moved(channel);
        if channel == MAIN {
            self.place = self.migration.as_ref().map(|migration| migration.destination.clone());
            // Whatever has ended at the source has not moved.
            self.ended_are_lost();
        }
        if complete && let Some(migration) = self.take_migration() {
            self.events.push_back(Event::Moved(MigrationKind::Seamless, migration.destination));
        }
    }
}
