//! Sets up what is missing and builds softrnic.sys.
