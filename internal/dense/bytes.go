package dense

import "unsafe"

// Bytes returns the memory of x as bytes, in the order of the processor.
func Bytes[T Float | int](x []T) []byte {
	var element T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(element)))
}
