// Package number reads decimal numbers from bytes, without making strings.
//
// [Scan] takes a number off the front of a line, in one walk over its digits;
// what it does not take, [Parse] does: both give what strconv.ParseFloat gives,
// to the last bit.
package number

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"declive/datasets/internal/brief"
)

// exact are the powers of ten that a float64 holds exactly.
var exact = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// Scan returns the decimal number that s begins with and its length, with point
// between its whole and its fractional digits. The length is 0 if there is none
// or if it takes more than one exact operation: x = ±m·10ᵉ is rounded once, and
// rightly, where m < 2⁵³ and |e| ≤ 22 (W. D. Clinger, "How to Read Floating Point
// Numbers Accurately", 1990).
func Scan(s []byte, point byte) (x float64, length int) {
	i, negative := 0, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		i = 1
	}
	var m uint64
	start := i
	for i < len(s) && s[i]-'0' < 10 {
		m = m*10 + uint64(s[i]-'0')
		i++
	}
	digits, e := i-start, 0
	if i < len(s) && s[i] == point {
		i++
		start = i
		for i < len(s) && s[i]-'0' < 10 {
			m = m*10 + uint64(s[i]-'0')
			i++
		}
		digits += i - start
		e = start - i
	}
	if digits == 0 || digits > 19 || m >= 1<<53 {
		return 0, 0
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		power, n := scanPower(s[i+1:])
		if n == 0 {
			return 0, 0
		}
		e += power
		i += 1 + n
	}
	x = float64(m)
	switch {
	case e == 0:
	case e < 0 && e >= -22:
		x /= exact[-e]
	case e > 0 && e <= 22:
		x *= exact[e]
	default:
		return 0, 0
	}
	if negative {
		x = -x
	}
	return x, i
}

// scanPower returns the whole number of at most four digits that s begins with,
// and its length.
func scanPower(s []byte) (power, length int) {
	i, sign := 0, 1
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		i = 1
	}
	start := i
	for i < len(s) && s[i]-'0' < 10 && i-start < 5 {
		power = power*10 + int(s[i]-'0')
		i++
	}
	if i == start || i-start == 5 {
		return 0, 0
	}
	return sign * power, i
}

// errNotFinite says that a number is infinite or NaN.
var errNotFinite = errors.New("not a finite number")

// Parse returns the finite number that s is, with point between its whole and its
// fractional digits. It takes what strconv.ParseFloat takes.
func Parse(s []byte, point byte) (float64, error) {
	if x, n := Scan(s, point); n > 0 && n == len(s) {
		return x, nil
	}
	if point == '.' {
		return finite(strconv.ParseFloat(string(s), 64))
	}
	text := string(s)
	if strings.Contains(text, ".") {
		return 0, strconv.ErrSyntax
	}
	return finite(strconv.ParseFloat(strings.Replace(text, string(rune(point)), ".", 1), 64))
}

func finite(x float64, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, errNotFinite
	}
	return x, nil
}

// Describe says of a text that Parse refuses what is wrong with it.
func Describe(text string, err error) error {
	if errors.Is(err, errNotFinite) {
		return fmt.Errorf("%s is not a finite number", brief.Quoted(text))
	}
	return fmt.Errorf("%s is not a number", brief.Quoted(text))
}
