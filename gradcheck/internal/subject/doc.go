// Package subject calls a function and its alleged gradient with care: at points
// within bounds, with copies that a careless gradient may change, and looking at the
// form of what comes back.
//
// A [Subject] is what one check is about. A gradient that breaks the protocol, by a
// wrong length or by writing to its arguments, is a [Fault]: an error that is a
// finding of the check, not a reason why there is none.
package subject
