//! What the Rust benchmarks share: rounds in which the subjects take turns, medians, and result lines
//! (ROW, OURS and PEER in nanoseconds, with tabs between).

/// Asks every subject once per round, in reverse order every second round, so that a disturbance of
/// the machine meets all alike. Each subject answers the nanoseconds it took; returns their medians.
pub(crate) fn take_turns<const N: usize>(rounds: usize, subjects: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for round in 0..=rounds {
        for turn in 0..N {
            let at = if round % 2 == 0 { turn } else { N - 1 - turn };
            let took = subjects[at]();
            // Round 0 warms up.
            if round > 0 {
                times[at].push(took);
            }
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

/// Times one piece of work; what it returns is computed, not optimised away.
pub(crate) fn nanoseconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = std::time::Instant::now();
    let result = std::hint::black_box(work());
    (start.elapsed().as_secs_f64() * 1e9, result)
}

/// Prints one result.
pub(crate) fn print_row(row: &str, ours: f64, peer: f64) {
    println!("{row}\t{ours:.1}\t{peer:.1}");
}
