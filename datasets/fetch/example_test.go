package fetch_test

import (
	"context"
	"fmt"
	"os"

	"declive/datasets"
	"declive/datasets/fetch"
)

// Fetches CIFAR-10 unless it is there, and reads it.
func ExampleDownload() {
	dir, err := fetch.Download{}.CIFAR10(context.Background())
	if err != nil {
		fmt.Println(err) // says what to put where without a network
		return
	}
	train, test, err := datasets.LoadCIFAR10(os.DirFS(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), test.Len(), train.Classes())
}
