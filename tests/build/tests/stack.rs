//! Stack frames, read from the image's unwind data: a kernel stack has 24 KiB, and whoever called
//! us has used some of it.

use object::{LittleEndian as LE, pe, read::pe::PeFile64};

/// Bytes one function may take: a sixth of the stack. (Making a connection's state takes 3.5 KiB,
/// everything else less than 2.5.)
const LARGEST: u32 = 4 * 1024;

/// `UWOP_…` codes: what the prologue did.
const PUSH_NONVOL: u8 = 0;
const ALLOC_LARGE: u8 = 1;
const ALLOC_SMALL: u8 = 2;
const SAVE_NONVOL: u8 = 4;
const SAVE_NONVOL_FAR: u8 = 5;
const SAVE_XMM128: u8 = 8;
const SAVE_XMM128_FAR: u8 = 9;

#[test]
fn no_function_takes_much_of_a_kernel_stack() {
    let image = softrnic_build::image().expect("the image builds");
    let bytes = std::fs::read(&image.path).expect("the image is readable");
    let file = PeFile64::parse(&*bytes).expect("the image is a PE32+ file");
    let frames = frames(&file);
    assert!(
        frames.len() > 100,
        "only {} functions have unwind data",
        frames.len()
    );
    let large: Vec<String> = frames
        .iter()
        .filter(|(_, size)| *size > LARGEST)
        .map(|(start, size)| format!("{size} bytes in the function at {start:#x}"))
        .collect();
    assert!(
        large.is_empty(),
        "frames of more than {LARGEST} bytes: {large:#?}"
    );
}

/// Every function's address and the size of its frame.
fn frames(file: &PeFile64<'_>) -> Vec<(u32, u32)> {
    let directory = file
        .data_directories()
        .get(pe::IMAGE_DIRECTORY_ENTRY_EXCEPTION);
    let directory = directory.expect("a table of functions");
    let table = data(file, directory.virtual_address.get(LE));
    let entries = table[..directory.size.get(LE) as usize].chunks_exact(12);
    entries
        .map(|entry| (word(entry, 0), frame_size(file, word(entry, 8))))
        .collect()
}

fn data<'a>(file: &PeFile64<'a>, address: u32) -> &'a [u8] {
    let found = file.section_table().pe_data_at(file.data(), address);
    found.expect("the address is in a section")
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn half(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16::from_le_bytes(
        bytes[at..at + 2].try_into().expect("two bytes"),
    ))
}

/// What the prologue described at `address` takes from the stack.
fn frame_size(file: &PeFile64<'_>, address: u32) -> u32 {
    let info = data(file, address);
    let codes = &info[4..4 + 2 * usize::from(info[2])];
    let (mut at, mut size) = (0, 0);
    while at < codes.len() {
        let (code, operand) = (codes[at + 1] & 0xf, u32::from(codes[at + 1] >> 4));
        let slots = match (code, operand) {
            (PUSH_NONVOL, _) => {
                size += 8;
                1
            }
            (ALLOC_SMALL, _) => {
                size += operand * 8 + 8;
                1
            }
            (ALLOC_LARGE, 0) => {
                size += half(codes, at + 2) * 8;
                2
            }
            (ALLOC_LARGE, _) => {
                size += word(codes, at + 2);
                3
            }
            (SAVE_NONVOL | SAVE_XMM128, _) => 2,
            (SAVE_NONVOL_FAR | SAVE_XMM128_FAR, _) => 3,
            _ => 1,
        };
        at += 2 * slots;
    }
    size
}
