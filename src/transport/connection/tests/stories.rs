//! Random lives of a connection, and what holds in all of them: a completion for each request, once,
//! in post order; nothing after the end; bytes where they belong.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Receive(bool),
    Send {
        passive: bool,
        length: u32,
        flags: u8,
    },
    Write {
        passive: bool,
        length: u32,
        flags: u8,
    },
    Read {
        passive: bool,
        length: u32,
        flags: u8,
    },
    /// Lets so many steps happen.
    Run(u8),
    Piece(usize),
    Acknowledge(bool),
}

#[derive(Debug, Clone, Copy)]
enum Finish {
    Disconnect,
    Flush,
    Close,
    Reset,
    Silence,
}

const SIZE: u32 = 100_000;

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let length = prop_oneof![0..100_u32, 0..5000_u32, 0..SIZE];
    let request = (any::<bool>(), length, 0..16_u8);
    let act = prop_oneof![
        4 => any::<bool>().prop_map(Act::Receive),
        3 => request.clone().prop_map(|(passive, length, flags)| Act::Send { passive, length, flags }),
        2 => request.clone().prop_map(|(passive, length, flags)| Act::Write { passive, length, flags }),
        2 => request.prop_map(|(passive, length, flags)| Act::Read { passive, length, flags }),
        3 => (0..20_u8).prop_map(Act::Run),
        1 => (1..3000_usize).prop_map(Act::Piece),
        1 => any::<bool>().prop_map(Act::Acknowledge),
    ];
    proptest::collection::vec(act, 1..80)
}

fn finish() -> impl Strategy<Value = Finish> {
    prop_oneof![
        Just(Finish::Disconnect),
        Just(Finish::Flush),
        Just(Finish::Close),
        Just(Finish::Reset),
        Just(Finish::Silence)
    ]
}

/// What one end posted, in order, and its memory.
struct Books {
    sends: Vec<(u64, bool)>,
    receives: Vec<u64>,
    token: Stag,
}

struct Story {
    pair: Pair,
    books: [Books; 2],
    next: u64,
}

impl Story {
    fn new(emss: u32) -> Self {
        let pair = Pair::ready(emss);
        let all = Access::LOCAL_WRITE | Access::REMOTE_READ | Access::REMOTE_WRITE;
        let books = [&pair.active, &pair.passive].map(|end| Books {
            sends: Vec::new(),
            receives: Vec::new(),
            token: end.region(vec![0; SIZE as usize], all).0,
        });
        Self {
            pair,
            books,
            next: 0,
        }
    }

    fn end(&mut self, passive: bool) -> &mut End {
        if passive {
            &mut self.pair.passive
        } else {
            &mut self.pair.active
        }
    }

    fn request(&mut self, passive: bool, op: Op, length: u32, flags: u8) {
        let flags = Flags::from_bits_truncate(flags & 7);
        let token = self.books[usize::from(passive)].token;
        self.next += 1;
        let context = self.next;
        let end = self.end(passive);
        let room = end.qp.pair.send.depth() > end.qp.pair.send.window().unwrap().len();
        if !room || !end.qp.pair.state().takes_initiator_requests() {
            return;
        }
        end.post(
            context,
            op,
            flags,
            &[
                sge(token, 0, length / 2),
                sge(token, 10, length - length / 2),
            ],
        );
        self.books[usize::from(passive)]
            .sends
            .push((context, flags.contains(Flags::SILENT)));
    }

    fn act(&mut self, act: &Act) {
        let remote = |story: &Self, passive: bool| Remote {
            address: BASE,
            token: story.books[usize::from(!passive)].token,
        };
        match *act {
            Act::Receive(passive) => {
                let token = self.books[usize::from(passive)].token;
                self.next += 1;
                let context = self.next;
                let end = self.end(passive);
                if end.qp.pair.receive.window().unwrap().len() < end.qp.pair.receive.depth() {
                    end.post_receive(context, &[sge(token, 0, SIZE)]);
                    self.books[usize::from(passive)].receives.push(context);
                }
            }
            Act::Send {
                passive,
                length,
                flags,
            } => self.request(passive, Op::Send, length, flags),
            Act::Write {
                passive,
                length,
                flags,
            } => {
                let op = Op::Write(remote(self, passive));
                self.request(passive, op, length, flags);
            }
            Act::Read {
                passive,
                length,
                flags,
            } => {
                let op = Op::Read(remote(self, passive));
                self.request(passive, op, length, flags);
            }
            Act::Run(steps) => {
                for _ in 0..steps {
                    let (piece, acknowledge) = (self.pair.piece, self.pair.acknowledge);
                    step(
                        &mut self.pair.active,
                        &mut self.pair.passive,
                        piece,
                        acknowledge,
                    );
                    step(
                        &mut self.pair.passive,
                        &mut self.pair.active,
                        piece,
                        acknowledge,
                    );
                }
            }
            Act::Piece(piece) => self.pair.piece = piece,
            Act::Acknowledge(acknowledge) => self.pair.acknowledge = acknowledge,
        }
    }

    fn finish(&mut self, how: Finish) {
        match how {
            Finish::Disconnect => self
                .pair
                .active
                .input(|connection, around| connection.disconnect(around)),
            Finish::Flush => self
                .pair
                .active
                .input(|connection, around| connection.flush(around.now())),
            Finish::Close => self
                .pair
                .active
                .input(|connection, around| connection.close(around)),
            Finish::Reset => {
                self.pair.active.input(|connection, _| connection.reset());
                self.pair.passive.input(|connection, _| connection.reset());
            }
            Finish::Silence => {}
        }
        self.pair.run();
        self.pair
            .passive
            .input(|connection, around| connection.disconnect(around));
        self.pair.run();
        self.pair.wait(30 * SECOND);
        self.pair
            .active
            .input(|connection, around| connection.close(around));
        self.pair
            .passive
            .input(|connection, around| connection.close(around));
        self.pair.acknowledge = true;
        self.pair.run();
        self.pair.wait(30 * SECOND);
    }

    /// NDK-POST-01, NDK-POST-14, NDK-CQ-19
    fn audit(&self) -> Result<(), TestCaseError> {
        for (end, books) in [
            (&self.pair.active, &self.books[0]),
            (&self.pair.passive, &self.books[1]),
        ] {
            let done = end.qp.done.take();
            let receives: Vec<_> = done
                .iter()
                .filter(|done| done.kind == Kind::Receive)
                .map(|done| done.context)
                .collect();
            prop_assert_eq!(&receives, &books.receives);
            let sends: Vec<_> = done
                .iter()
                .filter(|done| done.kind != Kind::Receive)
                .map(|done| done.context)
                .collect();
            let mut seen = sends.iter().peekable();
            for (context, silent) in &books.sends {
                let told = seen.next_if_eq(&context).is_some();
                prop_assert!(
                    told || *silent,
                    "request {} never came back: {:?}",
                    context,
                    sends
                );
            }
            prop_assert_eq!(seen.next(), None);
            prop_assert_eq!(end.phase(), Phase::Over);
            let log = end.log.take();
            prop_assert_eq!(log.iter().filter(|line| *line == "closed").count(), 1);
            prop_assert_eq!(log.last().map(String::as_str), Some("closed"));
            prop_assert!(log.iter().filter(|line| *line == "disconnected").count() <= 1);
            // NDK-MR-13: nothing is pinned any more.
            prop_assert!(end.qp.regions.withdraw(books.token).is_some());
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_request_comes_back_once_and_in_order(
        emss in prop_oneof![Just(536_u32), Just(1448), Just(64_768)],
        acts in acts(),
        how in finish(),
    ) {
        let mut story = Story::new(emss);
        for act in &acts {
            story.act(act);
        }
        story.finish(how);
        story.audit()?;
    }
}
