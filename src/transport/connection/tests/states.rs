//! What every call and every turn of the link does in every phase, and what becomes of what was
//! posted, as a picture kept beside this file (`SNAPSHOTS=write` writes it anew).

use super::*;

const PICTURE: &str = include_str!("states.txt");
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/transport/connection/tests/states.txt"
);

const PHASES: [Phase; 11] = [
    Phase::Idle,
    Phase::Connecting,
    Phase::AwaitReply,
    Phase::FallingBack,
    Phase::Replied,
    Phase::AwaitRequest,
    Phase::Offered,
    Phase::Accepting,
    Phase::Ready,
    Phase::Draining,
    Phase::Ending,
];

/// A send of no bytes, first of its queue.
const SEND: [u8; 24] = [
    0, 0x12, 0x41, 0x43, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0x58, 0x7b, 0xe8, 0xc4,
];

/// An end in that phase; before it had a connection, one receive was posted, and on an open one a
/// read is outstanding.
fn at(phase: Phase) -> (Pair, bool) {
    let mut pair = Pair::new(1448);
    pair.active.post_receive(1, &[]);
    pair.passive.post_receive(1, &[]);
    let passive = matches!(
        phase,
        Phase::AwaitRequest | Phase::Offered | Phase::Accepting
    );
    match phase {
        Phase::Idle => {}
        Phase::Connecting | Phase::AwaitReply | Phase::FallingBack => {
            let queues = pair.active.begin();
            pair.active.input(|connection, around| {
                connection.connect(
                    around.now(),
                    PORT,
                    Said::nothing(),
                    ReadLimits::default(),
                    queues,
                );
            });
            if phase != Phase::Connecting {
                pair.active
                    .input(|connection, around| connection.connected(Ok(()), around));
            }
            if phase == Phase::FallingBack {
                pair.active.input(|connection, _| connection.reset());
            }
        }
        Phase::AwaitRequest => pair
            .passive
            .input(|connection, around| connection.accepted(around.now(), PORT)),
        Phase::Offered | Phase::Replied | Phase::Accepting => {
            pair.open();
            if phase != Phase::Offered {
                pair.accept();
            }
        }
        _ => {
            pair.open();
            pair.establish();
            let (sink, _) = pair.active.region(vec![0; 10], Access::LOCAL_WRITE);
            let peer = Remote {
                address: BASE,
                token: Stag(7),
            };
            if phase != Phase::Ending {
                let sges = [sge(sink, 0, 10)];
                pair.active.post(2, Op::Read(peer), Flags::empty(), &sges);
            }
            if phase != Phase::Ready {
                pair.active
                    .input(|connection, around| connection.disconnect(around));
            }
        }
    }
    let end = if passive { &pair.passive } else { &pair.active };
    assert_eq!(end.phase(), phase);
    end.log.take();
    end.completions();
    (pair, passive)
}

type Act = fn(&mut End);

const ACTS: [(&str, Act); 13] = [
    ("call complete", |end| {
        end.input(|connection, around| connection.complete(around))
    }),
    ("call accept", |end| {
        if end.qp.pair.advance(Change::Connect).is_ok() {
            let queues = end.handle();
            end.input(|connection, around| {
                connection.accept(Params::default(), queues, around);
            });
        }
    }),
    ("call reject", |end| {
        end.input(|connection, around| connection.reject(&[], around))
    }),
    ("call disconnect", |end| {
        end.input(|connection, around| connection.disconnect(around))
    }),
    ("call flush", |end| {
        end.input(|connection, around| connection.flush(around.now()))
    }),
    ("call close", |end| {
        end.input(|connection, around| connection.close(around))
    }),
    ("connected", |end| {
        end.input(|connection, around| connection.connected(Ok(()), around))
    }),
    ("not connected", |end| {
        let failed = Err(Failure::HostUnreachable);
        end.input(|connection, around| connection.connected(failed, around));
    }),
    ("a send", |end| {
        end.input(|connection, _| {
            connection.received(&SEND);
        });
    }),
    ("rubbish", |end| {
        end.input(|connection, _| {
            connection.received(&[0x5a; 64]);
        });
    }),
    ("a FIN", |end| {
        end.input(|connection, _| connection.fin_received())
    }),
    ("a reset", |end| {
        end.input(|connection, _| connection.reset())
    }),
    ("ten minutes", |end| {
        end.now += 600 * SECOND;
        end.input(|_, _| {});
    }),
];

/// What was told, completed, and asked of the link since the last time.
fn seen(end: &End) -> String {
    let mut seen = vec![format!("{:?}", end.phase())];
    seen.extend(end.log.take());
    seen.extend(
        end.completions()
            .iter()
            .map(|done| format!("request {} {:?}", done.0, done.2)),
    );
    let pipe = end.link.0.borrow();
    seen.extend(pipe.fin.then(|| "sends FIN".into()));
    seen.extend(pipe.close_asked.then(|| "closes the link".into()));
    seen.extend(pipe.redialed.then(|| "connects again".into()));
    seen.push(format!("queue pair {:?}", end.qp.pair.state()));
    seen.join("; ")
}

fn outcome(phase: Phase, act: Act) -> String {
    let (mut pair, passive) = at(phase);
    let end = if passive {
        &mut pair.passive
    } else {
        &mut pair.active
    };
    let closing = end.link.0.borrow().close_asked;
    act(end);
    let mut outcome = seen(end);
    if end.link.0.borrow().close_asked && !closing {
        loop {
            let back = end.link.0.borrow_mut().unacknowledged.pop_front();
            let Some((lot, _)) = back else { break };
            came_back(end, lot, false);
        }
        end.input(|connection, _| connection.link_closed());
        end.link.0.borrow_mut().close_asked = false;
        outcome.push_str("\n    link closed: ");
        outcome.push_str(&seen(end));
    }
    outcome
}

#[test]
fn every_input_in_every_phase() {
    let mut picture = String::new();
    for phase in PHASES {
        picture.push_str(&format!("{phase:?}\n"));
        for (name, act) in ACTS {
            picture.push_str(&format!("  {name}: {}\n", outcome(phase, act)));
        }
    }
    if std::env::var_os("SNAPSHOTS").is_some_and(|it| it == "write") {
        std::fs::write(FILE, &picture).unwrap();
    }
    assert_eq!(picture, PICTURE, "\n{picture}");
}
