//! `GetUnicastIpAddressTable` and `FreeMibTable`: tables are counted, so that one never freed shows.

use std::alloc::{Layout, alloc_zeroed, dealloc};

use softrnic::sys::{
    AF_INET, AF_INET6, AF_UNSPEC, MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE, PVOID,
};

use super::{State, is_of_family, row};
use crate::thread;
use crate::verifier::violation;
use crate::wdm::{
    NTSTATUS, PASSIVE_LEVEL, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER,
    STATUS_SUCCESS,
};

/// Before each table: how many rows were allocated.
const HEADER: usize = 16;

fn layout(rows: usize) -> Layout {
    let size = HEADER
        + size_of::<MIB_UNICASTIPADDRESS_TABLE>()
        + rows * size_of::<MIB_UNICASTIPADDRESS_ROW>();
    Layout::from_size_align(size, 16).expect("a table is small")
}

impl State {
    /// Tables not freed yet.
    #[must_use]
    pub fn open_tables(&self) -> usize {
        self.tables.lock().len()
    }
}

/// PASSIVE_LEVEL. The table is freed with `FreeMibTable`.
pub(super) unsafe extern "win64" fn GetUnicastIpAddressTable(
    family: u16,
    table: *mut *mut MIB_UNICASTIPADDRESS_TABLE,
) -> NTSTATUS {
    let thread = thread::enter("GetUnicastIpAddressTable", PASSIVE_LEVEL);
    if table.is_null() || !matches!(family, AF_UNSPEC | AF_INET | AF_INET6) {
        return STATUS_INVALID_PARAMETER;
    }
    if crate::sched::fails("GetUnicastIpAddressTable") {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    let ip = &thread.machine.ip;
    let rows: Vec<_> = ip
        .addresses()
        .iter()
        .filter(|address| is_of_family(address.ip, family))
        .map(row)
        .collect();
    // SAFETY: the layout is not empty.
    let memory = unsafe { alloc_zeroed(layout(rows.len())) };
    if memory.is_null() {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    // SAFETY: the memory holds the header, the table and `rows.len()` rows.
    unsafe {
        memory.cast::<usize>().write(rows.len());
        let place = memory.add(HEADER).cast::<MIB_UNICASTIPADDRESS_TABLE>();
        (*place).NumEntries = rows.len() as u32;
        let first = (&raw mut (*place).Table).cast::<MIB_UNICASTIPADDRESS_ROW>();
        std::ptr::copy_nonoverlapping(rows.as_ptr(), first, rows.len());
        ip.tables.lock().push(place as usize);
        table.write(place);
    }
    STATUS_SUCCESS
}

/// PASSIVE_LEVEL.
pub(super) unsafe extern "win64" fn FreeMibTable(memory: PVOID) {
    let thread = thread::enter("FreeMibTable", PASSIVE_LEVEL);
    let mut tables = thread.machine.ip.tables.lock();
    let Some(at) = tables.iter().position(|table| *table == memory as usize) else {
        violation(
            "IP-TABLE",
            "FreeMibTable of memory that is no table, or a second time",
        );
    };
    tables.swap_remove(at);
    drop(tables);
    // SAFETY: the table came from `GetUnicastIpAddressTable`, which wrote the header.
    unsafe {
        let start = memory.cast::<u8>().sub(HEADER);
        let rows = start.cast::<usize>().read();
        dealloc(start, layout(rows));
    }
}
