// What a compiler's stack protector needs, as the libraries of driver kits have it: the loader changes the
// cookie, which it finds through the load configuration.
#include "nt.h"

ULONG_PTR __security_cookie = 0x00002B992DDFA232;

void __security_check_cookie(ULONG_PTR cookie)
{
    if (cookie != __security_cookie) KeBugCheckEx(0xF7, cookie, __security_cookie, 0, 0);
}

const struct {
    ULONG Size, Other[21];
    ULONG_PTR *SecurityCookie;
    ULONG_PTR Tables[2];
} _load_config_used = {sizeof(_load_config_used), {0}, &__security_cookie, {0}};
_Static_assert(__builtin_offsetof(__typeof__(_load_config_used), SecurityCookie) == 88, "as Windows lays it out");
