// Package declive holds no code; it documents the module. Start with the
// packages [declive/autodiff], [declive/nn], [declive/losses], [declive/optim],
// [declive/gradcheck] and [declive/datasets], or with the example below.
package declive
