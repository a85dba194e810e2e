// What the driver uses of the kernel: declarations of its own, x64 only.
#pragma once

typedef unsigned char UCHAR, BOOLEAN, KIRQL;
typedef unsigned short USHORT, WCHAR;
typedef int LONG, NTSTATUS;
typedef unsigned int ULONG;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG, SIZE_T, ULONG_PTR;
typedef void *PVOID, *HANDLE;

#define NULL ((void *)0)
#define FALSE 0
#define TRUE 1
#define NT_SUCCESS(status) ((status) >= 0)
#define STATUS_SUCCESS ((NTSTATUS)0)
#define STATUS_PENDING ((NTSTATUS)0x103)
#define STATUS_TIMEOUT ((NTSTATUS)0x102)
#define STATUS_UNSUCCESSFUL ((NTSTATUS)0xC0000001)
#define STATUS_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define STATUS_BUFFER_TOO_SMALL ((NTSTATUS)0xC0000023)
#define STATUS_IO_TIMEOUT ((NTSTATUS)0xC00000B5)
#define STATUS_DATA_ERROR ((NTSTATUS)0xC000003E)
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xC000009A)

#define PASSIVE_LEVEL 0
#define DISPATCH_LEVEL 2
#define PAGE_SIZE 4096

typedef struct { USHORT Length, MaximumLength; WCHAR *Buffer; } UNICODE_STRING;
typedef struct { ULONG Length; HANDLE Root; UNICODE_STRING *Name; ULONG Attributes; PVOID Security, Quality; } OBJECT_ATTRIBUTES;
typedef struct { ULONGLONG Opaque[3]; } KEVENT;
typedef ULONG_PTR KSPIN_LOCK;
typedef struct { ULONG_PTR Next, Lock; KIRQL OldIrql; } KLOCK_QUEUE_HANDLE;
typedef struct { ULONGLONG Opaque[4]; } IO_REMOVE_LOCK;
typedef struct { ULONG_PTR Count; } EX_RUNDOWN_REF;
typedef struct SLIST_ENTRY { struct SLIST_ENTRY *Next; } SLIST_ENTRY;
typedef struct {
    _Alignas(128) PVOID ListHead[2];
    USHORT Depth, MaximumDepth;
    ULONG TotalAllocates, AllocateMisses, TotalFrees, FreeMisses, Type, Tag, Size;
    PVOID (*Allocate)(int type, SIZE_T size, ULONG tag);
    void (*Free)(PVOID memory);
    ULONGLONG Rest[4];
} NPAGED_LOOKASIDE_LIST;
typedef struct LIST_ENTRY { struct LIST_ENTRY *Flink, *Blink; } LIST_ENTRY;
typedef struct MDL {
    struct MDL *Next;
    short Size, MdlFlags;
    PVOID Process, MappedSystemVa, StartVa;
    ULONG ByteCount, ByteOffset;
} MDL;

typedef struct DRIVER_OBJECT {
    short Type, Size;
    PVOID DeviceObject;
    ULONG Flags;
    PVOID DriverStart;
    ULONG DriverSize;
    PVOID DriverSection, DriverExtension;
    UNICODE_STRING DriverName;
    PVOID HardwareDatabase, FastIoDispatch, DriverInit, DriverStartIo;
    void (*DriverUnload)(struct DRIVER_OBJECT *);
} DRIVER_OBJECT;
_Static_assert(__builtin_offsetof(DRIVER_OBJECT, DriverUnload) == 104, "as Windows lays it out");

#define IMPORT __declspec(dllimport)

IMPORT ULONG DbgPrint(const char *format, ...);
IMPORT PVOID ExAllocatePoolWithTagPriority(int type, SIZE_T size, ULONG tag, int priority);
IMPORT void ExFreePoolWithTag(PVOID memory, ULONG tag);
IMPORT void ExInitializeRundownProtection(EX_RUNDOWN_REF *reference);
IMPORT BOOLEAN ExAcquireRundownProtection(EX_RUNDOWN_REF *reference);
IMPORT void ExReleaseRundownProtection(EX_RUNDOWN_REF *reference);
IMPORT void ExWaitForRundownProtectionRelease(EX_RUNDOWN_REF *reference);
IMPORT void ExInitializeNPagedLookasideList(NPAGED_LOOKASIDE_LIST *list, PVOID allocate, PVOID free, ULONG flags,
                                            SIZE_T size, ULONG tag, USHORT depth);
IMPORT void ExDeleteNPagedLookasideList(NPAGED_LOOKASIDE_LIST *list);
IMPORT SLIST_ENTRY *ExpInterlockedPopEntrySList(PVOID list);
IMPORT SLIST_ENTRY *ExpInterlockedPushEntrySList(PVOID list, SLIST_ENTRY *entry);
IMPORT PVOID IoAllocateWorkItem(PVOID object);
IMPORT NTSTATUS IoCreateDevice(DRIVER_OBJECT *driver, ULONG extension, UNICODE_STRING *name, ULONG kind,
                               ULONG characteristics, BOOLEAN exclusive, PVOID *device);
IMPORT void IoDeleteDevice(PVOID device);
IMPORT void IoFreeWorkItem(PVOID item);
IMPORT void IoQueueWorkItemEx(PVOID item, void (*routine)(PVOID object, PVOID context, PVOID item), int queue,
                              PVOID context);
IMPORT void IoInitializeRemoveLockEx(IO_REMOVE_LOCK *lock, ULONG tag, ULONG minutes, ULONG most, ULONG size);
IMPORT NTSTATUS IoAcquireRemoveLockEx(IO_REMOVE_LOCK *lock, PVOID tag, const char *file, ULONG line, ULONG size);
IMPORT void IoReleaseRemoveLockEx(IO_REMOVE_LOCK *lock, PVOID tag, ULONG size);
IMPORT void IoReleaseRemoveLockAndWaitEx(IO_REMOVE_LOCK *lock, PVOID tag, ULONG size);
IMPORT MDL *IoAllocateMdl(PVOID address, ULONG length, BOOLEAN secondary, BOOLEAN charge, PVOID irp);
IMPORT void IoFreeMdl(MDL *mdl);
IMPORT void KeInitializeEvent(KEVENT *event, int type, BOOLEAN state);
IMPORT LONG KeSetEvent(KEVENT *event, LONG increment, BOOLEAN wait);
IMPORT void KeClearEvent(KEVENT *event);
IMPORT NTSTATUS KeWaitForSingleObject(PVOID object, int reason, char mode, BOOLEAN alertable, const LONGLONG *timeout);
IMPORT NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID objects[], int type, int reason, char mode,
                                         BOOLEAN alertable, const LONGLONG *timeout, PVOID blocks);
IMPORT void KeAcquireInStackQueuedSpinLock(KSPIN_LOCK *lock, KLOCK_QUEUE_HANDLE *handle);
IMPORT void KeReleaseInStackQueuedSpinLock(KLOCK_QUEUE_HANDLE *handle);
IMPORT void KeQuerySystemTimePrecise(ULONGLONG *time);
IMPORT void KeBugCheckEx(ULONG code, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d);
IMPORT void MmBuildMdlForNonPagedPool(MDL *mdl);
IMPORT NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ULONG access, PVOID type, char mode, PVOID *object,
                                          PVOID information);
IMPORT void ObfDereferenceObject(PVOID object);
IMPORT PVOID PsGetCurrentThread(void);
IMPORT NTSTATUS PsCreateSystemThread(HANDLE *handle, ULONG access, PVOID attributes, HANDLE process, PVOID client,
                                     void (*routine)(PVOID), PVOID context);
IMPORT NTSTATUS PsTerminateSystemThread(NTSTATUS status);
IMPORT NTSTATUS RtlIpv4StringToAddressExW(const WCHAR *text, BOOLEAN strict, PVOID address, USHORT *port);
IMPORT void RtlInitUnicodeString(UNICODE_STRING *string, const WCHAR *text);
IMPORT NTSTATUS ZwClose(HANDLE handle);
IMPORT NTSTATUS ZwOpenKey(HANDLE *key, ULONG access, OBJECT_ATTRIBUTES *attributes);
IMPORT NTSTATUS ZwQueryValueKey(HANDLE key, UNICODE_STRING *name, int kind, PVOID out, ULONG length, ULONG *needed);

extern IMPORT PVOID PsThreadType;

#define POOL_NX 512
#define POOL_ZERO_ALLOCATION 1024
#define NormalPoolPriority 16

// What the kernel's headers have inline.
static inline void WriteCr8(KIRQL irql)
{
    ULONGLONG wide = irql;
    __asm__ volatile("movq %0, %%cr8" : : "r"(wide) : "memory");
}

static inline KIRQL KeGetCurrentIrql(void)
{
    ULONGLONG irql;
    __asm__ volatile("movq %%cr8, %0" : "=r"(irql));
    return (KIRQL)irql;
}

#define SHARED_USER_DATA 0xFFFFF78000000000ULL

static inline ULONGLONG KeQueryTickCount(void)
{
    return *(volatile ULONGLONG *)(SHARED_USER_DATA + 0x320);
}

// Read until both halves belong together.
static inline ULONGLONG KeQuerySystemTime(void)
{
    volatile ULONG *time = (volatile ULONG *)(SHARED_USER_DATA + 0x14);
    ULONG high, low;
    do {
        high = time[1];
        low = time[0];
    } while (high != time[2]);
    return (ULONGLONG)high << 32 | low;
}

static inline PVOID KeGetCurrentThread(void)
{
    PVOID thread;
    __asm__ volatile("movq %%gs:0x188, %0" : "=r"(thread));
    return thread;
}

static inline PVOID ExAllocateFromNPagedLookasideList(NPAGED_LOOKASIDE_LIST *list)
{
    list->TotalAllocates += 1;
    PVOID entry = ExpInterlockedPopEntrySList(list->ListHead);
    if (entry) return entry;
    list->AllocateMisses += 1;
    return list->Allocate(list->Type, list->Size, list->Tag);
}

static inline void ExFreeToNPagedLookasideList(NPAGED_LOOKASIDE_LIST *list, PVOID entry)
{
    list->TotalFrees += 1;
    if (*(USHORT *)list->ListHead < list->Depth) {
        ExpInterlockedPushEntrySList(list->ListHead, entry);
        return;
    }
    list->FreeMisses += 1;
    list->Free(entry);
}

static inline void zero(volatile void *memory, SIZE_T size)
{
    for (SIZE_T at = 0; at < size; at++) ((volatile UCHAR *)memory)[at] = 0;
}
