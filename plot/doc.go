// Package plot draws what training shows: curves, confusions, weights as images,
// the regions between which a model decides, and losses of two weights.
//
// A picture is a value: a [Chart] of lines and dots over two axes, a [Confusion],
// [Images] with titles, a [Table] of coloured numbers, a [Boundary], a [Map] or a
// [Relief] of a [Surface], or [Tiles] of other pictures. [Save] writes one to a
// file, [PNG] and [SVG] to a stream, [Inline] into a page of HTML, whose colours it
// follows. [Losses] and [Accuracies] make the charts of a training, [Templates] the
// images of a layer's weights:
//
//	epochs, err := trainer.Fit(ctx, train, plan)
//	...
//	err = plot.Save("loss.png", plot.Losses("digits", epochs))
//
// The zero value of a field that says how something looks stands for what is
// usual. Widths and heights are in centimetres, widths of lines and radii of dots
// in points of 1/72 inch. All text is given by the caller, or can be.
//
// What cannot be drawn is an error of the function that draws: data of different
// lengths, an axis without a range, a picture larger than [Largest]. Equal
// pictures have equal bytes. The colours are told apart by readers with any colour
// vision, and lines that share a chart also differ in their dashes.
//
// Pictures stand still and have white paper under them. A picture draws on any
// canvas of gonum.org/v1/plot, and anything that does so is a [Picture].
package plot
