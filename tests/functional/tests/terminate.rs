//! Terminates on the wire: what ours quote, and what becomes of the peer's (RFC 5040 section 4.8).

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use softrnic_emulator::Options;
use softrnic_functional::consumer::NtStatus;
use softrnic_functional::peer;
use softrnic_functional::{SOON, Stage};

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Lines of the debugger with this in them.
fn said(text: &str) -> usize {
    let said = SAID.lock().expect("unpoisoned");
    said.iter().filter(|line| line.contains(text)).count()
}

fn stage() -> Stage {
    let machine = Options {
        debug_print: |_, text| SAID.lock().expect("unpoisoned").push(text.into()),
        ..Options::default()
    };
    let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)];
    Stage::configured_at(addresses.map(IpAddr::from), &[], machine)
}

/// The body of a Terminate: control word and what is quoted.
fn terminate(control: [u8; 4], quoted: &[u8]) -> Vec<u8> {
    let mut ulpdu = vec![0x41, 0x47, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0];
    ulpdu.extend(control);
    ulpdu.extend(quoted);
    peer::fpdu(&ulpdu)
}

// RFC 5040 section 4.8: the header of the failing segment goes along, with the read request's own.
#[test]
fn ours_quote_the_segment_that_failed() {
    let mut write = vec![0xC1, 0x40];
    write.extend(0x0BAD_BA01_u32.to_be_bytes());
    write.extend([0, 0, 0, 0, 0, 0, 0x10, 0]);
    let tagged = write.len();
    write.extend(b"payload");

    let mut read = vec![0x41, 0x41, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
    read.extend([0; 28]);
    read[18..22].copy_from_slice(&7_u32.to_be_bytes());
    read[33] = 64;

    let rows = [
        (write, tagged, [0x11, 0x00, 0xC0, 0]),
        (peer::send(3, b"out of turn"), 18, [0x12, 0x03, 0xC0, 0]),
        (read, 46, [0x01, 0x00, 0xE0, 0]),
    ];
    for (ulpdu, headers, control) in rows {
        let stage = stage();
        let (mut peer, end) = peer::connected(&stage);
        let fpdu = peer::fpdu(&ulpdu);
        peer.send(&fpdu);
        let quoted = &fpdu[..2 + headers];
        assert_eq!(peer.read_fpdu(), terminate(control, quoted));
        assert!(end.gone.wait(SOON), "a disconnect event");
        peer.finish();
        assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]));
    }
    assert_eq!(
        said("Terminate sent: 11 00 (tagged buffer: invalid STag)"),
        1
    );
    assert_eq!(
        said("Terminate sent: 12 03 (untagged buffer: sequence number)"),
        1
    );
}

#[test]
fn the_read_that_the_peer_quotes_fails_as_remote() {
    let stage = stage();
    let (mut peer, end) = peer::connected(&stage);
    for context in 2..5 {
        let sge = end.mr.sge(&end.buffer, 0, 64);
        let posted = end.qp.handle().read(context, &[sge], 0x1000, 77, 0);
        assert_eq!(posted, NtStatus::SUCCESS);
    }
    let requests = [peer.read_fpdu(), peer.read_fpdu(), peer.read_fpdu()];
    let quoted = &requests[1][..48];
    peer.send(&terminate([0x01, 0x02, 0xE0, 0], quoted));
    peer.finish();
    let done = end.done.take(3).into_iter();
    let statuses: Vec<_> = done.map(|done| (done.context, done.status)).collect();
    let expected = [
        (2, NtStatus::CANCELLED),
        (3, NtStatus::REMOTE_RESOURCES),
        (4, NtStatus::CANCELLED),
    ];
    assert_eq!(statuses, expected);
    assert!(end.gone.wait(SOON), "a disconnect event");
    // It is not answered.
    assert_eq!(peer.read_to_end().as_deref(), Some(&[][..]));
    assert_eq!(
        said("Terminate received: 01 02 (remote protection: access rights)"),
        1
    );
}
