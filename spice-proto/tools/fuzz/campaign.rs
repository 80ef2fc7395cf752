//! Case after case, and what becomes of the peer.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, thread};

use spice_proto::Origin;

use super::case::Case;
use super::client::Outcome;
use super::plan::{Planner, signature};
use super::process::Program;
use super::say;

/// Carries a case out.
pub(crate) type Carry<'c> = dyn FnMut(&Case) -> io::Result<Outcome> + 'c;

/// How long it goes on, and where things go.
pub(crate) struct Campaign<'c> {
    pub(crate) planner: Planner,
    pub(crate) carry: &'c mut Carry<'c>,
    pub(crate) program: Option<Program>,
    /// A folder for findings and for the place to go on from.
    pub(crate) out: PathBuf,
    /// What reports call the peer: name and version.
    pub(crate) peer: String,
    pub(crate) most_cases: Option<u64>,
    pub(crate) most_time: Option<Duration>,
    /// Memory of the program above which it is a finding, bytes.
    pub(crate) most_memory: u64,
}

/// Something that the peer did.
struct Finding {
    /// crash, end, gone, hang, memory.
    kind: &'static str,
    what: String,
}

/// How long a program may take until it listens.
const START: Duration = Duration::from_secs(20);

impl Campaign<'_> {
    /// Runs. Gives the number of findings.
    pub(crate) fn run(&mut self, first: u64) -> io::Result<usize> {
        fs::create_dir_all(&self.out)?;
        let (start, mut told, mut found) = (Instant::now(), Instant::now(), 0);
        let mut number = first;
        let mut before: Option<Case> = None;
        loop {
            let cases = number - first;
            let over = self.most_cases.is_some_and(|most| cases >= most)
                || self.most_time.is_some_and(|most| start.elapsed() >= most);
            if over || told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                let rate = cases as f64 / start.elapsed().as_secs_f64().max(0.001);
                say::err(format_args!(
                    "{cases} cases, {rate:.1} a second, {found} findings, next case {number}"
                ));
                fs::write(self.out.join("state"), format!("seed {}\nnext {number}\n", self.planner.seed))?;
            }
            if over {
                return Ok(found);
            }
            let case = self.planner.case(number);
            number += 1;
            if let Some(finding) = self.one(&case)? {
                found += 1;
                let seconds = start.elapsed().as_secs_f64();
                self.keep(finding, case, before.take(), seconds, number - first)?;
            } else {
                before = Some(case);
            }
        }
    }

    /// Carries a case out and looks at the peer.
    fn one(&mut self, case: &Case) -> io::Result<Option<Finding>> {
        let fresh = match &mut self.program {
            Some(program) => {
                let runs = program.is_running()?;
                program.start()?;
                !runs
            }
            None => false,
        };
        let start = Instant::now();
        let mut outcome = (self.carry)(case)?;
        // A program that was just started listens a little later; one that stays away is gone.
        let patience = if fresh { START } else { Duration::from_secs(1) };
        while matches!(outcome, Outcome::Gone(_)) && start.elapsed() < patience && self.runs()? {
            thread::sleep(Duration::from_millis(20));
            outcome = (self.carry)(case)?;
        }
        let finding = |kind, what: String| Some(Finding { kind, what });
        if let Some(program) = &mut self.program {
            // Aborts take a moment, and so do sanitizers.
            let broken = matches!(outcome, Outcome::Gone(_) | Outcome::Silent);
            let moment = if broken { Duration::from_secs(2) } else { Duration::ZERO };
            if program.ends_within(moment)? {
                let crashed = program.has_crashed();
                let client_left = case.role == Origin::Server && !crashed;
                let kind = if crashed { "crash" } else { "end" };
                return Ok(if client_left { None } else { finding(kind, program.end()) });
            }
            let memory = program.memory().unwrap_or_default();
            if memory > self.most_memory {
                program.stop();
                return Ok(finding("memory", format!("{} MiB", memory >> 20)));
            }
        }
        let found = match outcome {
            Outcome::Done { .. } => None,
            Outcome::Gone(error) => finding("gone", error),
            Outcome::Silent => finding("hang", "no first message".into()),
        };
        // Clients are started for each case; who hangs is started again.
        if let Some(program) = &mut self.program
            && (case.role == Origin::Server || found.is_some())
        {
            program.stop();
        }
        Ok(found)
    }

    fn runs(&mut self) -> io::Result<bool> {
        self.program.as_mut().map_or(Ok(true), Program::is_running)
    }

    /// Writes a finding down, once it is known which case it was.
    fn keep(
        &mut self,
        finding: Finding,
        case: Case,
        before: Option<Case>,
        seconds: f64,
        cases: u64,
    ) -> io::Result<()> {
        let words = self.program.as_ref().map(Program::last_words).unwrap_or_default();
        let sanitizer = self.program.as_ref().and_then(Program::sanitizer);
        let mut culprit = None;
        if self.program.is_some() {
            for candidate in [Some(&case), before.as_ref()].into_iter().flatten() {
                if self.again(candidate)? {
                    culprit = Some(candidate.clone());
                    break;
                }
            }
        }
        let confirmed = if culprit.is_some() { "happens again" } else { "did not happen again" };
        let mut case = culprit.unwrap_or(case);
        let labels = case.labels();
        let label = labels.first().cloned().unwrap_or_else(|| "nothing".into());
        let known = signature(&label).to_owned();
        let Finding { kind, what } = finding;
        say::out(format_args!("{kind} after {seconds:.1} s and {cases} cases: {label}: {what}; {confirmed}"));
        words.iter().chain(&sanitizer).for_each(|line| say::out(format_args!("    {line}")));
        case.notes.push(format!("found: {kind}, {what}, {confirmed}"));
        case.notes.push(format!("peer: {}", self.peer));
        case.notes.extend(words.iter().chain(&sanitizer).map(|line| format!("said: {line}")));
        fs::write(self.out.join(format!("{kind}-{}.case", slug(&known))), case.to_string())?;
        // One that is known would hide the rest.
        if !labels.is_empty() {
            self.planner.skip.insert(known);
        }
        Ok(())
    }

    /// Whether the program, started anew, ends or hangs with this case alone.
    fn again(&mut self, case: &Case) -> io::Result<bool> {
        if let Some(program) = &mut self.program {
            program.stop();
        }
        if self.one(case)?.is_some() {
            return Ok(true);
        }
        match &mut self.program {
            Some(program) if case.role == Origin::Client => program.ends_within(Duration::from_millis(500)),
            _ => Ok(false),
        }
    }
}

/// Reads what `--resume` goes on from: seed and number.
pub(crate) fn state(out: &Path) -> io::Result<(u64, u64)> {
    let text = fs::read_to_string(out.join("state"))?;
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|number| number.trim().parse().ok())
    };
    number("seed").zip(number("next")).ok_or_else(|| io::Error::other("the state is not one of spice-fuzz"))
}

fn slug(text: &str) -> String {
    let mut slug: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    slug.truncate(100);
    slug
}
