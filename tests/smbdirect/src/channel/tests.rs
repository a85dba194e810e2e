//! Runs of pages, and what versions of NDK can do.

use softrnic_consumer::abi::NDK_VERSION;

use super::memory::runs;
use super::setup::invalidates;

#[test]
fn adjacent_pages_are_one_run() {
    let pages = [0x1000, 0x2000, 0x5000, 0x6000, 0x3000];
    assert_eq!(runs(&pages, 0, 0), []);
    assert_eq!(runs(&pages, 5, 10), [(0x1005, 10)]);
    assert_eq!(runs(&pages, 4095, 2), [(0x1FFF, 2)]);
    assert_eq!(runs(&pages, 100, 8192), [(0x1064, 8092), (0x5000, 100)]);
    let all = [(0x1000, 0x2000), (0x5000, 0x2000), (0x3000, 0x1000)];
    assert_eq!(runs(&pages, 0, 0x5000), all);
}

#[test]
fn remote_invalidation_came_with_ndk_1_2() {
    let can = |major, minor| {
        invalidates(NDK_VERSION {
            Major: major,
            Minor: minor,
        })
    };
    assert_eq!([can(1, 0), can(1, 1)], [false; 2]);
    assert_eq!([can(1, 2), can(2, 0), can(2, 1)], [true; 3]);
}
