package admission

// settle counts the copy of the image that lets a step read it twice. What it
// was computed from, the copy before this one, is kept until then; of an
// animation for the next frame.
func (s *sketch) settle() {
	if s.inMemory {
		return
	}
	own := s.pixel * s.facts.Size.Pixels()
	if s.facts.Frames > 1 {
		s.peak += own
	} else {
		s.copies = max(s.copies, s.copied+own)
	}
	s.copied, s.settled, s.inMemory, s.patches = own, true, true, 0
}
