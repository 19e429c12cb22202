package admission

// settle counts the copy of the picture that lets a step read it twice. What it was
// computed from, the copy before this one, is kept until then.
func (s *sketch) settle() {
	if s.inMemory {
		return
	}
	own := s.pixel * s.all(s.facts.Size)
	s.copies = max(s.copies, s.copied+own)
	s.copied, s.settled, s.inMemory, s.patches = own, true, true, 0
}

// reread counts a step that reads the picture twice, where it is on.
func (s *sketch) reread(on bool) {
	if on {
		s.settle()
		s.inMemory = false
	}
}
