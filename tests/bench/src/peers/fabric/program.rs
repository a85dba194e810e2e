//! The program: two processes, each with one side on a processor of its own, joined by a pair of sockets beside libfabric
//! for what they have to agree on.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    time::Instant,
};

use super::{Figures, Job, Operation, end::End, library::Library};
use crate::{
    machine::{self, Spent, Whose},
    statistics,
};

/// Receives that are posted from the start.
const POSTED: usize = 256;
/// Operations to find out how many the run makes: of those in turn, and of connections.
const FEW: usize = 500;
const FEW_CONNECTIONS: usize = 100;
/// As much is moved for that at most, where rate counts.
const FIRST_BYTES: usize = 64 << 20;

/// Runs `job`, and prints what came of it.
///
/// # Errors
///
/// Says what went wrong.
pub fn run(job: &Job) -> Result<(), String> {
    let (ours, theirs) = UnixStream::pair().map_err(|error| error.to_string())?;
    // SAFETY: the process has no other thread yet.
    let child = unsafe { libc::fork() };
    if child < 0 {
        return Err("fork failed".to_owned());
    }
    if child == 0 {
        // It polls: without the other side it would do so for ever.
        // SAFETY: takes no pointers.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        drop(ours);
        let result = side(job, false, Beside(theirs));
        if let Err(why) = &result {
            eprintln!("server: {why}");
        }
        std::process::exit(i32::from(result.is_err()));
    }
    drop(theirs);
    let figures = side(job, true, Beside(ours))?;
    let json = serde_json::to_string(&figures).map_err(|error| error.to_string())?;
    println!("{json}");
    // SAFETY: the child is ours; a null status is allowed.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    Ok(())
}

/// The way beside libfabric.
struct Beside(UnixStream);

impl Beside {
    fn tell<const N: usize>(&mut self, numbers: [u64; N]) -> Result<(), String> {
        let mut bytes = numbers.into_iter().map(u64::to_le_bytes);
        let told = bytes.try_for_each(|bytes| self.0.write_all(&bytes));
        told.map_err(|error| format!("the other side: {error}"))
    }

    fn hear<const N: usize>(&mut self) -> Result<[u64; N], String> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            let mut bytes = [0; 8];
            let heard = self.0.read_exact(&mut bytes);
            heard.map_err(|error| format!("the other side: {error}"))?;
            *number = u64::from_le_bytes(bytes);
        }
        Ok(numbers)
    }

    /// Whether something was said.
    fn has_said(&mut self) -> Result<bool, String> {
        let failed = |error: std::io::Error| error.to_string();
        self.0.set_nonblocking(true).map_err(failed)?;
        let read = self.0.read(&mut [0; 8]);
        self.0.set_nonblocking(false).map_err(failed)?;
        Ok(read.is_ok_and(|count| count == 8))
    }
}

fn side(job: &Job, client: bool, mut beside: Beside) -> Result<Figures, String> {
    let _pinned = machine::pin(usize::from(!client));
    let library = Library::load(&job.library)?;
    let end = if client {
        let [port] = beside.hear()?;
        End::client(library, job.size, job.sleep, port as u16)?
    } else {
        let (end, port) = End::server(library, job.size, job.sleep)?;
        beside.tell([u64::from(port)])?;
        end
    };
    let mut runner = Runner {
        job,
        client,
        end,
        beside,
        times: Vec::new(),
    };
    if job.operation == Operation::Connect {
        return runner.measure(FEW_CONNECTIONS, Runner::connections);
    }
    runner.establish()?;
    runner.measure(first(job), Runner::messages)
}

/// Operations of the first, short run.
fn first(job: &Job) -> usize {
    if in_turn(job) {
        FEW
    } else {
        (FIRST_BYTES / job.size).clamp(64, 20_000)
    }
}

/// Whether one operation ends before the next begins.
fn in_turn(job: &Job) -> bool {
    job.window == 1 || matches!(job.operation, Operation::SendTime | Operation::WriteTime)
}

struct Runner<'a> {
    job: &'a Job,
    client: bool,
    end: End,
    beside: Beside,
    /// Of operations in turn, in microseconds.
    times: Vec<f64>,
}

impl Runner<'_> {
    fn establish(&mut self) -> Result<(), String> {
        if self.client {
            self.end.connect()?;
        } else {
            self.end.accept()?;
        }
        let (address, key) = self.end.region();
        self.beside.tell([address, key])?;
        let [address, key] = self.beside.hear()?;
        self.end.set_peer((address, key));
        for _ in 0..POSTED {
            self.end.receive(self.job.size)?;
        }
        self.meet().map(drop)
    }

    /// Both sides are here; the other's number.
    fn meet(&mut self) -> Result<[u64; 1], String> {
        self.beside.tell([0])?;
        self.beside.hear()
    }

    /// A short run, then one as long as wanted.
    fn measure(
        &mut self,
        first: usize,
        run: fn(&mut Self, usize) -> Result<(), String>,
    ) -> Result<Figures, String> {
        let started = Instant::now();
        run(self, first)?;
        let rate = first as f64 / started.elapsed().as_secs_f64();
        let count = if self.client {
            let count = ((rate * self.job.seconds) as usize).max(64);
            self.beside.tell([count as u64])?;
            count
        } else {
            self.beside.hear::<1>()?[0] as usize
        };
        self.times.clear();
        let (spent, started) = (Spent::now(Whose::Own), Instant::now());
        run(self, count)?;
        let seconds = started.elapsed().as_secs_f64();
        let processor = spent.since(Whose::Own).processor.as_secs_f64();
        self.beside.tell([(processor * 1e9) as u64])?;
        let [other] = self.beside.hear()?;
        let there_and_back = matches!(
            self.job.operation,
            Operation::SendTime | Operation::WriteTime
        );
        let time = statistics::quickest(&self.times).unwrap_or(0.0);
        Ok(Figures {
            operations: count,
            seconds,
            microseconds: if there_and_back { time / 2.0 } else { time },
            processor: processor + other as f64 / 1e9,
        })
    }

    fn connections(&mut self, count: usize) -> Result<(), String> {
        for _ in 0..count {
            if self.client {
                self.end.connect()?;
                self.beside.hear::<1>()?;
            } else {
                self.end.accept()?;
                self.beside.tell([0])?;
            }
            self.end.close()?;
        }
        Ok(())
    }

    fn messages(&mut self, count: usize) -> Result<(), String> {
        match (self.job.operation, self.client) {
            (Operation::SendTime, _) => self.sends_in_turn(count),
            (Operation::WriteTime, _) => self.writes_in_turn(count),
            (Operation::Read, false) => self.serve_reads(),
            (_, true) => self.stream(count),
            (_, false) => self.sink(count),
        }
    }

    fn sends_in_turn(&mut self, count: usize) -> Result<(), String> {
        let (received, sent, size) = (self.end.received, self.end.sent, self.job.size);
        for done in 1..=count as u64 {
            let started = Instant::now();
            if self.client {
                self.end.send(size)?;
            }
            while self.end.received < received + done {
                self.end.progress()?;
            }
            self.end.receive(size)?;
            if !self.client {
                self.end.send(size)?;
            }
            self.times.push(started.elapsed().as_secs_f64() * 1e6);
        }
        self.wait_until_sent(sent + count as u64)
    }

    /// The last byte of what is written tells the other side; it is another one every time.
    fn writes_in_turn(&mut self, count: usize) -> Result<(), String> {
        let (sent, last) = (self.end.sent, self.job.size - 1);
        for done in 1..=count as u64 {
            let (started, value) = (Instant::now(), (done % 255 + 1) as u8);
            if self.client {
                self.write_marked(last, value)?;
            }
            while self.end.written(last) != value {
                self.end.poll()?;
            }
            if !self.client {
                self.write_marked(last, value)?;
            }
            self.times.push(started.elapsed().as_secs_f64() * 1e6);
            self.wait_until_sent(sent + done)?;
        }
        Ok(())
    }

    fn write_marked(&mut self, last: usize, value: u8) -> Result<(), String> {
        self.end.set_source(last, value);
        self.end.write(self.job.size)
    }

    fn wait_until_sent(&mut self, count: u64) -> Result<(), String> {
        while self.end.sent < count {
            self.end.progress()?;
        }
        Ok(())
    }

    /// Keeps the window full, and waits until the other side has everything.
    fn stream(&mut self, count: usize) -> Result<(), String> {
        let (sent, received, size) = (self.end.sent, self.end.received, self.job.size);
        let window = self.job.window as u64;
        for posted in 1..=count as u64 {
            let started = Instant::now();
            match self.job.operation {
                Operation::Read => self.end.read(size)?,
                Operation::Write => self.end.write(size)?,
                _ => self.end.send(size)?,
            }
            let outstanding = if window == 1 { 0 } else { window };
            self.wait_until_sent(sent + posted.saturating_sub(outstanding))?;
            if window == 1 {
                self.times.push(started.elapsed().as_secs_f64() * 1e6);
            }
        }
        self.wait_until_sent(sent + count as u64)?;
        if self.job.operation == Operation::Read {
            self.beside.tell([1])?;
            return self.beside.hear::<1>().map(drop);
        }
        self.end.send(1)?;
        while self.end.received < received + 1 {
            self.end.progress()?;
        }
        self.end.receive(size)?;
        self.wait_until_sent(sent + count as u64 + 1)
    }

    /// Takes everything, the client's last message too, and answers that one.
    fn sink(&mut self, count: usize) -> Result<(), String> {
        let (sent, received) = (self.end.sent, self.end.received);
        let messages = if self.job.operation == Operation::Send {
            count
        } else {
            0
        };
        let mut done = 0;
        while done < messages as u64 + 1 {
            self.end.progress()?;
            while received + done < self.end.received {
                self.end.receive(self.job.size)?;
                done += 1;
            }
        }
        self.end.send(1)?;
        self.wait_until_sent(sent + 1)
    }

    fn serve_reads(&mut self) -> Result<(), String> {
        while !self.beside.has_said()? {
            for _ in 0..64 {
                self.end.poll()?;
            }
        }
        self.beside.tell([1])
    }
}
