//! A smaller case that does the same to the peer.

use std::io;
use std::time::Duration;

use spice_proto::Origin;

use super::campaign::Carry;
use super::case::{Action, Case};
use super::client::Outcome;
use super::plan::opening;
use super::process::Program;
use super::say;

/// Makes a case smaller as long as the program still ends, and ends in the same way.
pub(crate) struct Minimiser<'c> {
    carry: &'c mut Carry<'c>,
    program: Program,
    /// Times that it may still be tried.
    tries: usize,
    /// How the program ended with the case as it was.
    cause: String,
}

impl<'c> Minimiser<'c> {
    /// `tries` is how often a case is carried out at most.
    pub(crate) fn new(carry: &'c mut Carry<'c>, program: Program, tries: usize) -> Self {
        Self { carry, program, tries, cause: String::new() }
    }

    /// The smallest case found.
    pub(crate) fn run(&mut self, case: Case) -> io::Result<Case> {
        self.cause =
            self.ends(&case)?.ok_or_else(|| io::Error::other("the program survives the case as it is"))?;
        let mut best = units(&case);
        let whole = |units: &[Vec<Action>]| Case { actions: units.concat(), ..case.clone() };
        // Parts of half the length first, then ever smaller ones.
        let mut len = best.len().div_ceil(2);
        while len > 0 {
            let mut start = 0;
            while start < best.len() {
                let mut shorter = best.clone();
                shorter.drain(start..best.len().min(start + len));
                if self.keeps(&whole(&shorter))? { best = shorter } else { start += len }
            }
            len /= 2;
        }
        // What a channel begins with is right, or is what is wrong: it stays.
        let fixed: Vec<bool> = best.iter().flat_map(|unit| unit.iter().map(|_| unit.len() > 1)).collect();
        let mut best = whole(&best);
        for place in (0..best.actions.len()).filter(|place| !fixed[*place]) {
            best = self.shorter(best, place)?;
        }
        say::err(format_args!("{} actions, {} tries left", best.actions.len(), self.tries));
        Ok(best)
    }

    /// A message with fewer bytes, and zeros where they do not matter.
    fn shorter(&mut self, mut best: Case, place: usize) -> io::Result<Case> {
        let len = |case: &Case| match case.actions.get(place) {
            Some(Action::Send(message)) => message.body.len(),
            _ => 0,
        };
        let changed = |case: &Case, change: &dyn Fn(&mut Vec<u8>)| {
            let mut case = case.clone();
            if let Some(Action::Send(message)) = case.actions.get_mut(place) {
                change(&mut message.body);
            }
            case
        };
        let mut part = len(&best) / 2;
        while part > 0 {
            let tried = changed(&best, &|body| body.truncate(body.len().saturating_sub(part)));
            if len(&best) >= part && self.keeps(&tried)? { best = tried } else { part /= 2 }
        }
        let mut part = len(&best).next_power_of_two();
        while part >= 4 {
            for start in (0..len(&best)).step_by(part) {
                let tried =
                    changed(&best, &|body| body.iter_mut().skip(start).take(part).for_each(|byte| *byte = 0));
                if tried != best && self.keeps(&tried)? {
                    best = tried;
                }
            }
            part /= 2;
        }
        Ok(best)
    }

    fn keeps(&mut self, case: &Case) -> io::Result<bool> {
        let Some(left) = self.tries.checked_sub(1) else { return Ok(false) };
        self.tries = left;
        Ok(self.ends(case)?.is_some_and(|cause| cause == self.cause))
    }

    /// How the program ends, by a signal or with a sanitizer's word, when it is done this.
    fn ends(&mut self, case: &Case) -> io::Result<Option<String>> {
        if case.role == Origin::Server {
            self.program.stop();
        }
        self.program.start()?;
        let mut outcome = (self.carry)(case)?;
        while matches!(outcome, Outcome::Gone(_)) && self.program.is_running()? {
            std::thread::sleep(Duration::from_millis(20));
            outcome = (self.carry)(case)?;
        }
        let ended = self.program.ends_within(Duration::from_millis(300))?;
        Ok((ended && self.program.has_crashed()).then(|| self.program.cause()))
    }
}

/// The actions one by one; a channel that is opened together with its first message.
fn units(case: &Case) -> Vec<Vec<Action>> {
    let mut units: Vec<Vec<Action>> = Vec::new();
    for action in &case.actions {
        let first = match (units.last().map(Vec::as_slice), action) {
            (Some([Action::Open(channel)]), Action::Send(message)) => opening(*channel)
                .is_some_and(|opening| (opening.channel, opening.kind) == (message.channel, message.kind)),
            _ => false,
        };
        match units.last_mut() {
            Some(unit) if first => unit.push(action.clone()),
            _ => units.push(vec![action.clone()]),
        }
    }
    units
}
