// Everything is inline in the header; SwiftPM wants one source file to call this a C target.
#include "CLinux.h"
