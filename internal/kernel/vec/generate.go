package vec

//go:generate go -C ../_asm run ./vec -pkg vec -out ../vec/vec_amd64.s -stubs ../vec/stubs_amd64.go -tables ../vec/tables_amd64.go
//go:generate go -C ../_asm run ./vec -arch arm64 -pkg vec -out ../vec/vec_arm64.s -stubs ../vec/stubs_arm64.go -tables ../vec/tables_arm64.go
