//! Names on the command line that do not exist.

use crate::tool::{finish, inspect, run, session};

#[test]
fn names_that_the_protocol_does_not_have_are_errors_with_a_suggestion() {
    let capture = session("auth-ticket-ok");
    for (arguments, words) in [
        ("--channel dispaly", "spice-inspect: no channel \"dispaly\"; did you mean \"display\"?\n"),
        ("--channel curser:0", "spice-inspect: no channel \"curser\"; did you mean \"cursor\"?\n"),
        (
            "--channel display:x",
            "spice-inspect: \"x\" in \"display:x\" is no number of a channel (0 to 255)\n",
        ),
        ("--message draw_cpoy", "spice-inspect: no message \"draw_cpoy\"; did you mean \"draw_copy\"?\n"),
        (
            "--message clipbord_grab",
            "spice-inspect: no message \"clipbord_grab\"; did you mean \"clipboard_grab\"?\n",
        ),
        ("--messages --message qqqq", "spice-inspect: no message \"qqqq\"\n"),
    ] {
        let run = run(&capture, arguments);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (2, "", words), "{arguments}");
    }
}

#[test]
fn channels_and_connections_that_no_capture_has_are_errors_with_a_list() {
    let capture = session("usbredir-cd");
    let run = run(&capture, "--connection 77 --messages");
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    let last = crate::tool::run(&capture, "--json").json().len() - 1;
    let words = format!("spice-inspect: no connection 77 in the capture, the numbers are 0 to {last}\n");
    assert_eq!(run.err, words);

    let run = crate::tool::run(&capture, "--channel smartcard");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("no channel \"smartcard\" in the capture, there is ")
            && run.err.contains("usbredir:0"),
        "{}",
        run.err
    );

    // One of two has it.
    let both =
        inspect().args([&capture, &session("smartcard-cac")]).args(["--channel", "smartcard"]).output();
    let both = finish(both.unwrap());
    assert_eq!((both.code, both.err.as_str()), (0, ""));
}

#[test]
fn messages_that_do_not_occur_are_no_error() {
    let run = run(&session("auth-ticket-ok"), "--messages --message draw_rop3");
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
}

#[test]
fn options_that_ask_for_nothing_are_errors() {
    let capture = session("auth-ticket-ok");
    for (arguments, words) in [
        ("--pointer", "required arguments were not provided"),
        ("--from 5 --to 2 --messages", "nothing lies between --from and --to"),
        ("--from @5 --to @4.5", "nothing lies between --from and --to"),
        ("--every 3", "required arguments were not provided"),
        ("--all-surfaces", "required arguments were not provided"),
    ] {
        let run = run(&capture, arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments}");
        assert!(run.err.contains(words), "{arguments}: {}", run.err);
    }
    // One of each kind can only be told apart with a capture.
    assert_eq!(run(&capture, "--from 5 --to @1").code, 0);
}
