//! A Winsock Kernel client.
