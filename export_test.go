package images

// What tests from outside look into.
var (
	Collectors = collectors
	Stats      = stats{Engines: []engineStats{{Processes: []processStats{{}}}}, Queues: []queueStats{{}}}
	Purged     = purged{}

	Outcomes  = outcomes
	OutcomeOf = outcomeOf

	CheckOption = checkOption
	Loadable    = loadable
)

// WorkersNow is how many workers can take a job or are at one, and how many are at
// one.
func WorkersNow() (running, busy int) {
	eachEngine(func(_ engineSettings, engine sharedEngine) {
		if p, ok := engine.Engine.(pool); ok {
			r, b := p.Stats()
			running, busy = running+r, busy+b
		}
	})
	return running, busy
}

// WaitingNow is how many jobs wait for their turn.
func WaitingNow() (waiting int) {
	eachGate(func(_ gateSettings, gate sharedGate) {
		_, _, w := gate.Stats()
		waiting += w
	})
	return waiting
}
