//! Filters by time and end.

use crate::tool::{run, session};

#[test]
fn the_parts_of_a_session_are_the_whole() {
    let capture = session("inputs-server-mouse");
    let all = run(&capture, "--messages").out;
    let whole: Vec<_> = all.lines().collect();
    let seconds = |line: &str| line.split_whitespace().next().unwrap().parse::<f64>().unwrap();
    let middle = seconds(whole[whole.len() / 2]);
    let before = run(&capture, &format!("--messages --to {middle}")).out;
    let after = run(&capture, &format!("--messages --from {middle}")).out;
    assert!(!before.is_empty() && !after.is_empty());
    assert_eq!([before.as_str(), after.as_str()].concat(), all);
    assert!(before.lines().all(|line| seconds(line) < middle));
    let between = run(&capture, &format!("--messages --from {middle} --to {middle}"));
    assert_eq!((between.code, between.out.as_str()), (0, ""));

    // The same moment, since 1970.
    let first = run(&capture, "--json").json()[0]["first_time"].as_f64().unwrap();
    let absolute = run(&capture, &format!("--messages --from @{:.6}", first + middle - 0.000_000_5)).out;
    assert_eq!(absolute, after);

    let [client, server] =
        ["client", "server"].map(|end| run(&capture, &format!("--messages --direction {end}")).out);
    assert!(
        client.lines().all(|line| line.contains(" C>S "))
            && server.lines().all(|line| line.contains(" S>C "))
    );
    assert_eq!(client.lines().count() + server.lines().count(), whole.len());
}

#[test]
fn the_summary_counts_what_is_inside() {
    let capture = session("inputs-server-mouse");
    let count = |arguments: &str| {
        let connections = run(&capture, &format!("--json {arguments}")).json();
        let tracks = connections.iter().flat_map(|connection| {
            ["client_to_server", "server_to_client"]
                .map(|direction| connection["spice"][direction]["messages"].clone())
        });
        let counts = tracks.flat_map(|messages| {
            messages
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| entry["count"].as_u64().unwrap())
                .collect::<Vec<_>>()
        });
        counts.sum::<u64>()
    };
    let all = count("");
    assert_eq!(count("--to 1") + count("--from 1"), all);
    assert_eq!(count("--direction client") + count("--direction server"), all);
    assert!(count("--to 1") > 0 && count("--from 1") > 0 && count("--direction client") > 0);
}

#[test]
fn times_that_are_none_are_refused() {
    for wrong in ["-1", "x", "@", "1m"] {
        let run = run(&session("auth-ticket-ok"), &format!("--from {wrong}"));
        assert_eq!(run.code, 2);
        assert!(run.err.contains("is no time"), "{}", run.err);
    }
}
