//! The table of transitions, whole: whoever changes it changes this picture.

use crate::iwarp::phase::{Input, Phase};

const INPUTS: [Input; 15] = [
    Input::Request,
    Input::Framed,
    Input::GoodReply,
    Input::Refusal,
    Input::Complete,
    Input::CompleteReady,
    Input::GoodRequest,
    Input::Accept,
    Input::Reject,
    Input::FirstFpdu,
    Input::Fin,
    Input::Disconnect,
    Input::Drained,
    Input::Terminate,
    Input::Break,
];

const PICTURE: &str = "\
Idle: Request→RequestQueued Disconnect→Finished Break→Finished
RequestQueued: Framed→AwaitReply Disconnect→Finished Break→Finished
AwaitReply: GoodReply→Replied Refusal→Finished Disconnect→Finished Terminate→TerminateQueued Break→Finished
Replied: Complete→Streaming CompleteReady→ReadyQueued Disconnect→Finished Terminate→TerminateQueued Break→Finished
ReadyQueued: Framed→Streaming Disconnect→Finished Terminate→TerminateQueued Break→Finished
AwaitRequest: GoodRequest→Requested Disconnect→Finished Break→Finished
Requested: Accept→ReplyQueued Reject→RejectQueued Disconnect→Finished Break→Finished
ReplyQueued: Framed→AwaitFirst Disconnect→Finished Break→Finished
RejectQueued: Framed→Finished Disconnect→RejectQueued Break→Finished
AwaitFirst: FirstFpdu→Streaming Fin→PeerClosed Disconnect→Finished Terminate→TerminateQueued Break→Finished
Streaming: Fin→PeerClosed Disconnect→Ending Terminate→TerminateQueued Break→Finished
PeerClosed: Disconnect→Ending Terminate→TerminateQueued Break→Finished
Ending: Fin→Ending Disconnect→Ending Drained→HalfClosed Terminate→TerminateQueued Break→Finished
HalfClosed: Fin→Finished Disconnect→HalfClosed Break→Finished
TerminateQueued: Framed→Finished Fin→TerminateQueued Disconnect→TerminateQueued Break→Finished
Finished: Fin→Finished Disconnect→Finished Break→Finished
";

// RFC5041-6.2-1.
#[test]
fn every_transition_and_no_other() {
    let mut picture = String::new();
    for phase in Phase::ALL {
        let legal: Vec<String> = INPUTS
            .iter()
            .filter_map(|input| Some(format!("{input:?}→{:?}", phase.on(*input)?)))
            .collect();
        picture.push_str(&format!("{phase:?}: {}\n", legal.join(" ")));
    }
    assert_eq!(picture, PICTURE, "\n{picture}");
}
