use std::ptr::{null, null_mut};
use std::sync::{Arc, Mutex};

use super::{
    EVENT_DATA_DESCRIPTOR, EVENT_DESCRIPTOR, EtwProviderEnabled, EtwRegister, EtwUnregister,
    EtwWrite,
};
use crate::{Machine, Options};

#[test]
fn what_a_provider_writes_reaches_the_sink() {
    let machine = Machine::new(Options::default());
    let _attachment = machine.attach();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let mut handle = 0;
    let (one, other) = ([1u8, 2], [3u8]);
    let block = |bytes: &[u8]| EVENT_DATA_DESCRIPTOR {
        Ptr: bytes.as_ptr() as u64,
        Size: bytes.len() as u32,
        Reserved: 0,
    };
    let blocks = [block(&one), block(&other)];
    let descriptor = EVENT_DESCRIPTOR {
        Id: 5,
        Version: 0,
        Channel: 0,
        Level: 4,
        Opcode: 0,
        Task: 0,
        Keyword: 0,
    };
    // SAFETY: valid structures.
    unsafe {
        EtwRegister(&[9; 16], 0, null_mut(), &raw mut handle);
        assert_eq!(EtwProviderEnabled(handle, 4, 0), 0);
        machine
            .etw
            .capture(move |event| sink.lock().unwrap().push(event.clone()));
        assert_eq!(EtwProviderEnabled(handle, 4, 0), 1);
        EtwWrite(handle, &raw const descriptor, null(), 2, blocks.as_ptr());
    }
    EtwUnregister(handle);
    let seen = seen.lock().unwrap();
    assert_eq!((seen[0].provider, seen[0].descriptor.Id), ([9; 16], 5));
    assert_eq!(seen[0].data, [1, 2, 3]);
}
