package vec

//go:generate go -C ../_asm run ./vec -pkg vec -out ../vec/vec_amd64.s -stubs ../vec/stubs_amd64.go -tables ../vec/tables_amd64.go
