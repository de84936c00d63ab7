//! What the Rust benchmarks share: rounds in which the subjects take turns, medians, and result lines
//! (ROW, OURS and PEER in nanoseconds, with tabs between).

/// Asks every subject once per round, in reverse order every second round, so that a disturbance of
/// the machine meets all alike. Each subject answers the nanoseconds it took; returns their medians.
#[allow(dead_code, reason = "each benchmark uses its own part")]
pub(crate) fn take_turns<const N: usize>(
    rounds: usize,
    mut subjects: [&mut dyn FnMut() -> f64; N],
) -> [f64; N] {
    let times = turns(rounds, &mut subjects);
    std::array::from_fn(|at| times[at])
}

/// The same for as many subjects as there are.
pub(crate) fn turns(rounds: usize, subjects: &mut [&mut dyn FnMut() -> f64]) -> Vec<f64> {
    let count = subjects.len();
    let mut times = vec![Vec::with_capacity(rounds); count];
    for round in 0..=rounds {
        for turn in 0..count {
            let at = if round % 2 == 0 { turn } else { count - 1 - turn };
            let took = subjects[at]();
            // Round 0 warms up.
            if round > 0 {
                times[at].push(took);
            }
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    times.into_iter().map(median).collect()
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
