//! Outputs that cannot be written.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs of a program in which one output or both cannot be written, each in every way, with a name; the others go to a
/// pipe.
pub(crate) fn runs(program: &Path) -> Vec<(String, Command)> {
    let mut runs = Vec::new();
    for (out, err) in [(true, false), (false, true), (true, true)] {
        let which = format!("{}{}", if out { " 1" } else { "" }, if err { " 2" } else { "" });
        let mut shut = Command::new("sh");
        let redirections = format!("{} {}", if out { ">&-" } else { "" }, if err { "2>&-" } else { "" });
        shut.arg("-c").arg(format!("exec \"$0\" \"$@\" {redirections}")).arg(program);
        shut.stdout(Stdio::piped()).stderr(Stdio::piped());
        runs.push((format!("closed{which}"), shut));
        runs.push((format!("a pipe without a reader{which}"), broken(program, out, err, unread_pipe)));
        if Path::new("/dev/full").exists() {
            runs.push((format!("a full disk{which}"), broken(program, out, err, full_disk)));
        }
    }
    runs
}

fn broken(program: &Path, out: bool, err: bool, sink: impl Fn() -> Stdio) -> Command {
    let of = |broken: bool| if broken { sink() } else { Stdio::piped() };
    let mut command = Command::new(program);
    command.stdout(of(out)).stderr(of(err));
    command
}

fn unread_pipe() -> Stdio {
    let (_, writer) = std::io::pipe().expect("a pipe");
    writer.into()
}

fn full_disk() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("it is there").into()
}
