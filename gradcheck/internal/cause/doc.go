// Package cause says in words what is likely to be wrong with a gradient, from
// nothing but the numbers: the gradient under test beside the numerical one.
//
// [Of] tries a list of rules, each of which fits one kind of mistake: a factor, a
// transposition, a missing term, elements with something in common. [Factor] says
// where a factor may come from. What an element is called in a report, [Index]
// says.
package cause
