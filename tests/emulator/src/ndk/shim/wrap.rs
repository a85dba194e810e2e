//! Wrappers of the slots that only hand on: a table of names and arguments makes them.

/// Wrappers of requests: `name: Kind, OBJECT, TABLE, Slot, (arguments);`. Objects among the arguments
/// that become antecedents are named behind: `[argument: Kind]`.
macro_rules! requests {
    ($($name:ident: $kind:ident, $object:ty, $table:ty, $slot:ident, ($($arg:ident: $ty:ty),*)
        $([$($parent:ident: $parent_kind:ident),*])?;)*) => {$(
        pub(super) unsafe extern "win64" fn $name(
            object: *mut $object,
            $($arg: $ty,)*
            completion: NDK_FN_REQUEST_COMPLETION,
            context: PVOID,
        ) -> NTSTATUS {
            let name = stringify!($slot);
            let _ = crate::thread::enter(name, crate::wdm::DISPATCH_LEVEL);
            let record = Record::of(object.cast(), Kind::$kind, name);
            let parents = [$($(Record::of($parent.cast(), Kind::$parent_kind, name)),*)?];
            let slot = record.provider::<$table>().$slot.expect("seen to be filled");
            let call = |completion: NDK_FN_REQUEST_COMPLETION, context: PVOID| {
                // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
                unsafe { slot(object, $($arg,)* completion, context) }
            };
            super::pending::request_with(name, record, &parents, completion, context, call)
        }
    )*};
}

/// Wrappers of functions without a completion, which never pend.
macro_rules! plain {
    ($($name:ident: $kind:ident, $object:ty, $table:ty, $slot:ident, ($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {$(
        pub(super) unsafe extern "win64" fn $name(object: *mut $object, $($arg: $ty),*) -> $result {
            let _ = crate::thread::enter(stringify!($slot), crate::wdm::DISPATCH_LEVEL);
            let record = Record::of(object.cast(), Kind::$kind, stringify!($slot));
            let slot = record.provider::<$table>().$slot.expect("seen to be filled");
            crate::bridge::call_down(stringify!($slot), || {
                // SAFETY: the provider's slot, seen to be filled, with the consumer's arguments.
                unsafe { slot(object, $($arg),*) }
            })
        }
    )*};
}

pub(super) use {plain, requests};
