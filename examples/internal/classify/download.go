package classify

import (
	"context"

	"declive/datasets/fetch"
)

// published are the sets that -download can fetch.
var published = map[string]func(fetch.Download, context.Context) (string, error){
	"cifar10": fetch.Download.CIFAR10,
	"mnist":   fetch.Download.MNIST,
}

// download fetches what is missing, if the settings say so, and makes its folder that
// of the settings.
func (s *Settings) download(ctx context.Context) (err error) {
	if !s.Download {
		return nil
	}
	d := s.offered
	d.Dir = s.Dir
	s.Dir, err = published[s.Data](d, ctx)
	return err
}
