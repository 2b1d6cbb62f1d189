package part

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"fmt"

	"declive/dist"
	"declive/internal/dense"
)

// Patient returns a context for calls to which ranks may come late, because one of
// them writes or reads a file, or is called back.
func Patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), dist.Closing)
}

// Sum adds numbers over all ranks, with patience.
func Sum(c dist.Comm, x []float64) error {
	ctx, cancel := Patient()
	defer cancel()
	return dist.Sum(ctx, c, dense.Wrap([]int{len(x)}, x))
}

// All reports whether something is so on all ranks.
func All(c dist.Comm, yes bool) (bool, error) {
	no := []float64{One(!yes)}
	err := Sum(c, no)
	return no[0] == 0, err
}

// One returns 1 for yes and 0 for no.
func One(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Same is an error on all ranks if one has other numbers than rank 0.
func Same(c dist.Comm, what string, numbers ...uint64) error {
	var first []byte
	for _, x := range numbers {
		first = binary.LittleEndian.AppendUint64(first, x)
	}
	own := string(first)
	ctx, cancel := Patient()
	defer cancel()
	if err := c.Broadcast(ctx, first, 0); err != nil {
		return err
	}
	differs := One(own != string(first))
	counts := []float64{differs, differs * float64(c.Rank())}
	if err := Sum(c, counts); err != nil {
		return err
	}
	switch {
	case counts[0] == 0:
		return nil
	case counts[0] == 1:
		return fmt.Errorf("rank %.0f has other %s than rank 0", counts[1], what)
	}
	return fmt.Errorf("%.0f ranks have other %s than rank 0", counts[0], what)
}

// Value gives all ranks what v points to on rank 0, in the words of package gob. On the
// others that is zero before.
func Value(c dist.Comm, v any) error {
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(v); err != nil {
		return err
	}
	ctx, cancel := Patient()
	defer cancel()
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(text.Len()))
	if err := c.Broadcast(ctx, length[:], 0); err != nil {
		return err
	}
	data := make([]byte, binary.LittleEndian.Uint64(length[:]))
	copy(data, text.Bytes())
	if err := c.Broadcast(ctx, data, 0); err != nil || c.Rank() == 0 {
		return err
	}
	return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
}
