package kernel

//go:generate go -C _asm run ./vector -pkg kernel -out ../vector_amd64.s -stubs ../vector_stubs_amd64.go -tables ../vector_tables_amd64.go
//go:generate go -C _asm run ./gemm -out ../gemm_amd64.s -go ../gemm_kernels_amd64.go -pkg kernel
