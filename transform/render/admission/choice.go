package admission

import (
	"cmp"
	"slices"

	"github.com/caddy-images/caddy-images/transform"
)

// run follows a chain.
func (s *sketch) run(chain []transform.Step) error {
	s.begin(first(chain, s.facts))
	if err := s.links(chain); err != nil {
		return err
	}
	s.job.Plan.Steps = s.drawn
	if len(s.drawn) == 0 {
		return s.apply(transform.Step{})
	}
	return nil
}

// first returns the first link of a chain that is drawn on an image with
// these facts.
func first(chain []transform.Step, f transform.Facts) transform.Step {
	for len(chain) > 0 && chain[0].Choice != nil {
		chain = slices.Concat(chain[0].Choice.Made(f).Steps, chain[1:])
	}
	if len(chain) == 0 {
		return transform.Step{}
	}
	return chain[0]
}

func (s *sketch) links(chain []transform.Step) error {
	for _, step := range chain {
		if step.Choice != nil {
			if err := s.choose(*step.Choice); err != nil {
				return err
			}
			continue
		}
		if len(s.drawn) > 0 {
			s.settle()
		}
		s.drawn = append(s.drawn, step)
		if err := s.apply(step); err != nil {
			return err
		}
	}
	return nil
}

// choose follows the branch that will happen. Where that depends on what trimming
// leaves, it is the one that takes more.
func (s *sketch) choose(c transform.Choice) error {
	if !s.trimmed || !c.When.Changes() {
		return s.branch(c.Made(s.facts))
	}
	s.drawn = slices.Clip(s.drawn) // so that neither branch writes into the other's
	other := *s
	err, otherErr := s.branch(c.Then), other.branch(c.Else)
	peak, copies, seconds := max(s.peak, other.peak), max(s.copies, other.copies), max(s.seconds, other.seconds)
	work, refusal := max(s.work, other.work), cmp.Or(s.refusal, other.refusal)
	if err != nil || otherErr == nil && other.total() > s.total() {
		*s, err = other, otherErr
	}
	s.peak, s.copies, s.seconds = peak, copies, seconds
	s.work, s.refusal = work, refusal
	return err
}

func (s *sketch) branch(b transform.Branch) error {
	s.job.Plan.Output = b.Over(s.job.Plan.Output)
	return s.links(b.Steps)
}

// total returns the peak if the image were written now.
func (s sketch) total() int64 {
	s.job.Plan.Steps = s.drawn
	s.encode()
	return s.most()
}
