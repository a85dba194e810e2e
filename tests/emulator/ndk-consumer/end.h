// One end of a connection: an adapter with what is made on it, each call waited for.
#pragma once
#include "ndk.h"

#define TAG 0x6B646E63 // "cndk"
#define BUFFER_SIZE (4 * PAGE_SIZE)
#define MESSAGE_SIZE 64

// A call that may pend.
typedef struct { KEVENT Event; NTSTATUS Status; PVOID Object; } CALL;

// A block of pool with its MDL.
typedef struct { UCHAR *Memory; MDL *Mdl; } BUFFER;

// What a completion was: from a lookaside list, in a list that a queued spin lock guards.
typedef struct RESULT { SLIST_ENTRY Link; struct RESULT *Next; NDK_RESULT Result; } RESULT;

typedef struct END END;

// A completion queue and whose it is.
typedef struct { END *End; NDK_CQ *Cq; } QUEUE;

struct END {
    const char *Name;
    NDK_ADAPTER *Adapter;
    NDK_ADAPTER_INFO Info;
    QUEUE Receives, Initiators;
    NDK_PD *Pd;
    NDK_QP *Qp;
    NDK_MR *Messages, *Data;
    NDK_CONNECTOR *Connector;
    NDK_LISTENER *Listener;
    BUFFER Message, Payload;
    NDK_LAM *Lam;
    BOOLEAN LamBuilt;
    KSPIN_LOCK Lock;
    RESULT *First, **Last;
    KEVENT Arrived, Connected, Disconnected;
    NTSTATUS ConnectStatus;
    // The token that the peer's message invalidated.
    ULONG Invalidated;
};

extern WSK_PROVIDER_NDK_DISPATCH Ndk;
extern PVOID Client;
extern NPAGED_LOOKASIDE_LIST Results;
extern EX_RUNDOWN_REF Callbacks;

NTSTATUS WaitFor(KEVENT *event);
void StartCall(CALL *call);
NTSTATUS EndCall(CALL *call, NTSTATUS status);
void RequestDone(PVOID call, NTSTATUS status);

NTSTATUS OpenEnd(END *end, const char *name, ULONG index);
void CloseEnd(END *end);
NTSTATUS CloseObject(PVOID object);
void Arm(END *end);
NTSTATUS CreateConnector(END *end);
NTSTATUS MakeBuffer(BUFFER *buffer, ULONG size);
NTSTATUS Register(END *end, NDK_MR **mr, BUFFER *buffer, ULONG size, ULONG flags);
NTSTATUS PostReceive(END *end, ULONG_PTR context, ULONG offset);
NTSTATUS SendMessage(END *end, ULONG_PTR context, ULONG offset, ULONG flags, ULONG invalidate);
NTSTATUS WaitResult(END *end, ULONG_PTR context);
NTSTATUS CreateListener(END *end, NDK_CONNECT_EVENT *event);
NTSTATUS BuildLam(END *end, ULONG *fbo);
NTSTATUS CreateFastRegisterMr(END *end);
