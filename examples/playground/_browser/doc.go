// Package browser tests the page of examples/playground in Chromium. It is a module of
// its own, so that its dependencies are not those of declive.
package browser
