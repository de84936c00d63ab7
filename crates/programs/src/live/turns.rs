//! Whose call is made next: each account has a line of its own, and the lines take turns.
//!
//! Threads that may wait are few, and what one account's calls cost is up to that account. So a line has at most its
//! share of the threads at a time, and a thread that becomes free goes to the next line, not to the next call.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// How many calls of one line may wait for others' work beside its share: they need a thread, but no processor.
const MOST_APART: usize = 12;

/// How long a call may wait for its turn.
const WAIT: Duration = Duration::from_secs(60);

/// The threads that may wait, and who waits for one.
#[derive(Debug)]
pub struct Turns {
    lines: Mutex<Lines>,
    /// How many calls may be made at a time, in all and of one line.
    all: usize,
    of_one: usize,
}

#[derive(Debug, Default)]
struct Lines {
    running: usize,
    by_name: HashMap<String, Line>,
    /// The lines whose next call could be made if a thread were free, the next one first.
    ready: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Line {
    running: usize,
    /// Those that gave their place in the share back, and still have their thread.
    apart: usize,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// The right to have a thread, and to be one of the calls of a line; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Arc<Turns>,
    line: String,
    has_thread: bool,
    is_apart: bool,
    /// Whether it was given back already, or never taken.
    is_over: bool,
}

/// What is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Thread,
    /// The place in the line's share.
    Place,
    Both,
}

impl Turns {
    /// Turns for that many threads, of which one line has at most `of_one` at a time.
    pub fn new(all: usize, of_one: usize) -> Arc<Self> {
        Arc::new(Self { lines: Mutex::default(), all: all.max(1), of_one: of_one.max(1) })
    }

    /// Waits for a turn; nothing if it takes too long.
    pub async fn take(self: &Arc<Self>, line: &str) -> Option<Turn> {
        let turn = match self.enter(line) {
            Ok(turn) => return Some(turn),
            Err(turn) => turn,
        };
        timeout(WAIT, turn).await.ok()?.ok()
    }

    /// A turn at once, or one to wait for.
    fn enter(self: &Arc<Self>, name: &str) -> Result<Turn, oneshot::Receiver<Turn>> {
        let mut lines = self.lines();
        let is_free = lines.running < self.all;
        let line = lines.by_name.entry(name.to_owned()).or_default();
        if is_free && line.running < self.of_one {
            line.running += 1;
            lines.running += 1;
            return Ok(self.turn(name.to_owned()));
        }
        let (sender, receiver) = oneshot::channel();
        line.waiting.push_back(sender);
        if line.waiting.len() == 1 && line.running < self.of_one {
            lines.ready.push_back(name.to_owned());
        }
        Err(receiver)
    }

    /// Gives back what has ended, and on to whoever is next.
    fn leave(self: &Arc<Self>, name: &str, ended: Ended) {
        let mut left = Some((name.to_owned(), ended));
        while let Some((name, ended)) = left.take() {
            let next = self.lines().next(&name, ended, self);
            let Some((sender, name)) = next else { return };
            // Sent without the lock: whoever does not wait any more gives it back at once.
            if let Err(mut turn) = sender.send(self.turn(name)) {
                turn.is_over = true;
                left = Some((std::mem::take(&mut turn.line), Ended::Both));
            }
        }
    }

    fn turn(self: &Arc<Self>, line: String) -> Turn {
        Turn { turns: Arc::clone(self), line, has_thread: true, is_apart: false, is_over: false }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // Whole after every statement that could fail.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// Ends what a call of a line had; the call that is made in its place.
    fn next(&mut self, name: &str, ended: Ended, turns: &Turns) -> Option<(oneshot::Sender<Turn>, String)> {
        let of_one = turns.of_one;
        if ended != Ended::Place {
            self.running -= 1;
        }
        if ended != Ended::Thread
            && let Some(line) = self.by_name.get_mut(name)
        {
            line.running -= 1;
            // It was not ready while it had its share.
            if line.running + 1 == of_one && !line.waiting.is_empty() {
                self.ready.push_back(name.to_owned());
            } else if line.is_idle() {
                self.by_name.remove(name);
            }
        }
        if self.running >= turns.all {
            return None;
        }
        let name = self.ready.pop_front()?;
        let line = self.by_name.get_mut(&name)?;
        let sender = line.waiting.pop_front()?;
        line.running += 1;
        self.running += 1;
        if line.running < of_one && !line.waiting.is_empty() {
            self.ready.push_back(name.clone());
        }
        Some((sender, name))
    }
}

impl Line {
    fn is_idle(&self) -> bool {
        self.running == 0 && self.apart == 0 && self.waiting.is_empty()
    }
}

impl Turn {
    /// Gives the place in the line's share back, because the call waits for others' from now on; unless too many of
    /// its line do.
    pub fn wait_apart(&mut self) {
        if self.is_apart {
            return;
        }
        let mut lines = self.turns.lines();
        let Some(line) = lines.by_name.get_mut(&self.line).filter(|line| line.apart < MOST_APART) else {
            return;
        };
        line.apart += 1;
        drop(lines);
        self.is_apart = true;
        self.turns.leave(&self.line, Ended::Place);
    }

    /// Is no longer one of those that wait apart.
    fn end_apart(&self) {
        let mut lines = self.turns.lines();
        if let Some(line) = lines.by_name.get_mut(&self.line) {
            line.apart -= 1;
            if line.is_idle() {
                lines.by_name.remove(&self.line);
            }
        }
    }

    /// Gives the thread back. The call still counts as one of its line: its answer is in memory.
    pub fn end_work(&mut self) {
        if std::mem::take(&mut self.has_thread) {
            self.turns.leave(&self.line, Ended::Thread);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let ended = match (self.has_thread, self.is_apart) {
            (true, false) => Ended::Both,
            (true, true) => Ended::Thread,
            (false, false) => Ended::Place,
            (false, true) => return self.end_apart(),
        };
        self.turns.leave(&self.line, ended);
        if self.is_apart {
            self.end_apart();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    /// A turn at once, or the wait for it.
    fn enter(turns: &Arc<Turns>, line: &str) -> Result<Turn, oneshot::Receiver<Turn>> {
        turns.enter(line)
    }

    fn now(waiting: &mut oneshot::Receiver<Turn>) -> Option<Turn> {
        waiting.try_recv().ok()
    }

    /// How many calls are made, and how many lines there are.
    fn state(turns: &Turns) -> (usize, usize) {
        let lines = turns.lines();
        (lines.running, lines.by_name.len())
    }

    #[test]
    fn a_line_has_its_share_and_no_more() {
        let turns = Turns::new(10, 2);
        let held: Vec<_> = (0..2).map(|_| enter(&turns, "a").unwrap()).collect();
        let mut third = enter(&turns, "a").unwrap_err();
        let other = enter(&turns, "b").unwrap();
        assert!(now(&mut third).is_none());
        drop(other);
        assert!(now(&mut third).is_none());
        drop(held);
        drop(now(&mut third).unwrap());
        assert_eq!(state(&turns), (0, 0));
    }

    #[test]
    fn who_has_not_taken_its_answers_waits_and_nobody_else() {
        let turns = Turns::new(2, 2);
        let mut held: Vec<_> = (0..2).map(|_| enter(&turns, "a").unwrap()).collect();
        let mut third = enter(&turns, "a").unwrap_err();
        for turn in &mut held {
            turn.end_work();
        }
        assert!(now(&mut third).is_none());
        let others: Vec<_> = ["b", "c"].map(|line| enter(&turns, line).unwrap()).into();
        drop(held);
        assert!(now(&mut third).is_none());
        drop(others);
        drop(now(&mut third).unwrap());
        assert_eq!(state(&turns), (0, 0));
    }

    #[test]
    fn who_waits_apart_makes_room_and_only_so_many_do() {
        let turns = Turns::new(100, 2);
        let mut held: Vec<_> = (0..2).map(|_| enter(&turns, "a").unwrap()).collect();
        for number in 0..MOST_APART {
            let mut next = enter(&turns, "a").unwrap_err();
            held[number].wait_apart();
            held[number].wait_apart();
            held.push(now(&mut next).unwrap());
        }
        let mut next = enter(&turns, "a").unwrap_err();
        held[MOST_APART].wait_apart();
        assert!(now(&mut next).is_none(), "too many wait apart");
        assert_eq!(state(&turns), (MOST_APART + 2, 1));
        // One that waited ends and is no place; then one of the share.
        drop(held.remove(0));
        assert!(now(&mut next).is_none());
        drop(held.pop());
        held.push(now(&mut next).unwrap());
        held[0].end_work();
        drop(held);
        assert_eq!(state(&turns), (0, 0));
    }

    #[test]
    fn lines_take_turns_however_long_one_is() {
        let turns = Turns::new(2, 2);
        let held: Vec<_> = (0..2).map(|_| enter(&turns, "a").unwrap()).collect();
        let mut long: Vec<_> = (0..50).map(|_| enter(&turns, "a").unwrap_err()).collect();
        let mut short: Vec<_> = ["b", "c"].map(|line| enter(&turns, line).unwrap_err()).into();
        let mut held = VecDeque::from(held);
        let mut order = String::new();
        for _ in 0..6 {
            held.pop_front();
            let next = short.iter_mut().chain(&mut long).find_map(now).unwrap();
            order.push_str(&next.line);
            held.push_back(next);
        }
        assert!(order.find('b') < Some(3) && order.find('c') < Some(4), "{order}");
    }

    #[test]
    fn who_does_not_wait_any_more_keeps_nobody_waiting() {
        let turns = Turns::new(1, 1);
        let held = enter(&turns, "a").unwrap();
        let gone: Vec<_> = (0..10_000).map(|_| enter(&turns, "a").unwrap_err()).collect();
        let mut last = enter(&turns, "b").unwrap_err();
        // One that was told and goes away before it looks.
        let told = enter(&turns, "c").unwrap_err();
        drop(gone);
        drop(held);
        let turn = now(&mut last).unwrap();
        drop(turn);
        drop(told);
        assert_eq!(state(&turns), (0, 0));
        assert!(enter(&turns, "d").is_ok());
    }

    #[test]
    fn every_thread_is_used_and_given_back_from_many_threads() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let turns = Turns::new(3, 2);
        std::thread::scope(|scope| {
            for number in 0..8 {
                let turns = Arc::clone(&turns);
                scope.spawn(move || {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                    for round in 0..500 {
                        let line = format!("{}", (number + round) % 4);
                        let turn = runtime.block_on(async {
                            let turns = pin!(turns.take(&line));
                            timeout(Duration::from_secs(20), turns).await
                        });
                        assert!(turn.unwrap().is_some());
                        assert!(turns.lines().running <= 3);
                    }
                });
            }
        });
        assert!(runtime.block_on(turns.take("x")).is_some());
        assert_eq!(state(&turns), (0, 0));
    }
}
