package compile

func (s *state) explain() {}
