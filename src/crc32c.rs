//! CRC32C (Castagnoli), the checksum of every MPA FPDU.
