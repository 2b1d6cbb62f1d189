package compile

func (s *state) verify() {}
