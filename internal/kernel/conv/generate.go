package conv

//go:generate go -C ../_asm run ./conv -pkg conv -out ../conv/conv_amd64.s -go ../conv/kernels_amd64.go
