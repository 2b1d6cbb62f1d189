package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/layout"
	"declive/datasets/internal/words"
)

// A Role is what a column of a table is for.
type Role string

const (
	RoleNumber Role = "number" // a feature
	RoleWords  Role = "words"  // a feature for each word
	RoleClass  Role = "class"  // the label, a class
	RoleTarget Role = "target" // the label, a number to predict
	RoleUnused Role = "unused"
)

// isFeature reports whether a column has a place among the stored values.
func (r Role) isFeature() bool { return r == RoleNumber || r == RoleWords }

// isLabel reports whether a column has what is to be predicted.
func (r Role) isLabel() bool { return r == RoleClass || r == RoleTarget }

// A column is one of a file that is being read.
type column struct {
	name   string
	role   Role
	place  int               // among the stored values of an example
	words  *words.Vocabulary // of words and of classes
	worded bool              // has words in most of the first lines
	filled bool              // where a value is missing, by the schema that the file is read with
}

// columns settles what every column is for.
func (r *reading) columns(l *layout.Layout) ([]column, error) {
	roles, err := r.roles(l)
	if err != nil {
		return nil, err
	}
	rules := r.rules()
	columns, width := make([]column, len(roles)), 0
	for j, role := range roles {
		c := column{name: l.Names[j], role: role, worded: rules.Worded(j, l.Examples)}
		if role == RoleNumber && c.worded && r.OneHotAll {
			c.role = RoleWords
			l.Note("column %s has words; each is a feature", brief.Quoted(c.name))
		}
		switch c.role {
		case RoleWords:
			c.words = words.New(r.point())
		case RoleClass:
			if c.words = words.New(r.point()); r.Classes != nil {
				c.words, _ = words.Fixed(r.Classes, r.point())
			}
			c.words.Classes = true
		}
		if c.role.isFeature() {
			c.place = width
			width++
		}
		columns[j] = c
	}
	if width == 0 {
		return nil, fmt.Errorf("no column of features is left")
	}
	r.width = width
	return columns, nil
}

// roles gives the columns that the caller named their roles, and the others that of
// numbers.
func (r *reading) roles(l *layout.Layout) ([]Role, error) {
	roles := make([]Role, len(l.Names))
	last := len(roles) - 1
	if l.Trailing {
		last--
	}
	if r.Label == "" && !r.Unlabelled {
		roles[last] = r.labelRole()
	}
	for _, asked := range r.namedRoles() {
		for _, name := range asked.names {
			j, err := findColumn(l, name, last+1)
			if err != nil {
				return nil, err
			}
			if roles[j] != "" {
				return nil, fmt.Errorf("column %s is asked for twice", brief.Quoted(name))
			}
			roles[j] = asked.role
		}
	}
	if l.RowNames {
		roles[0] = cmp.Or(roles[0], RoleUnused)
	}
	if l.Trailing {
		roles[last+1] = cmp.Or(roles[last+1], RoleUnused)
	}
	for j := range roles {
		roles[j] = cmp.Or(roles[j], RoleNumber)
	}
	return roles, checkCopies(l, roles)
}

// A namedRole is what the columns of some names are for.
type namedRole struct {
	role  Role
	names []string
}

func (c CSV) namedRoles() []namedRole {
	roles := []namedRole{{RoleUnused, c.Drop}, {RoleWords, c.OneHot}}
	if c.Label != "" {
		roles = append(roles, namedRole{c.labelRole(), []string{c.Label}})
	}
	return roles
}

func (c CSV) labelRole() Role {
	if c.Real {
		return RoleTarget
	}
	return RoleClass
}

// findColumn returns the column that name stands for: by name under a header, else by
// index among the first n columns.
func findColumn(l *layout.Layout, name string, n int) (int, error) {
	if l.Header && name != "" {
		if j := slices.Index(l.Names, name); j >= 0 {
			if k := slices.Index(l.Names[j+1:], name); k >= 0 {
				return 0, fmt.Errorf("columns %d and %d both have the name %s; say which by index", j, j+1+k, brief.Quoted(name))
			}
			return j, nil
		}
	}
	j, err := strconv.Atoi(name)
	if err == nil && j < 0 {
		j += n
	}
	if err != nil || j < 0 || j >= n {
		return 0, fmt.Errorf("no column %s among the %d columns %s", brief.Quoted(name), len(l.Names), brief.List(l.Names))
	}
	return j, nil
}

// checkCopies refuses a feature with the name of the label: it may be a copy of it.
func checkCopies(l *layout.Layout, roles []Role) error {
	label := slices.IndexFunc(roles, Role.isLabel)
	if label < 0 || !l.Header {
		return nil
	}
	for j, role := range roles {
		if role.isFeature() && l.Names[j] == l.Names[label] {
			return fmt.Errorf("columns %d and %d both have the label's name %s; drop one by index", min(j, label), max(j, label), brief.Quoted(l.Names[j]))
		}
	}
	return nil
}
