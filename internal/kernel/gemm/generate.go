package gemm

//go:generate go -C ../_asm run ./gemm -pkg gemm -out ../gemm/gemm_amd64.s -go ../gemm/kernels_amd64.go
//go:generate go -C ../_asm run ./gemm -arch arm64 -pkg gemm -out ../gemm/gemm_arm64.s -go ../gemm/kernels_arm64.go
