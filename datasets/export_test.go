package datasets

import "io"

// ReadLIBSVMUpTo is LIBSVM.Read with another bound on the size of the matrix.
func ReadLIBSVMUpTo(limit int, c LIBSVM, r io.Reader) (*Dataset, error) { return c.read(r, limit) }
