// Command conv writes the assembly of the convolutions: the kernels, and a Go
// file with their declarations and the tables by which they are found.
//
//	go run ./conv -pkg conv -out ../conv/conv_amd64.s -go ../conv/kernels_amd64.go
//	go run ./conv -arch arm64 -pkg conv -out ../conv/conv_arm64.s -go ../conv/kernels_arm64.go
package main

import (
	"flag"
	"log"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("conv: ")
	path := flag.String("go", "", "file for the declarations")
	arch := isa.Arch()
	flag.Parse()
	vectors, err := isa.Of(*arch)
	if err != nil {
		log.Fatal(err)
	}
	ConstraintExpr(*arch + ",!purego")
	var decl declarations
	for i := range vectors {
		v := &vectors[i]
		v.Two = v.NEON // a panel as wide as with AVX2
	}
	for _, v := range vectors {
		tiles(v, &decl)
		if !v.Double {
			transforms(v, &decl)
			windows(v, &decl)
		}
	}
	if err := decl.write(*path, *arch, vectors); err != nil {
		log.Fatal(err)
	}
	Generate()
}
