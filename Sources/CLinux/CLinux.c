// Every shim is a static inline function in a header; the package manager wants one source file.
