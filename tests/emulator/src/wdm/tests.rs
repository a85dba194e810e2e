//! The kernel's view of the structures is that of drivers, field by field.

macro_rules! same {
    ($($name:ident = $theirs:ident { $($field:ident),* $(,)? })+) => {
        $(
            assert_eq!(size_of::<super::$name>(), size_of::<wdk_sys::$theirs>(), stringify!($name));
            assert_eq!(align_of::<super::$name>(), align_of::<wdk_sys::$theirs>(), stringify!($name));
            $(assert_eq!(
                std::mem::offset_of!(super::$name, $field),
                std::mem::offset_of!(wdk_sys::$theirs, $field),
                concat!(stringify!($name), ".", stringify!($field)),
            );)*
        )+
    };
}

#[test]
fn structures_shared_with_drivers_have_the_same_layout() {
    same! {
        LIST_ENTRY = _LIST_ENTRY { Flink, Blink }
        UNICODE_STRING = UNICODE_STRING { Length, MaximumLength, Buffer }
        KEVENT = _KEVENT { Header }
        KTIMER = _KTIMER { Header, DueTime, TimerListEntry, Dpc, Processor, Period }
        KDPC = _KDPC {
            DpcListEntry, ProcessorHistory, DeferredRoutine, DeferredContext, SystemArgument1,
            SystemArgument2, DpcData,
        }
        DISPATCHER_HEADER = _DISPATCHER_HEADER { SignalState, WaitListHead }
        MDL = _MDL {
            Next, Size, MdlFlags, Process, MappedSystemVa, StartVa, ByteCount, ByteOffset,
        }
        IO_STATUS_BLOCK = _IO_STATUS_BLOCK { Information }
        IO_STACK_LOCATION = _IO_STACK_LOCATION {
            MajorFunction, MinorFunction, Flags, Control, Parameters, DeviceObject, FileObject,
            CompletionRoutine, Context,
        }
        IRP = _IRP {
            Type, Size, MdlAddress, Flags, AssociatedIrp, ThreadListEntry, IoStatus,
            RequestorMode, PendingReturned, StackCount, CurrentLocation, Cancel, CancelIrql,
            ApcEnvironment, AllocationFlags, UserIosb, UserEvent, Overlay, CancelRoutine,
            UserBuffer,
        }
        DRIVER_OBJECT = _DRIVER_OBJECT {
            Type, Size, DeviceObject, Flags, DriverStart, DriverSize, DriverSection,
            DriverExtension, DriverName, HardwareDatabase, FastIoDispatch, DriverInit,
            DriverStartIo, DriverUnload, MajorFunction,
        }
        OBJECT_ATTRIBUTES = _OBJECT_ATTRIBUTES {
            Length, RootDirectory, ObjectName, Attributes, SecurityDescriptor,
            SecurityQualityOfService,
        }
    }
}
