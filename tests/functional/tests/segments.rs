//! DDP segments on the wire: cut to fit TCP's (`docs/settings.md`), and those that nobody speaks.

use softrnic_functional::consumer::NtStatus;
use softrnic_functional::peer;
use softrnic_functional::{SOON, Stage, pattern};

// RFC 5044 section 4.1: as large as fits the segment of a path that is as narrow as the adapter, or
// narrower. Headers are IPv6's and TCP's with timestamps: 72 bytes.
#[test]
fn fpdus_fit_the_segments_of_the_path() {
    let rows = [
        (&[][..], 1428),
        (&[("*JumboPacket", 9014)], 8928),
        (&[("NetworkDirectMaxSegment", 1000)], 1000),
        (&[("NetworkDirectMaxSegment", 1)], 536),
        (&[("NetworkDirectMaxSegment", 9000)], 1428),
    ];
    for (keywords, segment) in rows {
        let stage = Stage::configured(keywords);
        let (mut peer, end) = peer::connected(&stage);
        end.buffer.write(0, &pattern(3, 30_000));
        end.post_send(2, 0, 30_000, 0);
        let mut received: Vec<u8> = Vec::new();
        while received.len() < 30_000 {
            let fpdu = peer.read_fpdu();
            let length = usize::from(u16::from_be_bytes([fpdu[0], fpdu[1]]));
            received.extend(&fpdu[20..2 + length]);
            let whole = received.len() == 30_000;
            assert!(fpdu.len() <= segment, "{} of {segment}", fpdu.len());
            assert!(
                whole || fpdu.len() + 4 > segment,
                "{} of {segment}",
                fpdu.len()
            );
        }
        assert_eq!(received, pattern(3, 30_000));
        assert_eq!(end.done.take(1)[0].status, NtStatus::SUCCESS);
    }
}

// RFC 7306: immediate data and atomics, for which NDK has no word.
#[test]
fn opcodes_that_are_not_spoken_are_refused() {
    for opcode in 8..12 {
        let stage = Stage::new();
        let (mut peer, end) = peer::connected(&stage);
        end.post_receive(2, 0, 64);
        let mut ulpdu = peer::send(2, &[0xAA; 52]);
        ulpdu[1] = 0x40 | opcode;
        peer.send(&peer::fpdu(&ulpdu));
        let terminate = peer.read_fpdu();
        assert_eq!(terminate[2..4], [0x41, 0x47]);
        assert_eq!(terminate[20..24], [0x02, 0x06, 0, 0]);
        peer.finish();
        assert!(end.gone.wait(SOON), "a disconnect event");
        assert_eq!(end.received.take(1)[0].status, NtStatus::CANCELLED);
    }
}
