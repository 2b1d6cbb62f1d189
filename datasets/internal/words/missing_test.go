package words

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMissing(t *testing.T) {
	usual := NewMissing(nil)
	for _, w := range []string{"", "NA", "nan", "NaN", "N/A", "?", "null", "NULL"} {
		assert.True(t, usual.Has([]byte(w)), w)
	}
	for _, w := range []string{"0", "n", "none", "-"} {
		assert.False(t, usual.Has([]byte(w)), w)
	}
	assert.False(t, usual.Numbers())
	own := NewMissing([]string{"-", "-999"})
	assert.True(t, own.Has([]byte("-")))
	assert.True(t, own.Numbers())
	assert.True(t, own.HasNumber(-999.0))
	assert.False(t, own.Has([]byte("NA")))
	assert.False(t, NewMissing([]string{"NA"}).Has([]byte("na")), "words of one's own are taken as they are")
	assert.False(t, NewMissing([]string{}).Has(nil))
}
