//! The facts of the Windows ABI and the tests that hold every declaration to them.
