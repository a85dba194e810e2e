//! Time as drivers ask for it.

use crate::clock;
use crate::export::Export;
use crate::sched;
use crate::thread::enter;
use crate::wdm::HIGH_LEVEL;

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": KeQueryPerformanceCounter, KeQueryInterruptTime, KeQueryInterruptTimePrecise,
        KeQueryUnbiasedInterruptTime, KeQueryUnbiasedInterruptTimePrecise, KeQuerySystemTimePrecise,
        KeQueryTimeIncrement, KeStallExecutionProcessor;
};

/// One clock tick in units of 100 ns: 15.625 ms.
pub(crate) const TIME_INCREMENT: u32 = 156_250;

pub unsafe extern "win64" fn KeQueryPerformanceCounter(frequency: *mut i64) -> i64 {
    if !frequency.is_null() {
        // SAFETY: the caller passes an out parameter.
        unsafe { frequency.write(clock::PERFORMANCE_FREQUENCY) };
    }
    (clock::nanoseconds() / 100) as i64
}

pub extern "win64" fn KeQueryInterruptTime() -> u64 {
    clock::interrupt_time()
}

pub unsafe extern "win64" fn KeQueryInterruptTimePrecise(counter: *mut u64) -> u64 {
    let now = clock::interrupt_time();
    // SAFETY: the caller passes an out parameter.
    unsafe { counter.write(now) };
    now
}

pub extern "win64" fn KeQueryUnbiasedInterruptTime() -> u64 {
    clock::interrupt_time()
}

pub unsafe extern "win64" fn KeQueryUnbiasedInterruptTimePrecise(counter: *mut u64) -> u64 {
    // SAFETY: as documented.
    unsafe { KeQueryInterruptTimePrecise(counter) }
}

pub unsafe extern "win64" fn KeQuerySystemTimePrecise(time: *mut u64) {
    // SAFETY: the caller passes an out parameter.
    unsafe { time.write(clock::system_time()) };
}

pub extern "win64" fn KeQueryTimeIncrement() -> u32 {
    TIME_INCREMENT
}

pub extern "win64" fn KeStallExecutionProcessor(microseconds: u32) {
    let _ = enter("KeStallExecutionProcessor", HIGH_LEVEL);
    let until = clock::nanoseconds() + u64::from(microseconds) * 1000;
    let mut turns = 0;
    while clock::nanoseconds() < until {
        sched::spin(&mut turns);
    }
}
