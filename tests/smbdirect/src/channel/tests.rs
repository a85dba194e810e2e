//! Runs of pages.

use super::memory::runs;

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
