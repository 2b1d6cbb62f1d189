// Playground builds a page to play with stochastic gradient descent: methods race down
// a surface, a classifier learns in the plane, gradients are checked, digits drawn.
//
//	go run ./examples/playground             # serves the page on this computer
//	go run ./examples/playground -out DIR    # writes it, for any web server
//
// The page computes with this library, compiled to WebAssembly; what JavaScript there
// is draws and hands over. Page has its files, and worker is the program that runs in
// the browser, in a web worker, so that the page stays quick. Below internal are the
// views, a package each, and session, which passes the page's requests to them.
package main
