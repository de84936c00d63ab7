pub const ABI_REVISION: c_int = 1;
