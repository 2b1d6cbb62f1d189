package compile

import "io"

type explainer struct{ w io.Writer }

func (x *explainer) write(pass string, s *state) {}
