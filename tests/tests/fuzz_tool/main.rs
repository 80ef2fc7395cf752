//! The program `spice-fuzz`: each of its commands. The peers that it breaks are this program once more.

mod commands;
mod peers;
#[path = "../../../spice-proto/tools/fuzz/main.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a program of its own")]
mod tool;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if let Some(status) = peers::as_program() {
        return status;
    }
    let trial = |name: &str, run: fn()| {
        Trial::test(name.to_owned(), move || {
            run();
            Ok(())
        })
    };
    let trials = vec![
        trial("corpus_has_each_shape_once", commands::corpus_has_each_shape_once),
        trial("sessions_of_captures_are_replayed", commands::sessions_of_captures_are_replayed),
        trial("dict_is_read_by_fuzzers", commands::dict_is_read_by_fuzzers),
        trial("generate_gives_the_same_files_again", commands::generate_gives_the_same_files_again),
        trial("labels_say_what_readers_answer", commands::labels_say_what_readers_answer),
        trial("client_finds_a_crash_from_nothing", commands::client_finds_a_crash_from_nothing),
        trial("known_findings_are_skipped", commands::known_findings_are_skipped),
        trial("a_run_goes_on_where_it_stopped", commands::a_run_goes_on_where_it_stopped),
        trial("minimise_leaves_what_it_takes", commands::minimise_leaves_what_it_takes),
        trial("server_finds_a_crash_from_nothing", commands::server_finds_a_crash_from_nothing),
        trial("exports_have_all_messages", commands::exports_have_all_messages),
        trial("other_machines_are_left_alone", commands::other_machines_are_left_alone),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
