//! What Windows Server demands of a driver's file, read from the PE itself.

use std::collections::{BTreeMap, BTreeSet};

use object::{
    LittleEndian as LE, pe,
    read::pe::{ImageNtHeaders, ImageOptionalHeader, Import, PeFile64},
};

const ALLOWED_IMPORTS: &str = include_str!("../imports.txt");
/// The modules whose exports a network driver may use.
const ALLOWED_MODULES: &[&str] = &[
    "ntoskrnl.exe",
    "hal.dll",
    "ndis.sys",
    "netio.sys",
    "ksecdd.sys",
];

fn with_image(check: impl FnOnce(&PeFile64<'_>, &[u8])) {
    let image = softrnic_build::image().expect("the image builds");
    let bytes = std::fs::read(&image.path).expect("the image is readable");
    let file = PeFile64::parse(&*bytes).expect("the image is a PE32+ file");
    check(&file, &bytes);
}

fn directory<'a>(file: &PeFile64<'a>, index: usize) -> Option<&'a [u8]> {
    let directory = file.data_directories().get(index)?;
    let data = directory.data(file.data(), &file.section_table()).ok()?;
    data.get(..directory.size.get(LE) as usize)
}

#[test]
fn it_is_a_native_image_for_x64() {
    with_image(|file, _| {
        let optional = file.nt_headers().optional_header();
        assert_eq!(
            file.nt_headers().file_header().machine.get(LE),
            pe::IMAGE_FILE_MACHINE_AMD64
        );
        assert_eq!(optional.subsystem(), pe::IMAGE_SUBSYSTEM_NATIVE);
        assert_eq!(optional.major_subsystem_version(), 10);
        assert_ne!(optional.address_of_entry_point(), 0);
    });
}

#[test]
fn it_moves_anywhere_and_its_data_never_runs() {
    with_image(|file, _| {
        let header = file.nt_headers().file_header();
        let flags = file.nt_headers().optional_header().dll_characteristics();
        for wanted in [
            pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE,
            pe::IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA,
            pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT,
            pe::IMAGE_DLLCHARACTERISTICS_GUARD_CF,
        ] {
            assert_eq!(
                flags & wanted,
                wanted,
                "DLL characteristic {wanted:#x} is missing"
            );
        }
        assert_eq!(
            header.characteristics.get(LE) & pe::IMAGE_FILE_RELOCS_STRIPPED,
            0
        );
        let relocations = directory(file, pe::IMAGE_DIRECTORY_ENTRY_BASERELOC);
        assert!(
            relocations.is_some_and(|found| !found.is_empty()),
            "no relocations"
        );
    });
}

#[test]
fn its_sections_are_page_aligned_and_never_both_writable_and_executable() {
    with_image(|file, _| {
        assert_eq!(
            file.nt_headers().optional_header().section_alignment(),
            0x1000
        );
        for section in file.section_table().iter() {
            let name = String::from_utf8_lossy(&section.name).into_owned();
            let flags = section.characteristics.get(LE);
            let both = pe::IMAGE_SCN_MEM_WRITE | pe::IMAGE_SCN_MEM_EXECUTE;
            assert_ne!(flags & both, both, "{name} is writable and executable");
            assert_eq!(
                section.virtual_address.get(LE) % 0x1000,
                0,
                "{name} is not page aligned"
            );
        }
    });
}

#[test]
fn nothing_but_the_relocations_is_discardable_and_nothing_is_paged() {
    with_image(|file, _| {
        for section in file.section_table().iter() {
            let name = String::from_utf8_lossy(&section.name);
            let name = name.trim_end_matches('\0');
            let flags = section.characteristics.get(LE);
            let discardable = flags & pe::IMAGE_SCN_MEM_DISCARDABLE != 0;
            assert_eq!(
                discardable,
                name == ".reloc",
                "{name}: discardable {discardable}"
            );
            assert!(
                !name.starts_with("PAGE") && name != "INIT",
                "{name} may not be resident"
            );
        }
    });
}

#[test]
fn its_checksum_is_valid() {
    with_image(|file, bytes| {
        let stored = file.nt_headers().optional_header().check_sum();
        assert_ne!(stored, 0);
        assert_eq!(stored, checksum(bytes));
    });
}

/// The PE checksum: a ones' complement sum of 16-bit words, the field itself left out, plus the
/// length.
fn checksum(bytes: &[u8]) -> u32 {
    let header = u32::from_le_bytes(bytes[0x3c..0x40].try_into().expect("four bytes")) as usize;
    let field = header + 24 + 64;
    let mut sum = 0u32;
    for (index, word) in bytes.chunks(2).enumerate() {
        if (field..field + 4).contains(&(index * 2)) {
            continue;
        }
        sum += u32::from(word[0]) | u32::from(*word.get(1).unwrap_or(&0)) << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum + bytes.len() as u32
}

#[test]
fn control_flow_guard_has_its_pointers_and_a_table_with_the_entry_point() {
    with_image(|file, _| {
        let config = directory(file, pe::IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG).expect("load config");
        let word = |offset: usize| {
            u64::from_le_bytes(config[offset..offset + 8].try_into().expect("eight bytes"))
        };
        let (check, dispatch, table, count) = (word(0x70), word(0x78), word(0x80), word(0x88));
        let flags = u32::from_le_bytes(config[0x90..0x94].try_into().expect("four bytes"));
        assert!(
            check != 0 && dispatch != 0 && check != dispatch,
            "guard pointers"
        );
        assert!(table != 0 && count != 0, "guard function table");
        const CF_INSTRUMENTED: u32 = 0x100;
        const CF_FUNCTION_TABLE_PRESENT: u32 = 0x400;
        let wanted = CF_INSTRUMENTED | CF_FUNCTION_TABLE_PRESENT;
        assert_eq!(flags & wanted, wanted, "guard flags {flags:#x}");

        let stride = 4 + (flags >> 28) as usize;
        let base = file.nt_headers().optional_header().image_base();
        let table = file
            .section_table()
            .pe_data_at(file.data(), (table - base) as u32);
        let entry = file.nt_headers().optional_header().address_of_entry_point();
        let targets = table
            .expect("the table is in a section")
            .chunks(stride)
            .take(count as usize);
        let mut targets =
            targets.map(|at| u32::from_le_bytes(at[..4].try_into().expect("four bytes")));
        assert!(
            targets.any(|target| target == entry),
            "the entry point is not a valid target"
        );
    });
}

#[test]
fn only_the_entry_point_is_exported() {
    with_image(|file, _| {
        let exports = file
            .export_table()
            .expect("readable")
            .expect("an export table");
        let names = exports
            .name_iter()
            .map(|(name, _)| exports.name_from_pointer(name));
        let names: Vec<_> = names.map(|name| name.expect("readable")).collect();
        assert_eq!(names, [b"DriverEntry"]);
    });
}

// WSK-REG-09, WSK-REG-10: of Winsock Kernel, four functions of netio.sys. WSK-IRP-12: no IRP is cancelled. HLK-04: and each has a
// reason. NDIS-REG-01: of a MUX nothing. NDIS-NBL-11: nothing that stalls.
#[test]
fn every_import_is_allowed_for_a_reason_and_every_reason_is_needed() {
    with_image(|file, _| {
        let imported = imports(file);
        for import in &imported {
            let module = import.split('!').next().unwrap_or_default();
            assert!(
                ALLOWED_MODULES.contains(&module),
                "{import}: {module} is not a driver's to use"
            );
        }
        let allowed = allowed_imports();
        let listed: BTreeSet<String> = allowed.keys().map(ToString::to_string).collect();
        let unlisted: Vec<_> = imported.difference(&listed).collect();
        assert!(
            unlisted.is_empty(),
            "imports without a reason in tests/build/imports.txt: {unlisted:#?}"
        );
        let lasting = |name: &&String| {
            allowed
                .get(name.as_str())
                .is_some_and(|reason| !reason.starts_with("the compiler"))
        };
        let unneeded: Vec<_> = listed.difference(&imported).filter(lasting).collect();
        assert!(
            unneeded.is_empty(),
            "not imported any more, tests/build/imports.txt: {unneeded:#?}"
        );
    });
}

/// What an image with the feature `chimney` imports more, with the reasons.
const CHIMNEY_IMPORTS: &str = include_str!("../imports-chimney.txt");

// The chimney is in no image that ships: neither what it imports nor what it is made of.
#[test]
fn the_chimney_is_in_the_second_image_and_not_in_the_first() {
    let [first, second] = [softrnic_build::image(), softrnic_build::chimney_image()]
        .map(|image| image.expect("the image builds"));
    let [plain, with] = [&first, &second].map(|image| {
        let bytes = std::fs::read(&image.path).expect("the image is readable");
        imports(&PeFile64::parse(&*bytes).expect("the image is a PE32+ file"))
    });
    let more: BTreeSet<String> = with.difference(&plain).cloned().collect();
    let listed: BTreeSet<String> = reasons(CHIMNEY_IMPORTS)
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(more, listed, "tests/build/imports-chimney.txt");
    assert!(
        plain.is_subset(&with),
        "the second image has what the first has"
    );
    assert_eq!([&first, &second].map(names_the_chimney), [false, true]);
}

/// Whether a function or a file of the image is named for the chimney.
fn names_the_chimney(image: &softrnic_build::Image) -> bool {
    let symbols = std::fs::read(&image.pdb).expect("the symbols are readable");
    symbols.windows(7).any(|window| window == b"chimney")
}

fn imports(file: &PeFile64<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(table) = file.import_table().expect("readable") else {
        return found;
    };
    let mut modules = table.descriptors().expect("readable");
    while let Some(module) = modules.next().expect("readable") {
        let name = table.name(module.name.get(LE)).expect("readable");
        let name = String::from_utf8_lossy(name).into_owned();
        let mut thunks = table
            .thunks(module.original_first_thunk.get(LE))
            .expect("readable");
        while let Some(thunk) = thunks.next::<pe::ImageNtHeaders64>().expect("readable") {
            let import = table
                .import::<pe::ImageNtHeaders64>(thunk)
                .expect("readable");
            let Import::Name(_, function) = import else {
                panic!("{name}: an import by ordinal");
            };
            found.insert(format!("{name}!{}", String::from_utf8_lossy(function)));
        }
    }
    found
}

fn allowed_imports() -> BTreeMap<&'static str, &'static str> {
    reasons(ALLOWED_IMPORTS)
}

fn reasons(list: &'static str) -> BTreeMap<&'static str, &'static str> {
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.map(|line| line.split_once(": ").expect("module!function: reason"));
    let allowed: BTreeMap<_, _> = entries.collect();
    assert!(
        allowed.values().all(|reason| !reason.trim().is_empty()),
        "a reason is empty"
    );
    allowed
}

#[test]
fn its_version_resource_names_product_and_version() {
    with_image(|file, _| {
        let resource = directory(file, pe::IMAGE_DIRECTORY_ENTRY_RESOURCE).expect("resources");
        for text in [
            "VS_VERSION_INFO",
            "ProductName",
            "softrnic",
            "softrnic.sys",
            "0.1.0",
        ] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let found = resource.windows(wide.len()).any(|window| window == wide);
            assert!(found, "{text:?} is not in the version resource");
        }
    });
}

#[test]
fn its_symbols_are_beside_it_and_name_no_folder_of_this_machine() {
    let image = softrnic_build::image().expect("the image builds");
    assert!(image.pdb.exists());
    let bytes = std::fs::read(&image.path).expect("the image is readable");
    // Longer than the folders alone: a project in `/src` is in every path there is.
    let root = softrnic_build::root().display();
    let home = std::env::var("HOME").unwrap_or_default();
    for folder in [
        format!("{root}/src/"),
        format!("{root}/tests/"),
        format!("{home}/.cargo"),
        format!("{home}/.rustup"),
    ] {
        let found = bytes
            .windows(folder.len())
            .any(|window| window == folder.as_bytes());
        assert!(!found, "the image names {folder}");
    }
}
