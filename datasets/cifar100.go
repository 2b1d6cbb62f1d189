package datasets

import (
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// A CIFAR100Labels says which of the two labels of an image of CIFAR-100 is its
// class.
type CIFAR100Labels uint8

const (
	CIFAR100Fine   CIFAR100Labels = iota // one of 100 classes
	CIFAR100Coarse                       // one of the 20 classes that these are divided among
)

// ReadCIFAR100 is [ReadCIFAR10] for CIFAR-100, whose records have two bytes of
// labels: 0 to 19, coarse, and 0 to 99, fine. Labels that are neither fine nor coarse
// are another error.
func ReadCIFAR100(r io.Reader, labels CIFAR100Labels) (*Dataset, error) {
	c, err := cifar100(labels)
	if err != nil {
		return nil, fmt.Errorf("datasets: ReadCIFAR100: %w", err)
	}
	return c.read(r)
}

// LoadCIFAR100 is [LoadCIFAR10] for CIFAR-100: train.bin, with 50,000 images, and
// test.bin, with 10,000, in the root of fsys or its folder cifar-100-binary, or the
// archive cifar-100-binary.tar.gz.
func LoadCIFAR100(fsys fs.FS, labels CIFAR100Labels) (train, test *Dataset, err error) {
	c, err := cifar100(labels)
	if err != nil {
		return nil, nil, fmt.Errorf("datasets: LoadCIFAR100: %w", err)
	}
	return c.load(fsys)
}

func cifar100(labels CIFAR100Labels) (cifar, error) {
	if labels > CIFAR100Coarse {
		return cifar{}, fmt.Errorf("labels %d, want CIFAR100Fine or CIFAR100Coarse", labels)
	}
	return cifar{
		name:   "CIFAR-100",
		labels: [][]string{strings.Fields(cifar100Coarse), strings.Fields(cifar100Fine)},
		take:   1 - int(labels),
		train:  []string{"train.bin"}, test: []string{"test.bin"},
		each:   50000,
		folder: "cifar-100-binary", archive: "cifar-100-binary.tar.gz",
		python: []string{"train", "cifar-100-python/train", "cifar-100-python.tar.gz"},
	}, nil
}

const (
	cifar100Coarse = `aquatic_mammals fish flowers food_containers fruit_and_vegetables
	household_electrical_devices household_furniture insects large_carnivores
	large_man-made_outdoor_things large_natural_outdoor_scenes
	large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people
	reptiles small_mammals trees vehicles_1 vehicles_2`
	cifar100Fine = `apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
	bowl boy bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee
	clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
	forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
	lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid
	otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum
	rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail
	snake spider squirrel streetcar sunflower sweet_pepper table tank telephone
	television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf
	woman worm`
)
