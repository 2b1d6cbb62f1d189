// Worker is the part of the page that computes. In the browser it is WebAssembly in a
// web worker, and answers messages; elsewhere it answers the same requests from
// standard input, one a line, so that both can be compared.
package main

import "declive/examples/playground/internal/session"

func main() { serve((&session.Session{}).Answer) }
