// Lecture walks through a lecture on stochastic gradient descent: from weights
// tried at random to a classifier trained on minibatches, with the numbers and
// pictures of each step computed on the spot.
//
//	go run ./examples/lecture
//	go run ./examples/lecture -data DIR -section 1,8
//
// It prints its numbers, saves every figure as PNG and SVG in the folder -out,
// and gathers all in report.html there, one file that needs no network. The
// folder DIR holds CIFAR-10 in its folder cifar10; without it the program runs
// on generated digits. An interrupt ends it, and the report keeps the sections
// that are finished.
//
// A section is a package below internal: it exports a lesson.Section, whose Run
// takes a context, a lesson.Setting (data, size of the run, generator, clock) and
// fills a report.Page with paragraphs, tables and figures; main.go lists them.
// Plots are made with package plot. What is measured in seconds is taken from
// the setting's clock, so that the tests, whose clock ticks by itself, see the
// same page twice.
package main
