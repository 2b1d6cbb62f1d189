// Package classifier is the view of a classifier in the plane: a linear model or a
// network learns two classes of points, and the page shows its regions and margins.
package classifier
