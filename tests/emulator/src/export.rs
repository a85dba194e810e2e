//! The table of what images may import.
//!
//! Each file that implements imports has `pub const EXPORTS: &[Export]`, made with
//! [`exports!`](crate::exports); [`find`] is what the loader asks.

/// One importable function or variable.
#[derive(Clone, Copy)]
pub struct Export {
    pub module: &'static str,
    pub name: &'static str,
    pub address: Address,
}

/// Where an export is.
#[derive(Clone, Copy)]
pub struct Address(pub *const ());

// SAFETY: the address of a function or of a static is only a number until it is called.
unsafe impl Sync for Address {}
// SAFETY: as above.
unsafe impl Send for Address {}

/// `exports! { "ntoskrnl.exe": KeSetEvent, KeClearEvent }` → a `&[Export]`.
#[macro_export]
macro_rules! exports {
    ($($module:literal : $($name:ident),+ $(,)? );+ $(;)?) => {
        &[$($($crate::export::Export {
            module: $module,
            name: stringify!($name),
            address: $crate::export::Address($name as *const ()),
        }),+),+]
    };
}

/// Every table.
static TABLES: &[&[Export]] = &[
    crate::bcrypt::EXPORTS,
    crate::bridge::EXPORTS,
    crate::etw::EXPORTS,
    crate::event_log::EXPORTS,
    crate::ex::pool::EXPORTS,
    crate::ex::lock::EXPORTS,
    crate::ex::lookaside::EXPORTS,
    crate::ex::rundown::EXPORTS,
    crate::ex::work::EXPORTS,
    crate::io::device::EXPORTS,
    crate::io::irp::EXPORTS,
    crate::io::remove_lock::EXPORTS,
    crate::io::work_item::EXPORTS,
    crate::ip::EXPORTS,
    crate::ke::bug_check::EXPORTS,
    crate::ke::dpc::EXPORTS,
    crate::ke::event::EXPORTS,
    crate::ke::irql::EXPORTS,
    crate::ke::region::EXPORTS,
    crate::ke::spin_lock::EXPORTS,
    crate::ke::time::EXPORTS,
    crate::ke::timer::EXPORTS,
    crate::mm::map::EXPORTS,
    crate::mm::mdl::EXPORTS,
    crate::mm::system::EXPORTS,
    crate::ndis::EXPORTS,
    crate::ndis::chimney::EXPORTS,
    crate::ps::DATA,
    crate::ps::EXPORTS,
    crate::rtl::EXPORTS,
    crate::rtl::address::EXPORTS,
    crate::rtl::string::EXPORTS,
    crate::wsk::EXPORTS,
    crate::zw::EXPORTS,
];

/// Modules whose exports may be imported under another module's name: Windows forwards the
/// processor functions between the kernel and its hardware layer.
fn same_module(imported_from: &str, module: &str) -> bool {
    let kernel =
        |m: &str| m.eq_ignore_ascii_case("ntoskrnl.exe") || m.eq_ignore_ascii_case("hal.dll");
    imported_from.eq_ignore_ascii_case(module) || (kernel(imported_from) && kernel(module))
}

/// `name` as exported by `module`.
#[must_use]
pub fn find(module: &str, name: &str) -> Option<&'static Export> {
    all().find(|e| e.name == name && same_module(module, e.module))
}

/// Every export.
pub fn all() -> impl Iterator<Item = &'static Export> {
    TABLES.iter().flat_map(|t| t.iter())
}
